// The first page: is everything delivered, what needs me, which button do I press.

import { html } from 'hono/html'
import type { Deliveries, Invoice, Summary, Tool } from '../../src/view/answers.ts'
import { chart } from './chart.ts'
import { checklist } from './checklist.ts'
import { calledIn, facts, type Html, invoicePath, sourceIn, type View } from './layout.ts'
import type { Asked, Pages } from './pages.ts'

// For each kind; the list has them all.
const shownOfKind = 3

type Group = Summary['attentionTo'][number] & { first: Invoice[] }

export const overviewRoutes = (pages: Pages): void => {
  pages.show('/', async ({ view, ask }) => {
    const [summary, deliveries, { tools }] = await Promise.all([
      ask('summary', { query: { language: view.language } }),
      ask('deliveries'),
      ask('listTools')
    ])
    const groups = await Promise.all(
      summary.attentionTo.map(async kind => ({ ...kind, first: await firstOf(ask, kind) }))
    )
    return {
      title: view.words.overview.title,
      at: 'overview',
      isLive: true,
      body: overview(view, { summary, deliveries, tools, groups })
    }
  })
}

const firstOf = async (
  ask: Asked['ask'],
  { state, code }: Group | Summary['attentionTo'][number]
): Promise<Invoice[]> => (await ask('listInvoices', { query: { state, code, limit: shownOfKind } })).invoices

type Content = { summary: Summary; deliveries: Deliveries; tools: Tool[]; groups: Group[] }

const overview = (view: View, content: Content): Html => {
  const { overview: words } = view.words
  const { summary, deliveries, tools, groups } = content
  const { review } = summary
  return html`
<div class="state ${summary.attention > 0 || trouble(view, summary) ? 'needs' : 'well'}">
<h1>${sentence(view, summary, deliveries)}</h1>
<p class="mode"><strong>${review.on ? words.review : words.live}</strong> <span class="soft">${words.sinceDate(view.formats.time(review.since))}</span><br>${review.on ? words.reviewHint : words.liveHint}</p>
</div>
${summary.delivered === 0 ? checklist(view, { summary, review: review.on }) : ''}
<section aria-labelledby="attention">
<h2 id="attention">${words.attention}</h2>
${groups.length === 0 ? html`<p>${words.nothing}</p>` : groups.map(group => attention(view, group))}
</section>
${warnings(view, summary)}
<section aria-labelledby="waiting">
<h2 id="waiting">${words.waiting}</h2>
${onTheWay(view, summary)}
</section>
<section aria-labelledby="delivered">
<h2 id="delivered">${words.delivered}</h2>
${chart(view, deliveries)}
</section>
<div class="columns">
<section aria-labelledby="tools">
<h2 id="tools">${words.tools}</h2>
<ul class="plain">${tools.filter(({ on }) => on).map(tool => toolLine(view, tool))}</ul>
<p><a class="way" href="/tools">${view.words.nav.tools}</a></p>
</section>
<section aria-labelledby="portal">
<h2 id="portal">${words.portal}</h2>
${portalLines(view, summary)}
<p><a class="way" href="/portal">${view.words.nav.portal}</a></p>
</section>
</div>`
}

/** What stops everything. */
const trouble = ({ words: { overview } }: View, { portal }: Summary): string | null => {
  if (portal.tokenRefused) return overview.tokenRefused
  return portal.state === 'down' ? overview.portalDown : null
}

const sentence = (view: View, summary: Summary, deliveries: Deliveries): string => {
  const { overview: words } = view.words
  const stopped = trouble(view, summary)
  if (stopped) return stopped
  if (summary.attention > 0) return words.needsYou(summary.attention)
  if (summary.portal.filling) return words.reading
  if (summary.waiting + summary.sending > 0) return words.onTheWay(summary.waiting + summary.sending)
  if (summary.delivered + summary.dismissed === 0) return words.nothingYet
  const month = ofThisMonth(deliveries)
  return month ? words.monthThere(month) : words.allThere
}

/** Null when the days do not reach back to the first of the month. */
const ofThisMonth = ({ days }: Deliveries): number | null => {
  const month = days.at(-1)?.day.slice(0, 7)
  const all = days.filter(({ day }) => day.startsWith(month ?? ' '))
  return all[0]?.day.endsWith('-01') ? all.reduce((sum, { invoices }) => sum + invoices, 0) : null
}

