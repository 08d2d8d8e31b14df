// What the tests of Rompslomp share: its server, and an invoice as it is told.

import type { Test } from 'tap'
import { tool } from '../../../../plugins/tools/rompslomp/index.ts'
import type { ToolInvoice } from '../../../../src/tools/tool.ts'
import { openRompslomp, type RompslompApi, rompslompInvoice } from '../../../fixtures/rompslomp-api.ts'
import { openAsked } from '../asked-contract.ts'

export let rompslomp: RompslompApi

export const open = async (t: Test, _clock: { now: () => number }) => {
  rompslomp = await openRompslomp(t)
  const { server, url, token, company } = rompslomp
  return {
    env: { ROMPSLOMP_TOKEN: token, ROMPSLOMP_COMPANY_ID: company, ROMPSLOMP_API_URL: url },
    hold: (id: string, invoice_number: string, changes = {}) =>
      void rompslomp.invoices.push(rompslompInvoice(Number(id), { invoice_number, ...changes })),
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
      ref: '700104',
      portalId: null,
      emails: ['administratie@noord.example'],
      name: 'Schildersbedrijf Noord',
      address: 'Havenkade 3',
      zipCode: '9700 AA',
      city: 'Groningen',
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
  return rompslomp.invoices[0] ?? {}
}
