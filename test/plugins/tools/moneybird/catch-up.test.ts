import t from 'tap'
import { load, pdf } from '../../../../plugins/tools/moneybird/api.ts'
import { missed } from '../../../../plugins/tools/moneybird/catch-up.ts'
import { tool } from '../../../../plugins/tools/moneybird/index.ts'
import { type Connection, settings } from '../../../../plugins/tools/moneybird/settings.ts'
import { BridgeError } from '../../../../src/core/errors.ts'
import type { UnreadEvent } from '../../../../src/tools/tool.ts'
import { entity, now, openLine } from './parts.ts'

const day = 24 * 60 * 60_000
const iso = (at: number) => new Date(at).toISOString()

const never = new AbortController().signal

const numbersOf = async (since: number, connection: Connection, stopped = never) =>
  (await Array.fromAsync(missed(since, connection, stopped))).map(told =>
    'problem' in told ? told.problem : told.invoice.invoiceNumber
  )

/** So many invoices, changed a second apart from each other. */
const manyInvoices = (count: number) =>
  Array.from({ length: count }, (_, index) =>
    entity('open', {
      id: String(500 + index),
      invoice_id: `2026-${index}`,
      updated_at: iso(now - index * 1000)
    })
  )

t.test('without a token nothing is asked', async t => {
  const { connection, moneybird } = await openLine(t)
  const bare = { ...connection, settings: settings.parse({}) }

  await t.rejects(load('1', bare), { code: 'TOOL_UNAUTHORIZED' })
  await t.rejects(pdf({ sourceId: '1' }, bare), { code: 'TOOL_UNAUTHORIZED' })
  await t.rejects(numbersOf(now, bare), { code: 'TOOL_UNAUTHORIZED' })
  t.strictSame(moneybird.requests, [])
})

t.test('what was missed is found page by page, and no invoice twice or never', async t => {
  const { connection, moneybird, slept } = await openLine(t)
  moneybird.invoices.push(...manyInvoices(250))

  const numbers = await numbersOf(now - day, connection)

  t.strictSame(numbers.toSorted(), moneybird.invoices.map(({ invoice_id: number }) => number).toSorted())
  t.equal(moneybird.requests.length, 3)
  t.equal(slept.length, 2, 'with a pause between two pages')
})

t.test('a last page that is full ends it as well', async t => {
  const { connection, moneybird } = await openLine(t)
  moneybird.invoices.push(...manyInvoices(100))

  t.equal((await numbersOf(now - day, connection)).length, 100)
  t.equal((await numbersOf(now + day, connection)).length, 0)
})

t.test('a long catch-up stays within 150 requests in five minutes', async t => {
  const { connection, moneybird } = await openLine(t)
  moneybird.perPageMax = 2
  moneybird.invoices.push(...manyInvoices(400))

  t.equal((await numbersOf(now - day, connection)).length, 400)
  t.equal(moneybird.requests.length, 200)
})

t.test('New Year hides nothing', async t => {
  const { connection, moneybird } = await openLine(t)
  moneybird.now = Date.UTC(2027, 0, 1, 9)
  const late = entity('open', { invoice_date: '2026-12-31', updated_at: iso(Date.UTC(2027, 0, 1, 8)) })
  const early = { ...late, id: '301', invoice_id: '2028-0001', invoice_date: '2028-01-02' }
  moneybird.invoices.push(late, early)

  t.strictSame(await numbersOf(Date.UTC(2027, 0, 1, 7), connection), ['2026-0117', '2028-0001'])
})

t.test('the second that was asked for belongs to the answer; drafts do not', async t => {
  const { connection, moneybird } = await openLine(t)
  const at = (ms: number, name: string, id: string) =>
    moneybird.invoices.push(entity(name, { id, invoice_id: name === 'draft' ? null : id, updated_at: iso(now + ms) }))
  at(-2000, 'open', '1')
  at(0, 'open', '2')
  at(500, 'paid', '3')
  at(600, 'draft', '4')
  at(700, 'scheduled', '5')
  at(800, 'uncollectible', '6')

  t.strictSame(await numbersOf(now, connection), ['2', '3', '6'])
  t.match(moneybird.requests[0], /updated_after:2026-11-20T10:59:59Z&page=1&per_page=100$/)
})

