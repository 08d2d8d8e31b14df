import t from 'tap'
import type { Instant } from '../../../src/core/clock.ts'
import { BridgeError } from '../../../src/core/errors.ts'
import { createInquiries } from '../../../src/tools/inquiries.ts'
import { silent } from '../delivery/delivery.ts'
import { day, minute } from '../ledger/fixtures.ts'
import { handClock, noon } from '../portal/hand-clock.ts'

/** A tool that finds one invoice at once, and one after it took its time. */
const open = (takesMs: number, fails?: BridgeError) => {
  const clock = handClock()
  const stopping = new AbortController()
  const questions: [tool: string, since: Instant][] = []
  const lines: object[] = []
  const inquiries = createInquiries({
    clock,
    log: { ...silent, info: facts => lines.push(facts), warn: facts => lines.push(facts) },
    nothing: () => ({ accepted: 0 }),
    stopped: stopping.signal,
    async ask(tool, since, found) {
      questions.push([tool, since])
      found.accepted += 1
      await clock.sleep(takesMs)
      if (fails) throw fails
      found.accepted += 1
    }
  })
  return { ...inquiries, clock, stopping, questions, lines }
}

t.test('what is answered soon is answered whole', async t => {
  const { ask, questions, clock, lines } = open(19_999)
  const answer = ask('acme', noon - day)
  await clock.advance(19_999)

  t.strictSame(await answer, { accepted: 2 })
  t.strictSame(questions, [['acme', noon - day]])
  t.strictSame(lines, [{ tool: 'acme', accepted: 2 }])
})

t.test('what takes longer than a request should goes on, and can be asked after', async t => {
  const { ask, asked, clock, questions } = open(5 * minute)
  const first = ask('acme', noon - day)
  await clock.advance(20_000)
  t.strictSame(await first, { accepted: 1, running: true })

  const second = asked('acme')
  await clock.advance(20_000)
  t.strictSame(await second, { accepted: 1, running: true })

  await clock.advance(5 * minute)
  t.strictSame(await asked('acme'), { accepted: 2 })
  t.strictSame(await asked('acme'), { accepted: 2 }, 'as often as somebody wants to know')
  t.equal(questions.length, 1)
})

t.test('who asks for what is being asked for already waits for the same answer', async t => {
  const { ask, questions, clock } = open(1000)
  const answers = [ask('acme', noon - day), ask('acme', noon - day), ask('acme', noon)]
  await clock.advance(1000)

  t.strictSame(await Promise.all(answers), Array(3).fill({ accepted: 2 }))
  t.strictSame(questions, [['acme', noon - day]])
  const again = ask('acme', noon - day)
  await clock.advance(1000)
  t.strictSame(await again, { accepted: 2 })
  t.equal(questions.length, 2, 'afterwards it is asked again')
})

t.test('what reaches further back, or is another tool, is asked for', async t => {
  const { ask, questions, clock } = open(1000)
  const answers = [ask('acme', noon), ask('acme', noon - day), ask('rival', noon)]
  await clock.advance(1000)

  await Promise.all(answers)
  t.equal(questions.length, 3)
})

t.test('a failure is told to who waits, to who asks later, and to the log', async t => {
  const failure = new BridgeError('TOOL_UNREACHABLE')
  const { ask, asked, clock, lines } = open(1000, failure)
  const answer = ask('acme', noon)
  const rejected = t.rejects(answer, failure)
  await clock.advance(1000)

  await rejected
  await t.rejects(asked('acme'), failure)
  t.match(lines, [{ tool: 'acme', code: 'TOOL_UNREACHABLE' }])
})

t.test('the end of the bridge ends the waiting', async t => {
  const { ask, stopping } = open(5 * minute)
  const reason = new BridgeError('TOOL_UNREACHABLE', 'the bridge is stopping')
  const rejected = t.rejects(ask('acme', noon), reason)
  stopping.abort(reason)

  await rejected
})

t.test('what nobody asked for cannot be asked after', async t => {
  await t.rejects(open(0).asked('acme'), { code: 'NOT_FOUND' })
})
