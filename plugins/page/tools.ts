// Where invoices come from: what is set, what came in last, and how to ask for what is missing.

import { html } from 'hono/html'
import { BridgeError } from '../../src/core/errors.ts'
import type { Tool } from '../../src/view/answers.ts'
import type { Answer } from '../../src/view/endpoints.ts'
import { facts, form, type Html, invoicePath, mayAct, notice, sourceIn, toldIn, type View } from './layout.ts'
import type { Asked, Pages } from './pages.ts'

type CaughtUp = Answer<'caughtUp'>
type Findings = Answer<'checkTool'>['findings']
type Card = { tool: Tool; caughtUp: CaughtUp | null; findings: Findings | null; problem: string | null }

export const toolsRoutes = (pages: Pages): void => {
  pages.show('/tools', async ({ view, query, ask }) => {
    const { tools } = await ask('listTools')
    const cards = await Promise.all(
      tools.map(async tool => ({
        tool,
        caughtUp: query.asked === tool.name ? await caughtUpOf(ask, tool.name) : null,
        findings: query.check === tool.name ? (await ask('checkTool', { params: { tool: tool.name } })).findings : null,
        problem: query.failed === tool.name ? view.words.tools.failed : null
      }))
    )
    return { title: view.words.tools.title, at: 'tools', body: list(view, cards) }
  })

  pages.act('/tools/catch-up', async ({ fields, ask }) => {
    const { tool = '', since = '' } = fields
    await ask('catchUp', { body: { tool, since } })
    return `/tools?asked=${encodeURIComponent(tool)}`
  })

  pages.act('/tools/fetch', async ({ fields: { tool = '', id = '' }, ask }) => {
    try {
      const { invoiceNumber } = await ask('fetchInvoice', { params: { tool }, body: { id } })
      return invoicePath(invoiceNumber)
    } catch (error) {
      if (error instanceof BridgeError && error.code === 'NOT_FOUND') return `/tools?failed=${encodeURIComponent(tool)}`
      throw error
    }
  })

  pages.act('/tools/test', async ({ fields: { tool = '' }, ask }) => {
    try {
      const { invoiceNumber } = await ask('sendTest', { params: { tool } })
      return invoicePath(invoiceNumber)
    } catch (error) {
      if (error instanceof BridgeError && error.code === 'NOT_FOUND') return `/tools?failed=${encodeURIComponent(tool)}`
      throw error
    }
  })
}

/** Null when no one has asked since the bridge started. */
const caughtUpOf = async (ask: Asked['ask'], tool: string): Promise<CaughtUp | null> => {
  try {
    return await ask('caughtUp', { params: { tool } })
  } catch (error) {
    if (error instanceof BridgeError && error.code === 'NOT_FOUND') return null
    throw error
  }
}

/** Tools that are on come first. The others only say what would have to be set. */
const list = (view: View, cards: Card[]): Html => {
  const { tools: texts } = view.words
  const on = cards.filter(({ tool }) => tool.on)
  const others = cards.filter(({ tool }) => !tool.on)
  return html`<h1>${texts.title}</h1>
${on.map(one => card(view, one))}
${others.length > 0 ? html`<details ${on.length === 0 ? html`open` : ''}><summary>${texts.others(others.length)}</summary><p class="hint">${texts.othersHint}</p>${others.map(one => card(view, one))}</details>` : ''}`
}

const card = (view: View, { tool, caughtUp, findings, problem }: Card): Html => {
  const { words, formats } = view
  const { tools: texts } = words
  const { name, on, missingSecret, address, settings, lastInvoiceAt, askedTo, canBeAsked } = tool
  return html`<article class="card" id="${name}">
<h2>${sourceIn(view, name)} <span class="badge ${on ? 'delivered' : ''}">${on ? texts.on : texts.off}</span></h2>
${problem ? notice(problem, true) : ''}
${missingSecret ? notice(texts.secretMissing(missingSecret), true) : ''}
${facts([
  [
    texts.address,
    address && html`<code class="address">${address}</code> <span class="soft">${texts.addressHint}</span>`
  ],
  [
    texts.settings,
    html`${settings.map(({ name, isSet }) => html`<span class="setting"><code>${name}</code> <span class="soft">${isSet ? texts.present : texts.missing}</span></span> `)}`
  ],
  [
    texts.lastEvent,
    lastInvoiceAt
      ? html`<a href="/invoices?tool=${encodeURIComponent(name)}">${formats.time(lastInvoiceAt)}</a>`
      : texts.never
  ],
  [texts.lastAsked, askedTo && formats.time(askedTo)]
])}
${caughtUp ? result(view, caughtUp) : ''}
${findings ? html`<ul class="findings">${findings.map(({ ok, what, found }) => html`<li class="${ok ? '' : 'bad'}">${ok ? '✓' : '✗'} <strong>${toldIn(view, what)}</strong>: ${toldIn(view, found)}</li>`)}</ul>` : ''}
${on && mayAct(view) ? doing(view, tool) : ''}
${canBeAsked ? html`<p><a class="button" href="/tools?check=${encodeURIComponent(name)}#${name}">${texts.check}</a></p>` : ''}
</article>`
}

const result = ({ words }: View, { accepted, duplicate, conflict, unreadable, running }: CaughtUp): Html =>
  html`<p class="notice" role="status">${running ? words.tools.running : ''} ${[words.tools.found(accepted, duplicate), words.tools.foundMore(conflict, unreadable)].join(' ')}</p>`

const doing = (view: View, { name, canBeAsked, canFetch, canTest }: Tool): Html => {
  const { tools: texts } = view.words
  const of = html`<input type="hidden" name="tool" value="${name}">`
  return html`${
    canBeAsked
      ? html`${form(view, '/tools/catch-up', html`${of}<div class="inline"><label for="since-${name}">${texts.catchUp}: ${texts.since}</label><input id="since-${name}" name="since" type="date" required><button>${texts.ask}</button></div><p class="hint">${texts.catchUpHint}</p>`)}
`
      : ''
  }${
    canFetch
      ? form(
          view,
          '/tools/fetch',
          html`${of}<div class="inline"><label for="id-${name}">${texts.fetch}: ${texts.fetchLabel}</label><input id="id-${name}" name="id" required maxlength="100"><button>${texts.fetchDo}</button></div>`
        )
      : ''
  }
${
  canTest
    ? form(
        view,
        '/tools/test',
        html`${of}<button aria-describedby="test-${name}">${texts.test}</button><p class="hint" id="test-${name}">${texts.testHint}</p>`
      )
    : ''
}`
}
