// Which customer of a tool is which portal customer: those that need a link first, each with its candidates.

import type { FastifyInstance } from 'fastify'
import { html } from 'hono/html'
import { BridgeError, isCode } from '../../src/core/errors.ts'
import type { Customer, PortalCustomer } from '../../src/view/answers.ts'
import { searchedMax } from '../../src/view/endpoints.ts'
import type { Operations } from '../api/route.ts'
import { who } from './history.ts'
import { candidatesOf, links } from './invoice.ts'
import {
  calledIn,
  fileForm,
  form,
  type Html,
  mayAct,
  named,
  namesSwitch,
  notice,
  sourceIn,
  type View,
  withQuery
} from './layout.ts'
import { isOurs } from './login.ts'
import type { Pages } from './pages.ts'
import type { Sessions } from './session.ts'

const pageSize = 50

// For each, the page searches the copy of the portal; for the others a person searches one by one.
const withCandidatesMax = 10

type Candidates = Map<Customer, PortalCustomer[]>

type CustomersOptions = { pages: Pages; sessions: Sessions; operations: Operations }

export const customersRoutes = (app: FastifyInstance, { pages, sessions, operations }: CustomersOptions): void => {
  pages.show('/customers', async ({ view, query, ask }) => {
    const { cursor } = query
    const q = query.q?.trim()
    const page = { limit: pageSize, ...(cursor ? { cursor } : {}), ...(q ? { q } : {}) }
    const isLinked = query.linked === 'true'
    const { customers, next } = await ask('listCustomers', { query: { ...page, linked: String(isLinked) } })
    const candidates: Candidates = new Map()
    // Hidden, nobody could tell them apart.
    if (!isLinked && !view.hidesPersonal)
      for (const customer of customers.slice(0, withCandidatesMax))
        candidates.set(customer, await candidatesOf(ask, { customer }))
    return {
      title: view.words.customers.title,
      at: 'customers',
      isLive: true,
      body: list(view, { customers, candidates, next, isLinked, query })
    }
  })

  app.get('/customers/links.csv', async (request, reply) => {
    if (sessions.of(request) === null) return reply.redirect('/login?to=/customers', 303)
    return reply
      .headers({ 'content-type': 'text/csv; charset=utf-8', 'content-disposition': 'attachment; filename="links.csv"' })
      .header('cache-control', 'no-store')
      .send(byteOrderMark + (await operations.ask('exportLinks', { log: request.log })))
  })

  pages.act('/customers/import', async ({ file, ask }) => {
    const { links } = await ask('importLinks', { text: await textOf(file) })
    return `/customers?linked=true&imported=${links}`
  })

  pages.show('/customers/choose', async ({ view, query, ask }) => {
    const { tool = '', ref = '', find = '' } = query
    const { customers } = await ask('listCustomers', { query: { q: ref.slice(0, searchedMax), limit: pageSize } })
    const customer = customers.find(one => one.tool === tool && one.ref === ref) ?? { name: null, ref, emails: [] }
    return {
      title: view.words.customers.choose,
      at: 'customers',
      body: choose(view, { tool, customer, find, found: await candidatesOf(ask, { customer }, find) })
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
      // Another person was faster.
      if (!isCode(error, 'NOT_FOUND')) throw error
    }
    return doneAt(back, 'unlink')
  })
}

// Without it, spreadsheets on Windows read letters with accents wrong, and write them back so.
const byteOrderMark = '\ufeff'

// A thousand links, with names of any length.
const csvBytesMax = 1024 * 1024

