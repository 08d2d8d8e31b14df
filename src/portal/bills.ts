// What the portal bills its owner, for a person who looks: within the budget of requests, and after everything else.

import { BridgeError } from '../core/errors.ts'
import type { Budget } from './budget.ts'
import type { Portal } from './client.ts'
import type { Page, PortalBill } from './schemas.ts'

export type BillsPage = (page: number) => Promise<Page<PortalBill>>

// A person waits for it.
const slotWithinMs = 10_000

export const createBills =
  (portal: Pick<Portal, 'billsPage'>, budget: Budget): BillsPage =>
  async page => {
    const slot = await budget.slot('sweep', { withinMs: slotWithinMs })
    if (!slot) throw new BridgeError('PORTAL_BUSY', undefined, { retryAfterMs: budget.freeInMs() })
    try {
      return await portal.billsPage(page)
    } finally {
      slot.done()
    }
  }
