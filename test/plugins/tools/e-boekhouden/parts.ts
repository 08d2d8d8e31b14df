// What the tests of e-Boekhouden share: its server, and an invoice as it is told.

import type { Test } from 'tap'
import { tool } from '../../../../plugins/tools/e-boekhouden/index.ts'
import type { ToolInvoice } from '../../../../src/tools/tool.ts'
import { type EBoekhoudenApi, openEBoekhouden } from '../../../fixtures/e-boekhouden-api.ts'
import { openAsked } from '../asked-contract.ts'

export let eBoekhouden: EBoekhoudenApi

export const open = async (t: Test, clock: { now: () => number }) => {
  eBoekhouden = await openEBoekhouden(t, clock)
  const { server, url, token } = eBoekhouden
  return {
    env: { E_BOEKHOUDEN_TOKEN: token, E_BOEKHOUDEN_API_URL: url },
    hold: (id: string, invoiceNumber: string, changes = {}) =>
      void eBoekhouden.invoices.push(eBoekhouden.invoice(Number(id), { invoiceNumber, ...changes })),
    answer: (answer: (typeof server)['instead']) => {
      server.instead = answer
    },
    asked: () => server.requests.length
  }
}

export const told: ToolInvoice = {
  invoice: {
    invoiceNumber: '2026-0117',
    sourceId: '1',
    customer: {
      ref: '104',
      portalId: null,
      emails: ['administratie@zuid.example'],
      name: 'Kapsalon Zuid',
      address: 'Markt 2',
      zipCode: '4331 LK',
      city: 'Middelburg',
      countryCode: 'NL'
    },
    amountCents: 18150,
    currency: 'EUR',
    issuedAt: '2026-11-20',
    dueAt: '2026-12-04',
    paidAt: null,
    pdfUrl: null
  },
  stage: 'final',
  finalisedAt: null,
  collectsItself: false
}

export const asking = (t: Test) => openAsked(t, { tool, open })

/** One that it holds, in its own words. */
export const held = async (t: Test): Promise<object> => {
  const { hold } = await open(t, { now: () => 0 })
  hold('1', 'A-1')
  return eBoekhouden.invoices[0] ?? {}
}
