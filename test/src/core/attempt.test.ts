import t from 'tap'
import { attempt } from '../../../src/core/attempt.ts'

t.test('answers what the work returns', async t => {
  t.equal(
    attempt(() => 'found'),
    'found'
  )
  t.equal(
    attempt(() => null),
    null
  )
})

t.test('answers undefined where the work throws', async t => {
  const text = 'not JSON'
  t.equal(
    attempt(() => JSON.parse(text)),
    undefined
  )
})
