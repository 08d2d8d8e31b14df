// A UBL file as an invoice of this tool: only from the owner's own company, and with the PDF that came beside it.

import { BridgeError } from '../../../src/core/errors.ts'
import type { ToolInvoice } from '../../../src/tools/tool.ts'
import { isSuppliers, readUbl, type UblReading } from '../../ubl/ubl.ts'

type Given = {
  /** The addresses that the mail was sent to, without the mailbox's own. */
  to: string[]
  supplierId: string
}

export type Parsed =
  | { kind: 'invoice'; invoice: ToolInvoice; embeddedPdf: Buffer | null }
  | Exclude<UblReading, { kind: 'invoice' }>

export const parseInvoice = (xml: Buffer, { to, supplierId }: Given): Parsed => {
  const reading = readUbl(xml, { to })
  if (reading.kind !== 'invoice') return reading
  const { invoice, supplierIds, embeddedPdf } = reading
  if (!isSuppliers(supplierIds, supplierId)) {
    const problem = 'AccountingSupplierParty: expected the number in EMAIL_SUPPLIER_ID: this is not an invoice of yours'
    return { kind: 'unreadable', problem, sourceId: invoice.sourceId }
  }
  return {
    kind: 'invoice',
    // Mailed means final; the date of issue says when as well as the mail does.
    invoice: { invoice, stage: 'final', finalisedAt: null, collectsItself: false },
    embeddedPdf
  }
}

/** Called when the ledger has no PDF: none that could be kept came with the mail, or the disk has lost it. */
export const pdf = async (): Promise<never> => {
  const lacks =
    'the mail had no PDF that certainly belongs to this invoice, or one that is not a PDF or is too large; ' +
    'or it was taken away while the bridge read it'
  throw new BridgeError('PDF_NOT_A_PDF', `${lacks}: put it there yourself, or have the invoice mailed once more`)
}
