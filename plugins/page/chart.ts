// Thirty days of deliveries as a picture that is made here: no script draws it, and a screen reader says the same.

import { html } from 'hono/html'
import type { Deliveries } from '../../src/view/answers.ts'
import type { Html, View } from './layout.ts'

const height = 60
const width = 10
const gap = 2

export const chart = (view: View, { days, took }: Deliveries): Html => {
  const { words, formats } = view
  const { overview: texts } = words
  const all = days.reduce((sum, { invoices }) => sum + invoices, 0)
  if (all === 0) return html`<p>${texts.noneDelivered}</p>`
  const most = Math.max(...days.map(({ invoices }) => invoices))
  return html`<svg class="chart" viewBox="0 0 ${days.length * width} ${height}" role="img" aria-label="${texts.chart(all)}" preserveAspectRatio="none">
${days.map(({ day, invoices }, at) => {
  // A day without deliveries has its place, and a single one is visible beside hundreds.
  const tall = invoices === 0 ? 1 : Math.max(3, Math.round((invoices / most) * height))
  return html`<rect class="${invoices === 0 ? 'none' : ''}" x="${at * width + gap / 2}" y="${height - tall}" width="${width - gap}" height="${tall}"><title>${texts.perDay(invoices, formats.date(day))}</title></rect>`
})}
</svg>
<p class="ends soft"><span>${formats.date(days[0]?.day ?? '')}</span> <span>${formats.date(days.at(-1)?.day ?? '')}</span></p>
<p>${texts.total(all)} ${took?.halfWithinMs != null ? texts.median(all, words.duration(took.halfWithinMs / 1000)) : ''}</p>`
}
