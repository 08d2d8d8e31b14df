// The state of the portal, which customers it has, and what its vendor bills the owner.

import { html } from 'hono/html'
import { BridgeError } from '../../src/core/errors.ts'
import type { Bill, PortalCustomer, Summary } from '../../src/view/answers.ts'
import { type Html, named, namesSwitch, notice, toldIn, type View, withQuery } from './layout.ts'
import { onTheWay, portalLines } from './overview.ts'
import type { Asked, Pages } from './pages.ts'

const foundMax = 20

export const portalRoutes = (pages: Pages): void => {
  pages.show('/portal', async ({ view, query, ask }) => {
    const find = query.find?.trim() ?? ''
    const [summary, found, bills] = await Promise.all([
      ask('summary'),
      find === ''
        ? []
        : ask('searchPortalCustomers', { query: { q: find, limit: foundMax } }).then(found => found.customers),
      query.bills === undefined ? null : orWhyNot(askBills(ask, query.bills))
    ])
    // A live page would ask the portal again at every change.
    return {
      title: view.words.portal.title,
      at: 'portal',
      isLive: bills === null,
      body: html`${portal(view, summary, { find, found })}${billsOf(view, bills)}`
    }
  })
}

type Search = { find: string; found: PortalCustomer[] }

const portal = (view: View, summary: Summary, { find, found }: Search): Html => {
  const { portal: texts, list, customers } = view.words
  return html`<h1>${texts.title}</h1>
<p><code>${summary.portal.url}</code></p>
${portalLines(view, summary)}
<p>${summary.portal.filling ? '' : texts.readDone}</p>
<h2>${texts.backlog}</h2>
${onTheWay(view, summary)}
<h2 id="search">${texts.search}</h2>
<form method="get" action="/portal#search" role="search" class="inline"><label for="find">${texts.customer}</label> <input id="find" name="find" type="search" value="${find}"> <button>${list.search}</button></form>
${find && found.length === 0 ? html`<p>${customers.noneFound}</p>` : ''}
${
  found.length > 0
    ? html`${namesSwitch(view)}<table class="list"><thead><tr><th scope="col">${texts.customer}</th><th scope="col">${texts.city}</th><th scope="col">${texts.id}</th></tr></thead>
<tbody>${found.map(customer => customerRow(view, customer))}</tbody></table>`
    : ''
}`
}

const customerRow = ({ hidesPersonal, words: { list } }: View, customer: PortalCustomer): Html => {
  const { id, companyName, primaryEmail, city } = customer
  const who = hidesPersonal ? list.hidden : html`${named(companyName ?? '–')} <span class="soft">${primaryEmail}</span>`
  return html`<tr><th scope="row">${who}</th><td>${hidesPersonal ? list.hidden : city}</td><td><code>${id}</code></td></tr>`
}

/** The portal's answer, or why there is none: the page then shows the reason in its place. */
export const orWhyNot = async <T>(asked: Promise<T>): Promise<T | BridgeError> => {
  try {
    return await asked
  } catch (error) {
    if (error instanceof BridgeError && (error.code === 'NOT_FOUND' || error.code.startsWith('PORTAL_'))) return error
    throw error
  }
}

export const whyNot = (view: View, { message }: BridgeError, said: string = view.words.errors.portal): Html =>
  html`${notice(said, true)}<p class="soft">${toldIn(view, message)}</p>`

type Billed = { page: number; bills: Bill[]; more: boolean }

const askBills = async (ask: Asked['ask'], page: string): Promise<Billed> => ({
  page: Number(page),
  ...(await ask('listBills', { query: { page } }))
})

/** Asking for bills costs a request, so the page asks only when a person wants to see them. */
const billsOf = (view: View, billed: Billed | BridgeError | null): Html => {
  const { portal: texts } = view.words
  return html`<h2 id="bills">${texts.bills}</h2>
${billed === null ? html`<p><a class="button" href="/portal?bills=1#bills">${texts.billsShow}</a></p>` : billsTable(view, billed)}`
}

const billsTable = (view: View, billed: Billed | BridgeError): Html => {
  const { portal: texts } = view.words
  if (billed instanceof BridgeError)
    return whyNot(view, billed, billed.code === 'PORTAL_UNAUTHORIZED' ? texts.billsForbidden : texts.billsFailed)
  const { bills, page, more } = billed
  if (bills.length === 0) return html`<p>${texts.billsNone}</p>`
  return html`<table class="list"><thead><tr><th scope="col">${texts.billNumber}</th><th scope="col">${texts.billIssued}</th><th scope="col">${texts.billTotal}</th><th scope="col">${view.words.invoice.paid}</th></tr></thead>
<tbody>${bills.map(bill => billRow(view, bill))}</tbody></table>
${more ? html`<p><a href="${withQuery(view.address, { bills: String(page + 1) })}#bills">${texts.billsMore}</a></p>` : ''}`
}

const billRow = ({ words, formats }: View, { id, invoiceNumber, issuedAt, totalAmount, currency, isPaid }: Bill) => {
  const { portal: texts } = words
  const state = isPaid === null ? '–' : isPaid ? texts.paid : html`<span class="badge needs">${texts.unpaid}</span>`
  return html`<tr><th scope="row">${invoiceNumber ?? id}</th><td>${issuedAt === null ? '–' : formats.date(issuedAt.slice(0, 10))}</td><td>${totalAmount === null ? '–' : formats.money(totalAmount, currency ?? 'EUR')}</td><td>${state}</td></tr>`
}
