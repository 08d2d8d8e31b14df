import { openAsBlob } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { mock } from 'node:test'
import multipart from '@fastify/multipart'
import Fastify, { type FastifyRequest } from 'fastify'
import t, { type Test } from 'tap'
import { systemClock } from '../../../src/core/clock.ts'
import type { CreateBody } from '../../../src/core/row.ts'
import { allPages, createPortal, type PortalOptions } from '../../../src/portal/client.ts'
import { serve, trustTestCertificate } from '../../server.ts'

trustTestCertificate()

const open = (t: Test, url: string, given: Partial<PortalOptions> = {}) => {
  const portal = createPortal({
    url: `${url}/v1`,
    token: 'key-123',
    timeoutMs: 60_000,
    timeZone: 'Europe/Amsterdam',
    clock: systemClock,
    ...given
  })
  t.teardown(() => portal.close())
  return portal
}

const body: CreateBody = {
  customerId: 'cst_1',
  invoiceNumber: '2026-0042',
  issuedAt: '2026-11-20',
  amount: '121.00',
  paidAt: null,
  sendNotification: false
}

const pdf = new Blob(['%PDF-1.7\n'], { type: 'application/pdf' })

type Upload = {
  fields: Record<string, unknown>
  file: { name: string; type: string; bytes: number }
  headers: IncomingMessage['headers']
}

/** A portal that understands the form with a real parser, and answers what it is told. */
const portalOf = async (t: Test, answer: (upload: Upload) => { status: number; body: object }) => {
  const app = Fastify()
  t.teardown(() => app.close())
  await app.register(multipart, { limits: { fileSize: 50_000_000 } })
  app.post('/v1/customer-invoices', async (request, reply) => {
    const { status, body } = answer(await uploadOf(request))
    return reply.code(status).send(body)
  })
  return app.listen({ port: 0, host: '127.0.0.1' })
}

const uploadOf = async (request: FastifyRequest): Promise<Upload> => {
  const upload: Upload = { fields: {}, file: { name: '', type: '', bytes: 0 }, headers: request.headers }
  for await (const part of request.parts()) {
    if (part.type === 'field') upload.fields[part.fieldname] = part.value
    else {
      upload.file = { name: part.filename, type: part.mimetype, bytes: 0 }
      for await (const chunk of part.file) upload.file.bytes += chunk.length
    }
  }
  return upload
}

const created = { status: 201, body: { id: 'inv_1', invoiceNumber: '2026-0042', amount: '121.00' } }

t.test('a create carries exactly the fields it was given, in the form that is documented', async t => {
  const uploads: Upload[] = []
  const url = await portalOf(t, upload => {
    uploads.push(upload)
    return created
  })
  const portal = open(t, url)

  const written = await portal.createInvoice(body, pdf)
  await portal.createInvoice({ ...body, paidAt: '2026-11-21 12:00:00', sendNotification: true }, pdf)

  t.match(written, { outcome: 'done', value: { id: 'inv_1', amountCents: 12100, customerId: null } })
  const fields = {
    customerId: 'cst_1',
    invoiceNumber: '2026-0042',
    issuedAt: '2026-11-20',
    amount: '121.00',
    sendNotification: 'false'
  }
  t.strictSame(
    uploads.map(({ fields, file }) => ({ fields, file })),
    [
      { fields, file: { name: '2026-0042.pdf', type: 'application/pdf', bytes: 9 } },
      {
        fields: { ...fields, sendNotification: 'true', paidAt: '2026-11-21 12:00:00' },
        file: { name: '2026-0042.pdf', type: 'application/pdf', bytes: 9 }
      }
    ]
  )
  t.match(uploads[0]?.headers, {
    accept: 'application/json',
    authorization: 'Bearer key-123',
    'user-agent': 'factuurbrug',
    connection: 'close',
    'content-type': /^multipart\/form-data; boundary=/
  })
})

