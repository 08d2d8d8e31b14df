// One event of a tool, or of the mailbox, and what it says of an invoice.

import { type Customer, type Invoice, nothingKnown } from '../../src/core/invoice.ts'
import type { Draft } from '../../src/core/row.ts'
import { toldOf } from './newcomers.ts'
import { epoch } from './portal.ts'
import { addressIn, customerIn, mailbox, refOf, type Sale, toolOf, type Version } from './sales.ts'

export type Event = {
  sale: Sale
  version: Version
  paidAt: number | null
  /** The number as it is written this time. */
  written: string
  withDocument: boolean
  voided: boolean
  at: number
  /** When the tool said it first. */
  saidAt: number
  /** The mailbox brings it. */
  isCopy: boolean
  /** Void, and of the invoice it names only the tool's id. */
  isById: boolean
  /** What a person had released when the bridge was first told; null: it was not told yet. */
  releasedBefore: Draft | undefined | null
  acknowledged: boolean
}

const nameOf = (customer: number): string => `Customer ${customer}`

/** As a shop tells when its invoice was changed. */
const secondOf = (time: number): string => new Date(epoch + time).toISOString().slice(0, 19)

export const invoiceOf = ({ sale, version, paidAt, written, withDocument, saidAt, isCopy }: Event): Invoice => {
  const { key, oddity, sourceId, restores } = sale
  const own = version.tool === toolOf(sale) ? sourceId : null
  return {
    invoiceNumber: written,
    sourceId: isCopy ? `mail ${key}` : own,
    customer: isCopy ? addressedTo(version) : customerOf(sale, version),
    amountCents: version.amountCents,
    currency: oddity === 'currency' ? 'USD' : 'EUR',
    issuedAt: version.issuedAt,
    dueAt: null,
    paidAt,
    pdfUrl: withDocument ? null : `https://pdf.example/${oddity === 'pdf' ? 'not-a-pdf' : 'pdf'}/${key}`,
    ...(restores && own !== null && !isCopy ? { revision: secondOf(saidAt) } : {})
  }
}

const customerOf = (sale: Sale, version: Version): Customer => {
  const { newcomer, isWhole, isByAddress, oddity } = sale
  if (newcomer) return toldOf(newcomer, isWhole)
  const customer = customerIn(version)
  return {
    ...nothingKnown,
    ref: refOf(sale, version),
    portalId: oddity === 'customer' || isByAddress ? null : version.customerId,
    emails: isByAddress ? [addressIn(version)] : [],
    name: isByAddress ? nameOf(customer) : null
  }
}

/** As a mail tells of it: not by the tool's reference. */
const addressedTo = (version: Version): Customer => {
  const number = customerIn(version)
  return {
    ...nothingKnown,
    ref: `mailed ${number}`,
    portalId: null,
    emails: [addressIn(version)],
    name: nameOf(number)
  }
}

export const tellingOf = ({ written, version, voided, isById, isCopy }: Event): string => {
  const { amountCents, issuedAt, customerId } = version
  const facts = isById ? 'by its id' : `${amountCents} ${issuedAt} ${customerId}`
  return `${isCopy ? mailbox : 'tool'}: ${written} ${facts}${voided ? ' void' : ''}`
}

/** A shop's PDF is fetched. */
export const mayBring = ({ sale, isCopy = false }: { sale: Sale; isCopy?: boolean }): boolean =>
  isCopy || !sale.restores
