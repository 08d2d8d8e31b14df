import t from 'tap'
import { bytesPerSecondMin, createPatience, patienceMsMax } from '../../../plugins/bodies/patience.ts'
import { handClock } from '../../src/portal/hand-clock.ts'

const second = 1000

const open = () => {
  const clock = handClock()
  const patience = createPatience(clock)
  return { clock, patience, wait: patience() }
}

/** So many bytes, after so many milliseconds. */
const after = (clock: ReturnType<typeof handClock>, ms: number, bytes: number) => async () => {
  await clock.sleep(ms)
  return bytes
}

const bytesOf = (bytes: number) => bytes
const tooSlow = { code: 'BODY_TOO_SLOW', statusCode: 408 }

t.test('whoever is silent is ended, and not before', async t => {
  const { clock, wait } = open()
  let ended = false
  const waiting = wait(() => new Promise<number>(() => {}), bytesOf)
  waiting.catch(() => {
    ended = true
  })

  await clock.advance(patienceMsMax)
  t.equal(ended, false)
  await clock.advance(1 * second)
  await t.rejects(waiting, tooSlow)
})

t.test('a line that carries the least is waited for, however long the body is', async t => {
  const { clock, wait } = open()
  const minutes = 70
  const all = (async () => {
    for (let at = 0; at < minutes * 60; at += 1) await wait(after(clock, second, bytesPerSecondMin), bytesOf)
  })()

  await clock.advance(minutes * 60 * second)
  await t.resolves(all)
})

t.test('half of that is too slow, but not for what is small', async t => {
  const { clock, wait } = open()
  let bytes = 0
  const all = (async () => {
    for (;;) bytes += await wait(after(clock, second, bytesPerSecondMin / 2), bytesOf)
  })()
  all.catch(() => {})

  await clock.advance(60 * second)
  await t.rejects(all, tooSlow)
  t.ok(bytes > 100_000, `a PDF of ${bytes} bytes came through`)
})

t.test('a line may stand still again and again, if it makes up for it', async t => {
  const { clock, wait } = open()
  const all = (async () => {
    for (let at = 0; at < 10; at += 1) {
      await wait(after(clock, patienceMsMax - second, 1), bytesOf)
      await wait(after(clock, 0, (patienceMsMax / second) * bytesPerSecondMin), bytesOf)
    }
  })()

  await clock.advance(10 * patienceMsMax)
  await t.resolves(all)
})

t.test('what came fast gives no right to a long silence', async t => {
  const { clock, wait } = open()
  await wait(async () => 20_000_000, bytesOf)
  const waiting = wait(() => new Promise<number>(() => {}), bytesOf)
  waiting.catch(() => {})

  await clock.advance(patienceMsMax + second)
  await t.rejects(waiting, tooSlow)
})

t.test('the time in which nobody waits for the sender does not count', async t => {
  const { clock, wait } = open()
  await wait(async () => 1, bytesOf)
  await clock.advance(3_600_000)

  t.equal(await wait(async () => 2, bytesOf), 2)
})

t.test('each body has its own, and one that breaks says so itself', async t => {
  const { clock, patience } = open()
  const [silent, broken, good] = [patience(), patience(), patience()]
  const ends = [
    silent(() => new Promise<number>(() => {}), bytesOf),
    broken(() => Promise.reject(new Error('aborted')), bytesOf),
    good(after(clock, second, 5), bytesOf)
  ]
  const settled = Promise.allSettled(ends)
  await clock.advance(patienceMsMax + second)

  t.match(await settled, [
    { status: 'rejected', reason: tooSlow },
    { status: 'rejected', reason: { message: 'aborted' } },
    { status: 'fulfilled', value: 5 }
  ])
})

t.test('what is ended by somebody else waits no more, now or later', async t => {
  const { patience } = open()
  const ended = new AbortController()
  const wait = patience(ended.signal)
  const waiting = wait(() => new Promise<number>(() => {}), bytesOf)
  ended.abort(new Error('ended'))

  await t.rejects(waiting, { message: 'ended' })
  await t.rejects(
    wait(async () => 1, bytesOf),
    { message: 'ended' }
  )
})
