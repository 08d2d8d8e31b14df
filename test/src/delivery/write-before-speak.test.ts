import t from 'tap'
import { createSettling, failureOf, type Speaking, writeBeforeSpeak } from '../../../src/delivery/write-before-speak.ts'
import { createBudget, deliverySlotWithinMs } from '../../../src/portal/budget.ts'
import { handClock } from '../portal/hand-clock.ts'

const portalTimeoutMs = 30_000
const done = { outcome: 'done', value: 'inv_1' } as const

const open = (perMinute = 10) => {
  const clock = handClock()
  const budget = createBudget({ perMinute, clock, takenBefore: 0, keep: async () => ({ end: () => {} }) })
  const speaking: Speaking = { budget, clock, portalTimeoutMs }
  return { clock, budget, speaking, taken: () => budget.state().taken }
}

t.test('the ledger is asked with the slot in hand, and only then something is sent', async t => {
  const { speaking, taken } = open()
  const steps: string[] = []

  const said = await writeBeforeSpeak(
    speaking,
    async () => {
      steps.push(`permit with ${taken()} slot`)
      return 'granted'
    },
    async permission => {
      steps.push(`send, ${permission}`)
      return done
    }
  )

  t.strictSame(steps, ['permit with 1 slot', 'send, granted'])
  t.strictSame(said, { permission: 'granted', written: done })
  t.equal(taken(), 1, 'the slot rests for its minute')
})

t.test('what the ledger does not permit is not sent, and its slot is given back', async t => {
  const { speaking, taken } = open()

  const said = await writeBeforeSpeak(
    speaking,
    async () => 'lost',
    () => null
  )

  t.strictSame(said, { permission: 'lost', written: null })
  t.equal(taken(), 0)
})

t.test('a ledger that cannot write keeps everybody silent, and the slot is given back', async t => {
  const { speaking, taken } = open()
  const broken = new Error('the disk is full')

  await t.rejects(
    writeBeforeSpeak(
      speaking,
      () => Promise.reject(broken),
      () => t.fail('nobody may speak') as never
    ),
    broken
  )
  t.equal(taken(), 0)
})

t.test('without a slot in time nobody is asked, and it is told when one is free', async t => {
  const { speaking, clock, budget } = open(1)
  await budget.slot('sweep')
  const permit = async () => t.fail('the ledger is not asked')

  const speaks = writeBeforeSpeak(speaking, permit, async () => done)
  await clock.advance(deliverySlotWithinMs)

  t.match(await speaks, { kind: 'failed', code: 'PORTAL_BUSY', detail: null, retryAfterMs: 60_000 })
})

t.test('what the ledger takes to write counts against the first byte and the end', async t => {
  const { speaking, clock } = open()
  await clock.advance(1000)

  await writeBeforeSpeak(
    speaking,
    () => clock.advance(4000),
    async (_, limits) => {
      t.strictSame(limits, { startBy: 6000, endBy: 1000 + portalTimeoutMs })
      return done
    }
  )
})

for (const [how, thrown, detail] of [
  ['an error', new Error('a bug'), 'a bug'],
  ['anything else', 'not even an error', 'not even an error']
] as const)
  t.test(`whatever breaks in us once it was permitted is unknown: ${how}`, async t => {
    for (const send of [
      () => Promise.reject(thrown),
      () => {
        throw thrown
      }
    ]) {
      const { speaking, taken } = open()
      const said = await writeBeforeSpeak(speaking, async () => true, send)
      t.match(said, { written: { outcome: 'unknown', detail, answered: false } })
      t.equal(taken(), 1)
    }
  })

t.test('as a failure each keeps its name, and an unknown waits until a look can tell', async t => {
  t.match(failureOf({ outcome: 'not-done', code: 'PORTAL_REJECTED', detail: '422' }), {
    kind: 'failed',
    code: 'PORTAL_REJECTED',
    detail: '422'
  })
  t.match(failureOf({ outcome: 'not-done', code: 'PORTAL_BUSY', detail: '', retryAfterMs: 7 }), {
    retryAfterMs: 7
  })
  for (const answered of [true, false])
    t.match(failureOf({ outcome: 'unknown', detail: 'lost', answered }, 60), {
      kind: 'failed',
      code: 'PORTAL_UNREACHABLE',
      answered,
      retryAfterMs: 60
    })
})

t.test('a look can tell after the settle time: of our own from its end, of others from when we saw it', async t => {
  const { clock } = open()
  const settling = createSettling({ clock, portalSettleMs: 100, portalSettleInheritedMs: 500 })
  await clock.advance(1000)

  t.equal(settling.endsAt(1, false), Number.NEGATIVE_INFINITY)
  t.notOk(settling.isLost(1))
  settling.lost(1)
  t.ok(settling.isLost(1))
  t.equal(settling.endsAt(1, true), 1100, 'our own, whatever the row says')
  t.equal(settling.endsAt(2, true), 1500)
  await clock.advance(10)
  t.equal(settling.endsAt(2, true), 1500)
  settling.over(2)
  t.equal(settling.endsAt(2, true), 1510)
})
