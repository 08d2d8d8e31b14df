// The PDF of an invoice: shows it, and lets a person replace it while nothing was sent.

import { Readable } from 'node:stream'
import type { FastifyInstance, onRequestAsyncHookHandler } from 'fastify'
import type { Clock } from '../../src/core/clock.ts'
import { BridgeError, isCode } from '../../src/core/errors.ts'
import type { Actor, Row } from '../../src/core/row.ts'
import type { Engine } from '../../src/delivery/engine.ts'
import type { Ledger } from '../../src/ledger/ledger.ts'
import type { DraftingSpool } from '../../src/ledger/spool.ts'
import { endpoints } from '../../src/view/endpoints.ts'

export interface Pdfs {
  /** Rejects with INVOICE_NOT_FOUND, or NOT_FOUND when the bridge keeps no PDF (yet). */
  open: (invoiceNumber: string) => Promise<Blob>
  /** Rejects with FIELDS_INVALID when it is no PDF, BODY_TOO_LARGE, INVOICE_NOT_FOUND, STATE_CONFLICT. */
  replace: (invoiceNumber: string, source: AsyncIterable<Uint8Array>, actor?: Actor) => Promise<Row>
}

export type PdfsOptions = {
  ledger: Pick<Ledger, 'isKnown' | 'documentOf' | 'replaceDocument'>
  spool: Pick<DraftingSpool, 'blob' | 'draft' | 'remove'>
  clock: Pick<Clock, 'now'>
  engine: Pick<Engine, 'wake'>
}

export const createPdfs = ({ ledger, spool, clock, engine }: PdfsOptions): Pdfs => ({
  async open(invoiceNumber) {
    if (!(await ledger.isKnown(invoiceNumber))) throw new BridgeError('INVOICE_NOT_FOUND')
    const document = await ledger.documentOf(invoiceNumber)
    const blob = document && (await spool.blob(document))
    if (blob === null || blob === 'changed') throw new BridgeError('NOT_FOUND', 'the bridge keeps no PDF of it now')
    return blob
  },

  async replace(invoiceNumber, source, actor) {
    if (!(await ledger.isKnown(invoiceNumber))) throw new BridgeError('INVOICE_NOT_FOUND')
    const draft = await spool.draft(source).catch(refused)
    const document = await draft.keep()
    try {
      const { row, unused } = await ledger.replaceDocument(invoiceNumber, document, clock.now(), actor)
      if (unused) await spool.remove(unused)
      engine.wake()
      return row
    } catch (error) {
      await spool.remove(document)
      throw error
    }
  }
})

const refused = (error: unknown): never => {
  if (isCode(error, 'PDF_TOO_LARGE')) throw new BridgeError('BODY_TOO_LARGE', error.message)
  if (!isCode(error, 'PDF_NOT_A_PDF')) throw error
  const problem = { field: 'pdf', message: 'expected a PDF: its bytes do not begin with %PDF-' }
  throw new BridgeError('FIELDS_INVALID', undefined, { problems: [problem] })
}

/** Whatever the PDF contains, no page shows it, and nothing in it runs. */
export const pdfHeaders = (invoiceNumber: string, how: 'attachment' | 'inline') => ({
  'content-type': 'application/pdf',
  'content-disposition': `${how}; filename*=UTF-8''${encodeURIComponent(`${invoiceNumber}.pdf`).replaceAll("'", '%27')}`,
  'content-security-policy': "sandbox; default-src 'none'",
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store'
})

export default async function pdfRoutes(
  app: FastifyInstance,
  { pdfs, operator }: { pdfs: Pdfs; operator: onRequestAsyncHookHandler }
) {
  app.addHook('onRequest', operator)
  app.get<{ Params: { invoiceNumber: string } }>(
    endpoints.getPdf.path.replace('{invoiceNumber}', ':invoiceNumber'),
    async ({ params: { invoiceNumber } }, reply) => {
      const blob = await pdfs.open(invoiceNumber)
      return reply.headers(pdfHeaders(invoiceNumber, 'attachment')).send(Readable.fromWeb(blob.stream() as never))
    }
  )
}