t.test('any invoice number arrives unharmed', async t => {
  const arrived: unknown[] = []
  const url = await portalOf(t, ({ fields }) => {
    arrived.push(fields.invoiceNumber)
    return created
  })
  const portal = open(t, url)
  const numbers = ['Factuur é漢😀', `"a" 'b' \\c`, 'a\nb\r\nc', '%0D%0A&amp;', 'a/b#c?d']

  for (const invoiceNumber of numbers) await portal.createInvoice({ ...body, invoiceNumber }, pdf)

  t.strictSame(arrived, numbers)
})

t.test('a large PDF is sent from its file, whole, with its length known beforehand', async t => {
  const size = 15_000_000
  const folder = t.testdir({ 'a.pdf': Buffer.alloc(size) })
  const uploads: Upload[] = []
  const url = await portalOf(t, upload => {
    uploads.push(upload)
    return created
  })

  const file = await openAsBlob(join(folder, 'a.pdf'), { type: 'application/pdf' })
  const written = await open(t, url).createInvoice(body, file)

  t.match(written, { outcome: 'done' })
  t.equal(uploads[0]?.file.bytes, size)
  t.ok(Number(uploads[0]?.headers['content-length']) > size)
  t.equal(uploads[0]?.headers['transfer-encoding'], undefined)
})

const wordsRefused = {
  status: 422,
  body: { message: 'Invalid.', errors: { sendNotification: ['must be true or false'] } }
}

t.test('a portal that takes no words for sendNotification is given digits from then on', async t => {
  const seen: unknown[] = []
  const url = await portalOf(t, ({ fields }) => {
    seen.push(fields.sendNotification)
    return fields.sendNotification === '0' || fields.sendNotification === '1' ? created : wordsRefused
  })
  const portal = open(t, url)

  const both = await Promise.all([portal.createInvoice(body, pdf), portal.createInvoice(body, pdf)])
  const again = await portal.createInvoice(body, pdf)
  await portal.createInvoice({ ...body, sendNotification: true }, pdf)

  const changed = { outcome: 'not-done', code: 'PORTAL_FORM_CHANGED', detail: /sendNotification/ }
  t.match(both, [changed, changed], 'also one that was under way in words')
  t.match(again, { outcome: 'done' })
  t.strictSame(seen, ['false', 'false', '0', '1'])
})

t.test('a portal that takes neither form refuses, and is not asked in circles', async t => {
  const url = await portalOf(t, () => wordsRefused)
  const portal = open(t, url)

  t.match(await portal.createInvoice(body, pdf), { code: 'PORTAL_FORM_CHANGED' })
  t.match(await portal.createInvoice(body, pdf), { outcome: 'not-done', code: 'PORTAL_REJECTED' })
  t.match(await portal.createInvoice(body, pdf), { outcome: 'not-done', code: 'PORTAL_REJECTED' })
})

t.test('that the number is there counts for more than the form of another field', async t => {
  const message = 'The invoice number has already been taken.'
  const url = await portalOf(t, () => ({
    status: 422,
    body: { message, errors: { invoiceNumber: [message], sendNotification: ['must be a boolean'] } }
  }))

  t.match(await open(t, url).createInvoice(body, pdf), { outcome: 'unknown', answered: true })
})

type Seen = { line: string; headers: IncomingMessage['headers']; json: unknown }

/** A portal that answers what it is told, and remembers what it was asked. */
const answering = async (t: Test, answer: (request: IncomingMessage, response: ServerResponse) => void) => {
  const seen: Seen[] = []
  const server = await serve(t, async (request, response) => {
    const text = Buffer.concat(await Array.fromAsync(request)).toString()
    const json = request.headers['content-type'] === 'application/json' ? JSON.parse(text) : undefined
    seen.push({ line: `${request.method} ${request.url}`, headers: request.headers, json })
    answer(request, response)
  })
  return { origin: server.origin, seen }
}

