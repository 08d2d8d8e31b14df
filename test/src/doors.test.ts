import t from 'tap'
import { createDoors } from '../../src/doors.ts'
import type { Intake } from '../../src/intake.ts'
import { silent } from './delivery.ts'
import { handClock } from './portal/hand-clock.ts'

const minute = 60_000
const day = 24 * 60 * minute
const reason = 'no signature matches the body'

const open = () => {
  const clock = handClock()
  const warned: object[] = []
  const doors = createDoors({ clock, log: { ...silent, warn: facts => void warned.push(facts) } })
  const claim = (tool = 'acme') => doors.refused(tool, reason, true)
  return { clock, warned, doors, claim, away: () => doors.turnedAway('acme') }
}

t.test('one request that claims to be the tool is enough, and each tool has its own', async t => {
  const { clock, doors, claim, away } = open()
  t.equal(away(), null)

  claim()
  t.strictSame(away(), { requests: 1, lastAt: clock.now() })
  await clock.advance(minute)
  claim()
  t.strictSame(away(), { requests: 2, lastAt: clock.now() })
  t.equal(doors.turnedAway('other'), null)
})

t.test('who does not even claim to be the tool is a stranger', async t => {
  const { warned, doors, away } = open()
  doors.refused('acme', 'authorization is missing', false)

  t.equal(away(), null)
  t.match(warned, [{ reason: 'authorization is missing' }], 'it may be a flow without its secret')
})

t.test('whatever the tool says, once it is believed, ends it', async t => {
  const asked: string[] = []
  const note = (name: string) => async () => asked.push(name)
  const names = ['receive', 'tell', 'gone', 'keepUnreadable', 'ignore'] as const
  const intake = Object.fromEntries(names.map(name => [name, note(name)])) as unknown as Intake

  for (const name of names) {
    const { doors, claim, away } = open()
    claim()
    const behind = doors.behind('acme', intake)
    t.match(away(), { requests: 1 })
    await (behind[name] as () => unknown)()
    t.equal(away(), null, name)
    claim()
    t.match(away(), { requests: 1 }, 'and the count begins anew')
  }
  t.strictSame(asked, names, 'the intake itself is asked')
})

t.test('after a day without another it is forgotten', async t => {
  const { clock, claim, away } = open()
  claim()
  await clock.advance(day)
  claim()
  await clock.advance(day)
  t.match(away(), { requests: 2 })
  await clock.advance(1)
  t.equal(away(), null)
  claim()
  t.match(away(), { requests: 1 })
})

t.test('the log is told at most once a minute for each tool, with the reason', async t => {
  const { clock, warned, claim } = open()
  for (let at = 0; at < 10; at += 1) claim()
  claim('other')
  await clock.advance(minute)
  claim()

  t.strictSame(
    warned,
    ['acme', 'other', 'acme'].map(tool => ({ tool, code: 'NOT_AUTHENTIC', reason }))
  )
})
