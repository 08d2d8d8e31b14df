import { tool } from '../../../../plugins/tools/rompslomp/index.ts'
import { askedContract } from '../asked-contract.ts'
import { open, told } from './parts.ts'

askedContract({
  tool,
  open,
  told,
  draft: { status: 'concept', invoice_number: null },
  unreadable: {
    amount: { changes: { price_with_vat: '181,50' }, problem: 'entity: price_with_vat: expected' },
    date: { changes: { date: '2026-11-31' }, problem: 'entity: date: expected' },
    customer: { changes: { contact_id: null }, problem: 'entity: contact_id: expected' },
    currency: { changes: { currency: '€' }, problem: 'entity: currency: expected' }
  },
  many: 250,
  personal: ['Noord', 'Havenkade', '181']
})
