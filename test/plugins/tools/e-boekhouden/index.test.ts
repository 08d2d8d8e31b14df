import { tool } from '../../../../plugins/tools/e-boekhouden/index.ts'
import { askedContract } from '../asked-contract.ts'
import { open, told } from './parts.ts'

askedContract({
  tool,
  open,
  told,
  draft: { urlPdfFile: null },
  unreadable: {
    'no total': { changes: { totalIncl: undefined }, problem: 'entity: totalIncl: expected' },
    'too fine': { changes: { totalIncl: 181.5001 }, problem: 'entity: totalIncl: expected' },
    date: { changes: { date: '2026-11-31' }, problem: 'entity: date: expected' },
    customer: { changes: { relationId: null }, problem: 'entity: relationId: expected' }
  },
  many: 1100,
  personal: ['Zuid', 'Markt', '181']
})
