import t from 'tap'
import { advice, adviceTyped, BridgeError, type Code, isCode } from '../../src/errors.ts'

const codes = Object.keys(advice) as Code[]

t.test('every code says what happened and what to do', async t => {
  for (const code of codes) {
    const { status, next, what, operator } = advice[code]
    t.match(code, /^[A-Z]+(_[A-Z]+)*$/)
    t.match(what, /^\S.*\S\.$/, `${code}: what`)
    t.match(operator, /^\S.*\S\.$/, `${code}: operator`)
    t.ok(status === 200 || (status >= 400 && status < 600), `${code}: status`)
    t.ok(['refuse', 'retry', 'hold', 'dismiss', 'note', 'stop'].includes(next), `${code}: next`)
  }
})

t.test('nobody who typed a command is told that something goes on by itself', async t => {
  const reach: Code[] = [
    ...([
      'PORTAL_UNREACHABLE',
      'PORTAL_BUSY',
      'PORTAL_UNAUTHORIZED',
      'FIELDS_INVALID',
      'INTAKE_BUSY'
    ] as const),
    ...(['TOOL_UNREACHABLE', 'TOOL_BUSY', 'TOOL_UNAUTHORIZED', 'LEDGER_UNAVAILABLE'] as const)
  ]
  for (const code of reach) {
    t.match(adviceTyped(code), /^[A-Z].*\.$/, code)
    t.notMatch(adviceTyped(code), /tried again|by itself|sends?\b|^Nothing/, code)
  }
  t.equal(adviceTyped('NOT_LOGGED_IN'), advice.NOT_LOGGED_IN.operator, 'else it is the same')
})

t.test("what is kept is never answered as the sender's mistake", async t => {
  for (const code of codes) {
    const { status, next } = advice[code]
    if (next === 'dismiss' || next === 'note') t.equal(status, 200, code)
    if (next === 'retry') t.ok(status >= 500, code)
    if (next === 'stop') t.equal(status, 500, code)
    if (next === 'refuse') t.not(status, 200, code)
  }
})

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
