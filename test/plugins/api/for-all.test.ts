import t, { type Test } from 'tap'
import { createForAll, withinDays } from '../../../plugins/api/for-all.ts'
import { arrivalOf, borrowOne, draftOf, minute, noon } from '../../src/ledger/fixtures.ts'
import { openMemory } from '../../src/ledger/memory.ts'
import { openApp, secret } from '../app.ts'

const pdfUrl = 'https://facturen.example/1.pdf'

/** A bridge in which so many invoices are held for review. */
const open = async (t: Test, held: number) => {
  const bridge = await openApp(t)
  const { ledger, clock, receive } = bridge
  for (let at = 1; at <= held; at += 1) await receive(`A-${at}`)
  for (const loan of await ledger.borrow(held, clock.now(), clock.now() + minute))
    await ledger.record(loan, { to: 'held', code: 'REVIEW', detail: null, wouldSend: draftOf(loan) }, clock.now())
  const forAll = async (action: string, payload: object) =>
    (await bridge.ask('POST', `/api/invoices/${action}`, { payload })).json()
  return { ...bridge, forAll }
}

t.test('two hundred in review are counted first, and released by their number', async t => {
  const { forAll, ask, lines } = await open(t, 205)
  const filter = { code: 'REVIEW', tool: 'invoices' }

  t.match(await forAll('deliver', { filter }), { matching: 205, done: 0 })
  t.match(await forAll('deliver', { filter, expected: 204 }), {
    code: 'STATE_CONFLICT',
    detail: /^205 invoices match now, not 204/
  })
  t.equal((await ask('GET', '/api/summary')).json().held, 205, 'nothing was done')
  t.match(await forAll('deliver', { filter, expected: 205 }), { matching: 205, done: 205, leftOut: { conflict: 0 } })
  t.match((await ask('GET', '/api/summary')).json(), { held: 0, waiting: 205 })
  t.match((await ask('GET', '/api/invoices/A-7')).json().history.at(-1), { among: 205, via: 'api' })
  t.match(
    lines.filter(({ msg }) => msg === 'many invoices acted on'),
    [{ action: 'deliver', invoices: 205 }]
  )
})

t.test('as many as were counted, but not the same ones, are left alone', async t => {
  const { forAll, ask, path, ledger, clock, receive } = await open(t, 2)
  const filter = { code: 'REVIEW' }
  const { matching, seen } = await forAll('deliver', { filter })
  await ask('POST', `${path('A-1')}/dismiss`)
  await receive('B-1')
  const [loan] = await ledger.borrow(1, clock.now(), clock.now() + minute)
  await ledger.record(loan!, { to: 'held', code: 'REVIEW', detail: null }, clock.now())

  t.match(await forAll('deliver', { filter, expected: matching, seen }), {
    code: 'STATE_CONFLICT',
    detail: /^other invoices match now/
  })
  t.equal((await ask('GET', '/api/summary')).json().held, 2, 'nothing was done')
  const again = await forAll('deliver', { filter })
  t.match(again, { matching, done: 0 })
  t.match(await forAll('deliver', { filter, expected: matching, seen: again.seen }), { done: 2 })
})

t.test('a test goes to the portal with nobody else', async t => {
  const { app, forAll, ledger, clock, ask } = await open(t, 1)
  const payload = { invoiceNumber: 'T-1', customerId: 'cst_1', issuedAt: '2026-11-20', amount: '121.00', pdfUrl }
  const headers = { authorization: `Bearer ${secret}`, 'factuurbrug-test': 'true' }
  await app.inject({ method: 'POST', url: '/webhooks/invoices', headers, payload })
  const [loan] = await ledger.borrow(1, clock.now(), clock.now() + minute)
  await ledger.record(loan!, { to: 'held', code: 'REVIEW', detail: null }, clock.now())
  const filter = { code: 'REVIEW' }

  t.match(await forAll('deliver', { filter, expected: 1 }), { matching: 1, leftOut: { rule: 1 }, done: 1 })
  t.match((await ask('GET', '/api/invoices/T-1')).json(), { test: true, state: 'held' })
  t.match(await forAll('dismiss', { filter, expected: 1 }), { done: 1 })
})

t.test('dismissed by a part of the number; what cannot be read is named', async t => {
  const { forAll } = await open(t, 3)

  t.match(await forAll('dismiss', { filter: { q: 'A-2' }, expected: 1 }), { matching: 1, done: 1 })
  t.match(await forAll('dismiss', { filter: { status: 'held' } }), { code: 'FIELDS_INVALID' })
  t.match(await forAll('dismiss', { filter: { since: 'monday' } }), { problems: [{ field: 'filter' }] })
  t.match(await forAll('dismiss', {}), { problems: [{ field: 'filter', message: 'expected a filter' }] })
})

t.test('more than a person can mean is refused before it is counted', async t => {
  const ledger = openMemory()
  t.teardown(() => ledger.close())
  await ledger.receive(arrivalOf(), noon)
  await ledger.record(await borrowOne(ledger, noon), { to: 'held', code: 'REVIEW', detail: null }, noon)
  const forAll = createForAll({
    ledger: { ...ledger, pick: (filter, action) => ledger.pick(filter, action, 0) },
    clock: { now: () => noon },
    engine: { wake: () => t.fail('nothing was done') },
    timeZone: 'Europe/Amsterdam'
  })
  const asked = { body: { filter: {}, expected: 1 }, actor: undefined, log: { info: () => {} } }

  await t.rejects(forAll('deliver', asked), { code: 'FIELDS_INVALID' })
})

t.test('a day begins and ends where the portal is', async t => {
  t.strictSame(withinDays({ since: '2026-11-20', until: '2026-11-20', tool: 'acme' }, 'Europe/Amsterdam'), {
    tool: 'acme',
    since: Date.UTC(2026, 10, 19, 23),
    until: Date.UTC(2026, 10, 20, 23)
  })
  t.strictSame(withinDays({}, 'UTC'), {})
})
