import t from 'tap'
import { read } from '../../../../plugins/tools/e-boekhouden/event.ts'
import { parseDigits } from '../../../../src/tools/api.ts'
import { now, timeZone } from '../asked-contract.ts'
import { held } from './parts.ts'

t.test('what could not be read is an invoice as soon as it can', async t => {
  const body = (entity: object) =>
    Buffer.from(JSON.stringify({ seenAt: now, entity: parseDigits(JSON.stringify(entity)) }))
  const entity = await held(t)
  t.match(read(body(entity), { timeZone }), { kind: 'invoices', invoices: [{ invoice: { sourceId: '1' } }] })
  t.match(read(body({}), { timeZone }), { kind: 'unreadable', problem: /^entity: /, sourceId: null })
})
