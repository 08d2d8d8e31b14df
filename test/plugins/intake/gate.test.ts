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
