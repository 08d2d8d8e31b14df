import { listSalesInvoicesResponseBodyFromJSON } from 'mollie-api-typescript/models/operations/listsalesinvoices.js'
import t from 'tap'
import { missed } from '../../../../plugins/tools/mollie/catch-up.ts'
import { read } from '../../../../plugins/tools/mollie/event.ts'
import type { Connection } from '../../../../plugins/tools/mollie/settings.ts'
import { entity, now, openLine, timeZone, withoutKey } from './parts.ts'

const hour = 3_600_000
const day = 24 * hour
const never = new AbortController().signal

const toldBy = (connection: Connection, since = now - hour, stopped = never) =>
  Array.fromAsync(missed(since, connection, stopped))

const numbersOf = async (connection: Connection, since?: number) =>
  (await toldBy(connection, since)).map(told => ('problem' in told ? told.problem : told.invoice.invoiceNumber))

const at = (ms: number) => new Date(ms).toISOString()

/** Newest first, each made so long after the next. */
const many = (count: number, everyMs: number) =>
  Array.from({ length: count }, (_, index) =>
    entity({
      id: `invoice_${index}`,
      invoiceNumber: `F${index}`,
      createdAt: at(now - index * everyMs),
      issuedAt: at(now)
    })
  )

t.test('the fake list is what Mollie’s own library takes', async t => {
  const { connection, mollie } = await openLine(t)
  mollie.invoices = many(3, day)
  const headers = { authorization: `Bearer ${mollie.key}` }
  const { json } = await connection.api.ask({
    url: `${mollie.url}/v2/sales-invoices?limit=2`,
    headers,
    plain: () => true
  })

  t.equal(listSalesInvoicesResponseBodyFromJSON(JSON.stringify(json)).ok, true)
})

t.test('what became final is found page by page, however long ago it was drafted', async t => {
  const { connection, mollie, slept } = await openLine(t)
  mollie.invoices = many(600, hour)

  t.equal(new Set(await numbersOf(connection)).size, 600)
  t.strictSame(slept, [1000, 1000], 'with a pause between two pages')
})

t.test('pages that are older than any draft are not asked for, unless the list is in another order', async t => {
  const { connection, mollie } = await openLine(t)
  mollie.invoices = many(600, day)

  await numbersOf(connection)
  t.equal(mollie.requests.length, 1)
  mollie.invoices.reverse()
  t.equal(new Set(await numbersOf(connection)).size, 600)
  t.equal(mollie.requests.length, 4)
})

t.test('only what is new is told: final, paid or cancelled, and what cannot be read', async t => {
  const { connection, mollie } = await openLine(t)
  mollie.invoices = [
    entity({ id: 'a', invoiceNumber: null, status: 'draft' }),
    entity({ id: 'b', invoiceNumber: 'B', issuedAt: at(now - 2 * day) }),
    entity({ id: 'c', invoiceNumber: 'C', issuedAt: at(now - 2 * day), status: 'paid', paidAt: at(now) }),
    entity({ id: 'd', invoiceNumber: 'D', issuedAt: at(now - hour) }),
    entity({ id: 'e', invoiceNumber: 'E', issuedAt: at(now - 9 * day), status: 'canceled' }),
    entity({ id: 'f', invoiceNumber: 'F', totalAmount: { value: 1, currency: 'EUR' } })
  ]

  t.match(await numbersOf(connection), ['C', 'D', 'E', /^totalAmount\.value: expected/])
  const unread = (await toldBy(connection)).at(-1)
  const body = unread && 'body' in unread ? unread.body : Buffer.from('')
  t.match(read(body, { settings: connection.settings, timeZone }), { kind: 'unreadable', sourceId: 'f' })
})

t.test('an old draft that became final right after the first question of a day is told by the next one', async t => {
  const { connection, mollie } = await openLine(t)
  const midnight = Date.parse('2026-11-20T23:00:00Z')
  const issuedAt = at(midnight + 5 * 60_000)
  mollie.invoices = [
    entity({ id: 'new', createdAt: at(midnight), status: 'draft' }),
    entity({ id: 'old', invoiceNumber: 'OLD', createdAt: at(midnight - 90 * day), issuedAt })
  ]
  const askedAt = (ms: number) => ({ ...connection, clock: { ...connection.clock, now: () => midnight + ms } })

  t.strictSame(await numbersOf(askedAt(day - hour), midnight + day - 2 * hour), ['OLD'], 'there is but one page')
  mollie.invoices.splice(0, 1, ...many(500, hour).map(one => ({ ...one, status: 'draft', invoiceNumber: null })))
  const toldAt = async (ms: number) => numbersOf(askedAt(ms), midnight + ms - hour)
  t.strictSame(await toldAt(day + 5 * 60_000), ['OLD'])
})

t.test('an invoice without a text where its time belongs is told all the same', async t => {
  const { connection, mollie } = await openLine(t)
  mollie.invoices = [entity({ createdAt: { toString: 1 } })]

  t.equal((await toldBy(connection)).length, 1)
})

t.test('invoices of the other mode are nobody’s', async t => {
  const { connection, mollie } = await openLine(t)
  mollie.invoices = [entity({ mode: 'test' })]
  t.strictSame(await numbersOf(connection, now - day), [])
})

t.test('who stops waits no longer, and without a key nothing is asked', async t => {
  const { connection, mollie } = await openLine(t)
  mollie.invoices = many(300, hour)
  const stopping = new AbortController()
  const stopped = {
    ...connection,
    clock: { ...connection.clock, sleep: async () => stopping.abort(new Error('stopped')) }
  }
  await t.rejects(toldBy(stopped, now - hour, stopping.signal), { message: 'stopped' })
  await t.rejects(numbersOf(withoutKey(connection)), { code: 'TOOL_UNAUTHORIZED' })
})

t.test('an answer without a list, and one that leads in circles, end with a code', async t => {
  const { connection } = await openLine(t)
  const answering = (json: unknown) => ({
    ...connection,
    api: { ask: async () => ({ status: 200, headers: {}, json }) }
  })
  await t.rejects(numbersOf(answering({ _embedded: {} })), { code: 'TOOL_UNREACHABLE', message: /without a list/ })
  const circle = { _embedded: { sales_invoices: [] }, _links: { next: { href: 'https://api.mollie.com/?from=a' } } }
  await t.rejects(numbersOf(answering(circle)), { code: 'TOOL_UNREACHABLE', message: /more than 1000 pages/ })
})
