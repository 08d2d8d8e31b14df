// The list of invoices: the search is in the address, so that it can be bookmarked.

import { html } from 'hono/html'
import { type ActionForAll, states } from '../../src/core/row.ts'
import { leftOutOf } from '../../src/rules/together.ts'
import type { Invoice, Summary } from '../../src/view/answers.ts'
import type { Answer } from '../../src/view/endpoints.ts'
import {
  calledIn,
  type Html,
  invoicePath,
  mayAct,
  namesSwitch,
  notice,
  sourceIn,
  type View,
  withQuery
} from './layout.ts'
import type { Pages } from './pages.ts'
import { reasonOf } from './reasons.ts'

// Fits a screen or two; the list continues on the next page.
const pageSize = 50

/** What a person may search by, under its name in the address. */
export const filters = ['q', 'state', 'code', 'tool', 'amount', 'since', 'until'] as const
export type Filters = Partial<Record<(typeof filters)[number], string>>

/** Fields left empty in the form are not part of the search. */
export const filterIn = (query: Record<string, string>): Filters =>
  Object.fromEntries(filters.flatMap(name => (query[name]?.trim() ? [[name, query[name].trim()]] : [])))

export const invoicesRoutes = (pages: Pages): void => {
  pages.show('/invoices', async ({ view, query, ask }) => {
    const filter = filterIn(query)
    const { cursor } = query
    const [found, { tools, attentionTo }] = await Promise.all([
      ask('listInvoices', { query: { ...filter, limit: pageSize, ...(cursor ? { cursor } : {}) } }),
      ask('summary')
    ])
    const { invoices, next } = found
    const isWhole = next === null && cursor === undefined
    const offered = mayAct(view) ? offeredFor(filter, { invoices, isWhole, attentionTo }) : []
    return {
      title: view.words.list.title,
      at: 'invoices',
      isLive: cursor === undefined,
      body: list(view, {
        filter,
        found,
        cursor,
        offered,
        tools: tools.map(({ name }) => name),
        done: doneIn(view, query)
      })
    }
  })
}

/**
 * The words to many that can do something here: they are for held invoices, unless a state is chosen. About invoices on
 * other pages only the summary is known.
 */
const offeredFor = (
  { state: chosen = 'held' }: Filters,
  { invoices, isWhole, attentionTo }: { invoices: Invoice[]; isWhole: boolean } & Pick<Summary, 'attentionTo'>
): ActionForAll[] => {
  const reached = [...invoices, ...(isWhole ? [] : attentionTo)].filter(({ state }) => state === chosen)
  return (['deliver', 'dismiss'] as const).filter(word =>
    reached.some(one => leftOutOf({ test: false, ...one, everSent: false }, word, false) === null)
  )
}

/** What the last word to many did. */
const doneIn = ({ words: { bulk } }: View, { done, count }: Record<string, string>): string | null => {
  if (!/^\d{1,9}$/.test(count ?? '') || (done !== 'deliver' && done !== 'dismiss')) return null
  return done === 'deliver' ? bulk.delivered(Number(count)) : bulk.dismissed(Number(count))
}

type Content = {
  filter: Filters
  found: Answer<'listInvoices'>
  cursor: string | undefined
  offered: ActionForAll[]
  tools: string[]
  done: string | null
}

const list = (view: View, { filter, found: { invoices, next }, cursor, offered, tools, done }: Content): Html => {
  const { words, address } = view
  return html`${done ? notice(done) : ''}
<h1>${words.list.title}</h1>
${search(view, filter, tools)}
${namesSwitch(view)}
${invoices.length === 0 ? html`<p>${words.list.none}</p>` : table(view, invoices)}
<p class="pages">
${cursor ? html`<a href="${withQuery(address, { cursor: null })}">${words.list.first}</a>` : ''}
${next ? html`<a href="${withQuery(address, { cursor: next })}" rel="next">${words.list.next}</a>` : ''}
</p>
${offered.length > 0 ? together(view, filter, offered) : ''}`
}

