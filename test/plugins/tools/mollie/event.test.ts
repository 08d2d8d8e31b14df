import { SignatureValidator } from 'mollie-api-typescript/utils/webhooks/signature_validator.js'
import t from 'tap'
import { isRegistrationCheck, read, verify } from '../../../../plugins/tools/mollie/event.ts'
import { settings } from '../../../../plugins/tools/mollie/settings.ts'
import { entity, eventOf, now, sparse, timeZone, webhookSecret } from './parts.ts'

const delivery = (body: Buffer | string, headers: Record<string, string> = {}) => ({
  body: Buffer.from(body),
  headers,
  receivedAt: now
})

t.test('while one secret replaces another both are believed, as Mollie signs with both', async t => {
  const body = eventOf('sales-invoice.issued', entity())
  const signed = async (secret: string) => `sha256=${await SignatureValidator.createSignature(String(body), secret)}`
  const [older, newer, strange] = await Promise.all(
    ['het-vorige-geheim-', webhookSecret, 'van-iemand-anders-'].map(signed)
  )
  const believes = (header: string, secrets: string) => () =>
    verify(delivery(body, { 'x-mollie-signature': header }), settings.parse({ MOLLIE_WEBHOOK_SECRET: secrets }))

  t.doesNotThrow(believes(`${older}, ${newer}`, webhookSecret), 'as Node joins two headers')
  t.doesNotThrow(believes(`${newer},${older}`, webhookSecret))
  t.doesNotThrow(believes(`${older}`, `${webhookSecret},het-vorige-geheim-`))
  t.throws(believes(`${older}, ${strange}`, webhookSecret), { code: 'NOT_AUTHENTIC' })
  t.throws(believes(`${newer}`.replace('sha256=', ''), webhookSecret), { code: 'NOT_AUTHENTIC' })
  t.throws(() => verify(delivery(body, { 'x-mollie-signature': `${newer}` }), settings.parse({})), {
    code: 'NOT_AUTHENTIC'
  })
})

t.test('the older webhook of payments is answered, and nothing else that is unsigned', async t => {
  t.ok(isRegistrationCheck(delivery('id=tr_5B8cwPMGnU')))
  t.notOk(isRegistrationCheck(delivery('id=tr_5B8cwPMGnU', { 'x-mollie-signature': 'x' })))
  for (const other of ['', 'id=', 'id=tr_1&a=b', String(eventOf('sales-invoice.issued'))])
    t.notOk(isRegistrationCheck(delivery(other)), other.slice(0, 20))
})

const readWith = (body: Buffer, env: Record<string, string> = { MOLLIE_API_KEY: 'access_voorbeeld' }) =>
  read(body, { settings: settings.parse(env), timeZone })

t.test('what was cancelled is gone, however it is spelled and whatever else is told', async t => {
  const gone = { kind: 'gone', sourceId: 'invoice_voorbeeld0001' } as const
  for (const status of ['canceled', 'cancelled']) {
    t.strictSame(readWith(Buffer.from(JSON.stringify(sparse({ status })))), gone)
    t.strictSame(readWith(eventOf('sales-invoice.canceled', entity({ status }))), gone)
  }
  t.strictSame(readWith(eventOf('sales-invoice.canceled')), gone)
  t.strictSame(readWith(eventOf('sales-invoice.canceled', entity())), gone, 'with the invoice as it was')
  t.strictSame(readWith(eventOf('sales-invoice.canceled', undefined, { entityId: 1 })), {
    kind: 'hint',
    sourceId: null
  })
})

t.test('an event that does not bring the invoice is asked for, or a person is told', async t => {
  for (const body of [eventOf('sales-invoice.issued'), Buffer.from(JSON.stringify(sparse()))]) {
    t.strictSame(readWith(body), { kind: 'hint', sourceId: 'invoice_voorbeeld0001' })
    t.match(readWith(body, {}), { kind: 'unreadable', sourceId: 'invoice_voorbeeld0001' })
  }
})

t.test('nothing but the time of an event stands in for a time of payment: without one, Mollie is asked', async t => {
  const paid = { status: 'paid', paidAt: null }
  const createdAt = '2026-10-20T09:00:00.500Z'
  const told = readWith(eventOf('sales-invoice.paid', entity(paid), { createdAt }))
  t.match(told, { invoices: [{ invoice: { paidAt: Date.UTC(2026, 9, 20, 9) } }] })

  const bare = (changes: object): Buffer => Buffer.from(JSON.stringify(entity({ ...paid, ...changes })))
  const untimed = [bare({}), bare({ createdAt: undefined }), bare({ paidAt: 'gisteren' })]
  for (const wrong of [null, undefined, 'gisteren', '2026-10-20T09:00:00'])
    untimed.push(eventOf('sales-invoice.paid', entity(paid), { createdAt: wrong }))
  for (const body of untimed) {
    t.strictSame(readWith(body), { kind: 'hint', sourceId: 'invoice_voorbeeld0001' }, String(body).slice(0, 90))
    t.match(readWith(body, {}), { kind: 'unreadable', sourceId: 'invoice_voorbeeld0001' })
  }
  t.match(readWith(bare({ paidAt: createdAt })), { invoices: [{ invoice: { paidAt: Date.UTC(2026, 9, 20, 9) } }] })
})

t.test('an event that is ahead of the invoice in it counts, because nothing may come after it', async t => {
  const behind = [entity({ status: 'draft' }), entity({ status: 'issuing' }), entity({ invoiceNumber: null })]
  for (const embedded of behind)
    for (const type of ['sales-invoice.issued', 'sales-invoice.e-invoice-issued', 'sales-invoice.paid']) {
      const body = eventOf(type, embedded)
      t.strictSame(readWith(body), { kind: 'hint', sourceId: 'invoice_voorbeeld0001' }, type)
      t.match(readWith(body, {}), { kind: 'unreadable', sourceId: 'invoice_voorbeeld0001' }, `${type}, without a key`)
    }
})

t.test('an object where a text belongs is no text, and breaks nothing', async t => {
  const odd = { toString: 1 }
  t.strictSame(readWith(eventOf('', entity(), { type: odd })), { kind: 'ignored', reason: 'another event' })
  t.match(readWith(eventOf('sales-invoice.issued', entity({ status: odd }))), { kind: 'unreadable' })
  t.match(readWith(eventOf('sales-invoice.issued', entity(), { createdAt: odd })), { kind: 'invoices' })
})

t.test('test mode is taken where it was asked for', async t => {
  const body = eventOf('sales-invoice.issued', entity({ mode: 'test' }))
  t.match(readWith(body, { MOLLIE_TEST_MODE: 'true' }), { kind: 'invoices' })
})