const always =
  (status: number, body: unknown, headers: Record<string, string> = {}) =>
  (_request: IncomingMessage, response: ServerResponse) =>
    void response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body))

t.test('marking paid sends the local time of the portal and nothing else', async t => {
  const { origin, seen } = await answering(t, always(200, { id: 'inv_1', paidAt: '2026-07-01T14:00:00+02:00' }))

  const written = await open(t, origin).markPaid('inv_1', Date.UTC(2026, 6, 1, 12))

  t.match(written, { outcome: 'done', value: { id: 'inv_1', paidAt: Date.UTC(2026, 6, 1, 12) } })
  t.match(seen, [{ line: 'PATCH /v1/customer-invoices/inv_1' }])
  t.strictSame(seen[0]?.json, { paidAt: '2026-07-01 14:00:00' })
})

t.test('a customer is created with exactly the given fields; an e-mail that is there is a doubt', async t => {
  const fields = {
    companyName: 'A é',
    address: 'Dam 1',
    zipCode: '1012 JS',
    city: 'A',
    primaryEmail: 'a@b.nl'
  }
  const { origin, seen } = await answering(t, always(201, { id: 'cst_1', ...fields }))
  const message = 'has already been taken'
  const taken = await answering(t, always(422, { message, errors: { primaryEmail: [message] } }))

  t.match(await open(t, origin).createCustomer(fields), {
    outcome: 'done',
    value: { id: 'cst_1', ...fields }
  })
  t.strictSame(seen[0]?.json, fields)
  t.equal(seen[0]?.line, 'POST /v1/customers')
  t.match(await open(t, taken.origin).createCustomer(fields), { outcome: 'unknown' })
})

t.test('every write has the same three outcomes', async t => {
  const answers: [answer: ReturnType<typeof always>, expected: object][] = [
    [always(201, { id: 'x_1' }), { outcome: 'done', value: { id: 'x_1' } }],
    [always(200, '<html>'), { outcome: 'unknown', answered: false }],
    [always(204, ''), { outcome: 'unknown', answered: false }],
    [always(302, '', { location: '/login' }), { outcome: 'unknown', answered: false }],
    [always(401, { message: 'no' }), { outcome: 'not-done', code: 'PORTAL_UNAUTHORIZED', detail: '401: no' }],
    [always(404, { message: 'no' }), { outcome: 'not-done', code: 'PORTAL_REJECTED' }],
    [always(404, '<html>not found</html>'), { outcome: 'unknown', answered: false }],
    [always(403, {}), { outcome: 'unknown', answered: false }],
    [always(409, { message: 'no' }), { outcome: 'unknown', answered: true }],
    [always(422, { message: 'no' }), { outcome: 'not-done', code: 'PORTAL_REJECTED', detail: '422: no' }],
    [
      always(429, { code: 429 }, { 'retry-after': '9' }),
      { outcome: 'not-done', code: 'PORTAL_BUSY', retryAfterMs: 9000 }
    ],
    [always(500, { message: 'no' }), { outcome: 'unknown', answered: false }],
    [(request, response) => void (response.socket ?? request).destroy(), { outcome: 'unknown' }]
  ]
  const fields = { companyName: 'A', address: 'B', zipCode: 'C', city: 'D', primaryEmail: 'E' }
  for (const [answer, expected] of answers) {
    const { origin, seen } = await answering(t, answer)
    const portal = open(t, origin)
    t.match(await portal.createInvoice(body, pdf), expected)
    t.match(await portal.markPaid('x_1', 0), expected)
    t.match(await portal.createCustomer(fields), expected)
    t.equal(seen.length, 3, 'and each is asked once')
  }
  const nobody = open(t, 'http://127.0.0.1:1')
  t.match(await nobody.createInvoice(body, pdf), { outcome: 'not-done', code: 'PORTAL_UNREACHABLE' })
})