const textOf = async (file: AsyncIterable<Uint8Array> | undefined): Promise<string> => {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of file ?? []) {
    bytes += chunk.length
    if (bytes > csvBytesMax) throw new BridgeError('BODY_TOO_LARGE')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

const doneAt = (back: string, done: 'link' | 'unlink'): string =>
  withQuery(new URL(isOurs(back) ? back : '/customers', 'http://bridge.invalid'), { done })

type Content = {
  customers: Customer[]
  candidates: Candidates
  next: string | null
  isLinked: boolean
  query: Record<string, string>
}

const list = (view: View, { customers, candidates, next, isLinked, query }: Content): Html => {
  const { words, address } = view
  const { customers: texts } = words
  const done = query.done === 'link' || query.done === 'unlink' ? words.actions.done[query.done] : null
  const imported = /^\d{1,6}$/.test(query.imported ?? '') ? texts.imported(Number(query.imported)) : null
  return html`${done ? notice(done) : ''}${imported ? notice(imported) : ''}
<h1>${texts.title}</h1>
<p>${texts.hint}</p>
<form method="get" action="/customers" role="search" class="inline">${isLinked ? html`<input type="hidden" name="linked" value="true">` : ''}<label for="q">${texts.search}</label><input id="q" name="q" type="search" value="${query.q ?? ''}"> <button>${words.list.search}</button></form>
<ul class="tabs plain">
<li><a href="/customers" ${isLinked ? '' : html`aria-current="page"`}>${texts.withoutLink}</a></li>
<li><a href="/customers?linked=true" ${isLinked ? html`aria-current="page"` : ''}>${texts.linked}</a></li>
</ul>
${namesSwitch(view)}
<h2>${isLinked ? texts.linked : texts.needLink}</h2>
${customers.length === 0 ? html`<p>${query.q ? texts.noneSearched : isLinked ? texts.noneLinked : texts.none}</p>` : customers.map(customer => card(view, customer, candidates.get(customer)))}
${next ? html`<p><a href="${withQuery(address, { cursor: next, done: null })}" rel="next">${texts.next}</a></p>` : ''}
${isLinked ? html`<p><a class="way" href="/customers/links.csv" download>${texts.exportCsv}</a></p>${mayAct(view) ? importing(view) : ''}` : ''}`
}

const importing = (view: View): Html => {
  const { customers: texts } = view.words
  return html`<details><summary>${texts.importCsv}</summary>
<p class="hint">${texts.importHint}</p>
${fileForm(view, '/customers/import', html`<label for="file">${texts.file}</label><input id="file" name="file" type="file" accept=".csv,text/csv" required><button>${texts.import}</button>`)}
</details>`
}

const card = (view: View, customer: Customer, candidates: PortalCustomer[] | undefined): Html => {
  const { words, formats, hidesPersonal } = view
  const { tool, ref, emails, link, unlinked } = customer
  const whose = { tool, ref, to: '/customers' }
  return html`<article class="card">
<h3>${calledIn(view, customer)}</h3>
<p class="soft">${[sourceIn(view, tool), ...(hidesPersonal ? [] : [ref, ...emails])].join(' · ')}</p>
${link ? linked(view, customer, link) : ''}
${unlinked ? html`<p class="soft">${words.customers.unlinked((hidesPersonal ? null : unlinked.name) ?? unlinked.portalId, formats.time(unlinked.at))}${unlinked.by ? who(view, unlinked.by) : ''}</p>` : ''}
${!link && candidates && candidates.length > 0 && mayAct(view) ? html`<p>${words.customers.candidates}</p>${links(view, whose, candidates)}` : ''}
${!link && candidates?.length === 0 ? html`<p>${words.invoice.noCandidates}</p>` : ''}
${mayAct(view) ? html`<p><a class="button" href="/customers/choose?tool=${encodeURIComponent(tool)}&amp;ref=${encodeURIComponent(ref)}">${link || candidates?.length ? words.customers.choose : words.customers.chooseFirst}</a></p>` : ''}
</article>`
}

const linked = (view: View, { tool, ref }: Customer, link: NonNullable<Customer['link']>): Html => {
  const { customers: texts, invoice, list } = view.words
  const name = view.hidesPersonal ? list.hidden : (link.name ?? invoice.nameUnknown)
  return html`<p>${texts.portalCustomer}: <strong>${named(name)}</strong> <span class="soft">${link.portalId} · ${texts.how[link.how]} · ${view.formats.time(link.at)}</span>${link.by ? who(view, link.by) : ''}</p>
${mayAct(view) ? form(view, '/customers/unlink', html`<input type="hidden" name="tool" value="${tool}"><input type="hidden" name="ref" value="${ref}"><input type="hidden" name="back" value="/customers?linked=true"><button class="quiet" data-confirm="${texts.unlinkHint}" aria-label="${texts.unlink}: ${view.hidesPersonal ? link.portalId : ref}">${texts.unlink}</button>`) : ''}`
}

type Choice = {
  tool: string
  customer: Pick<Customer, 'name' | 'ref' | 'emails'>
  find: string
  found: PortalCustomer[]
}

/** Whoever opens it asked for this customer, so that nothing is hidden: nobody could choose otherwise. */
const choose = (view: View, { tool, customer, find, found }: Choice): Html => {
  const { ref } = customer
  const { invoice: texts, customers, list: lists } = view.words
  return html`<h1>${customers.who}</h1>
<p><strong>${named(customer.name ?? ref)}</strong></p>
<p class="soft">${sourceIn(view, tool)} · ${ref}</p>
<p>${texts.linkHint}</p>
<form method="get" action="/customers/choose" role="search" class="inline"><input type="hidden" name="tool" value="${tool}"><input type="hidden" name="ref" value="${ref}"><label for="find">${texts.searchPortal}</label> <input id="find" name="find" type="search" value="${find}"> <button>${lists.search}</button></form>
${find && found.length === 0 ? html`<p>${customers.noneFound}</p>` : ''}
${mayAct(view) ? links(view, { tool, ref, to: '/customers' }, found) : ''}`
}
