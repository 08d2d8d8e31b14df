import t from 'tap'
import { createLockout } from '../../../src/network/lockout.ts'
import { silent } from '../delivery/delivery.ts'
import { handClock } from '../portal/hand-clock.ts'

const minute = 60_000
const allowed = 10

const open = () => {
  const clock = handClock()
  const warned: object[] = []
  const lockout = createLockout({ clock, log: { ...silent, warn: facts => void warned.push(facts) } })
  const fail = (client: string, times: number) => {
    for (let at = 0; at < times; at += 1) lockout.failed(client)
  }
  return { clock, lockout, fail, warned }
}

t.test('who was wrong too often has to wait, and then may try as often again', async t => {
  const { clock, lockout, fail } = open()
  fail('a', allowed - 1)
  t.equal(lockout.locked('a'), null)

  fail('a', 1)
  t.equal(lockout.locked('a'), 5 * minute)
  t.equal(lockout.locked('b'), null, 'each client for itself')
  await clock.advance(5 * minute - 1)
  t.equal(lockout.locked('a'), 1)
  await clock.advance(1)
  t.equal(lockout.locked('a'), null)
  fail('a', allowed - 1)
  t.equal(lockout.locked('a'), null, 'what was before is forgotten')
})

t.test('who is right in time is no stranger, nor is who is wrong now and then', async t => {
  const { clock, lockout, fail } = open()
  fail('a', allowed - 1)
  lockout.passed('a')
  fail('a', allowed - 1)
  t.equal(lockout.locked('a'), null)

  await clock.advance(5 * minute)
  fail('a', allowed - 1)
  t.equal(lockout.locked('a'), null)
})

t.test('a clock that is set changes nothing', async t => {
  const { clock, lockout, fail } = open()
  fail('a', allowed)
  clock.set(60 * minute)

  t.equal(lockout.locked('a'), 5 * minute)
})

t.test('the memory has an end, and forgets who failed longest ago', async t => {
  const { lockout, fail } = open()
  fail('first', allowed)
  fail('second', allowed)
  lockout.failed('first')
  for (let at = 0; at < 9_999; at += 1) lockout.failed(`other ${at}`)

  t.equal(lockout.locked('second'), null)
  t.not(lockout.locked('first'), null)
})

t.test('whoever is locked out is logged once, and counted for as long as it lasts', async t => {
  const { clock, lockout, fail, warned } = open()
  fail('a', allowed - 1)
  t.equal(lockout.lockedOut(), 0)
  fail('a', 5)
  fail('b', allowed)
  fail('c', 1)

  t.strictSame(warned, [{ code: 'TOO_MANY_REQUESTS', client: 'a' }], 'a crowd does not fill the log')
  t.equal(lockout.lockedOut(), 2)
  await clock.advance(5 * minute)
  t.equal(lockout.lockedOut(), 0)
})