const attention = (view: View, { state, code, invoices, first }: Group): Html => {
  const { words, formats } = view
  const { ofInvoice } = words.codes
  // Not the more exact reason of one of them: it may not be that of the others.
  const reason = ofInvoice[code as keyof typeof ofInvoice]
  return html`<article class="card">
<h3>${reason?.what ?? code}${state === 'delivered' ? html` <span class="badge delivered needs">${words.states.delivered}</span>` : ''}</h3>
<p>${reason?.do}</p>
<ul class="plain rows">
${first.map(
  ({ invoiceNumber, customer, amount, currency }) => html`<li>
<span class="grow"><a href="${invoicePath(invoiceNumber)}">${invoiceNumber}</a> <span class="soft">${calledIn(view, customer)}</span></span>
<span class="amount">${formats.money(amount, currency)}</span>
<a class="button" href="${invoicePath(invoiceNumber)}" aria-label="${words.overview.look}: ${invoiceNumber}">${words.overview.look}</a>
</li>`
)}
</ul>
${invoices > first.length ? html`<p><a class="way" href="/invoices?state=${state}&amp;code=${code}">${words.overview.all(invoices)}</a></p>` : ''}
</article>`
}

// The page already says these above, in other words.
const shownAbove: readonly string[] = ['attention', 'portal']

const warnings = (view: View, summary: Summary): Html | '' => {
  const { words } = view
  const warnings = summary.warnings.filter(({ check }) => !shownAbove.includes(check))
  if (warnings.length === 0) return ''
  return html`<section aria-labelledby="warnings">
<h2 id="warnings">${words.overview.warnings}</h2>
<ul class="plain">${warnings.map(
    ({ check, tool, output }) =>
      html`<li class="warning"><strong>${warned(view, check, tool)}</strong>: ${localTimes(view, output)}</li>`
  )}</ul>
${warnings.some(({ tool }) => tool !== null) ? html`<p><a class="way" href="/refused">${words.refused.title}</a></p>` : ''}
</section>`
}

/** A warning about a tool links to where it is set up. */
const warned = (view: View, check: string, tool: string | null): Html | string => {
  const { warnings: words } = view.words
  if (tool === null) return words[check as keyof typeof words] ?? words.other
  return html`<a href="/tools#${tool}">${sourceIn(view, tool)}</a>`
}

/** The sentences of health contain UTC instants. */
const localTimes = ({ formats }: View, text: string): string =>
  text.replace(/\b\d{4}-\d\d-\d\dT[\d:.]+Z/g, at => formats.time(at))

const toolLine = (view: View, { name, lastInvoiceAt, askedTo }: Tool): Html => {
  const { words, formats } = view
  const { tools: texts } = words
  return html`<li><strong>${sourceIn(view, name)}</strong>
${facts([
  [texts.lastEvent, lastInvoiceAt === null ? texts.never : formats.time(lastInvoiceAt)],
  [texts.lastAsked, askedTo && formats.time(askedTo)]
])}</li>`
}

export const onTheWay = ({ words: { overview } }: View, { waiting, sending, portal }: Summary): Html => {
  const sentences = [
    waiting > 0 ? overview.waitingNow(waiting, portal.backlogMinutes) : null,
    sending > 0 ? overview.sendingNow(sending) : null
  ].filter(text => text !== null)
  return html`${(sentences.length === 0 ? [overview.noneWaiting] : sentences).map(text => html`<p>${text}</p>`)}`
}

export const portalLines = (view: View, { portal }: Summary): Html => {
  const { words, formats } = view
  const { filling, budget, tokenRefused, state, since } = portal
  const stands = tokenRefused
    ? words.portal.refused
    : state === 'down'
      ? words.portal.down(formats.time(since))
      : words.portal.open
  return html`<dl class="facts">
<div><dt>${words.portal.state}</dt><dd>${stands}</dd></div>
<div><dt>${words.portal.budget}</dt><dd>${words.portal.budgetNow(budget.taken, budget.perMinute)}</dd></div>
${filling ? html`<div><dt>${words.portal.filling}</dt><dd><progress aria-label="${words.portal.filling}"></progress> ${words.portal.fillingNow(filling.pages)}</dd></div>` : ''}
</dl>
${budget.pausedForMs > 0 ? html`<p>${words.portal.paused(Math.ceil(budget.pausedForMs / 1000))}</p>` : ''}`
}
