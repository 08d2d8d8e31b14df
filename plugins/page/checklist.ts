// Until the first delivery: what is done, and what comes next.

import { html } from 'hono/html'
import type { Summary } from '../../src/view/answers.ts'
import { type Html, sourceIn, type View } from './layout.ts'

type Step = { isDone: boolean; title: string; hint: unknown }

export const checklist = (view: View, { summary, review }: { summary: Summary; review: boolean }): Html => {
  const { checklist: words } = view.words
  const { portal, tools, waiting, sending, held, delivered, dismissed } = summary
  const on = tools.filter(({ on }) => on)
  const connected = on.filter(({ missingSecret }) => missingSecret === null)
  const came = waiting + sending + held + delivered + dismissed > 0
  const steps: Step[] = [
    { isDone: true, title: words.settings, hint: words.settingsHint },
    {
      isDone: portal.filling === null && !portal.tokenRefused && portal.state === 'open',
      title: words.portal,
      hint: words.portalHint
    },
    {
      isDone: connected.length > 0 && came,
      title: words.tool,
      hint: html`${words.toolHint} ${(connected.length > 0 ? connected : tools).map(tool => html`<br>${sourceIn(view, tool.name)}: ${wayIn(view, tool)}`)}`
    },
    { isDone: came, title: words.test, hint: words.testHint },
    { isDone: delivered + dismissed > 0, title: words.reviewed, hint: words.reviewedHint },
    { isDone: !review, title: words.live, hint: words.liveHint }
  ]
  const next = steps.findIndex(({ isDone }) => !isDone)
  return html`<section aria-labelledby="checklist">
<h2 id="checklist">${words.title}</h2>
<ol class="checklist">
${steps.map(
  ({ isDone, title, hint }, at) => html`<li class="${isDone ? 'done' : at === next ? 'next' : ''}">
<strong>${title}</strong> <span class="badge">${isDone ? words.done : words.todo}</span>
${isDone && at !== next ? '' : html`<p>${hint}</p>`}
</li>`
)}
</ol>
</section>`
}

const wayIn = ({ words }: View, { address }: Summary['tools'][number]): Html | string =>
  address === null ? words.checklist.asked : html`<code class="address">${address}</code>`
