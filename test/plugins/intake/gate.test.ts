import t from 'tap'
import { openGate } from '../../../plugins/intake/gate.ts'

t.test('as many pass as there are places, the others in their order', async t => {
  const gate = openGate({ places: 2, waitingMax: 3 })
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
  const gate = openGate({ places: 1, waitingMax: 0 })

  for (let times = 0; times < 3; times++) {
    await t.rejects(
      gate.pass(async () => Promise.reject(new Error('no'))),
      { message: 'no' }
    )
  }
})

/** Passes that stay inside until they are told to leave. */
const openCrowd = (options: Parameters<typeof openGate>[0]) => {
  const gate = openGate(options)
  const inside: string[] = []
  const leave = new Map<string, () => void>()
  const come = (name: string, client: string) => {
    const { promise, resolve } = Promise.withResolvers<void>()
    leave.set(name, resolve)
    return gate.pass(async () => {
      inside.push(name)
      await promise
      inside.splice(inside.indexOf(name), 1)
    }, client)
  }
  const rest = () => new Promise(resolve => setImmediate(resolve))
  return {
    come,
    inside,
    leave: async (name: string) => {
      leave.get(name)?.()
      await rest()
    }
  }
}

t.test('a crowd from one address leaves places to the others', async t => {
  const { come, inside, leave } = openCrowd({ places: 4, perClient: 3, waitingMax: 4 })
  for (let at = 1; at <= 6; at += 1) void come(`crowd ${at}`, 'crowd')
  void come('other', 'other')

  t.strictSame(inside, ['crowd 1', 'crowd 2', 'crowd 3', 'other'])
  await t.rejects(come('crowd 7', 'crowd'), { code: 'INTAKE_BUSY' }, 'nor may it fill the queue')
  void come('third', 'third')
  await leave('crowd 1')
  t.strictSame(inside, ['crowd 2', 'crowd 3', 'other', 'third'], 'who holds least comes first')
  await leave('other')
  t.strictSame(inside, ['crowd 2', 'crowd 3', 'third', 'crowd 4'])
  await leave('third')
  t.strictSame(
    inside,
    ['crowd 2', 'crowd 3', 'crowd 4'],
    'never more than its share, however many places are free'
  )
  await leave('crowd 2')
  t.strictSame(inside, ['crowd 3', 'crowd 4', 'crowd 5'])
})
