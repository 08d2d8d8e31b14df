import t from 'tap'
import type { OtherFacts, Row, WholeRow } from '../../../src/core/row.ts'
import { explain, pausedBy } from '../../../src/view/explain.ts'
import { arrivalOf, bring, minute, noon, rowOf } from '../ledger/fixtures.ts'
import { openMemory } from '../ledger/memory.ts'

const around = { now: noon, timeZone: 'Europe/Amsterdam', settleMs: minute }

const whole = await (async () => {
  const ledger = openMemory()
  await bring(ledger, 'waiting', arrivalOf({ customer: { ref: "Kees' 17" } }))
  const row = await rowOf(ledger)
  await ledger.close()
  return row
})()

const { history: _, conflicts: none, toldBefore: nothing, ...row } = whole

const other: OtherFacts = {
  tool: 'rival',
  customer: 'kees',
  amountCents: 999,
  currency: 'EUR',
  issuedAt: '2026-11-20'
}

const operatorOf = (facts: Partial<WholeRow>): string => explain({ ...row, ...facts }, around)?.operator ?? ''

t.test('what is due and what is done needs no explanation', async t => {
  t.equal(explain(row, around), null)
  t.equal(explain({ ...row, state: 'delivered', nextAttemptAt: null }, around), null)
  t.equal(explain({ ...row, nextAttemptAt: null }, around), null)
})

t.test('what the tool collects by itself says until when it waits', async t => {
  t.match(explain({ ...row, nextAttemptAt: noon + minute }, around), {
    what: /collects this invoice by itself.*until 2026-11-20 13:01:00 \(Europe\/Amsterdam\)\.$/,
    operator: /`deliver` sends it now/
  })
})

t.test('what is in doubt says that nobody has to do anything, and how long it takes', async t => {
  t.match(explain({ ...row, state: 'sending' }, around), {
    what: /looked for in the portal/,
    operator: /^Nothing: .* 60 seconds \(PORTAL_SETTLE_MS\)/
  })
})

t.test('a command to link comes ready to be typed, whatever the reference is made of', async t => {
  for (const code of ['CUSTOMER_UNKNOWN', 'CUSTOMER_AMBIGUOUS'] as const)
    t.match(operatorOf({ state: 'held', code }), "link acme 'Kees'\\'' 17' <cst_…>`; `factuurbrug customers --portal")
  const plain = { ...row.customer, ref: 'kees+17@a.example' }
  t.match(operatorOf({ state: 'held', code: 'CUSTOMER_UNKNOWN', customer: plain }), 'link acme kees+17@a.example <')
  t.match(
    operatorOf({ state: 'held', code: 'CUSTOMER_UNKNOWN', customer: { ...plain, ref: '-f' } }),
    "link acme '-f' <"
  )
})

t.test('a second number of one invoice names the first', async t => {
  const known = { conflicts: [], toldBefore: '2026-0041' }
  t.match(explain({ ...row, state: 'held', code: 'INVOICE_CONFLICT', ...known }, around), {
    what: 'The tool reported this invoice before, as 2026-0041.',
    operator: /`factuurbrug deliver 2026-0042` sends this one, too/
  })
})

t.test('what the portal shows otherwise than it was sent is cleared by `dismiss`', async t => {
  const conflict = { ...row, state: 'delivered', code: 'INVOICE_CONFLICT' } as const
  t.match(explain({ ...conflict, conflicts: [] }, around), {
    what: 'The portal shows it differently from what was sent.',
    operator: /dismiss 2026-0042` clears/
  })
  t.match(explain({ ...conflict, conflicts: [other] }, around), { operator: /`keep` clears/ })
})

t.test('an id that the invoice names is not mended by a link', async t => {
  const customer = { ...row.customer, portalId: 'cst_typo' }
  const operator = operatorOf({ state: 'held', code: 'CUSTOMER_UNKNOWN', customer })

  t.match(operator, /deliver 2026-0042`.*take 2026-0042`/)
  t.notMatch(operator, /link/)
})

t.test('a customer that the portal did not make is asked for again by `deliver`: that is said', async t => {
  const held = { state: 'held', code: 'CUSTOMER_UNKNOWN' } as const
  const line = { at: noon, event: 'held', code: held.code, detail: 'the portal refused to create it: 422: zipCode' }
  const entry = { ...line, detail: 'in any words', unmade: true }
  t.match(explain({ ...row, ...held, history: [entry] }, around), {
    what: /did not get it/,
    operator: /link acme 'Kees'.*deliver 2026-0042`: the bridge asks once more.*all its invoices go on by themselves/
  })
  t.notMatch(operatorOf({ ...held, history: [entry], test: true }), /once more/)
  t.notMatch(operatorOf({ ...held, history: [line] }), /once more/, 'words say nothing')
  t.notMatch(operatorOf({ ...held, history: [entry, line] }), /once more/, 'the latest counts')
})

t.test('only what the state allows is offered', async t => {
  const delivered = (code: Row['code']) => operatorOf({ state: 'delivered', code })
  t.notMatch(delivered('INVOICE_CONFLICT'), /take|deliver\b/)
  t.match(delivered('INVOICE_CONFLICT'), /then `keep` clears this note/)
  t.match(delivered('VOIDED_IN_TOOL'), /then `dismiss` clears this note/)
  t.match(delivered('DELETED_IN_PORTAL'), /`dismiss` clears this note/)

  const held = (...conflicts: OtherFacts[]) =>
    operatorOf({ state: 'held', code: 'INVOICE_CONFLICT', conflicts, toldBefore: null })
  t.match(held(other), /keep 2026-0042.*take 2026-0042/)
  t.notMatch(held(other, other), /deliver/)
  t.match(held(), /dismiss 2026-0042.*deliver 2026-0042/)
  t.notMatch(held(), /keep|take/)
  t.match(operatorOf({ state: 'held', code: 'INVOICE_CONFLICT' }), /`keep`.*`take`.*`deliver`/, 'in a list')
})

t.test('what a rule dismissed is not to be dismissed: which rule, and how to send it all the same', async t => {
  for (const [code, setting] of [
    ['CREDIT_NOTE', 'CREDIT_NOTES'],
    ['ZERO_AMOUNT', 'ZERO_AMOUNTS']
  ] as const) {
    const said = operatorOf({ state: 'dismissed', code })
    t.match(said, new RegExp(`deliver 2026-0042\` sends it all the same\\. ${setting} sets`))
    t.notMatch(said, /dismiss/)
    t.match(operatorOf({ state: 'held', code }), /`dismiss` does not/)
  }
})

t.test('what pauses deliveries is told of what waits for them, and of nothing else', async t => {
  const portal = (state: 'open' | 'down' | 'refused', pages?: number) => ({
    state,
    filling: pages === undefined ? null : { pages, stillMs: 0 }
  })

  t.equal(pausedBy(row, portal('open')), null)
  t.match(pausedBy(row, portal('down')), /does not answer/)
  t.match(pausedBy(row, portal('refused')), /PORTAL_TOKEN/)
  t.match(pausedBy(row, portal('open', 7)), /7 pages so far/)
  t.equal(pausedBy({ ...row, state: 'held' }, portal('down')), null)
})
