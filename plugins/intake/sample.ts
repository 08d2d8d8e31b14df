// A signed sample event with a real PDF, for the demo and for `send-test`.

import { randomUUID } from 'node:crypto'
import { dateOf } from '../../src/core/invoice.ts'
import type { About, Sample } from '../../src/tools/source.ts'
import { signedHeaders } from '../signatures/standard-webhooks.ts'

/** Without a `pdfUrl` it contains a PDF. `customer`: as a sender knows it, without the portal's id. */
export type SampleInvoice = Omit<About, 'customerId'> &
  ({ customerId: string; customerName?: string } | { customer: { ref: string; name: string; email: string } }) & {
    pdfUrl?: string
  }

/** Signed as in Standard Webhooks. */
export const signedSample = (invoice: SampleInvoice, secret: string): Sample => {
  const body = JSON.stringify({
    invoiceNumber: invoice.invoiceNumber,
    issuedAt: dateOf(invoice.at, invoice.timeZone),
    amount: '121.00',
    ...('customerId' in invoice
      ? { customerId: invoice.customerId, customerName: invoice.customerName }
      : named(invoice.customer)),
    ...(invoice.pdfUrl ? { pdfUrl: invoice.pdfUrl } : { pdf: samplePdf(invoice.invoiceNumber).toString('base64') })
  })
  const signed = signedHeaders(body, secret, { id: `msg_${randomUUID()}`, at: invoice.at })
  return { body, headers: { 'content-type': 'application/json', ...signed } }
}

const named = ({ ref, name, email }: { ref: string; name: string; email: string }) => ({
  customerRef: ref,
  customerName: name,
  customerEmail: email
})

/** One page that says what it is. */
export const samplePdf = (invoiceNumber: string): Buffer => {
  const text = `Sample invoice ${invoiceNumber.replace(/[^\x20-\x7e]|[()\\]/g, '?')}, made by Factuurbrug`
  const content = `BT /F1 18 Tf 72 770 Td (${text}) Tj ET`
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>'
  ]
  let file = '%PDF-1.4\n'
  const offsets = objects.map((object, index) => {
    const offset = file.length
    file += `${index + 1} 0 obj\n${object}\nendobj\n`
    return `${String(offset).padStart(10, '0')} 00000 n \n`
  })
  const table = file.length
  file += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${offsets.join('')}`
  file += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${table}\n%%EOF\n`
  return Buffer.from(file, 'latin1')
}
