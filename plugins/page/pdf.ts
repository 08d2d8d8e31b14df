// The PDF of an invoice: the browser's own viewer shows it beside the fields; a person can save it, and replace it
// while nothing was sent.

import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { html } from 'hono/html'
import { BridgeError } from '../../src/core/errors.ts'
import type { WholeInvoice } from '../../src/view/answers.ts'
import { type Pdfs, pdfHeaders } from '../api/pdfs.ts'
import { fileForm, type Html, invoicePath, mayAct, type View } from './layout.ts'
import type { Pages } from './pages.ts'
import type { Sessions } from './session.ts'

type PdfOptions = { pages: Pages; sessions: Sessions; pdfs: Pick<Pdfs, 'open'> }

// Without `sandbox`, in which browsers show no PDF at all. Their viewers run apart from every page; `nosniff` and the
// type keep a file that only looks like a PDF from being treated as anything else.
const shownPolicy =
  "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'; base-uri 'none'; form-action 'none'"

export const pdfRoutes = (app: FastifyInstance, { pages, sessions, pdfs }: PdfOptions): void => {
  app.get<{ Params: { invoiceNumber: string }; Querystring: { save?: string } }>(
    '/invoices/:invoiceNumber/pdf',
    async (request, reply) => {
      if (sessions.of(request) === null) return reply.redirect('/login', 303)
      const { invoiceNumber } = request.params
      const blob = await pdfs.open(invoiceNumber)
      const isSaved = request.query.save !== undefined
      reply.headers(pdfHeaders(invoiceNumber, isSaved ? 'attachment' : 'inline'))
      if (!isSaved) reply.headers({ 'content-security-policy': shownPolicy, 'x-frame-options': 'SAMEORIGIN' })
      return reply.send(Readable.fromWeb(blob.stream() as never))
    }
  )

  pages.act('/invoices/:invoiceNumber/pdf', async ({ params, file, ask }) => {
    if (!file) throw new BridgeError('TYPE_UNSUPPORTED')
    await ask('replacePdf', { params, upload: file })
    return `${invoicePath(params.invoiceNumber ?? '')}?done=replaced`
  })
}

export const pdf = (view: View, invoice: WholeInvoice): Html => {
  const { invoice: texts } = view.words
  const path = `${invoicePath(invoice.invoiceNumber)}/pdf`
  return html`<section aria-labelledby="pdf">
<h2 id="pdf">${texts.pdf}</h2>
${
  invoice.pdf.bytes === null
    ? html`<p>${texts.noPdf}</p>`
    : html`<object class="pdf" type="application/pdf" data="${path}" aria-label="${texts.pdfIn(invoice.invoiceNumber)}"><p class="soft">${texts.noViewer}</p></object>
<p class="buttons"><a class="button" href="${path}" target="_blank" rel="noopener">${texts.openPdf}</a> <a class="button" href="${path}?save" download>${texts.savePdf}</a></p>`
}
${mayAct(view) && mayBeReplaced(invoice) ? replacing(view, path) : ''}
</section>`
}

/** As far as the page can tell; only the ledger knows whether the invoice was ever sent. */
const mayBeReplaced = ({ state, code }: WholeInvoice): boolean =>
  state === 'waiting' || (state === 'held' && code !== 'PORTAL_UNCLEAR' && code !== 'PORTAL_REJECTED')

const replacing = (view: View, path: string): Html => {
  const { invoice: texts } = view.words
  return html`<details><summary>${texts.replacePdf}</summary>
<p class="hint">${texts.replaceHint}</p>
${fileForm(view, path, html`<label for="file">${texts.file}</label><input id="file" name="file" type="file" accept="application/pdf" required><button>${texts.replace}</button>`)}
</details>`
}
