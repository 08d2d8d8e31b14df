import t, { type Test } from 'tap'
import { createMetrics } from '../../plugins/metrics.ts'
import { freePort } from '../../src/commands/free-port.ts'
import { customerId } from '../end-to-end/bridge-process.ts'
import { openHouse } from '../src/commands/fixtures.ts'
import { arrivalOf, bring, holdingOf, noon } from '../src/ledger/fixtures.ts'
import { openMemory } from '../src/ledger/memory.ts'

const open = (t: Test) => {
  const ledger = openMemory()
  t.teardown(() => ledger.close())
  const waiting = { delivery: 0, doubt: 0, sweep: 0 }
  const metrics = createMetrics({
    ledger,
    budget: () => ({ perMinute: 60, taken: 7, waiting, pausedForMs: 0 })
  })
  const app = metrics.app()
  t.teardown(() => app.close())
  const lines = async () => (await app.inject('/metrics')).payload.split('\n')
  return { ledger, metrics, app, lines }
}

t.test('what came in, what was tried and how the portal answered is counted', async t => {
  const { metrics, lines } = open(t)
  metrics.received('acme', 'accepted')
  metrics.received('acme', 'accepted')
  metrics.received('acme', 'conflict')
  const holding = holdingOf('inv_1')
  metrics.recorded('acme', { to: 'delivered', holding, how: 'created', code: null }, 300)
  metrics.recorded('acme', { to: 'held', code: 'REVIEW', detail: 'Kees' }, 300)
  metrics.portalAnswered('createInvoice', 201, 700)
  const found = await lines()

  for (const line of [
    'factuurbrug_events_total{tool="acme",result="accepted"} 2',
    'factuurbrug_events_total{tool="acme",result="conflict"} 1',
    'factuurbrug_attempts_total{tool="acme",to="delivered",code=""} 1',
    'factuurbrug_attempts_total{tool="acme",to="held",code="REVIEW"} 1',
    'factuurbrug_attempt_seconds_bucket{le="0.5",to="held"} 1',
    'factuurbrug_attempt_seconds_bucket{le="0.25",to="held"} 0',
    'factuurbrug_portal_requests_total{call="createInvoice",status="201"} 1',
    'factuurbrug_portal_request_seconds_sum{call="createInvoice"} 0.7',
    'factuurbrug_portal_budget_taken 7',
    'factuurbrug_portal_budget 60'
  ])
    t.ok(found.includes(line), line)
})

t.test('the ledger is counted as it stands now, by tool, state and code, without a name', async t => {
  const { ledger, lines } = open(t)
  await bring(ledger, 'held')
  await ledger.receive(arrivalOf({ invoiceNumber: '2', sourceId: '2' }), noon)
  t.ok((await lines()).includes('factuurbrug_invoices{tool="acme",state="held",code="REVIEW"} 1'))
  t.ok((await lines()).includes('factuurbrug_invoices{tool="acme",state="waiting",code=""} 1'))

  await ledger.act('2026-0042', 'deliver', noon)
  const later = await lines()
  t.ok(later.includes('factuurbrug_invoices{tool="acme",state="waiting",code=""} 2'))
  t.notOk(
    later.some(line => line.includes('state="held"')),
    'what is no more is gone'
  )
  t.notMatch(later.join('\n'), /kees|bakker|2026-0042|12100|121\.00/i)
})

t.test('they have a listener of their own, and nothing else is there', async t => {
  const METRICS_PORT = String(await freePort())
  const { bridge, bring } = await openHouse(t, { METRICS_PORT })
  await bring('Klant-104', 'delivered')
  const get = async (url: string) => fetch(url)
  const metrics = await get(`http://127.0.0.1:${METRICS_PORT}/metrics`)
  const text = await metrics.text()

  t.match(metrics.headers.get('content-type'), /^text\/plain/)
  t.match(text, /^factuurbrug_attempts_total{tool="invoices",to="delivered",code=""} 1$/m)
  t.match(text, /^factuurbrug_portal_requests_total{call="createInvoice",status="201"} 1$/m)
  t.match(text, /^process_resident_memory_bytes \d/m)
  t.notMatch(text, new RegExp(`klant|${customerId}|inv_`, 'i'))
  t.equal((await get(`${bridge.url}/metrics`)).status, 404, 'never on the public port')
  for (const path of ['/', '/health', '/api/summary', '/webhooks/invoices', '/%zz']) {
    const answer = await get(`http://127.0.0.1:${METRICS_PORT}${path}`)
    t.match(answer.headers.get('content-type'), /^application\/problem\+json/, path)
    t.match(await answer.json(), { status: 404, code: 'NOT_FOUND' })
  }
})
