// One invoice: what came in, what would be or was sent, what is in the portal, whose it is and why, and what happened.
// A person decides here, with the consequence of each button beside it.

import { html } from 'hono/html'
import { BridgeError } from '../../src/core/errors.ts'
import { type Action, actions, seenAs } from '../../src/core/row.ts'
import type { PortalCustomer, PortalInvoice, WholeInvoice } from '../../src/view/answers.ts'
import { searchedMax } from '../../src/view/endpoints.ts'
import { conflict } from './conflict.ts'
import { history } from './history.ts'
import { badge } from './invoices.ts'
import { facts, form, type Html, invoicePath, mayAct, named, notice, quotedIn, sourceIn, type View } from './layout.ts'
import type { Asked, Pages } from './pages.ts'
import { pdf } from './pdf.ts'
import { orWhyNot, whyNot } from './portal.ts'
import { type Button, buttonsOf, isInPortal, reasonOf } from './reasons.ts'

// How many to choose from; a search finds the others.
const candidatesMax = 5

export const invoiceRoutes = (pages: Pages): void => {
  pages.show('/invoices/:invoiceNumber', async ({ view, params, query, ask }) => {
    const invoice = await ask('getInvoice', { params })
    const candidates = needsCustomer(invoice) ? await candidatesOf(ask, invoice, query.find) : []
    const answer = query.portal === undefined ? null : await orWhyNot(ask('portalInvoice', { params }))
    return {
      title: view.words.invoice.title(invoice.invoiceNumber),
      at: 'invoices',
      // A live page would ask the portal again at every change.
      isLive: answer === null,
      body: shown(view, { invoice, candidates, answer, query })
    }
  })

  for (const action of actions)
    pages.act(`/invoices/:invoiceNumber/${action}`, async ({ params, fields, ask }) => {
      const path = invoicePath(params.invoiceNumber ?? '')
      // Two people may look at the same invoice: the second sees what the first did, instead of doing it again.
      const { seen } = fields
      const body = {
        ...(seen ? { seen } : {}),
        ...(action === 'deliver' && fields.absent === 'true' ? { absent: true } : {})
      }
      try {
        await ask(action, { params, body })
      } catch (error) {
        if ((error as { code?: string }).code === 'STATE_CONFLICT') return `${path}?failed=changed`
        throw error
      }
      return `${path}?done=${action}`
    })
}

export const needsCustomer = ({ state, code }: Pick<WholeInvoice, 'state' | 'code'>): boolean =>
  state === 'held' && (code === 'CUSTOMER_UNKNOWN' || code === 'CUSTOMER_AMBIGUOUS')

/** Portal customers that look like its customer, or that a person searches for. */
export const candidatesOf = async (
  ask: Asked['ask'],
  { customer }: { customer: { name: string | null; emails: string[] } },
  find?: string
): Promise<PortalCustomer[]> => {
  const guesses = find?.trim() ? [find.trim()] : [...customer.emails, customer.name, customer.name?.split(/\s+/)[0]]
  const found = new Map<string, PortalCustomer>()
  for (const q of guesses) {
    if (!q || q.length < guessCharactersMin || found.size >= candidatesMax) continue
    const { customers } = await ask('searchPortalCustomers', {
      query: { q: q.slice(0, searchedMax), limit: candidatesMax }
    })
    for (const one of customers) found.set(one.id, one)
  }
  return [...found.values()].slice(0, candidatesMax)
}

// Shorter ones occur in almost every name.
const guessCharactersMin = 3

type Content = {
  invoice: WholeInvoice
  candidates: PortalCustomer[]
  answer: PortalsAnswer | null
  query: Record<string, string>
}

const shown = (view: View, { invoice, candidates, answer, query }: Content): Html => {
  const { words, formats } = view
  const { invoice: texts } = words
  const { invoiceNumber } = invoice
  return html`${said(view, query)}
<div class="title"><h1>${texts.title(invoiceNumber)}</h1> ${badge(view, invoice)}</div>
<p class="sum">${formats.money(invoice.amount, invoice.currency)} <span class="soft">${named(invoice.customer.name ?? invoice.portalCustomer?.name ?? invoice.customer.ref)}</span></p>
${matter(view, invoice)}
${needsCustomer(invoice) ? choosing(view, { invoice, candidates, find: query.find }) : ''}
${invoice.conflict ? conflict(view, invoice, invoice.conflict) : ''}
${mayAct(view) ? deciding(view, invoice) : ''}
<div class="columns">
${came(view, invoice)}
${pdf(view, invoice)}
</div>
<div class="columns">
${sent(view, invoice)}
${there(view, invoice, answer)}
</div>
${history(view, invoice)}`
}

