import t from 'tap'
import { parseInvoice } from '../../../../plugins/tools/hostfact/invoice.ts'
import { wefactInvoice } from '../../../fixtures/wefact-api.ts'
import { told } from '../../sisters/parts.ts'
import { timeZone } from '../asked-contract.ts'

t.test('its invoice is read as that of its sister', async t => {
  t.strictSame(parseInvoice(wefactInvoice(1, { InvoiceCode: '2026-0117' }), { timeZone }), told)
})
