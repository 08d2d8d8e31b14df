import t from 'tap'
import { intake } from '../../../plugins/intake/index.ts'
import { BridgeError } from '../../../src/core/errors.ts'
import {
  bearer,
  fields,
  form,
  json,
  multipart,
  noon,
  openIntake,
  otherSecret,
  pdf,
  type Sent,
  secret,
  sha256,
  signed
} from './intake.ts'

const shapes: Record<string, () => Sent | Promise<Sent>> = {
  'multipart with the file': () => multipart(fields, { pdf }),
  'JSON with base64': () => json({ ...fields, pdf: pdf.toString('base64') })
}

const withUrl = { ...fields, pdfUrl: 'https://facturen.example/2026-0042.pdf' }

const urlShapes: Record<string, () => Sent | Promise<Sent>> = {
  multipart: () => multipart(withUrl),
  JSON: () => json(withUrl),
  form: () => form(withUrl)
}

t.test('the PDF that is kept is the PDF that was sent, byte for byte', async t => {
  for (const [shape, make] of Object.entries(shapes)) {
    for (const [how, prove] of Object.entries({ bearer, signed })) {
      t.test(`${shape}, ${how}`, async t => {
        const { post, arrivals, files, spooled } = await openIntake(t)
        const sent = prove(await make())

        const response = await post(sent)

        t.strictSame([response.statusCode, response.json()], [200, { result: 'accepted' }])
        t.strictSame(spooled(), [sha256(pdf)])
        t.match(arrivals, [
          {
            tool: 'invoices',
            invoice: { invoiceNumber: '2026-0042', sourceId: null, amountCents: 12100, pdfUrl: null },
            document: { file: files()[0], bytes: pdf.length, sha256: sha256(pdf) },
            notify: true,
            test: false
          }
        ])
      })
    }
  }
})

t.test('each shape says the same', async t => {
  const { post, arrivals, files } = await openIntake(t)

  for (const make of Object.values(urlShapes)) {
    const sent = signed(await make())
    t.match(await post(sent), { statusCode: 200 })
  }

  t.equal(arrivals.length, 3)
  t.strictSame(arrivals[1], arrivals[0])
  t.strictSame(arrivals[2], arrivals[0])
  t.match(arrivals[0], { document: null, invoice: { pdfUrl: withUrl.pdfUrl } })
  t.strictSame(files(), [])
})

t.test("the ledger's answer is the answer", async t => {
  for (const result of ['accepted', 'duplicate', 'conflict'] as const) {
    const { post } = await openIntake(t, { receive: async () => result })
    const sent = bearer(json(withUrl))
    t.strictSame((await post(sent)).json(), { result })
  }
})

t.test("once the ledger has answered, the document is not the intake's any more", async t => {
  const { post, files } = await openIntake(t, { receive: async () => 'duplicate' })
  const sent = bearer(await multipart(fields, { pdf }))

  await post(sent)

  t.equal(files().length, 1, 'a repeated event may have filled a gap: who received it removes what is unused')
})

t.test('what could not be kept leaves nothing, and is to be sent again', async t => {
  const { post, files } = await openIntake(t, {
    receive: () => Promise.reject(new BridgeError('LEDGER_UNAVAILABLE'))
  })
  const sent = bearer(await multipart(fields, { pdf }))

  t.match(await post(sent), { statusCode: 503 })
  t.strictSame(files(), [])
})

t.test('a PDF whose row may exist is never removed', async t => {
  const { post, files } = await openIntake(t, { receive: () => Promise.reject(new Error('bug')) })
  const sent = bearer(await multipart(fields, { pdf }))

  t.match(await post(sent), { statusCode: 500 })
  t.equal(files().length, 1)
})

t.test('a forged or changed webhook leaves no trace', async t => {
  const { post, arrivals, files, refusals } = await openIntake(t)
  const forgeries: Sent[] = []
  for (const make of Object.values(shapes)) {
    const { headers, body } = signed(await make())
    for (const at of [0, 1, body.length >> 1, body.length - 2, body.length - 1]) {
      const changed = Buffer.from(body)
      changed[at] = (changed[at] ?? 0) ^ 1
      forgeries.push({ headers, body: changed })
    }
    forgeries.push({ headers, body: body.subarray(0, -1) }, { headers, body: Buffer.concat([body, Buffer.from(' ')]) })
    for (const missing of ['webhook-id', 'webhook-timestamp', 'webhook-signature']) {
      const { [missing]: _, ...others } = headers
      forgeries.push({ headers: others, body })
    }
    forgeries.push({ headers: { ...headers, 'webhook-id': 'msg_another' }, body })
    forgeries.push(bearer(await make(), 'a secret of somebody else'), await make())
    forgeries.push(signed(await make(), secret, noon - 301_000), signed(await make(), secret, noon + 301_000))
  }

  for (const { headers, body } of forgeries) {
    const response = await post({ headers, body })
    t.match(response, { statusCode: 401, headers: { 'content-type': /problem\+json/ } })
    t.match(response.json(), { code: 'NOT_AUTHENTIC' })
  }

  t.strictSame([arrivals, files()], [[], []])
  t.equal(refusals.length, forgeries.length, 'each counts')
})

