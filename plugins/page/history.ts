// What happened to an invoice, in words, with times in the portal's zone.

import { html } from 'hono/html'
import type { HistoryEntry, WholeInvoice } from '../../src/view/answers.ts'
import { type Html, quotedIn, type View } from './layout.ts'

export const history = (view: View, { history: entries }: WholeInvoice): Html => {
  const { invoice: texts } = view.words
  return html`<section aria-labelledby="history">
<h2 id="history">${texts.history}</h2>
${entries.length === 0 ? html`<p>${texts.emptied}</p>` : html`<ol class="history">${entries.map(entry => line(view, entry))}</ol>`}
<p class="soft">${texts.zone(view.timeZone)}</p>
</section>`
}

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)

/** Who did it, how and from where, as far as that is known. */
export const who = ({ words: { invoice } }: View, { by, via, from }: Record<'by' | 'via' | 'from', unknown>): Html => {
  const name = textOf(by)
  const whence = [typeof via === 'string' ? invoice.ways[via as keyof typeof invoice.ways] : null, textOf(from)]
    .filter(text => text !== null)
    .join(', ')
  return html`${name ? html` ${invoice.by(name)}` : ''}${whence ? html` <span class="soft">(${whence})</span>` : ''}`
}

const line = (view: View, entry: HistoryEntry): Html => {
  const { words, formats } = view
  const { at, event, code, portalId, also, before, detail, why, by, from, via } = entry
  const meant = textOf(portalId) ?? textOf(also) ?? textOf(before)
  const because = textOf(detail) ?? textOf(why)
  const { events, codes } = words
  const said = Object.hasOwn(events, event) ? events[event as keyof typeof events] : event
  const reason = typeof code === 'string' ? codes.ofInvoice[code as keyof typeof codes.ofInvoice]?.what : undefined
  return html`<li><time datetime="${at}">${formats.time(at)}</time>
<div><strong>${said}</strong>${who(view, { by, via, from })}
${meant ? html` <span class="soft">${meant}</span>` : ''}
${reason ? html`<div>${reason}</div>` : ''}
${because ? html`<div class="soft">${quotedIn(view, because)}</div>` : ''}</div></li>`
}
