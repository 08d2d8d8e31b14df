import t, { type Test } from 'tap'
import type { Code } from '../../../src/core/codes.ts'
import { BridgeError } from '../../../src/core/errors.ts'
import { createBreaker } from '../../../src/portal/breaker.ts'
import type { Outcome } from '../../../src/rules/decide.ts'
import { handClock } from './hand-clock.ts'
import { arrived } from './parts.ts'

const minute = 60_000
const retryFirstMs = 5000

const open = (t: Test) => {
  const clock = handClock()
  const told: string[] = []
  const probes: number[] = []
  const portal: { answer: () => void | Promise<void> } = { answer() {} }
  const breaker = createBreaker({
    clock,
    retryFirstMs,
    async probe() {
      probes.push(clock.monotonic())
      await portal.answer()
    },
    closed: code => told.push(code),
    opened: () => told.push('opened')
  })
  t.teardown(() => breaker.stop())
  return { clock, breaker, told, probes, portal }
}

const failing = (code: Code) => () => {
  throw new BridgeError(code)
}
const down = failing('PORTAL_UNREACHABLE')

const created: Outcome = { kind: 'created', holding: arrived(0) }
const failed = (code: Code): Extract<Outcome, { kind: 'failed' }> => ({ kind: 'failed', code, detail: null })
const refused = failed('PORTAL_UNAUTHORIZED')
const unreachable = failed('PORTAL_UNREACHABLE')
const unknown: Outcome = { kind: 'unknown', detail: '', answered: false }

/** Of so many invoices in turn, from this one on. */
const fail = ({ breaker }: ReturnType<typeof open>, count: number, first = 1) =>
  Array.from({ length: count }, (_, n) => breaker.heard(first + n, n % 2 === 0 ? unreachable : unknown))

t.test('a portal that contradicts itself is not down', async t => {
  const { breaker, told } = open(t)

  const standings = [1, 2, 3, 4, 5, 6].map(invoice => breaker.heard(invoice, { ...unreachable, answered: true }))

  t.strictSame([...new Set(standings)], ['open'])
  t.strictSame(told, [])
})

t.test('five failures in a row, of any invoices, close it; only the last does not count', async t => {
  const parts = open(t)
  const { breaker, told } = parts
  t.equal(breaker.admits(3), Number.POSITIVE_INFINITY)

  t.strictSame(fail(parts, 4), ['open', 'open', 'open', 'open'])
  t.equal(breaker.heard(9, created), 'open')
  t.strictSame(fail(parts, 4), ['open', 'open', 'open', 'open'])
  t.strictSame(told, [])
  t.equal(breaker.heard(5, unknown), 'paused')

  t.strictSame(told, ['PORTAL_UNREACHABLE'])
  t.match(breaker.state(), { state: 'down', sinceMs: 0 })
  t.equal(breaker.admits(0), 0)
  t.strictSame(fail(parts, 3), ['paused', 'paused', 'paused'], 'what still ran costs nothing')
  t.strictSame(told, ['PORTAL_UNREACHABLE'], 'told once')
})

t.test('what says nothing of the portal neither opens nor closes it', async t => {
  const parts = open(t)
  fail(parts, 4)
  for (const outcome of [
    failed('PDF_UNREACHABLE'),
    failed('PORTAL_BUSY'),
    failed('UNEXPECTED'),
    { kind: 'dismissed', code: 'ZERO_AMOUNT' },
    { kind: 'adopted', holding: arrived(0), code: null }
  ] as Outcome[])
    t.equal(parts.breaker.heard(1, outcome), 'open')
  t.equal(parts.breaker.heard(1, unreachable), 'paused')
  t.equal(parts.breaker.heard(1, failed('PDF_UNREACHABLE')), 'paused')
})

