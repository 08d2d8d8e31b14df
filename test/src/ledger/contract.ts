// The whole contract of a ledger, in one suite that every implementation runs. Nothing here knows a database.

import t from 'tap'
import type { Ledger } from '../../../src/ledger/ledger.ts'
import { actionsContract } from './contract/actions.ts'
import { answersContract } from './contract/answers.ts'
import { closingContract } from './contract/closing.ts'
import { conflictsContract } from './contract/conflicts.ts'
import { correctionsContract } from './contract/corrections.ts'
import { customersContract } from './contract/customers.ts'
import { doubtsContract } from './contract/doubts.ts'
import { endingsContract } from './contract/endings.ts'
import { eventsContract } from './contract/events.ts'
import { holdingsContract } from './contract/holdings.ts'
import { listingContract } from './contract/listing.ts'
import { loansContract } from './contract/loans.ts'
import { noticesContract } from './contract/notices.ts'
import { paceContract } from './contract/pace.ts'
import { paymentsContract } from './contract/payments.ts'
import { presenceContract } from './contract/presence.ts'
import { processesContract } from './contract/processes.ts'
import { readingContract } from './contract/reading.ts'
import { refusalsContract } from './contract/refusals.ts'
import { releasesContract } from './contract/releases.ts'
import { retentionContract } from './contract/retention.ts'
import { tableContract } from './contract/table.ts'
import { toolsContract } from './contract/tools.ts'
import { unprovenContract } from './contract/unproven.ts'
import { walkContract } from './contract/walk.ts'
import type { Promised } from './fixtures.ts'

/** `open` answers an empty ledger each time; `openOwn` one that shares nothing with others, so that it can be closed. */
export function ledgerContract(name: string, open: () => Promise<Ledger>, openOwn = open): void {
  const promisedBy =
    (open: () => Promise<Ledger>): Promised =>
    (promise, prove) =>
      t.test(`${name}: ${promise}`, async t => {
        const ledger = await open()
        t.teardown(() => ledger.close())
        await prove(t, ledger)
      })
  const promised = promisedBy(open)

  eventsContract(promised)
  conflictsContract(promised)
  correctionsContract(promised)
  tableContract(promised)
  loansContract(promised)
  endingsContract(promised)
  answersContract(promised)
  doubtsContract(promised)
  unprovenContract(promised)
  paymentsContract(promised)
  holdingsContract(promised)
  presenceContract(promised)
  customersContract(promised)
  actionsContract(promised)
  readingContract(promised)
  releasesContract(promised)
  listingContract(promised)
  noticesContract(promised)
  paceContract(promised)
  refusalsContract(promised)
  retentionContract(promised)
  toolsContract(promised)
  processesContract(promised)
  walkContract(promised)
  closingContract(promisedBy(openOwn))
}
