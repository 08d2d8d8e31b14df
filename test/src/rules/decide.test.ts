import t from 'tap'
import { advice, type Code } from '../../../src/core/codes.ts'
import type { Decision, Draft } from '../../../src/core/row.ts'
import type { Standing } from '../../../src/rules/decide.ts'
import { decide, type Outcome, type Patience } from '../../../src/rules/decide.ts'
import { holdingOf, noon } from '../ledger/fixtures.ts'

const hour = 3_600_000
const patience: Patience = { retryFirstMs: 5000, retryLongestMs: hour, retryForMs: 72 * hour }
const standings: Standing[] = ['open', 'paused', 'alone']
const holding = holdingOf('inv_1')
const wouldSend: Draft = {
  customerId: 'cst_1',
  newCustomer: null,
  invoiceNumber: '2026-0042',
  issuedAt: '2026-11-20',
  amount: '121.00',
  paidAt: null,
  sendNotification: false
}
const { newCustomer: _, ...facts } = wouldSend
const body = { ...facts, customerId: 'cst_1' }

const failed = (code: Code, retryAfterMs?: number): Outcome => ({
  kind: 'failed',
  code,
  detail: 'why',
  retryAfterMs
})

const judge = (
  outcome: Outcome,
  {
    standing = 'open',
    work = 'create',
    failures = 0,
    triedMs = 0,
    random = 0.5,
    patience: own = patience
  }: {
    standing?: Standing
    work?: 'create' | 'pay'
    failures?: number
    triedMs?: number
    patience?: Patience
    random?: number
  } = {}
): Decision => decide(outcome, { work, failures, triedMs }, { now: noon, random, patience: own, standing })

/** How long it waits; of what does not wait, where it goes. */
const waitMs = (decision: Decision) => (decision.to === 'waiting' ? decision.at - noon : decision.to)

t.test('what the portal or a rule has decided is recorded as it is, however the portal stands', async t => {
  const decided: [Outcome, Decision][] = [
    [
      { kind: 'created', holding },
      { to: 'delivered', holding, how: 'created', code: null }
    ],
    [
      { kind: 'adopted', holding, code: 'PORTAL_DUPLICATE' },
      { to: 'delivered', holding, how: 'adopted', code: 'PORTAL_DUPLICATE' }
    ],
    [
      { kind: 'paid', holding, marked: true },
      { to: 'paid', holding, marked: true }
    ],
    [
      { kind: 'paid', holding, marked: false },
      { to: 'paid', holding, marked: false }
    ],
    [
      { kind: 'unknown', detail: 'time-out', answered: false },
      { to: 'doubt', detail: 'time-out' }
    ],
    [
      { kind: 'unknown', detail: '409', answered: true },
      { to: 'doubt', detail: '409' }
    ],
    [
      { kind: 'unproven', body },
      { to: 'look', body }
    ],
    [
      { kind: 'dismissed', code: 'ZERO_AMOUNT' },
      { to: 'dismissed', code: 'ZERO_AMOUNT' }
    ],
    [
      { kind: 'review', wouldSend, detail: 'changed since it was released: mail' },
      { to: 'held', code: 'REVIEW', detail: 'changed since it was released: mail', wouldSend }
    ]
  ]

  for (const [outcome, decision] of decided)
    for (const standing of standings)
      for (const work of ['create', 'pay'] as const)
        t.strictSame(judge(outcome, { standing, work, triedMs: 100 * hour }), decision, outcome.kind)
})

t.test('every failure with a name is tried again or held, as its advice says', async t => {
  for (const [name, { next }] of Object.entries(advice)) {
    const code = name as Code
    const decision = judge(failed(code))

    if (next === 'hold') t.strictSame(decision, { to: 'held', code, detail: 'why' }, code)
    else t.match(decision, { to: 'waiting', code, detail: 'why' }, code)
  }
})

t.test('that the portal did not make the customer is kept beside the words', async t => {
  const held = { to: 'held', code: 'CUSTOMER_UNKNOWN', detail: 'why', unmade: true } as const
  t.strictSame(judge({ ...failed('CUSTOMER_UNKNOWN'), unmade: true } as Outcome), held)
})

t.test('a failure that is nobody’s fault does not count, nor does one while everything pauses', async t => {
  const counts: [Code, Standing, boolean][] = [
    ['PDF_UNREACHABLE', 'open', true],
    ['PORTAL_UNREACHABLE', 'open', true],
    ['LEDGER_UNAVAILABLE', 'open', true],
    ['UNEXPECTED', 'open', true],
    ['PORTAL_UNREACHABLE', 'paused', false],
    ['PDF_UNREACHABLE', 'paused', false],
    ['PORTAL_BUSY', 'open', false],
    ['PORTAL_UNAUTHORIZED', 'open', false],
    ['PORTAL_FORM_CHANGED', 'open', false]
  ]

  for (const [code, standing, spent] of counts) {
    t.match(judge(failed(code), { standing }), { to: 'waiting', spent }, `${code} ${standing}`)
    const late = judge(failed(code), { standing, triedMs: 72 * hour })
    if (!spent) t.match(late, { to: 'waiting', spent }, `${code} is never exhausted while ${standing}`)
    else t.strictSame(late, { to: 'held', code: 'ATTEMPTS_EXHAUSTED', detail: `${code}: why` }, `${code} is`)
  }
  t.match(judge(failed('PDF_UNREACHABLE'), { triedMs: 72 * hour - 1 }), { to: 'waiting' })
})

