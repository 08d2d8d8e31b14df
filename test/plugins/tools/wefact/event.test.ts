import t from 'tap'
import { read } from '../../../../plugins/tools/wefact/event.ts'
import { wefactInvoice } from '../../../fixtures/wefact-api.ts'
import { now, timeZone } from '../asked-contract.ts'

t.test('what could not be read is an invoice as soon as it can', async t => {
  const body = (entity: object) => Buffer.from(JSON.stringify({ seenAt: now, entity }))
  t.match(read(body(wefactInvoice(1)), { timeZone }), { kind: 'invoices', invoices: [{ invoice: { sourceId: '1' } }] })
  t.match(read(body({}), { timeZone }), { kind: 'unreadable', problem: /^entity: /, sourceId: null })
})
