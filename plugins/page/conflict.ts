// Two sets of facts under one number, side by side, with the differences marked by more than a colour.

import { html } from 'hono/html'
import type { Facts, WholeInvoice } from '../../src/view/answers.ts'
import { type Html, sourceIn, type View } from './layout.ts'
import { isInPortal } from './reasons.ts'

export const conflict = (view: View, invoice: WholeInvoice, other: Facts): Html => {
  const { words, formats } = view
  const { invoice: texts } = words
  const money = (amount: string | null, currency: string | null) =>
    amount === null ? '–' : formats.money(amount, currency ?? 'EUR')
  const own = knownAs(invoice, other)
  const rows: [name: string, these: string, others: string, isSame: boolean][] = [
    [
      texts.from,
      sourceIn(view, invoice.tool),
      isInPortal(other) ? `${texts.there} (${other.from})` : sourceIn(view, other.from),
      invoice.tool === other.from
    ],
    [texts.customer, own, other.customer ?? '–', isAlike(own, other.customer)],
    [
      texts.amount,
      money(invoice.amount, invoice.currency),
      money(other.amount, other.currency),
      invoice.amount === other.amount && invoice.currency === (other.currency ?? invoice.currency)
    ],
    [
      texts.issued,
      formats.date(invoice.issuedAt),
      other.issuedAt === null ? '–' : formats.date(other.issuedAt),
      invoice.issuedAt === other.issuedAt
    ]
  ]
  return html`<section class="card" aria-labelledby="conflict">
<h2 id="conflict">${texts.conflict}</h2>
<p>${isInPortal(other) ? texts.conflictPortal : texts.conflictHint}</p>
<table class="beside">
<thead><tr><td></td><th scope="col">${texts.these}</th><th scope="col">${texts.others}</th></tr></thead>
<tbody>${rows.map(
    ([name, these, others, isSame]) =>
      html`<tr class="${isSame ? '' : 'differs'}"><th scope="row">${name}</th><td>${these}</td><td>${isSame ? others : html`<mark>${others}</mark> <span class="unseen">${texts.differs}</span>`}</td></tr>`
  )}</tbody>
</table>
</section>`
}

/** Its customer named as in the other facts: by the portal's id, or by the tool's reference. */
const knownAs = ({ customer, portalCustomer }: WholeInvoice, { customer: other }: Facts): string => {
  const inPortal = customer.portalId ?? portalCustomer?.id
  return inPortal && (customer.portalId !== null || other?.startsWith('cst_')) ? inPortal : customer.ref
}

/** Case does not matter in a reference. */
const isAlike = (one: string, other: string | null): boolean =>
  other !== null && one.trim().toLowerCase() === other.trim().toLowerCase()
