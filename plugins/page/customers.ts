// Which customer of a tool is which customer of the portal: those that need a link first, with whom it might be.

import { html } from 'hono/html'
import { isCode } from '../../src/core/errors.ts'
import type { Customer, PortalCustomer } from '../../src/view/answers.ts'
import { candidatesOf, links } from './invoice.ts'
import { form, type Html, mayAct, notice, type View, withQuery } from './layout.ts'
import { isOurs } from './login.ts'
import type { Pages } from './pages.ts'

const pageSize = 50

// Each is looked for in the copy of the portal; the others are looked for one by one.
const withCandidatesMax = 10

type Candidates = Map<Customer, PortalCustomer[]>

export const customersRoutes = (pages: Pages): void => {
  pages.show('/customers', async ({ view, query, ask }) => {
    const { cursor } = query
    const page = { limit: pageSize, ...(cursor ? { cursor } : {}) }
    const isLinked = query.linked === 'true'
    const { customers, next } = await ask('listCustomers', { query: { ...page, linked: String(isLinked) } })
    const candidates: Candidates = new Map()
    if (!isLinked)
      for (const customer of customers.slice(0, withCandidatesMax))
        candidates.set(customer, await candidatesOf(ask, { customer }))
    return {
      title: view.words.customers.title,
      at: 'customers',
      isLive: true,
      body: list(view, { customers, candidates, next, isLinked, query })
    }
  })

  pages.show('/customers/choose', async ({ view, query, ask }) => {
    const { tool = '', ref = '', find = '' } = query
    const found = find.trim() === '' ? [] : await candidatesOf(ask, { customer: { name: null, emails: [] } }, find)
    return {
      title: view.words.customers.choose,
      at: 'customers',
      body: choose(view, { tool, ref, find, found })
    }
  })

  pages.act('/customers/link', async ({ fields, ask }) => {
    const { tool = '', ref = '', portalId = '', back = '' } = fields
    await ask('linkCustomer', { params: { tool, ref }, body: { portalId } })
    return doneAt(back, 'link')
  })

  pages.act('/customers/unlink', async ({ fields, ask }) => {
    const { tool = '', ref = '', back = '' } = fields
    try {
      await ask('unlinkCustomer', { params: { tool, ref } })
    } catch (error) {
      // Somebody was faster.
      if (!isCode(error, 'NOT_FOUND')) throw error
    }
    return doneAt(back, 'unlink')
  })
}

const doneAt = (back: string, done: 'link' | 'unlink'): string => {
  const url = new URL(isOurs(back) ? back : '/customers', 'http://bridge.invalid')
  url.searchParams.set('done', done)
  return url.pathname + url.search
}

type Told = {
  customers: Customer[]
  candidates: Candidates
  next: string | null
  isLinked: boolean
  query: Record<string, string>
}

const list = (view: View, { customers, candidates, next, isLinked, query }: Told): Html => {
  const { words, address } = view
  const { customers: texts } = words
  const done = query.done === 'link' || query.done === 'unlink' ? words.actions.done[query.done] : null
  return html`${done ? notice(done) : ''}
<h1>${texts.title}</h1>
<p>${texts.hint}</p>
<ul class="tabs plain">
<li><a href="/customers" ${isLinked ? '' : html`aria-current="page"`}>${texts.unlinked}</a></li>
<li><a href="/customers?linked=true" ${isLinked ? html`aria-current="page"` : ''}>${texts.linked}</a></li>
</ul>
${isLinked ? '' : html`<h2>${texts.needLink}</h2>`}
${customers.length === 0 ? html`<p>${texts.none}</p>` : customers.map(customer => card(view, customer, candidates.get(customer)))}
${next ? html`<p><a href="${withQuery(address, { cursor: next, done: null })}" rel="next">${texts.next}</a></p>` : ''}`
}

const card = (view: View, customer: Customer, candidates: PortalCustomer[] | undefined): Html => {
  const { words, hidesPersonal } = view
  const { tool, ref, name, emails, link } = customer
  const who = { tool, ref, to: '/customers' }
  return html`<article class="card">
<h3>${hidesPersonal ? words.list.hidden : (name ?? ref)}</h3>
<p class="soft">${[tool, ref, ...(hidesPersonal ? [] : emails)].join(' · ')}</p>
${link ? linked(view, customer, link) : ''}
${!link && candidates && candidates.length > 0 && mayAct(view) ? html`<p>${words.customers.candidates}</p>${links(view, who, candidates)}` : ''}
${!link && candidates?.length === 0 ? html`<p>${words.invoice.noCandidates}</p>` : ''}
${mayAct(view) ? html`<p><a href="/customers/choose?tool=${encodeURIComponent(tool)}&amp;ref=${encodeURIComponent(ref)}">${words.customers.choose}</a></p>` : ''}
</article>`
}

const linked = (view: View, { tool, ref }: Customer, link: NonNullable<Customer['link']>): Html => {
  const { customers: texts, invoice } = view.words
  return html`<p>${texts.portalCustomer}: <strong>${link.name ?? invoice.nameUnknown}</strong> <span class="soft">${link.portalId} · ${texts.how[link.how]} · ${view.formats.time(link.at)}</span></p>
${mayAct(view) ? form(view, '/customers/unlink', html`<input type="hidden" name="tool" value="${tool}"><input type="hidden" name="ref" value="${ref}"><input type="hidden" name="back" value="/customers?linked=true"><button class="quiet" data-confirm="${texts.unlinkHint}" aria-label="${texts.unlink}: ${ref}">${texts.unlink}</button>`) : ''}`
}

type Choice = { tool: string; ref: string; find: string; found: PortalCustomer[] }

const choose = (view: View, { tool, ref, find, found }: Choice): Html => {
  const { invoice: texts, customers, list: lists } = view.words
  return html`<h1>${texts.link}</h1>
<p class="soft">${tool} · ${ref}</p>
<p>${texts.linkHint}</p>
<form method="get" action="/customers/choose" role="search" class="inline"><input type="hidden" name="tool" value="${tool}"><input type="hidden" name="ref" value="${ref}"><label for="find">${texts.searchPortal}</label> <input id="find" name="find" type="search" value="${find}"> <button>${lists.search}</button></form>
${find && found.length === 0 ? html`<p>${customers.noneFound}</p>` : ''}
${mayAct(view) ? links(view, { tool, ref, to: '/customers' }, found) : ''}`
}