t.test('an epilogue after the last part is signed too', async t => {
  const { post, spooled } = await openIntake(t)
  const { headers, body } = await multipart(fields, { pdf })
  const longer = Buffer.concat([body, Buffer.alloc(200_000, 'epilogue')])

  t.match(await post({ headers: signed({ headers, body }).headers, body: longer }), { statusCode: 401 })
  t.strictSame(spooled(), [])
  t.match(await post(signed({ headers, body: longer })), { statusCode: 200 })
  t.strictSame(spooled(), [sha256(pdf)])
})

t.test('a time within five minutes, and each secret of a rotation, are accepted', async t => {
  const { post } = await openIntake(t)
  const accepted = [
    signed(json(withUrl), secret, noon - 299_000),
    signed(json(withUrl), secret, noon + 299_000),
    signed(json(withUrl), otherSecret),
    bearer(json(withUrl), otherSecret)
  ]

  for (const { headers, body } of accepted) t.match(await post({ headers, body }), { statusCode: 200 })
})

t.test('what is wrong with a body is told to authentic senders only', async t => {
  const { post } = await openIntake(t)
  const nonsense = { headers: { 'content-type': 'application/json' }, body: Buffer.from('{"amount":') }
  const authentic = signed(nonsense)

  const forged = { ...authentic.headers, 'webhook-id': 'msg_another' }

  t.match((await post(authentic)).json(), {
    status: 422,
    problems: [{ field: 'body' }]
  })
  t.match((await post({ headers: forged, body: nonsense.body })).json(), { status: 401, problems: undefined })
})

t.test('only who is not authentic is ever told to slow down', async t => {
  const { post } = await openIntake(t, { refused: async () => 41_001 })
  const status = async ({ headers, body }: Sent) => (await post({ headers, body })).statusCode

  t.match(await post(json(withUrl)), { statusCode: 429, headers: { 'retry-after': '42' } }, 'and for how long')
  t.equal(await status(bearer(json(withUrl), 'a wrong secret')), 429)
  t.equal(await status(signed(json(withUrl), `whsec_${Buffer.alloc(24).toString('base64')}`)), 429)
  t.equal(await status(signed(json(withUrl))), 200)
  t.equal(await status(bearer(json({}))), 422)
  t.equal(await status(bearer({ headers: { 'content-type': 'text/plain' }, body: Buffer.from('x') })), 415)
})

t.test('without a secret the address is known, and not set up', async t => {
  const { post, refusals } = await openIntake(t, { settings: null })
  const sent = bearer(json(withUrl))

  t.match((await post(sent)).json(), { status: 503, code: 'TOOL_NOT_SET_UP' })
  t.strictSame(refusals, [])
})

t.test('a test says that it is one', async t => {
  const { post, arrivals } = await openIntake(t)
  const { headers, body } = signed(json(withUrl))

  await post({ headers: { ...headers, 'factuurbrug-test': 'true' }, body })
  await post({ headers: { ...headers, 'factuurbrug-test': 'no' }, body })

  t.match(arrivals, [{ test: true }, { test: false }])
})

const senders = {
  INTAKE_SENDERS: ['shop', 'books'],
  INTAKE_SECRET: [`books:${otherSecret}`, 'shop:a third secret', `shop:${secret}`]
}

const basic = (sent: Sent, by: string): Sent => ({
  ...sent,
  headers: { ...sent.headers, authorization: `Basic ${Buffer.from(`books:${by}`).toString('base64')}` }
})

t.test('who sends is told by the secret, however it is proven, and by nothing else', async t => {
  const { post, arrivals, refusals, noteUnreadable } = await openIntake(t, { settings: senders })
  const from: [by: string, tool: string][] = [
    [secret, 'invoices'],
    ['a third secret', 'invoices'],
    [otherSecret, 'invoices:books']
  ]
  for (const [by, tool] of from)
    for (const prove of [bearer, basic, signed])
      for (const make of [...Object.values(shapes), () => json(withUrl)]) {
        t.match(await post(prove(await make(), by)), { statusCode: 200 })
        t.equal(arrivals.at(-1)?.tool, tool)
      }
  t.strictSame(refusals, [])
  for (const [by, tool] of from)
    for (const prove of [bearer, basic, signed]) {
      t.match(await post(prove(json({ ...withUrl, amount: 'veel' }), by)), { statusCode: 422 })
      t.match(noteUnreadable.at(-1), { by: tool, isTest: false }, 'also what was wrong is by whom it was')
    }

  for (const by of [`shop:${secret}`, `books:${otherSecret}`, 'shop'])
    for (const prove of [bearer, basic, signed])
      t.match(await post(prove(json(withUrl), by)), { statusCode: 401 }, 'the name is no part of a secret')
})

t.test('a sample is signed by the sender that is asked for, and else by the first', async t => {
  const { post, arrivals } = await openIntake(t, { settings: senders })
  const about = { invoiceNumber: 'T-1', customerId: 'cst_1', at: noon, timeZone: 'Europe/Amsterdam' }
  const send = async (sender?: string) => {
    const { headers, body } = intake.sample(senders, {
      ...about,
      ...(sender === undefined ? {} : { sender })
    })
    await post({ headers, body: Buffer.from(body) })
    return arrivals.at(-1)?.tool
  }

  t.equal(await send(), 'invoices')
  t.equal(await send('books'), 'invoices:books')
})

t.test('the setting is a list of secrets', async t => {
  t.strictSame(intake.settings.parse({ INTAKE_SECRET: `${secret}, ${otherSecret.replace(',', '')}` }), {
    INTAKE_SECRET: [secret, otherSecret.replace(',', '')]
  })
})