t.test('where trying longer helps nobody, a person is asked as soon as that is over', async t => {
  const refused: Outcome = { kind: 'failed', code: 'PDF_UNREACHABLE', detail: 'why', tryForMs: hour }
  let triedMs = 0
  let failures = 0
  for (; triedMs < hour; failures += 1) {
    const decision = judge(refused, { triedMs, failures, random: 1 })
    t.match(decision, { to: 'waiting', code: 'PDF_UNREACHABLE', spent: true })
    triedMs += Number(waitMs(decision))
  }

  t.equal(triedMs, hour, 'not a moment later')
  t.ok(failures > 5, `after ${failures} attempts`)
  t.strictSame(judge(refused, { triedMs, failures }), {
    to: 'held',
    code: 'ATTEMPTS_EXHAUSTED',
    detail: 'PDF_UNREACHABLE: why'
  })
  t.match(judge(failed('PDF_UNREACHABLE'), { triedMs, failures }), { to: 'waiting' }, 'others have the usual time')
  t.equal(waitMs(judge(refused, { triedMs, standing: 'paused' })), 5000, 'nor does it run down in a pause')
  const short = { ...patience, retryForMs: 1000 }
  t.match(judge(refused, { triedMs: 1000, patience: short }), { to: 'held' }, 'never longer than the usual time')
})

t.test('who is refused again while others are taken is held, and says why', async t => {
  for (const code of ['PORTAL_UNAUTHORIZED', 'PORTAL_UNREACHABLE', 'PORTAL_REJECTED'] as const)
    t.strictSame(judge(failed(code), { standing: 'alone' }), {
      to: 'held',
      code: 'PORTAL_REJECTED',
      detail: 'why'
    })
})

t.test('a delivered invoice that cannot be marked paid stays delivered, with a note', async t => {
  const unpaid = (detail: string) => ({ to: 'unpaid', code: 'PAID_NOT_MARKED', detail })

  t.strictSame(judge(failed('PORTAL_REJECTED'), { work: 'pay' }), unpaid('PORTAL_REJECTED: why'))
  t.strictSame(
    judge(failed('PORTAL_UNREACHABLE'), { work: 'pay', triedMs: 72 * hour }),
    unpaid('ATTEMPTS_EXHAUSTED: PORTAL_UNREACHABLE: why')
  )
  t.strictSame(
    judge({ kind: 'failed', code: 'PORTAL_REJECTED', detail: null }, { work: 'pay', standing: 'alone' }),
    unpaid('PORTAL_REJECTED')
  )
  t.match(judge(failed('PORTAL_UNREACHABLE'), { work: 'pay' }), { to: 'waiting' })
})

t.test('pauses double up to the longest, and scatter by a quarter either way', async t => {
  const after = (failures: number, random = 0.5) => waitMs(judge(failed('PORTAL_UNREACHABLE'), { failures, random }))

  t.strictSame(
    [0, 1, 2, 3].map(failures => after(failures)),
    [5000, 10_000, 20_000, 40_000]
  )
  t.strictSame(
    [9, 10, 31, 5000].map(failures => after(failures)),
    [2_560_000, hour, hour, hour]
  )
  t.strictSame([after(0, 0), after(0, 1)], [3750, 6250])
  t.strictSame([after(50, 0), after(50, 1)], [0.75 * hour, 1.25 * hour])
})

t.test('a pause that is asked for is kept, but nobody can ask for more than the longest', async t => {
  t.equal(waitMs(judge(failed('PDF_UNREACHABLE', 60_000))), 60_000)
  t.equal(waitMs(judge(failed('PDF_UNREACHABLE', 1000))), 5000, 'unless ours is longer')
  t.equal(waitMs(judge(failed('PDF_UNREACHABLE', 100 * hour))), hour)
})

t.test('the portal’s own pauses are its budget, a minute for its token, none for its form', async t => {
  t.equal(waitMs(judge(failed('PORTAL_BUSY', 17_000), { failures: 9 })), 17_000)
  t.equal(waitMs(judge(failed('PORTAL_BUSY'))), 0)
  t.equal(waitMs(judge(failed('PORTAL_UNAUTHORIZED'), { failures: 9 })), 60_000)
  t.equal(waitMs(judge(failed('PORTAL_FORM_CHANGED'), { failures: 9 })), 0)
})

t.test('it is a pure function: the same question has the same answer', async t => {
  const outcome = Object.freeze(failed('PORTAL_UNREACHABLE'))
  t.strictSame(judge(outcome, { failures: 3 }), judge(outcome, { failures: 3 }))
})