t.test('a create that may not start any more is certainly not done', async t => {
  const { origin, seen } = await answering(t, always(201, { id: 'inv_1' }))

  const written = await open(t, origin).createInvoice(body, pdf, { startBy: systemClock.monotonic() - 1 })

  t.match(written, { outcome: 'not-done', code: 'PORTAL_UNREACHABLE' })
  t.strictSame(seen, [])
})

t.test('a create over TLS that is not answered in time is unknown, and the portal sees a reset', async t => {
  // The time runs out once all of it is there, however slow this machine is.
  mock.timers.enable({ apis: ['setTimeout'] })
  t.teardown(() => mock.timers.reset())
  const server = await serve(t, request => request.resume().once('end', () => mock.timers.tick(300)), { secure: true })
  const large = new Blob([pdf, new Uint8Array(1_000_000)])

  const written = await open(t, server.origin, { timeoutMs: 300 }).createInvoice(body, large)

  t.match(written, { outcome: 'unknown', detail: 'no answer within 300 ms' })
  t.equal(await server.ended, 'reset')
})

t.test('a read answers what is there, or null for what is not', async t => {
  const { origin, seen } = await answering(t, (request, response) => {
    if (request.url?.endsWith('gone')) return always(404, { message: 'not found' })(request, response)
    return always(200, { id: request.url?.split('/').at(-1), invoiceNumber: '1' })(request, response)
  })
  const portal = open(t, origin)

  t.match(await portal.invoice('inv_1'), { id: 'inv_1', invoiceNumber: '1' })
  t.match(await portal.customer('cst_1'), { id: 'cst_1' })
  t.equal(await portal.invoice('gone'), null)
  t.equal(await portal.customer('gone'), null)
  t.match(seen, [{ line: 'GET /v1/customer-invoices/inv_1' }, { line: 'GET /v1/customers/cst_1' }])
  t.match(seen[0]?.headers, { accept: 'application/json', authorization: 'Bearer key-123' })
})

/** A portal whose single invoices are answered so, by id. */
const singles = async (t: Test, answerTo: (id: string) => { status: number; body: unknown }) => {
  const { origin, seen } = await answering(t, (request, response) => {
    const { status, body } = answerTo(`${request.url}`.split('/').at(-1) ?? '')
    always(status, body)(request, response)
  })
  return { portal: open(t, origin), seen }
}

const notFound = { status: 404, body: { code: 404, message: 'Not found.' } }
const there = { status: 200, body: { id: 'inv_1', invoiceNumber: '1' } }

t.test('what is not there is learned from an id that nobody has', async t => {
  const { portal, seen } = await singles(t, id =>
    id === 'inv_1' ? there : { status: 410, body: { message: `there is no ${id}` } }
  )

  t.match(await portal.learnMissing(), { status: 410 })

  t.match(seen, [{ line: /^GET \/v1\/customer-invoices\/inv_\w{30,}$/ }])
  t.match(await portal.invoice('inv_1'), { id: 'inv_1' })
  t.equal(await portal.invoice('inv_gone'), null)
})

t.test('once it is learned, nothing but these words says that one is not there', async t => {
  const elsewise = [
    { status: 404, body: { code: 404, message: 'The route could not be found.' } },
    { status: 404, body: '<html>not found</html>' },
    { status: 404, body: {} },
    { status: 403, body: notFound.body },
    { status: 200, body: { id: null } }
  ]
  for (const answer of elsewise) {
    const { portal } = await singles(t, id => (id === 'inv_1' ? answer : notFound))
    await portal.learnMissing()
    t.equal(await portal.invoice('inv_2'), null)
    await t.rejects(portal.invoice('inv_1'), { code: /PORTAL_(UNREACHABLE|UNAUTHORIZED)/ }, JSON.stringify(answer))
  }
})

