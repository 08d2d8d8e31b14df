import t from 'tap'
import { createGate } from '../../../plugins/sisters/gate.ts'
import { tool } from '../../../plugins/tools/wefact/index.ts'
import { wefactInvoice } from '../../fixtures/wefact-api.ts'
import { now } from '../tools/asked-contract.ts'
import { asking, wefact } from './parts.ts'

const minute = 60_000

t.test('it lets through half of what is allowed in a minute and in an hour, and says how long to wait', async t => {
  let at = 0
  const gate = createGate({ clock: { monotonic: () => at }, host: 'api.example' })
  const askMany = async (count: number) => {
    for (let asked = 0; asked < count; asked += 1)
      await gate.through(async () => ({ status: 200, headers: {}, json: null }))
  }
  for (let minutes = 0; minutes < 18; minutes += 1) {
    await askMany(100)
    await t.rejects(askMany(1), { code: 'TOOL_BUSY', retryAfterMs: minutes < 17 ? minute : 43 * minute })
    at += minute
  }
  await t.rejects(askMany(1), { code: 'TOOL_BUSY', retryAfterMs: 42 * minute })
  at += 42 * minute
  await askMany(100)
})

t.test('where it says that little is left, it is left alone for a minute', async t => {
  const { connection, pass } = await asking(t)
  wefact.invoices.push(wefactInvoice(1))
  wefact.remaining = 3
  await tool.load!('1', connection)
  await t.rejects(tool.load!('1', connection), { code: 'TOOL_BUSY', retryAfterMs: 60_000 })
  pass(60_000)
  wefact.remaining = 150
  t.ok(await tool.load!('1', connection))
})

t.test('who is shut out does not knock for an hour, whatever is asked', async t => {
  const { ask, connection, pass } = await asking(t)
  wefact.banned = true
  await t.rejects(ask(), { code: 'TOOL_UNAUTHORIZED', message: /shut out.*403/, retryAfterMs: 3_600_000 })
  pass(60_000)
  await t.rejects(tool.load!('1', connection), { code: 'TOOL_UNAUTHORIZED', retryAfterMs: 3_540_000 })
  t.equal(wefact.server.requests.length, 1)

  pass(3_540_000)
  wefact.banned = false
  t.strictSame(await ask(now), [])
})