t.test('every answer shows that the portal is there', async t => {
  for (const outcome of [
    created,
    { kind: 'paid', holding: arrived(0), marked: true },
    { kind: 'unknown', detail: '', answered: true },
    failed('PORTAL_REJECTED'),
    failed('PORTAL_FORM_CHANGED')
  ] as Outcome[]) {
    const parts = open(t)
    fail(parts, 5)
    t.equal(parts.breaker.heard(1, outcome), 'open')
    t.strictSame(parts.told, ['PORTAL_UNREACHABLE', 'opened'])
  }
})

t.test('a portal that is down is probed, ever more rarely up to once a minute, until it answers', async t => {
  const parts = open(t)
  const { clock, breaker, told, probes, portal } = parts
  portal.answer = down
  fail(parts, 5)

  await clock.advance(5 * minute)
  t.strictSame(probes, [5000, 15_000, 35_000, 75_000, 135_000, 195_000, 255_000])
  t.match(breaker.state(), { state: 'down', sinceMs: 5 * minute })

  portal.answer = () => {}
  await clock.advance(15_000)
  t.strictSame(told, ['PORTAL_UNREACHABLE', 'opened'])
  t.equal(breaker.admits(0), Number.POSITIVE_INFINITY)
  await clock.advance(10 * minute)
  t.equal(probes.length, 8, 'and then no more')
})

t.test('down again, it is probed from the beginning, and by one only', async t => {
  const parts = open(t)
  const { clock, breaker, probes, portal } = parts
  portal.answer = down
  fail(parts, 5)
  await clock.advance(80_000)
  breaker.heard(1, created)
  fail(parts, 5)
  probes.length = 0

  await clock.advance(2 * minute)
  t.strictSame(probes, [85_000, 95_000, 115_000, 155_000])
})

t.test('a probe that comes back after the gate was opened otherwise changes nothing', async t => {
  for (const late of [() => {}, failing('PORTAL_UNAUTHORIZED')]) {
    const parts = open(t)
    const { clock, breaker, told, portal } = parts
    portal.answer = async () => {
      await clock.sleep(1000)
      late()
    }
    fail(parts, 5)
    await clock.advance(5500)
    breaker.heard(1, created)

    await clock.advance(minute)
    t.strictSame(told, ['PORTAL_UNREACHABLE', 'opened'])
  }
})

t.test('a portal that is back but refuses the token is not down any more', async t => {
  const parts = open(t)
  const { clock, breaker, told, portal } = parts
  portal.answer = failing('PORTAL_UNAUTHORIZED')
  fail(parts, 5)
  await clock.advance(5000)

  t.match(breaker.state(), { state: 'refused' })
  t.strictSame(told, ['PORTAL_UNREACHABLE', 'PORTAL_UNAUTHORIZED'])
  t.equal(breaker.admits(0), 0)
  await clock.advance(minute)
  t.equal(breaker.admits(0), 1)
})

t.test('a refused token pauses all; one create a minute tries, and the first that is taken opens', async t => {
  const { clock, breaker, told } = open(t)
  t.equal(breaker.heard(1, refused), 'paused')
  t.equal(breaker.heard(2, refused), 'paused', 'what still ran')
  t.strictSame(told, ['PORTAL_UNAUTHORIZED'])
  t.equal(breaker.admits(0), 0)

  await clock.advance(minute)
  t.equal(breaker.admits(1), 0, 'one at a time')
  t.equal(breaker.admits(0), 1)
  t.equal(breaker.heard(3, refused), 'paused')
  t.equal(breaker.admits(0), 0)
  await clock.advance(minute)
  t.equal(breaker.admits(0), 1)
  t.equal(breaker.heard(4, failed('PDF_UNREACHABLE')), 'paused')
  t.equal(breaker.admits(0), 1, 'who never came to ask does not cost a minute')

  t.equal(breaker.heard(5, created), 'open')
  t.strictSame(told, ['PORTAL_UNAUTHORIZED', 'opened'])
  t.equal(breaker.admits(2), Number.POSITIVE_INFINITY)
})