const together = ({ words: { list } }: View, filter: Filters, offered: ActionForAll[]): Html => {
  const button = (word: ActionForAll) =>
    html`<a class="button" href="/together?${new URLSearchParams({ ...filter, word })}">${list[`${word}All`]}</a> `
  return html`<section aria-labelledby="together">
<h2 id="together">${list.actTitle}</h2>
<p class="hint">${list.actHint}</p>
<p class="buttons">${offered.map(button)}</p>
</section>`
}

const option = (value: string, text: string, chosen: string | undefined): Html =>
  html`<option value="${value}" ${value === chosen ? html`selected` : ''}>${text}</option>`

const search = (view: View, filter: Filters, tools: string[]): Html => {
  const { list, states: stateWords, codes } = view.words
  const hasMore = Object.keys(filter).some(name => name !== 'q')
  return html`<form method="get" action="/invoices" role="search">
<div class="inline"><label for="q">${list.search}</label><input id="q" name="q" type="search" value="${filter.q ?? ''}" aria-describedby="q-hint"><button>${list.filter}</button>${Object.keys(filter).length > 0 ? html` <a href="/invoices">${list.clear}</a>` : ''}</div>
<p class="hint" id="q-hint">${list.searchHint}</p>
<details ${hasMore ? html`open` : ''}><summary>${list.more}</summary>
<div class="search">
<div><label for="state">${list.state}</label><select id="state" name="state">${option('', list.any, filter.state)}${states.map(state => option(state, stateWords[state], filter.state))}</select></div>
<div><label for="code">${list.code}</label><select id="code" name="code">${option('', list.any, filter.code)}${Object.entries(codes.ofInvoice).map(([code, { what }]) => option(code, what, filter.code))}</select></div>
<div><label for="tool">${list.tool}</label><select id="tool" name="tool">${option('', list.any, filter.tool)}${tools.map(tool => option(tool, sourceIn(view, tool), filter.tool))}</select></div>
<div><label for="amount">${list.amount}</label><input id="amount" name="amount" inputmode="decimal" pattern="-?[0-9]{1,12}([.,][0-9]{1,3})?" value="${filter.amount ?? ''}"></div>
<div><label for="since">${list.since}</label><input id="since" name="since" type="date" value="${filter.since ?? ''}"></div>
<div><label for="until">${list.until}</label><input id="until" name="until" type="date" value="${filter.until ?? ''}"></div>
</div>
</details>
</form>`
}

const table = (view: View, invoices: Invoice[]): Html => {
  const { list } = view.words
  return html`<table class="list">
<caption class="unseen">${list.newest}</caption>
<thead><tr><th scope="col">${list.number}</th><th scope="col">${list.customer}</th><th scope="col" class="amount">${list.amount}</th><th scope="col">${list.issued}</th><th scope="col">${list.state}</th><th scope="col">${list.tool}</th></tr></thead>
<tbody>${invoices.map(invoice => row(view, invoice))}</tbody>
</table>`
}

const row = (view: View, invoice: Invoice): Html => {
  const { words, formats } = view
  const { invoiceNumber, customer, amount, currency, issuedAt, tool } = invoice
  const reason = reasonOf(invoice, words)
  return html`<tr>
<th scope="row"><a href="${invoicePath(invoiceNumber)}">${invoiceNumber}</a></th>
<td class="text">${calledIn(view, customer)}</td>
<td class="amount">${formats.money(amount, currency)}</td>
<td class="when">${formats.date(issuedAt)}</td>
<td class="stands">${badge(view, invoice)}${reason ? html` <span class="soft">${reason.what}</span>` : ''}</td>
<td class="tool">${sourceIn(view, tool)}</td>
</tr>`
}

/** Its state, and by colour whether it needs a person. */
export const badge = ({ words }: View, { state, code, test }: Invoice): Html => {
  const needs = state === 'held' || (state === 'delivered' && code !== null)
  return html`<span class="badge ${state} ${needs ? 'needs' : ''}">${words.states[state]}</span>${test ? html` <span class="badge">${words.invoice.test}</span>` : ''}`
}
