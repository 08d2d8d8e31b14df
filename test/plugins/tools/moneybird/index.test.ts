import Fastify from 'fastify'
import Stripe from 'stripe'
import t from 'tap'
import { tool } from '../../../../plugins/tools/moneybird/index.ts'
import { webhook } from '../../../../plugins/webhook.ts'
import type { ToolInvoice } from '../../../../src/tools/tool.ts'
import { madeSecret } from '../../../fixtures/moneybird-api.ts'
import { openStrangers } from '../../bodies/open-strangers.ts'
import { type Sent, type ToolCase, toolContract } from '../contract.ts'
import { event, now, openLine, timeZone } from './parts.ts'

const secret = '0123456789abcdef'.repeat(4)
const otherSecret = 'fedcba9876543210'.repeat(4)
const token = 'voorbeeldtoken0000000001'

const env = { MONEYBIRD_ADMINISTRATION_ID: '410000000000000001', MONEYBIRD_WEBHOOK_SECRET: secret }

// Moneybird's scheme is Stripe's, and Stripe's own library is no code of ours.
const header = (body: Buffer, by: string, at = now): string =>
  Stripe.webhooks.generateTestHeaderString({
    payload: body.toString(),
    secret: by,
    timestamp: Math.floor(at / 1000)
  })

const sign = (body: Buffer, at = now): Sent => ({
  body,
  headers: { 'content-type': 'application/json', 'moneybird-signature': header(body, secret, at) }
})

const open: ToolInvoice = {
  invoice: {
    invoiceNumber: '2026-0117',
    sourceId: '410000000000000300',
    customer: {
      ref: '410000000000000100',
      portalId: null,
      emails: ['boekhouding@vandam.example', 'directie@vandam.example'],
      name: 'Fietsenmaker Van Dam',
      address: 'Kade 7',
      zipCode: '3511 AB',
      city: 'Utrecht',
      countryCode: 'NL'
    },
    amountCents: 18150,
    currency: 'EUR',
    issuedAt: '2026-11-20',
    dueAt: '2026-12-04',
    paidAt: null,
    pdfUrl: null,
    revision: '1795172292'
  },
  stage: 'final',
  finalisedAt: null,
  collectsItself: false
}
const openAs = (invoice: Partial<ToolInvoice['invoice']>, others: Partial<ToolInvoice> = {}): ToolInvoice[] => [
  { ...open, ...others, invoice: { ...open.invoice, ...invoice } }
]

const changed = (name: string, from: string | RegExp, to: string): Buffer =>
  Buffer.from(event(name).toString().replace(from, to))

const events: Pick<ToolCase, 'read' | 'ignored' | 'unreadable' | 'personal' | 'now' | 'timeZone'> = {
  now,
  timeZone,
  read: {
    open: { body: event('open'), invoices: [open] },
    'direct debit': {
      body: event('pending-payment'),
      invoices: openAs({ invoiceNumber: '2026-0118', sourceId: '410000000000000301' }, { collectsItself: true })
    },
    paid: { body: event('paid'), invoices: openAs({ paidAt: Date.UTC(2026, 10, 24, 11) }) },
    'credit invoice': {
      body: event('credit-invoice'),
      invoices: openAs({ invoiceNumber: '2026-0119', sourceId: '410000000000000302', amountCents: -18150 })
    },
    uncollectible: { body: event('uncollectible'), invoices: [open] },
    'destroyed, with the invoice': {
      body: changed('open', 'sales_invoice_state_changed_to_open', 'sales_invoice_destroyed'),
      invoices: openAs({}, { stage: 'voided' })
    }
  },
  ignored: {
    draft: { body: event('draft'), reason: 'not final yet' },
    scheduled: { body: event('scheduled'), reason: 'not final yet' },
    'no entity': {
      body: changed('destroyed', 'invoice_destroyed', 'invoice_merged'),
      reason: 'without the invoice'
    },
    contact: { body: event('contact'), reason: 'Contact' },
    external: { body: event('external'), reason: 'ExternalSalesInvoice' },
    // One past 2^53: as floats both would be the same number.
    "another's": {
      body: changed('open', '"410000000000000001"', '410000000000000002'),
      reason: 'unknown administration'
    },
    'no type': { body: changed('open', 'entity_type', 'type'), reason: 'not a sales invoice' }
  },
  unreadable: {
    'no amount': {
      body: changed('open', '"total_price_incl_tax": "181.5"', '"total_price_incl_tax": "181,50"'),
      problem: 'entity: total_price_incl_tax: expected'
    },
    'not JSON': { body: Buffer.from('{"administration_id":"410000000000000001",'), problem: 'expected' }
  },
  personal: ['Fietsenmaker', 'vandam.example', 'Kade 7', '3511', '181', token]
}
toolContract({
  ...events,
  tool,
  env,
  sign,
  proof: { headers: ['moneybird-signature'], timed: true }
})

// Webhooks from before there were signatures.
toolContract({
  ...events,
  tool,
  env: { ...env, MONEYBIRD_WEBHOOK_SECRET: token },
  sign: body => ({ body, headers: { 'content-type': 'application/json' } }),
  unreadable: { 'no amount': events.unreadable['no amount']! },
  proof: {
    headers: [],
    covered: body => ({ from: body.indexOf(token), to: body.indexOf(token) + token.length }),
    timed: false
  }
})

const settingsWith = (MONEYBIRD_WEBHOOK_SECRET: string) => tool.settings.parse({ ...env, MONEYBIRD_WEBHOOK_SECRET })