t.test('one that cannot be read is told as the event that would bring it, among the others', async t => {
  const { connection, moneybird } = await openLine(t)
  const odd = entity('open', { currency: '€' })
  moneybird.invoices.push(odd, entity('open', { id: '1', invoice_id: '1', updated_at: iso(now) }))

  const [first, second] = await Array.fromAsync(missed(now - day, connection, never))

  t.match(second, { invoice: { invoiceNumber: '1' } })
  t.match(first, { problem: /^entity: currency: expected/, sourceId: odd.id })
  const { body } = first as UnreadEvent
  const { problem, sourceId } = first as UnreadEvent
  t.strictSame(tool.read(body, connection), { kind: 'unreadable', problem, sourceId }, 'as a webhook brings it')
  const mended = Buffer.from(body.toString().replace('€', 'EUR'))
  t.match(tool.read(mended, connection), { kind: 'invoices', invoices: [{ invoice: { currency: 'EUR' } }] })
})

t.test('a pause that is asked for in the middle is taken there, and no page is asked for again', async t => {
  const { connection, moneybird, slept } = await openLine(t)
  moneybird.invoices.push(...manyInvoices(250))
  for (let asked = 0; asked < 148; asked += 1) await load('1', connection)
  moneybird.requests.length = 0

  t.equal(new Set(await numbersOf(now - day, connection)).size, 250)
  t.strictSame(
    moneybird.requests.map(request => /&page=(\d)/.exec(request)?.[1]),
    ['1', '2', '3', '3']
  )
  t.strictSame(slept, [4000, 4000, 292_000])
})

t.test('a pause that is asked for again and again is told, not waited for without end', async t => {
  const { connection, slept } = await openLine(t)
  const busy = new BridgeError('TOOL_BUSY', undefined, { retryAfterMs: 7000 })

  await t.rejects(numbersOf(now, { ...connection, api: { ask: () => Promise.reject(busy) } }), busy)
  t.strictSame(slept, [7000, 7000, 7000])
})

t.test('no pause outlasts the bridge', async t => {
  const { connection, moneybird } = await openLine(t)
  moneybird.invoices.push(...manyInvoices(101))
  const stopping = new AbortController()
  const reason = new BridgeError('TOOL_UNREACHABLE', 'the bridge is stopping')
  const clock = {
    ...connection.clock,
    sleep: async (_: number, signal?: AbortSignal) => {
      t.equal(signal, stopping.signal)
      stopping.abort(reason)
    }
  }

  await t.rejects(numbersOf(now - day, { ...connection, clock }, stopping.signal), reason)
  t.equal(moneybird.requests.length, 1)
})

t.test("an administration that is another's is no empty list", async t => {
  const { connection } = await openLine(t, { MONEYBIRD_ADMINISTRATION_ID: '2' })

  await t.rejects(numbersOf(now, connection), {
    code: 'TOOL_UNREACHABLE',
    message: /MONEYBIRD_ADMINISTRATION_ID/
  })
})

t.test('an answer that is no list is no empty list, and one without end ends', async t => {
  const { connection } = await openLine(t)
  const answers = (json: unknown, link?: string): Connection => ({
    ...connection,
    api: { ask: async () => ({ status: 200, headers: link ? { link } : {}, json }) }
  })

  await t.rejects(numbersOf(now, answers(undefined)), { code: 'TOOL_UNREACHABLE' })
  await t.rejects(numbersOf(now, answers([entity('open')], '<x>; rel="next"')), { code: 'TOOL_UNREACHABLE' })
  t.strictSame(await numbersOf(now, answers([entity('open')], '<x>; rel="prev"')), ['2026-0117'])
  t.strictSame(await numbersOf(now, answers([entity('open')])), ['2026-0117'])
})
