// Requests to the portal that are made only because a person looks: within the budget, and after everything else. The
// bridge itself concludes nothing from the answers.

import type { LinkedInvoice } from '../core/portal-entry.ts'
import { type Budget, inSlot } from './budget.ts'
import type { PortalAsTold } from './client.ts'
import type { Page, PortalBill } from './schemas.ts'

export type Showing = {
  /** What the portal bills its owner. */
  bills: (page: number) => Promise<Page<PortalBill>>
  /** Null: the portal says that it holds no such invoice. */
  invoice: (id: string) => Promise<LinkedInvoice | null>
}

// A person waits for it.
const slotWithinMs = 10_000

export const createShowing = (portal: Pick<PortalAsTold, 'billsPage' | 'linkedInvoice'>, budget: Budget): Showing => {
  const whenFree = <T>(call: () => Promise<T>) => inSlot(budget, 'sweep', { withinMs: slotWithinMs }, call)
  return {
    bills: page => whenFree(() => portal.billsPage(page)),
    invoice: id => whenFree(() => portal.linkedInvoice(id))
  }
}
