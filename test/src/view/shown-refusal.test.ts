import t from 'tap'
import { Refused } from '../../../src/view/answers.ts'
import { shownRefusal } from '../../../src/view/shown-refusal.ts'
import { refusalOf } from '../ledger/contract/refusals.ts'

t.test('a refused request is shown with times and address, and with nothing of the ledger', async t => {
  const shown = shownRefusal(refusalOf({ requests: 2 }))

  t.strictSame(Refused.strict().parse(shown), {
    at: '2026-11-20T12:00:00Z',
    since: '2026-11-20T12:00:00Z',
    requests: 2,
    tool: 'invoices',
    address: '192.0.2.1',
    authentic: true,
    code: 'FIELDS_INVALID',
    invoiceNumber: '2026-0042',
    problems: [{ field: 'amount', message: 'expected an amount such as 121.00' }]
  })
})