t.test('where the id that nobody has is refused for its form, 404 in its own words says so as well', async t => {
  const malformed = { status: 422, body: { message: 'The id is not valid.' } }
  const { portal } = await singles(t, id => {
    if (id === 'inv_page') return { status: 404, body: '<html>not found</html>' }
    return id === 'inv_1' ? notFound : malformed
  })

  t.match(await portal.learnMissing(), { status: 422 })

  t.equal(await portal.invoice('inv_1'), null)
  t.equal(await portal.invoice('inv_2'), null)
  await t.rejects(portal.invoice('inv_page'), { code: 'PORTAL_UNREACHABLE' })
})

t.test('a 404 to a write in other fields than those of the portal is somebody else’s', async t => {
  const { portal } = await singles(t, id =>
    id === 'customer-invoices' ? { status: 404, body: { message: 'no Route matched' } } : notFound
  )
  t.match(await portal.createInvoice(body, pdf), { outcome: 'not-done', code: 'PORTAL_REJECTED' })

  await portal.learnMissing()

  t.match(await portal.createInvoice(body, pdf), {
    outcome: 'unknown',
    detail: 'something other than the portal answered 404'
  })
  t.match(await portal.markPaid('inv_1', 0), { outcome: 'not-done', code: 'PORTAL_REJECTED' }, 'its own')
})

t.test('a portal that never says so in words of its own never says so of any', async t => {
  for (const mute of [
    { status: 404, body: '<html>not found</html>' },
    { status: 403, body: '<html>a wall</html>' },
    { status: 200, body: there.body },
    { status: 302, body: '' },
    { status: 500, body: { message: 'Server error' } }
  ]) {
    const { portal } = await singles(t, id => (id === 'inv_1' ? notFound : mute))
    t.equal(await portal.learnMissing(), null)
    await t.rejects(portal.invoice('inv_1'), { code: 'PORTAL_UNREACHABLE' })
  }
})

t.test('a token that may not ask for single invoices says so of each: that is how it says it', async t => {
  const forbidden = { status: 403, body: { message: 'Missing scope.' } }
  const { portal } = await singles(t, () => forbidden)

  t.match(await portal.learnMissing(), { status: 403 })
  t.equal(await portal.invoice('inv_1'), null)
})

t.test('of a refused token, a pause or no answer nothing is learned', async t => {
  let answer: { status: number; body: unknown } = notFound
  const { portal } = await singles(t, () => answer)
  await portal.learnMissing()
  for (const [status, code] of [
    [401, 'PORTAL_UNAUTHORIZED'],
    [408, 'PORTAL_UNREACHABLE'],
    [429, 'PORTAL_BUSY']
  ] as const) {
    answer = { status, body: { code: status, message: 'no' } }
    await t.rejects(portal.learnMissing(), { code })
  }
  await t.rejects(open(t, 'http://127.0.0.1:1').learnMissing(), { code: 'PORTAL_UNREACHABLE' })

  answer = notFound
  t.equal(await portal.invoice('inv_1'), null, 'and what was learned before still holds')
})

t.test('what is learned last counts', async t => {
  let words = 'Niet gevonden.'
  const { portal } = await singles(t, () => ({ status: 404, body: { message: words } }))
  await portal.learnMissing()
  words = 'Not found.'
  await t.rejects(portal.invoice('inv_1'), { code: 'PORTAL_UNREACHABLE' })

  await portal.learnMissing()

  t.equal(await portal.invoice('inv_1'), null)
})

t.test('before it is learned, 404 in its own words is how it is shown', async t => {
  const { portal } = await singles(t, id => (id === 'inv_page' ? { status: 404, body: '<html>' } : notFound))

  t.equal(await portal.invoice('inv_1'), null)
  await t.rejects(portal.invoice('inv_page'), { code: 'PORTAL_UNREACHABLE' })
})

t.test('a customer that somebody else does not know is not gone', async t => {
  const page = await answering(t, always(404, '<html>not found</html>'))
  await t.rejects(open(t, page.origin).customer('cst_1'), { code: 'PORTAL_UNREACHABLE' })
})

