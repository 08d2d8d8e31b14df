// Requests that were refused: when a customer says that 0042 never arrived, its refusal is here, with what was wrong.

import { html } from 'hono/html'
import type { Refused } from '../../src/view/answers.ts'
import type { Answer } from '../../src/view/endpoints.ts'
import { type Html, problemIn, sourceIn, type View, withQuery } from './layout.ts'
import type { Pages } from './pages.ts'

const pageSize = 50

export const refusedRoutes = (pages: Pages): void => {
  pages.show('/refused', async ({ view, query, ask }) => {
    const { cursor, authentic } = query
    const q = query.q?.trim() ?? ''
    const found = await ask('listRefused', {
      query: {
        limit: pageSize,
        ...(q ? { q } : {}),
        ...(cursor ? { cursor } : {}),
        ...(authentic ? { authentic } : {})
      }
    })
    return { title: view.words.refused.title, at: 'refused', body: list(view, { found, q, authentic }) }
  })
}

type Content = { found: Answer<'listRefused'>; q: string; authentic: string | undefined }

const list = (view: View, { found: { refused, next }, q, authentic }: Content): Html => {
  const { words, address } = view
  const { refused: texts, list: lists } = words
  const tab = (value: string | null, text: string) =>
    html`<li><a href="${withQuery(address, { authentic: value, cursor: null })}" ${(authentic ?? null) === value ? html`aria-current="page"` : ''}>${text}</a></li>`
  return html`<h1>${texts.title}</h1>
<p>${texts.hint}</p>
<form method="get" action="/refused" role="search" class="inline"><label for="q">${lists.number}</label><input id="q" name="q" type="search" value="${q}"> <button>${lists.search}</button></form>
<ul class="tabs plain">${tab(null, words.customers.all)}${tab('true', texts.authentic)}${tab('false', texts.unproven)}</ul>
${refused.length === 0 ? html`<p>${q ? texts.noneFound : texts.none}</p>` : refused.map(one => card(view, one))}
${next ? html`<p><a href="${withQuery(address, { cursor: next })}" rel="next">${texts.older}</a></p>` : ''}`
}

const card = (view: View, { at, requests, tool, address, authentic, code, invoiceNumber, problems }: Refused): Html => {
  const { words, formats } = view
  const { refused: texts, codes } = words
  const why = codes.ofRefusal[code as keyof typeof codes.ofRefusal] ?? code
  return html`<article class="card">
<h2><time datetime="${at}">${formats.time(at)}</time> ${invoiceNumber ?? ''} <span class="badge ${authentic ? 'needs' : ''}">${authentic ? texts.authentic : texts.unproven}</span></h2>
<p>${why}</p>
${problems.length > 0 ? html`<ul>${problems.map(problem => html`<li>${problemIn(view, problem)}</li>`)}</ul>` : ''}
<p class="soft">${texts.tool} ${sourceIn(view, tool)} · ${texts.client} ${address}${requests > 1 ? ` · ${texts.times}: ${formats.count(requests)}` : ''}</p>
</article>`
}
