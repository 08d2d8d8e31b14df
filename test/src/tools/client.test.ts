import t, { type Test } from 'tap'
import { z } from 'zod'
import { BridgeError } from '../../../src/core/errors.ts'
import type { Loan } from '../../../src/core/row.ts'
import type { ToolApi } from '../../../src/tools/api.ts'
import { createToolClient } from '../../../src/tools/client.ts'
import type { Tool, ToolInvoice } from '../../../src/tools/tool.ts'
import { arrivalOf, borrowOne } from '../ledger/fixtures.ts'
import { openMemory } from '../ledger/memory.ts'
import { handClock, noon } from '../portal/hand-clock.ts'

const timeZone = 'Europe/Amsterdam'
const settings = { key: 'its own' } as never
const api: ToolApi = { ask: () => Promise.reject(new Error('nobody is asked')) }

const told: ToolInvoice = {
  invoice: arrivalOf({ amountCents: 1 }).invoice,
  stage: 'final',
  finalisedAt: null,
  collectsItself: false
}

const plain: Tool = {
  name: 'acme',
  settings: z.object({}),
  missingSecret: () => null,
  verify: () => {},
  read: () => ({ kind: 'ignored', reason: 'nothing' }),
  canAsk: () => true,
  sample: () => ({ body: '', headers: {} })
}

const locate = async () => '127.0.0.1'

const open = (changed: Partial<Tool> = {}) => {
  const clock = handClock()
  const refusals: unknown[] = []
  const tool = { ...plain, ...changed }
  const toolClient = createToolClient({
    tools: [{ tool, settings }],
    api,
    locate,
    clock,
    timeZone,
    refused: (...said) => refusals.push(said)
  })
  return { toolClient, clock, refusals }
}

const lend = async (t: Test, facts: Parameters<typeof arrivalOf>[0] = {}, rest = {}): Promise<Loan> => {
  const ledger = openMemory({ defer: queueMicrotask })
  t.teardown(() => ledger.close())
  await ledger.receive(arrivalOf(facts, rest), noon)
  return borrowOne(ledger, noon)
}

t.test('a tool is asked for its invoice by its own id, with its own settings', async t => {
  const asked: unknown[] = []
  const { toolClient, clock } = open({
    load: async (...question) => {
      asked.push(question)
      return told
    }
  })

  t.equal(await toolClient.current(await lend(t)), told)
  t.strictSame(asked, [['acme-1', { settings, timeZone, clock, api, locate }]])
})

t.test('an invoice that its tool no longer holds is gone', async t => {
  const { toolClient } = open({ load: async () => null })

  t.equal(await toolClient.current(await lend(t)), 'gone')
})

t.test('nobody is asked of a test, without an id, without a token, or of a tool that is off', async t => {
  const load = () => Promise.reject(new Error('it was asked'))
  const loan = await lend(t)

  t.equal(await open({ load }).toolClient.current({ ...loan, test: true }), null)
  t.equal(await open({ load }).toolClient.current({ ...loan, invoice: { ...loan.invoice, sourceId: null } }), null)
  t.equal(await open({ load, canAsk: () => false }).toolClient.current(loan), null)
  t.equal(await open({ load }).toolClient.current({ ...loan, tool: 'rival' }), null)
  t.equal(await open().toolClient.current(loan), null)
})

t.test('a PDF lies where the tool says now, else where the event said', async t => {
  const loan = await lend(t)
  const without = { ...loan, invoice: { ...loan.invoice, pdfUrl: null } }
  const here = { url: 'https://acme.example/now.pdf', headers: { authorization: 'Bearer key' } }

  t.strictSame(await open({ pdf: async () => here }).toolClient.pdf(loan), here)
  t.equal(await open({ pdf: async () => null }).toolClient.pdf(loan), null)
  t.strictSame(await open().toolClient.pdf(loan), { url: 'https://acme.example/42.pdf' })
  t.equal(await open().toolClient.pdf(without), null)
  t.strictSame(await open().toolClient.pdf({ ...loan, tool: 'rival' }), {
    url: 'https://acme.example/42.pdf'
  })
})

t.test('a refused token is told of once, until it is taken again', async t => {
  let round = 0
  const refuse = () => Promise.reject(new BridgeError('TOOL_UNAUTHORIZED', `round ${++round}`))
  const { toolClient, refusals } = open()

  while (round < 3) await t.rejects(toolClient.asking('acme', refuse), { code: 'TOOL_UNAUTHORIZED' })
  await t.rejects(
    toolClient.asking('acme', () => Promise.reject(new BridgeError('TOOL_BUSY'))),
    { code: 'TOOL_BUSY' }
  )
  t.match(refusals, [['acme', { code: 'TOOL_UNAUTHORIZED', message: 'round 1' }]])
  t.equal(refusals.length, 1)
  t.strictSame([...toolClient.refusing()], [['acme', 'round 3']], 'a busy tool says nothing about its token')

  t.equal(await toolClient.asking('acme', async () => 1), 1)
  t.strictSame([...toolClient.refusing()], [])
  await t.rejects(toolClient.asking('acme', refuse))
  t.equal(refusals.length, 2)
})

t.test('what fails while an invoice is read or its PDF is looked for counts as the tool’s word', async t => {
  const fails = () => Promise.reject(new BridgeError('TOOL_UNAUTHORIZED'))
  const { toolClient, refusals } = open({ load: fails, pdf: fails })
  const loan = await lend(t)

  await t.rejects(toolClient.current(loan), { code: 'TOOL_UNAUTHORIZED' })
  await t.rejects(toolClient.pdf(loan), { code: 'TOOL_UNAUTHORIZED' })
  t.equal(refusals.length, 1)
})

t.test('an event that was kept is read by its tool, and stays unread while that is off', async t => {
  const read: Tool['read'] = (body, context) => ({
    kind: 'ignored',
    reason: `${body} ${JSON.stringify(context)}`
  })
  const { toolClient } = open({ read })

  t.strictSame(toolClient.read('acme', Buffer.from('x')), {
    kind: 'ignored',
    reason: `x ${JSON.stringify({ settings, timeZone })}`
  })
  t.match(toolClient.read('rival', Buffer.from('x')), { kind: 'unreadable', problem: /rival/ })
})
