import t from 'tap'
import { BridgeError } from '../../../src/core/errors.ts'
import { blankInvoice } from '../../../src/core/invoice.ts'
import { oneInvoice } from '../../../src/tools/one-invoice.ts'
import type { Tool, ToolInvoice } from '../../../src/tools/tool.ts'
import { handClock } from '../portal/hand-clock.ts'

const held = (sourceId: string, invoiceNumber: string): ToolInvoice => ({
  invoice: { ...blankInvoice(invoiceNumber, sourceId), sourceId },
  stage: 'final',
  finalisedAt: null,
  collectsItself: false
})

const open = (parts: Partial<Tool>) => {
  const clock = handClock()
  const all = [held('7', '2026-0042'), held('42', '7')]
  const load = async (id: string) => all.find(({ invoice }) => invoice.sourceId === id) ?? null
  const asked = { tool: { name: 'acme', load, ...parts } as Tool, connection: { clock } as never }
  return { clock, all, find: async (named: string) => (await oneInvoice(named, asked))?.invoice.sourceId ?? null }
}

t.test('a number is looked for before an id, where the tool can be asked for one', async t => {
  const numbers = new Map([
    ['2026-0042', '7'],
    ['7', '42']
  ])
  const { find } = open({ idOf: async number => numbers.get(number) ?? null })
  t.equal(await find('2026-0042'), '7')
  t.equal(await find('7'), '42', 'the one of this number')
  t.equal(await find('42'), '42', 'no number: then it is an id')
  t.equal(await find('9'), null)
})

t.test('a tool that cannot be asked for a number is read through, whatever it says to what is no id', async t => {
  const { find, all } = open({
    missed: async function* () {
      yield { body: Buffer.from('{}'), problem: 'no number', sourceId: null }
      yield* all
    },
    async load() {
      throw new BridgeError('TOOL_UNREACHABLE', 'answered 400')
    }
  })
  t.equal(await find('2026\u20130042'), '7', 'as alike as everywhere')
  t.equal(await find('2026-0043'), null)
})

t.test('a refused token is told, and not taken for an invoice that is not there', async t => {
  const load = async () => {
    throw new BridgeError('TOOL_UNAUTHORIZED', 'refused')
  }
  await t.rejects(open({ load }).find('1'), { code: 'TOOL_UNAUTHORIZED' })
})

t.test('nobody waits until years were read', async t => {
  const { find, clock } = open({
    missed: async function* () {
      for (let at = 0; at < 1000; at += 1) {
        await clock.advance(1000)
        yield held(String(at), `A-${at}`)
      }
    }
  })
  t.equal(await find('A-10'), '10')
  await t.rejects(find('A-999'), { code: 'NOT_FOUND', message: /fetch it by its id/ })
})

t.test('a tool that has no invoices to ask for has none', async t => {
  const asked = { tool: { name: 'mailbox' } as Tool, connection: {} as never }
  t.equal(await oneInvoice('1', asked), null)
})
