// What happened to an invoice, in words, with the time of the portal's zone.

import { html } from 'hono/html'
import type { HistoryEntry, WholeInvoice } from '../../src/view/answers.ts'
import type { Html, View } from './layout.ts'

export const history = (view: View, { history: entries }: WholeInvoice): Html => {
  const { invoice: texts } = view.words
  return html`<section aria-labelledby="history">
<h2 id="history">${texts.history}</h2>
${entries.length === 0 ? html`<p>${texts.emptied}</p>` : html`<ol class="history">${entries.map(entry => line(view, entry))}</ol>`}
<p class="soft">${texts.zone(view.timeZone)}</p>
</section>`
}

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)

const line = (view: View, entry: HistoryEntry): Html => {
  const { words, formats } = view
  const { at, event, code, detail, portalId, by, from, via } = entry
  const { events, codes, invoice: texts } = words
  const said = Object.hasOwn(events, event) ? events[event as keyof typeof events] : event
  const reason = typeof code === 'string' ? codes.ofInvoice[code as keyof typeof codes.ofInvoice]?.what : undefined
  const who = textOf(by)
  const whence = [typeof via === 'string' ? texts.ways[via as keyof typeof texts.ways] : null, textOf(from)]
    .filter(text => text !== null)
    .join(', ')
  return html`<li><time datetime="${at}">${formats.time(at)}</time>
<div><strong>${said}</strong>${who ? html` ${texts.by(who)}` : ''}${whence ? html` <span class="soft">(${whence})</span>` : ''}
${textOf(portalId) ? html` <span class="soft">${textOf(portalId)}</span>` : ''}
${reason ? html`<div>${reason}</div>` : ''}
${textOf(detail) ? html`<div class="soft"><q lang="en">${textOf(detail)}</q></div>` : ''}</div></li>`
}