t.test("another's answer says nothing of an invoice, and that there is no such customer", async t => {
  const paid = { id: 'inv_2', invoiceNumber: '2', paidAt: '2026-11-20T10:00:00Z' }
  for (const answer of [paid, { data: paid }]) {
    const { origin } = await answering(t, always(200, answer))
    const portal = open(t, origin)
    const unreadable = { code: 'PORTAL_UNREACHABLE', message: /asked for inv_1 and answered with inv_2 \(http/ }

    await t.rejects(portal.invoice('inv_1'), unreadable)
    await t.rejects(portal.linkedInvoice('inv_1'), unreadable)
    t.equal(await portal.customer('inv_1'), null)
    t.strictSame(await portal.markPaid('inv_1', 0), {
      outcome: 'unknown',
      detail: 'the portal was to change inv_1 and answered with inv_2',
      answered: true
    })
    t.match([await portal.invoice('inv_2'), await portal.customer('inv_2')], [{ id: 'inv_2' }, { id: 'inv_2' }])
    t.match(await portal.markPaid('inv_2', 0), { outcome: 'done' })
  }
})

t.test('objects may come wrapped, as the framework has it by default', async t => {
  const { origin } = await answering(t, always(200, { data: { id: 'x_1', invoiceNumber: '1' } }))
  const portal = open(t, origin)

  t.match(await portal.invoice('x_1'), { id: 'x_1', invoiceNumber: '1' })
  t.match(await portal.customer('x_1'), { id: 'x_1' })
  t.match(await portal.createInvoice(body, pdf), { outcome: 'done', value: { id: 'x_1' } })
  t.match(await portal.markPaid('x_1', 0), { outcome: 'done', value: { id: 'x_1' } })
})

t.test('an id is one part of the path, whatever it holds', async t => {
  const { origin, seen } = await answering(t, always(404, { message: 'Not found.' }))
  const portal = open(t, origin)

  await portal.invoice('../customers?a#b/é')
  await portal.markPaid('a/b', 0)

  t.match(seen, [
    { line: 'GET /v1/customer-invoices/..%2Fcustomers%3Fa%23b%2F%C3%A9' },
    { line: 'PATCH /v1/customer-invoices/a%2Fb' }
  ])
  for (const id of ['', '.', '..']) {
    await t.rejects(portal.invoice(id), { code: 'FIELDS_INVALID' })
    await t.rejects(portal.customer(id), { code: 'FIELDS_INVALID' })
    await t.rejects(portal.markPaid(id, 0), { code: 'FIELDS_INVALID' })
  }
  t.equal(seen.length, 2)
})

t.test('lists are read page by page, each from its own address', async t => {
  const { origin, seen } = await answering(
    t,
    always(200, {
      data: [{ id: 'x_1', invoiceNumber: '1' }],
      next_page_url: 'https://elsewhere.example/?page=2,'
    })
  )
  const portal = open(t, `${origin}/`)

  t.match(await portal.invoicesPage(1), { items: [{ id: 'x_1' }], more: true })
  t.match(await portal.customersPage(2), { items: [{ id: 'x_1' }], more: true })
  t.match(await portal.billsPage(3), { items: [{ id: 'x_1' }], more: true })
  t.strictSame(
    seen.map(({ line }) => line.replace('//', '/')),
    ['GET /v1/customer-invoices?page=1', 'GET /v1/customers?page=2', 'GET /v1/invoices?page=3']
  )
})

t.test('a read that fails never looks like an empty portal', async t => {
  const failing: [answer: ReturnType<typeof always>, code: string][] = [
    [always(401, {}), 'PORTAL_UNAUTHORIZED'],
    [always(403, {}), 'PORTAL_UNAUTHORIZED'],
    [always(429, {}), 'PORTAL_BUSY'],
    [always(302, '', { location: '/login' }), 'PORTAL_UNREACHABLE'],
    [always(500, {}), 'PORTAL_UNREACHABLE'],
    [always(200, '<html>log in</html>'), 'PORTAL_UNREACHABLE'],
    [always(200, ''), 'PORTAL_UNREACHABLE'],
    [always(200, {}), 'PORTAL_UNREACHABLE'],
    [always(200, { data: [{}], next_page_url: null }), 'PORTAL_UNREACHABLE'],
    [(_request, response) => void response.socket?.destroy(), 'PORTAL_UNREACHABLE']
  ]
  for (const [answer, code] of failing) {
    const { origin } = await answering(t, answer)
    const portal = open(t, origin)
    await t.rejects(portal.invoicesPage(1), { code })
    await t.rejects(portal.customersPage(1), { code })
    await t.rejects(portal.invoice('inv_1'), { code })
  }
  await t.rejects(open(t, 'http://127.0.0.1:1').invoicesPage(1), { code: 'PORTAL_UNREACHABLE' })
  const page = await answering(t, always(404, {}))
  await t.rejects(open(t, page.origin).invoicesPage(1), { code: 'PORTAL_UNREACHABLE' }, 'a page is not an entry')
})

t.test('every answer is reported with the name of its call', async t => {
  const { origin } = await answering(t, always(200, { id: 'x_1', invoiceNumber: null, data: [] }))
  const calls: string[] = []
  const portal = open(t, origin, { onAnswer: ({ call, status }) => calls.push(`${call} ${status}`) })

  await portal.createInvoice(body, pdf)
  await portal.markPaid('x_1', 0)
  await portal.invoice('x_1')
  await portal.customer('x_1')
  await portal.invoicesPage(1)
  await portal.customersPage(1)
  await portal.billsPage(1)

  const names = ['createInvoice', 'markPaid', 'invoice', 'customer', 'invoicesPage', 'customersPage', 'billsPage']
  t.strictSame(
    calls,
    names.map(name => `${name} 200`)
  )
})

t.test('all pages are read to their end, and an end that never comes is an error', async t => {
  const asked: number[] = []
  const page = async (number: number) => {
    asked.push(number)
    return { items: [`a${number}`, `b${number}`], more: number < 3 }
  }

  t.strictSame(await Array.fromAsync(allPages(page, 3)), ['a1', 'b1', 'a2', 'b2', 'a3', 'b3'])
  t.strictSame(asked, [1, 2, 3])
  await t.rejects(Array.fromAsync(allPages(page, 2)), { code: 'PORTAL_UNREACHABLE' })
})

t.test('a portal that is not reached is named by its address, and on this machine what may be missing', async t => {
  const server = await serve(t, (_request, response) => response.writeHead(503).end())
  const nobody = open(t, 'http://127.0.0.1:9')
  const elsewhere = open(t, 'https://portal.invalid')
  const broken = open(t, server.origin)
  const hint = '; the sandbox may not be running: `npm run sandbox` starts it'

  const message = `ECONNREFUSED (http://127.0.0.1:9/v1${hint})`
  await t.rejects(nobody.invoicesPage(1), { code: 'PORTAL_UNREACHABLE', message })
  await t.rejects(nobody.invoice('inv_1'), { code: 'PORTAL_UNREACHABLE', message })
  t.strictSame(await nobody.createInvoice(body, pdf), {
    outcome: 'not-done',
    code: 'PORTAL_UNREACHABLE',
    detail: message
  })
  t.match(await nobody.markPaid('inv_1', 0), { outcome: 'not-done', detail: message })
  await t.rejects(elsewhere.customersPage(1), { message: /^E\w+ \(https:\/\/portal\.invalid\/v1\)$/ })
  await t.rejects(broken.invoicesPage(1), { message: `the portal answered 503 (${server.origin}/v1)` })
  t.match(await broken.createInvoice(body, pdf), { outcome: 'unknown', detail: 'the portal answered 503' })
})
