import t, { type Test } from 'tap'
import type { Said } from '../../../src/delivery/alert.ts'
import type { Checks } from '../../../src/health/health.ts'
import { createWatch } from '../../../src/health/watch.ts'
import { say } from '../../../src/words/saying.ts'
import { openMemory } from '../ledger/memory.ts'
import { handClock } from '../portal/hand-clock.ts'

const minute = 60_000

const open = (t: Test) => {
  const clock = handClock()
  const warned: Said[] = []
  const over: object[] = []
  const say = () => {}
  const now: { checks: Checks } = { checks: {} }
  const ledger = openMemory({ defer: queueMicrotask })
  t.teardown(() => ledger.close())
  const watch = createWatch({
    ledger,
    health: async () => now.checks,
    warn: what => warned.push(what),
    over: what => over.push(what),
    language: 'nl',
    clock,
    log: { debug: say, info: say, warn: say, error: say }
  })
  watch.start()
  t.teardown(() => watch.stop())
  return { clock, now, warned, over }
}

const late = (minutes: number): Checks => ({
  copy: [{ status: 'warn', says: say('read', minutes * 60) }]
})

t.test('what health begins to warn of is told once, however long it lasts', async t => {
  const { clock, now, warned } = open(t)
  for (let minutes = 45; minutes < 60; minutes += 1) {
    now.checks = late(minutes)
    await clock.advance(minute)
  }

  t.equal(warned.length, 1)
  t.match(warned, [
    {
      output: /^the portal was last read 4\d minutes ago$/,
      mailed: /^het portaal is 4\d minuten geleden voor het laatst ingelezen$/
    }
  ])
})

t.test('what mends itself within a minute is told nobody; what comes back is told again', async t => {
  const { clock, now, warned, over } = open(t)
  const lasts = async (checks: Checks, minutes: number) => {
    now.checks = checks
    await clock.advance(minutes * minute)
  }
  await lasts(late(45), 1)
  await lasts({ copy: [{ status: 'pass' }] }, 2)
  t.strictSame(warned, [])

  await lasts(late(45), 3)
  t.strictSame(over, [], 'what was never told is not over either')
  await lasts({}, 2)
  t.match(over, [{ output: 'the portal was last read 45 minutes ago' }])
  await lasts(late(45), 3)
  t.equal(warned.length, 2)
})

t.test('a warning names its tool, and one hides no other', async t => {
  const { clock, now, warned } = open(t)
  now.checks = {
    catchUp: [
      { status: 'warn', componentId: 'acme', says: say('asked', 10_800, '') },
      { status: 'warn', componentId: 'other', says: say('asked', 10_800, '') }
    ]
  }
  await clock.advance(2 * minute)

  t.strictSame(
    warned.map(({ output }) => output),
    ['acme: last asked 3 hours ago', 'other: last asked 3 hours ago']
  )
})

t.test('what is told at the moment when it happens is not told once more', async t => {
  const { clock, now, warned } = open(t)
  now.checks = {
    attention: [{ status: 'warn', says: say('needPerson') }],
    portal: [{ status: 'warn', says: say('portalRefuses') }]
  }
  await clock.advance(5 * minute)

  t.strictSame(warned, [])
})
