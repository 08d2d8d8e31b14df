import t from 'tap'
import { openQuota } from '../../../plugins/bodies/quota.ts'

const busy = { code: 'INTAKE_BUSY' }

t.test('no more is held than there is, and what is given back can be had again', async t => {
  const quota = openQuota({ bytesMax: 100 })
  const one = quota.open('a')
  const other = quota.open('b')
  one.take(50)
  one.take(10)
  other.take(40)
  t.throws(() => other.take(1), busy)

  one.release()
  other.take(30)
  t.throws(() => other.take(6), busy, 'a quarter stays for the others')
  quota.open('c').take(25)
  t.throws(() => quota.open('d').take(10), busy)
})

t.test('one client leaves a quarter to the others, whatever its number of bodies', async t => {
  const quota = openQuota({ bytesMax: 100 })
  const bodies = Array.from({ length: 5 }, () => quota.open('a'))
  for (const body of bodies) body.take(15)
  t.throws(() => bodies[0]?.take(1), busy)
  t.doesNotThrow(() => quota.open('b').take(25))

  bodies[1]?.release()
  t.doesNotThrow(() => bodies[0]?.take(15))
})

t.test('what was refused is not held, and giving back twice gives nothing', async t => {
  const quota = openQuota({ bytesMax: 100 })
  const body = quota.open('a')
  body.take(70)
  for (let at = 0; at < 3; at += 1) t.throws(() => body.take(50), busy)
  body.take(5)
  body.release()
  body.release()
  const next = quota.open('a')
  next.take(75)
  t.throws(() => next.take(1), busy)
})