const believed = (secrets: string, signature: string | undefined, body = event('open')): boolean => {
  const headers = signature === undefined ? {} : { 'moneybird-signature': signature }
  try {
    tool.verify({ body, headers, receivedAt: now }, settingsWith(secrets))
    return true
  } catch (error) {
    t.match(error, { code: 'NOT_AUTHENTIC' })
    return false
  }
}

t.test('while one secret replaces another, any signature by any of them is believed', async t => {
  const body = event('open')
  const [time = '', old = ''] = header(body, otherSecret).split(',')
  t.ok(believed(`${secret},${otherSecret}`, header(body, otherSecret)))
  t.ok(believed(secret, `${time},${old},${header(body, secret).split(',')[1]}`))
  t.notOk(believed(secret, header(body, otherSecret)))
})

t.test('the weaker proof does not mend the stronger one', async t => {
  const body = event('open')
  const bySecret = header(body, secret)
  const byOther = header(body, otherSecret)
  t.ok(believed(`${secret},${token}`, bySecret))
  t.ok(believed(`${secret},${token}`, undefined), 'its owner still takes a webhook without signature')
  t.notOk(believed(`${secret},${token}`, byOther), 'a wrong signature beside the right token')
  t.notOk(believed(secret, undefined), 'the right token, where none is set')
  t.ok(believed(token, byOther), 'nobody knows the secret: the token is all there is')
  t.notOk(believed(secret, undefined, changed('open', token, secret)), 'a signing secret in the body')
  t.notOk(believed(token, header(body, token), changed('open', token, token.replace('1', '2'))))
  t.notOk(believed(token, undefined, Buffer.from('[]')))
})

t.test('Moneybird asks once without a signature, and is answered; an event never gets in that way', async t => {
  const isCheck = (body: string | Buffer, headers = {}) =>
    tool.isRegistrationCheck?.({ body: Buffer.from(body), headers, receivedAt: now }, settingsWith(secret))
  for (const body of ['', '{}', 'ping', '[]', '{"webhook_token":"x","entity_id":null,"entity":null}'])
    t.equal(isCheck(body), true, body)
  for (const name of ['open', 'destroyed', 'contact']) t.equal(isCheck(event(name)), false, name)
  t.equal(isCheck('{}', { 'moneybird-signature': 't=1,v1=0' }), false, 'what is signed is to be proven')
})

t.test('an invoice that was deleted is told of by its id alone', async t => {
  const reading = tool.read(event('destroyed'), {
    settings: settingsWith(secret),
    timeZone: 'Europe/Amsterdam'
  })

  t.strictSame(reading, { kind: 'gone', sourceId: JSON.parse(event('destroyed').toString()).entity_id })
  const odd = Buffer.from(JSON.stringify({ ...JSON.parse(event('destroyed').toString()), entity_id: '1\0' }))
  const told = tool.read(odd, { settings: settingsWith(secret), timeZone: 'Europe/Amsterdam' })
  t.match(told, { kind: 'ignored' }, 'no database is asked for a NUL')
})

t.test('a second webhook can be registered while the first one is believed', async t => {
  const { connection, moneybird: api } = await openLine(t, { MONEYBIRD_WEBHOOK_SECRET: secret })
  const app = Fastify()
  t.teardown(() => app.close())
  const notAsked = async () => t.fail('it keeps nothing') as never
  await app.register(webhook(tool as never), {
    prefix: '/webhooks',
    settings: connection.settings,
    hinted: notAsked,
    receiver: {
      receive: notAsked,
      receiveFromTool: notAsked,
      gone: notAsked,
      keepUnreadable: notAsked,
      ignore: notAsked
    },
    clock: connection.clock,
    timeZone,
    strangers: openStrangers(),
    refused: async () => null,
    believed: () => t.fail('nothing is proven')
  })
  const address = `${await app.listen({ port: 0 })}/webhooks/moneybird`

  const registration = await tool.connect?.(address, connection)

  t.match(registration, { secrets: { MONEYBIRD_WEBHOOK_SECRET: `${madeSecret},${secret}` } })
  t.match(api.webhooks, [{ url: address }])
})

t.test('without its number of the administration every believed event is read', async t => {
  const settings = tool.settings.parse({ MONEYBIRD_WEBHOOK_SECRET: secret })
  t.strictSame(tool.read(event('open'), { settings, timeZone }), { kind: 'invoices', invoices: [open] })
})

t.test('its PDF is asked for by id, with the token, and not at all without', async t => {
  const { connection, moneybird: api } = await openLine(t)
  const bare = { ...connection, settings: settingsWith(secret) }

  t.strictSame(await tool.pdf?.(open.invoice, connection), {
    url: `${api.url}/410000000000000001/sales_invoices/410000000000000300/download_pdf.json`,
    headers: { authorization: `Bearer ${api.token}` }
  })
  t.equal(await tool.pdf?.({ ...open.invoice, sourceId: null }, connection), null)
  t.equal(tool.canAsk(connection.settings), true)
  t.equal(tool.canAsk(bare.settings), false)
  await t.rejects(async () => tool.pdf?.(open.invoice, bare), { code: 'TOOL_UNAUTHORIZED' })
})

t.test('a sample is signed by the first secret; two about one number are the same invoice', async t => {
  const about = { invoiceNumber: 'TEST-1', customerId: 'cst_1', at: now, timeZone: 'Europe/Amsterdam' }
  const { body, headers } = tool.sample(settingsWith(`${token},${secret},${otherSecret}`), about)
  const again = tool.sample(tool.settings.parse({}), { ...about, at: now + 60_000 })

  t.equal(headers['moneybird-signature'], header(Buffer.from(body), secret))
  t.notOk(body.includes(token))
  const read = (text: string) => tool.read(Buffer.from(text), { settings: tool.settings.parse({}), timeZone })
  t.strictSame(read(again.body), read(body))
})
