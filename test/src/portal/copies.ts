// A copy of the portal in memory, running on a clock in the test's hand.

import type { Test } from 'tap'
import type { BridgeError } from '../../../src/core/errors.ts'
import type { PortalInvoice } from '../../../src/core/portal-entry.ts'
import { createCopy } from '../../../src/portal/copy.ts'
import { arrivalOf, bodyOf, borrowOne } from '../ledger/fixtures.ts'
import { arrived, minute, openParts, type Parts } from './parts.ts'

const lateMs = 6 * minute
export const quarter = 15 * minute
export const day = 24 * 60 * minute

export const startCopy = (
  t: Test,
  parts: Parts,
  recognise: () => Promise<true | BridgeError> = async () => true,
  { settleInheritedMs = 0, isOurs = true } = {}
) => {
  const heard: (string | null)[] = []
  let filled = 0
  const copy = createCopy({
    ...parts,
    isOurs: async () => isOurs,
    lateMs,
    settleInheritedMs,
    unclearAfterMs: day,
    recognise,
    areCustomersAwaited: async () => false,
    filled: () => (filled += 1),
    heard: error => heard.push(error?.code ?? null)
  })
  copy.start()
  t.teardown(() => copy.stop())
  return { copy, heard, filled: () => filled }
}

/** Filled by a first read; what was asked for it is forgotten. */
export const openCopy = async (t: Test, list: PortalInvoice[], order: 'newest' | 'oldest' = 'newest') => {
  const parts = openParts(t, list)
  parts.double.order = order
  const started = startCopy(t, parts)
  await parts.clock.rest()
  parts.double.asked()
  return { ...parts, ...started }
}

/** The bridge makes one, and is told so at once. */
export const create = async (
  { ledger, clock, double }: Pick<Parts, 'ledger' | 'clock' | 'double'>,
  invoiceNumber: string,
  isVisible = true
) => {
  await ledger.receive(arrivalOf({ invoiceNumber, sourceId: invoiceNumber }), clock.now())
  const loan = await borrowOne(ledger, clock.now())
  await ledger.sending(loan, bodyOf(loan), clock.now())
  const holding = arrived(clock.now(), { id: `inv_${invoiceNumber}`, invoiceNumber })
  if (isVisible) double.list.push(holding)
  await ledger.record(loan, { to: 'delivered', holding, how: 'created', code: null }, clock.now())
  return holding
}
