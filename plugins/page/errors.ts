// A refusal as a page: what happened, in words, and what to do next.

import type { FastifyError, FastifyInstance, FastifyRequest } from 'fastify'
import { html } from 'hono/html'
import { BridgeError } from '../../src/core/errors.ts'
import { sentenceIn } from '../../src/words/sentences.ts'
import { type Html, type Page, places, problemIn, toldIn, type View } from './layout.ts'
import { loginPage } from './login.ts'
import type { Pages } from './pages.ts'

// How often the page checks whether the ledger is back.
const againSeconds = 5

const minute = 60_000

export const registerErrors = (app: FastifyInstance, pages: Pages): void => {
  app.setErrorHandler<FastifyError>(async (error, request, reply) => {
    const view = pages.viewOf(request, reply)
    const status = statusOf(error)
    reply.code(status)
    if (status >= 500) request.log.error({ err: error }, 'page failed')
    if (error instanceof BridgeError && error.code === 'TOO_MANY_REQUESTS') {
      const waitMs = error.retryAfterMs ?? minute
      const minutes = Math.ceil(waitMs / minute)
      reply.header('retry-after', Math.ceil(waitMs / 1000))
      return pages.send(reply, view, loginPage(view, { to: '/', problem: view.words.login.locked(minutes) }))
    }
    return pages.send(reply, view, errorPage(view, error, request))
  })
}

/** A person who mistypes an address sees a page; a program gets the same answer as everywhere. */
export const registerNotFound = (app: FastifyInstance): void => {
  app.get('/*', async ({ headers }, reply) => {
    if (headers.accept?.includes('text/html')) throw new BridgeError('NOT_FOUND')
    return reply.callNotFound()
  })
}

const statusOf = (error: FastifyError | BridgeError): number => error.statusCode ?? 500

const errorPage = (view: View, error: FastifyError | BridgeError, { id, params }: FastifyRequest): Page => {
  const { errors, codes } = view.words
  const at = placeOf(view)
  const plain = (text: string): Page => ({ title: errors.title, body: said(view, text) })
  const refused = (text: string | Html): Page => ({ title: errors.title, at, body: said(view, text, { back: at }) })
  if (!(error instanceof BridgeError)) {
    if (error.code?.startsWith('FST_CSRF')) return plain(errors.stale)
    if (statusOf(error) === 404) return plain(errors.notFound)
    if (statusOf(error) < 500) return plain(`${errors.fields} ${error.message}`)
    return {
      title: errors.unexpected,
      body: html`<h1>${errors.unexpected}</h1>${said(view, errors.unexpectedHint(id), { hasTitle: false })}`
    }
  }
  switch (error.code) {
    case 'NOT_FOUND':
      return plain(errors.notFound)
    case 'INVOICE_NOT_FOUND':
      return plain(errors.noInvoice((params as { invoiceNumber?: string }).invoiceNumber ?? ''))
    case 'READ_ONLY':
      return plain(errors.readOnly)
    case 'STATE_CONFLICT':
      return refused(toldIn(view, error.message))
    case 'FIELDS_INVALID':
      return refused(html`${errors.fields} ${problems(view, error)}`)
    case 'BODY_TOO_LARGE':
    case 'TOOL_NOT_SET_UP':
    case 'TOOL_CANNOT_BE_ASKED':
      return refused(sentenceIn(view.language, error.message) ?? codes.ofRefusal[error.code])
    case 'LEDGER_UNAVAILABLE':
      return {
        title: errors.unavailable,
        againAfter: againSeconds,
        body: html`<h1>${errors.unavailable}</h1>${said(view, errors.unavailableHint, { hasTitle: false })}`
      }
    default:
      return { title: errors.title, body: said(view, html`${errors.portal} ${toldIn(view, error.message)}`) }
  }
}

const problems = (view: View, { problems }: BridgeError): Html =>
  html`${problems.map(problem => html`<br>${problemIn(view, problem)}`)}`

type Place = keyof typeof places

/** Where all stand of which some were looked for. A word to many begins at the invoices. */
const placeOf = ({ address: { pathname } }: View): Place => {
  const [, first] = pathname.split('/')
  if (first === 'together') return 'invoices'
  return (Object.keys(places) as Place[]).find(place => place === first) ?? 'overview'
}

const said = (
  { words: { errors, nav } }: View,
  text: unknown,
  { hasTitle = true, back = 'overview' }: { hasTitle?: boolean; back?: Place } = {}
): Html =>
  html`${hasTitle ? html`<h1>${errors.title}</h1>` : ''}
<p>${text}</p>
<p><a href="${places[back]}">${back === 'overview' ? errors.back : errors.backTo(nav[back])}</a></p>`
