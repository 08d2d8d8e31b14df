// What the tests of WeFact and HostFact share: their server, and an invoice as it is told.

import type { Test } from 'tap'
import { tool } from '../../../plugins/tools/wefact/index.ts'
import type { ToolInvoice } from '../../../src/tools/tool.ts'
import { openWeFact, type WeFactApi, wefactInvoice } from '../../fixtures/wefact-api.ts'
import { openAsked } from '../tools/asked-contract.ts'

export let wefact: WeFactApi

export const openAs = (prefix: string) => async (t: Test, clock: { now: () => number }) => {
  wefact = await openWeFact(t, clock)
  const { server, url, key } = wefact
  return {
    env: { [`${prefix}_KEY`]: key, [`${prefix}_API_URL`]: url },
    hold: (id: string, InvoiceCode: string, changes = {}) =>
      void wefact.invoices.push(wefactInvoice(Number(id), { InvoiceCode, ...changes })),
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
      ref: 'DB10104',
      portalId: null,
      emails: ['administratie@oever.example'],
      name: 'Drukkerij Oever',
      address: 'Oever 9',
      zipCode: '8011 AB',
      city: 'Zwolle',
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

/** What both are held to. */
export const given = {
  told,
  draft: { Status: '0', InvoiceCode: '[concept]0001' },
  unreadable: {
    amount: { changes: { AmountIncl: '181,50' }, problem: 'entity: AmountIncl: expected' },
    date: { changes: { Date: '0000-00-00' }, problem: 'entity: Date: expected' },
    customer: { changes: { DebtorCode: '' }, problem: 'entity: DebtorCode: expected' },
    currency: { changes: { Currency: '€' }, problem: 'entity: Currency: expected' }
  },
  many: 600,
  personal: ['Oever', 'Zwolle', '181']
}

export const asking = (t: Test) => openAsked(t, { tool, open: openAs('WEFACT') })