t.test('who is refused again while another was taken is alone; all others are not', async t => {
  const { breaker, told } = open(t)
  breaker.heard(1, refused)
  t.equal(breaker.heard(1, refused), 'paused', 'nobody was taken meanwhile')
  breaker.heard(2, created)
  t.equal(breaker.heard(3, refused), 'paused', 'for the first time')
  t.equal(breaker.heard(1, refused), 'alone')
  t.equal(breaker.heard(1, refused), 'paused', 'released by a person, it begins anew')
  t.strictSame(told, ['PORTAL_UNAUTHORIZED', 'opened', 'PORTAL_UNAUTHORIZED'])
})

t.test('who was taken after all is not alone later', async t => {
  const { breaker } = open(t)
  breaker.heard(1, refused)
  breaker.heard(2, created)
  breaker.heard(1, created)
  breaker.heard(2, created)
  t.equal(breaker.heard(1, refused), 'paused')
})

t.test('while the token is refused, creates that fail cost a minute each; five mean that it is down', async t => {
  const { clock, breaker, told, probes } = open(t)
  breaker.heard(1, refused)
  for (let n = 0; n < 4; n += 1) {
    await clock.advance(minute)
    t.equal(breaker.admits(0), 1)
    t.equal(breaker.heard(10 + n, unknown), 'paused')
    t.equal(breaker.admits(0), 0)
  }
  await clock.advance(minute)
  breaker.heard(20, unknown)

  t.strictSame(told, ['PORTAL_UNAUTHORIZED', 'PORTAL_UNREACHABLE'])
  t.equal(breaker.admits(0), 0, 'doubts are not what to probe with')
  await clock.advance(5000)
  t.equal(probes.length, 1)
})

t.test('a refusal is an answer: failures before it are not in a row with those after', async t => {
  const parts = open(t)
  fail(parts, 4)
  parts.breaker.heard(1, refused)
  fail(parts, 4)
  t.match(parts.breaker.state(), { state: 'refused' })
})

const unauthorized = new BridgeError('PORTAL_UNAUTHORIZED')

t.test('reads that are refused are told once, pause no delivery, and end by themselves', async t => {
  const { breaker, told } = open(t)
  breaker.heardRead(unauthorized)
  breaker.heardRead(new BridgeError('PORTAL_UNREACHABLE'))
  breaker.heardRead(unauthorized)
  t.strictSame(told, ['PORTAL_UNAUTHORIZED'])
  t.match(breaker.state(), { state: 'open', readsRefused: true })
  t.equal(breaker.admits(0), Number.POSITIVE_INFINITY)

  breaker.heardRead(null)
  t.match(breaker.state(), { state: 'open', readsRefused: false })
  breaker.heardRead(unauthorized)
  t.strictSame(told, ['PORTAL_UNAUTHORIZED', 'PORTAL_UNAUTHORIZED'])
})

t.test('one refused token is told once, whether a read or a write meets it first', async t => {
  const readFirst = open(t)
  readFirst.breaker.heardRead(unauthorized)
  readFirst.breaker.heard(1, refused)
  t.strictSame(readFirst.told, ['PORTAL_UNAUTHORIZED'])
  t.match(readFirst.breaker.state(), { state: 'refused' })

  const writeFirst = open(t)
  writeFirst.breaker.heard(1, refused)
  writeFirst.breaker.heardRead(unauthorized)
  t.strictSame(writeFirst.told, ['PORTAL_UNAUTHORIZED'])
})

t.test('a stop ends the probing, and waits for no probe', async t => {
  const parts = open(t)
  const { clock, breaker, probes, told, portal } = parts
  portal.answer = () => clock.sleep(1000)
  fail(parts, 5)
  await clock.advance(5500)
  await breaker.stop()

  await clock.advance(10 * minute)
  t.equal(probes.length, 1)
  t.strictSame(told, ['PORTAL_UNREACHABLE'])

  const idle = open(t)
  idle.portal.answer = down
  fail(idle, 5)
  await idle.breaker.stop()
  await idle.clock.advance(10 * minute)
  t.strictSame(idle.probes, [])
})
