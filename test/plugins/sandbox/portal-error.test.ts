import t from 'tap'
import { asPortalError, PortalError } from '../../../plugins/sandbox/portal-error.ts'

t.test('a refusal is worded as the portal words it', async t => {
  t.strictSame(new PortalError(429).toJSON(), { code: 429, message: 'Too many requests.' })
  t.strictSame(new PortalError(409, { message: 'taken' }).toJSON(), { code: 409, message: 'taken' })
  t.strictSame(new PortalError(418).toJSON(), { code: 418, message: 'Error.' })
  const errors = { amount: ['is required'] }
  t.strictSame(new PortalError(422, { errors }).toJSON(), {
    code: 422,
    message: 'The given data was invalid.',
    errors
  })
})

t.test('a refusal by the framework keeps its status, and a bug keeps its words to itself', async t => {
  const refused = Object.assign(new Error('too large'), { statusCode: 413 })
  const bug = new Error('inner life')
  const refusal = new PortalError(404)

  t.strictSame(asPortalError(refused).toJSON(), { code: 413, message: 'too large' })
  t.strictSame(asPortalError(bug).toJSON(), { code: 500, message: 'Server error.' })
  t.equal(asPortalError(bug).cause, bug)
  t.equal(asPortalError(refusal), refusal)
})
