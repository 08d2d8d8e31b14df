import t from 'tap'
import { advice, adviceTyped, type Code } from '../../../src/core/codes.ts'

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
    ...(['PORTAL_UNREACHABLE', 'PORTAL_BUSY', 'PORTAL_UNAUTHORIZED', 'FIELDS_INVALID', 'INTAKE_BUSY'] as const),
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
