import t from 'tap'
import { readSeen, unreadEvent } from '../../../src/tools/seen.ts'
import type { ToolInvoice } from '../../../src/tools/tool.ts'
import { arrivalOf } from '../ledger/fixtures.ts'

const timeZone = 'Europe/Amsterdam'
const noon = Date.UTC(2026, 10, 20, 12)

t.test('what could not be read says the same again, with the moment at which it was seen', async t => {
  const problem = { problem: 'total: expected digits', sourceId: '7' }
  const event = unreadEvent({ id: '7' }, problem, noon)
  t.match(event, { problem: 'entity: total: expected digits', sourceId: '7' })

  const seen: unknown[] = []
  const reading = readSeen((...told) => {
    seen.push(told)
    return problem
  })(event.body, { timeZone })
  t.strictSame(reading, { kind: 'unreadable', problem: event.problem, sourceId: '7' })
  t.strictSame(seen, [[{ id: '7' }, { timeZone, seenAt: noon }]])
})

t.test('once it can be read it is an invoice, or a draft that is nobody’s business', async t => {
  const told = (stage: ToolInvoice['stage']): ToolInvoice => ({
    invoice: arrivalOf().invoice,
    stage,
    finalisedAt: null,
    collectsItself: false
  })
  const { body } = unreadEvent({}, { problem: '', sourceId: null }, noon)
  t.strictSame(readSeen(() => told('final'))(body, { timeZone }), { kind: 'invoices', invoices: [told('final')] })
  t.strictSame(readSeen(() => told('draft'))(body, { timeZone }), { kind: 'ignored', reason: 'not final yet' })
})
