import t from 'tap'
import { advice, type Code } from '../../../src/core/codes.ts'
import { BridgeError, isCode } from '../../../src/core/errors.ts'

const codes = Object.keys(advice) as Code[]

t.test('an error carries its code, its status and its cause', async t => {
  const cause = new Error('EHOSTUNREACH')
  const problems = [{ field: 'amount', message: 'must be text such as "121.00"' }]
  const error = new BridgeError('PORTAL_BUSY', 'asked for a pause', { cause, problems, retryAfterMs: 1000 })

  t.match(error, { name: 'BridgeError', code: 'PORTAL_BUSY', message: 'asked for a pause', statusCode: 502 })
  t.equal(error.cause, cause)
  t.strictSame(error.problems, problems)
  t.equal(error.retryAfterMs, 1000)
  t.type(error, Error)
})

t.test('an error with nothing but a code says what the table says', async t => {
  for (const code of codes) {
    const error = new BridgeError(code)
    t.equal(error.message, advice[code].what)
    t.equal(error.statusCode, advice[code].status)
    t.strictSame(error.problems, [])
    t.equal(error.retryAfterMs, undefined)
    t.notOk('cause' in error)
  }
})

t.test('a code is told from other errors', async t => {
  t.ok(isCode(new BridgeError('NOT_FOUND'), 'NOT_FOUND'))
  t.notOk(isCode(new BridgeError('NOT_FOUND'), 'UNEXPECTED'))
  t.notOk(isCode(Object.assign(new Error(), { code: 'NOT_FOUND' }), 'NOT_FOUND'))
  t.notOk(isCode(undefined, 'NOT_FOUND'))
})