const said = (
  { words: { actions: texts, errors, invoice } }: View,
  { done, failed }: Record<string, string>
): Html | '' => {
  if (failed === 'changed') return notice(errors.changed, true)
  if (done === 'replaced') return notice(invoice.replaced)
  const text = done === undefined ? undefined : texts.done[done as keyof typeof texts.done]
  return text ? notice(text) : ''
}

/**
 * The candidates for its customer are below, to choose from: the text about them is left to the history, unless the
 * portal has said why it did not make the customer.
 */
const matter = (view: View, invoice: WholeInvoice): Html | '' => {
  const { words } = view
  const reason = reasonOf(invoice, words)
  if (!reason && !invoice.paused) return ''
  return html`<section class="card matter" aria-labelledby="matter">
<h2 id="matter" class="unseen">${words.invoice.what}</h2>
${reason ? html`<p><strong>${reason.what}</strong></p><p>${reason.do}</p>` : ''}
${invoice.detail && (invoice.code !== 'CUSTOMER_UNKNOWN' || invoice.unmade) ? html`<p class="soft">${words.invoice.detail}: ${quotedIn(view, invoice.detail)}</p>` : ''}
${invoice.paused ? html`<p>${words.invoice.paused}</p>` : ''}
</section>`
}

const deciding = (view: View, invoice: WholeInvoice): Html | '' => {
  const buttons = buttonsOf(invoice, view.words)
  if (buttons.length === 0) return ''
  return html`<section class="deciding" aria-label="${view.words.invoice.do}">
${buttons.map(button => decision(view, invoice, button))}
</section>`
}

const decision = (
  view: View,
  invoice: WholeInvoice,
  { action, label, hint, isMain, isGrave, body = {} }: Button
): Html => {
  const id = `${action}${isGrave ? '-grave' : ''}`
  return form(
    view,
    `${invoicePath(invoice.invoiceNumber)}/${action satisfies Action}`,
    html`<input type="hidden" name="seen" value="${seenAs(invoice)}">
${Object.entries(body).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
<button class="${isMain ? 'main' : ''} ${isGrave ? 'grave' : ''}" aria-describedby="${id}-hint" ${isGrave ? html`data-confirm="${hint}"` : ''}>${label}</button>
<p class="hint" id="${id}-hint">${hint}</p>`
  )
}

type Choosing = { invoice: WholeInvoice; candidates: PortalCustomer[]; find: string | undefined }

const choosing = (view: View, { invoice, candidates, find }: Choosing): Html => {
  const { invoice: texts, customers } = view.words
  const { tool, customer, invoiceNumber } = invoice
  return html`<section class="card" aria-labelledby="link">
<h2 id="link">${texts.link}</h2>
<p>${texts.linkHint}</p>
${candidates.length === 0 ? html`<p>${find ? html`${customers.noneFound} ${texts.createFirst}` : texts.noCandidates}</p>` : ''}
${mayAct(view) ? links(view, { tool, ref: customer.ref, to: invoicePath(invoiceNumber) }, candidates) : ''}
<form method="get" action="${invoicePath(invoiceNumber)}#link" role="search" class="inline"><label for="find">${texts.searchPortal}</label> <input id="find" name="find" type="search" value="${find ?? ''}"> <button>${view.words.list.search}</button></form>
</section>`
}

/** A button for each candidate, which links it in one click. */
export const links = (view: View, who: { tool: string; ref: string; to: string }, candidates: PortalCustomer[]): Html =>
  html`<ul class="plain rows">${candidates.map(
    ({ id, companyName, primaryEmail, city }) =>
      html`<li>${form(
        view,
        '/customers/link',
        html`<input type="hidden" name="tool" value="${who.tool}"><input type="hidden" name="ref" value="${who.ref}"><input type="hidden" name="back" value="${who.to}"><input type="hidden" name="portalId" value="${id}">
<button>${view.words.invoice.linkTo(companyName ?? id)}</button> <span class="soft">${[primaryEmail, city, id].filter(text => text !== null).join(' · ')}</span>`
      )}</li>`
  )}</ul>`

