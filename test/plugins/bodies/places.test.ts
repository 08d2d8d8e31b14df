import t from 'tap'
import { openPlaces } from '../../../plugins/bodies/places.ts'

t.test('as many pass as there are places, the others in their order', async t => {
  const gate = openPlaces({ places: 2, waitingMax: 3 })
  const inside: number[] = []
  const left = Array.from({ length: 5 }, () => Promise.withResolvers<void>())
  const passes = left.map(({ promise }, at) =>
    gate.pass(async () => {
      inside.push(at)
      await promise
      return at
    })
  )

  await t.rejects(
    gate.pass(async () => {}),
    { code: 'INTAKE_BUSY' },
    'the queue has an end'
  )
  t.strictSame(inside, [0, 1])
  for (const [at, { resolve }] of left.entries()) {
    resolve()
    await passes[at]
    t.strictSame(inside, [0, 1, 2, 3, 4].slice(0, at + 3), 'who leaves lets one in')
  }

  t.strictSame(await Promise.all(passes), [0, 1, 2, 3, 4])
  t.equal(await gate.pass(async () => 'again'), 'again')
})

t.test('a step that fails frees its place', async t => {
  const gate = openPlaces({ places: 1, waitingMax: 0 })

  for (let times = 0; times < 3; times++) {
    await t.rejects(
      gate.pass(async () => Promise.reject(new Error('no'))),
      { message: 'no' }
    )
  }
})

/** Passes that stay inside until they are told to leave, or are ended. */
const openCrowd = (options: Parameters<typeof openPlaces>[0]) => {
  const gate = openPlaces(options)
  const inside: string[] = []
  const leave = new Map<string, () => void>()
  const come = (name: string, client: string) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    leave.set(name, resolve)
    const ended = new AbortController()
    ended.signal.addEventListener('abort', () => reject(ended.signal.reason))
    const step = async () => {
      inside.push(name)
      await promise.finally(() => inside.splice(inside.indexOf(name), 1))
    }
    return gate.pass(step, { client, ended })
  }
  const rest = () => new Promise(resolve => setImmediate(resolve))
  return {
    come,
    inside,
    rest,
    leave: async (name: string) => {
      leave.get(name)?.()
      await rest()
    }
  }
}

const busy = { code: 'INTAKE_BUSY' }

t.test('a crowd from one address leaves places to the others', async t => {
  const { come, inside, leave } = openCrowd({ places: 4, perClient: 3, waitingMax: 4 })
  for (let at = 1; at <= 6; at += 1) void come(`crowd ${at}`, 'crowd')

  t.strictSame(inside, ['crowd 1', 'crowd 2', 'crowd 3'])
  await t.rejects(come('crowd 7', 'crowd'), busy, 'nor may it fill the queue')
  void come('other', 'other')
  t.strictSame(inside, ['crowd 1', 'crowd 2', 'crowd 3', 'other'])
  await leave('other')
  t.strictSame(inside, ['crowd 1', 'crowd 2', 'crowd 3'], 'never more than its share, however many places are free')
  await leave('crowd 2')
  t.strictSame(inside, ['crowd 1', 'crowd 3', 'crowd 4'])
})

t.test('when all places are taken, whoever holds most gives one to who holds fewer', async t => {
  const { come, inside, rest } = openCrowd({ places: 4, perClient: 3, waitingMax: 4 })
  const crowd = [1, 2, 3].map(at => come(`crowd ${at}`, 'crowd'))
  void come('other', 'other')
  for (let at = 4; at <= 6; at += 1) void come(`crowd ${at}`, 'crowd')
  void come('other 2', 'other')
  await t.rejects(crowd[0]!, busy, 'the oldest of it')
  await rest()
  t.strictSame(inside, ['crowd 2', 'crowd 3', 'other', 'other 2'])

  void come('third', 'third')
  await t.rejects(crowd[1]!, busy, 'also when the queue is full')
  await rest()
  t.strictSame(inside, ['crowd 3', 'other', 'other 2', 'third'])
})

t.test('many at once take no more than makes them equal', async t => {
  const { come, inside, rest } = openCrowd({ places: 4, perClient: 4, waitingMax: 8 })
  for (let at = 1; at <= 4; at += 1) come(`a ${at}`, 'a').catch(() => {})
  for (let at = 1; at <= 8; at += 1) come(`b ${at}`, 'b').catch(() => {})
  await rest()

  t.strictSame(inside, ['a 3', 'a 4', 'b 1', 'b 2'])
})

t.test('who waits in one queue, and is ended by another, waits no more', async t => {
  const gate = openPlaces({ places: 1, waitingMax: 1 })
  const { promise, resolve } = Promise.withResolvers<void>()
  const first = gate.pass(() => promise)
  const ended = new AbortController()
  const waiting = gate.pass(async () => 'in', { client: '', ended })
  ended.abort(new Error('ended'))

  await t.rejects(waiting, { message: 'ended' })
  const next = gate.pass(async () => 'in')
  resolve()
  await first
  t.equal(await next, 'in')
})
