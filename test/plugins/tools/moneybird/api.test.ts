import t, { type Test } from 'tap'
import { hasPdf, idOf, load, pdf } from '../../../../plugins/tools/moneybird/api.ts'
import type { Connection } from '../../../../plugins/tools/moneybird/settings.ts'
import { openHttp } from '../../../../src/network/http.ts'
import { entity, openLine } from './parts.ts'

type Addressed = { url: string; headers: Record<string, string> }

const addressOf = async (sourceId: string, connection: Connection) => (await pdf({ sourceId }, connection)) as Addressed

const fetched = async (t: Test, { url, headers }: Addressed) => {
  const http = openHttp({ allowPrivate: true, timeoutMs: 60_000 })
  t.teardown(() => http.close())
  const { status, body } = await http.download(url, { headers, signal: AbortSignal.timeout(60_000) })
  return { status, bytes: Buffer.concat(await Array.fromAsync(body)) }
}

t.test('an invoice is asked for by its id, and told as it is now', async t => {
  const { connection, moneybird } = await openLine(t)
  moneybird.invoices.push(entity('open'), entity('draft'))

  t.match(await load('410000000000000300', connection), {
    stage: 'final',
    invoice: { invoiceNumber: '2026-0117', amountCents: 18150 }
  })
  t.match(await load('410000000000000303', connection), { stage: 'draft' })
  t.equal(await load('1', connection), null)
  t.strictSame(moneybird.requests.slice(0, 1), ['GET sales_invoices/410000000000000300.json'])
})

t.test('an invoice that cannot be read is no invoice that is gone', async t => {
  const { connection, moneybird } = await openLine(t)
  moneybird.invoices.push(entity('open', { total_price_incl_tax: 'veel' }))

  const asking = load('410000000000000300', connection)

  await t.rejects(asking, { code: 'TOOL_UNREACHABLE', message: /total_price_incl_tax: expected/ })
})

t.test('the PDF lies in a store on another origin, which is told no token and only for half a minute', async t => {
  const { connection, moneybird } = await openLine(t)
  moneybird.invoices.push(entity('open'))
  const address = await addressOf('410000000000000300', connection)

  t.strictSame(await fetched(t, address), { status: 200, bytes: moneybird.pdf })
  t.match(await fetched(t, { ...address, headers: {} }), { status: 401 })
  t.match(await fetched(t, await addressOf('1', connection)), { status: 404 })

  const { headers } = await connection.api.ask(address)
  moneybird.now += 30_001
  t.match(await fetched(t, { url: String(headers.location), headers: {} }), { status: 403 }, 'an old link')
  t.match(await fetched(t, address), { status: 200 }, 'asked again')

  t.equal(await hasPdf('410000000000000300', connection), true)
  t.equal(await hasPdf('1', connection), false)
})

t.test('a token that is refused, or may not read invoices, is named as such', async t => {
  const { connection, moneybird } = await openLine(t)
  moneybird.forbidden.add('sales_invoices')
  await t.rejects(load('1', connection), { code: 'TOOL_UNAUTHORIZED' })
  moneybird.forbidden.clear()
  moneybird.token = 'een ander'
  await t.rejects(load('1', connection), { code: 'TOOL_UNAUTHORIZED' })
})

t.test('the moment that Retry-After names is waited for, not that many seconds', async t => {
  const { connection, moneybird } = await openLine(t)
  moneybird.invoices.push(entity('open'))
  for (let asked = 0; asked < 150; asked += 1) await load('410000000000000300', connection)
  moneybird.now += 100_000

  await t.rejects(load('410000000000000300', connection), { code: 'TOOL_BUSY', retryAfterMs: 200_000 })
  moneybird.now += 200_000
  t.ok(await load('410000000000000300', connection))
})

t.test('an invoice is found by its number, too', async t => {
  const { connection, moneybird } = await openLine(t)
  moneybird.invoices.push(entity('open'))

  t.equal(await idOf('2026-0117', connection), '410000000000000300')
  t.equal(await idOf('2026/0118', connection), null)
})