const came = (view: View, invoice: WholeInvoice): Html => {
  const { words, formats } = view
  const { invoice: texts } = words
  const { customer } = invoice
  const address = [customer.address, [customer.zipCode, customer.city].filter(Boolean).join(' '), customer.countryCode]
  const time = (at: string | null) => (at === null ? null : formats.time(at))
  return html`<section aria-labelledby="came">
<h2 id="came">${texts.came}</h2>
${facts([
  [texts.amount, formats.money(invoice.amount, invoice.currency)],
  [texts.customer, customer.name && named(customer.name)],
  [texts.reference, customer.ref],
  [texts.email, customer.emails.join(', ')],
  [texts.address, address.filter(Boolean).join(', ')],
  [texts.issued, formats.date(invoice.issuedAt)],
  [texts.due, invoice.dueAt && formats.date(invoice.dueAt)],
  [texts.paid, time(invoice.paidAt) ?? texts.notPaid],
  [texts.from, `${sourceIn(view, invoice.tool)}${invoice.test ? ` (${texts.test})` : ''}`],
  [texts.received, time(invoice.receivedAt)],
  [texts.nextAttempt, invoice.state === 'waiting' ? time(invoice.nextAttemptAt) : null],
  [texts.mails, invoice.notify ? texts.mailsYes : texts.mailsNo]
])}
</section>`
}

/** In review, what would be sent; otherwise what was sent. */
const sent = (view: View, { wouldSend, sent, portalCustomer }: WholeInvoice): Html | '' => {
  const { words, formats } = view
  const { invoice: texts } = words
  const draft = wouldSend ?? sent
  if (!draft) return ''
  const called = (id: string) =>
    portalCustomer?.id === id && portalCustomer.name !== null
      ? html`${named(portalCustomer.name)} <span class="soft">${id}</span>`
      : id
  const yesOrNo = (is: boolean) => (is ? texts.yes : texts.no)
  return html`<section aria-labelledby="sent">
<h2 id="sent">${wouldSend ? texts.would : texts.was}</h2>
${facts([
  [texts.customer, draft.customerId === null ? texts.newCustomer(draft.newCustomer ?? '') : called(draft.customerId)],
  [texts.number, draft.invoiceNumber],
  [texts.issued, formats.date(draft.issuedAt)],
  [texts.amount, formats.money(draft.amount, 'EUR')],
  [texts.paid, draft.paidAt ?? texts.notPaid],
  [texts.notify, yesOrNo(draft.sendNotification)]
])}
</section>`
}

type PortalsAnswer = PortalInvoice | BridgeError

/** A person who reads that an invoice is not there enters it by hand: then it may be there twice. */
const notFoundThere = ({ words }: View, { state, code, conflict }: WholeInvoice): string => {
  if (state === 'sending' || code === 'PORTAL_UNCLEAR') return words.invoice.maybeThere
  return conflict !== null && isInPortal(conflict) ? words.codes.special.conflictInPortal.what : words.invoice.notThere
}

const there = (view: View, invoice: WholeInvoice, answer: PortalsAnswer | null): Html => {
  const { words, formats } = view
  const { invoice: texts } = words
  const { portalId, portalCustomer, deliveredAt, invoiceNumber } = invoice
  return html`<section aria-labelledby="there">
<h2 id="there">${texts.there}</h2>
${
  portalId === null
    ? html`<p>${notFoundThere(view, invoice)}</p>`
    : html`${facts([
        [texts.portalId, portalId],
        [texts.deliveredAt, deliveredAt && formats.time(deliveredAt)]
      ])}
${answer === null ? html`<p><a class="button" href="${invoicePath(invoiceNumber)}?portal=asked#there">${texts.askPortal}</a></p>` : portalsAnswer(view, answer)}`
}
<h3>${texts.whose}</h3>
${
  portalCustomer === null
    ? html`<p>${texts.whoseUnknown}</p>`
    : html`<p><strong>${named(portalCustomer.name ?? texts.nameUnknown)}</strong> <span class="soft">${portalCustomer.id}</span></p>
${portalCustomer.how ? html`<p class="soft">${texts.how[portalCustomer.how]}</p>` : ''}`
}
</section>`
}

/** What the portal holds at this moment. */
const portalsAnswer = (view: View, answer: PortalsAnswer): Html => {
  const { words, formats } = view
  const { invoice: texts } = words
  if (answer instanceof BridgeError)
    return answer.code === 'NOT_FOUND' ? notice(texts.goneThere, true) : whyNot(view, answer)
  const { amount, currency, issuedAt, paidAt, paymentLink } = answer
  return html`${facts([
    [texts.amount, amount && formats.money(amount, currency ?? 'EUR')],
    [texts.issued, issuedAt && formats.date(issuedAt)],
    [texts.paid, paidAt ? formats.time(paidAt) : texts.notPaid],
    [texts.payLink, paymentLink && html`<a href="${paymentLink}" rel="noreferrer">${new URL(paymentLink).host}</a>`]
  ])}
${paymentLink ? html`<p class="soft">${texts.payLinkHint}</p>` : ''}`
}
