// A row as rules see it: one that waits, with nothing remarkable about it.

import type { Kept } from '../../../src/rules/kept.ts'
import { arrivalOf, noon } from '../ledger/fixtures.ts'

export const keptAs = (facts: Partial<Kept> = {}): Kept => {
  const { tool, invoice, document, notify, test } = arrivalOf()
  return {
    state: 'waiting',
    code: null,
    tool,
    invoice,
    document,
    documentVersion: 0,
    pdfByPerson: false,
    notify,
    test,
    overrides: [],
    draft: null,
    released: null,
    body: null,
    sentBody: null,
    everSent: false,
    unproven: false,
    sentBy: null,
    sentAfter: null,
    sendingAt: null,
    portalId: null,
    portalCustomerId: null,
    deliveredAt: null,
    finishedAt: null,
    knownPaidAt: null,
    paying: false,
    since: noon,
    nextAttemptAt: noon,
    loanUntil: null,
    failures: 0,
    triedMs: 0,
    voided: false,
    forgotten: false,
    ...facts
  }
}
