// How it stands with the portal, and whose customers are there.

import { html } from 'hono/html'
import type { PortalCustomer, Summary } from '../../src/view/answers.ts'
import type { Html, View } from './layout.ts'
import { portalLines } from './overview.ts'
import type { Pages } from './pages.ts'

const foundMax = 20

export const portalRoutes = (pages: Pages): void => {
  pages.show('/portal', async ({ view, query, ask }) => {
    const find = query.find?.trim() ?? ''
    const [summary, found] = await Promise.all([
      ask('summary'),
      find === ''
        ? []
        : ask('searchPortalCustomers', { query: { q: find, limit: foundMax } }).then(found => found.customers)
    ])
    return { title: view.words.portal.title, at: 'portal', isLive: true, body: portal(view, summary, { find, found }) }
  })
}

type Search = { find: string; found: PortalCustomer[] }

const portal = (view: View, summary: Summary, { find, found }: Search): Html => {
  const { portal: texts, overview, list, customers } = view.words
  return html`<h1>${texts.title}</h1>
<p><code>${summary.portal.url}</code></p>
${portalLines(view, summary)}
<p>${summary.portal.filling ? '' : texts.readDone}</p>
<h2>${texts.backlog}</h2>
<p>${summary.waiting > 0 ? overview.waitingNow(summary.waiting, summary.portal.backlogMinutes) : overview.noneWaiting}</p>
<h2 id="search">${texts.search}</h2>
<form method="get" action="/portal#search" role="search" class="inline"><label for="find">${texts.customer}</label> <input id="find" name="find" type="search" value="${find}"> <button>${list.search}</button></form>
${find && found.length === 0 ? html`<p>${customers.noneFound}</p>` : ''}
${
  found.length > 0
    ? html`<table class="list"><thead><tr><th scope="col">${texts.customer}</th><th scope="col">${texts.city}</th><th scope="col">${texts.id}</th></tr></thead>
<tbody>${found.map(({ id, companyName, primaryEmail, city }) => html`<tr><th scope="row">${companyName ?? '–'} <span class="soft">${primaryEmail}</span></th><td>${city}</td><td><code>${id}</code></td></tr>`)}</tbody></table>`
    : ''
}`
}
