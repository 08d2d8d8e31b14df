// A word to many: first how many invoices match and what will happen, then what was done.

import { html } from 'hono/html'
import { isCode } from '../../src/core/errors.ts'
import type { DoneForAll } from '../../src/view/answers.ts'
import { type Filters, filterIn, filters } from './invoices.ts'
import { form, type Html, mayAct, notice, type View } from './layout.ts'
import type { Pages } from './pages.ts'

const words = { deliver: 'deliverAll', dismiss: 'dismissAll' } as const
type Word = keyof typeof words

const wordIn = ({ word }: Record<string, string>): Word => (word === 'dismiss' ? 'dismiss' : 'deliver')

export const togetherRoutes = (pages: Pages): void => {
  pages.show('/together', async ({ view, query, ask }) => {
    const word = wordIn(query)
    const filter = filterIn(query)
    const found = await ask(words[word], { body: { filter } })
    return {
      title: view.words.list.actTitle,
      at: 'invoices',
      body: asking(view, { word, filter, found, hasChanged: query.failed === 'changed' })
    }
  })

  pages.act('/together', async ({ fields, ask }) => {
    const word = wordIn(fields)
    const filter = filterIn(fields)
    const back = new URLSearchParams(filter)
    try {
      const { done } = await ask(words[word], {
        body: { filter, expected: Number(fields.expected), seen: fields.seen }
      })
      return `/invoices?${new URLSearchParams({ ...filter, done: word, count: String(done) })}`
    } catch (error) {
      if (!isCode(error, 'STATE_CONFLICT')) throw error
      return `/together?${back}&word=${word}&failed=changed`
    }
  })
}

type Content = { word: Word; filter: Filters; found: DoneForAll; hasChanged: boolean }

const asking = (view: View, { word, filter, found: { matching, leftOut, seen }, hasChanged }: Content): Html => {
  const { bulk } = view.words
  const others = leftOut.conflict + leftOut.sent + leftOut.rule
  const back = `/invoices?${new URLSearchParams(filter)}`
  return html`${hasChanged ? notice(bulk.changed(matching), true) : ''}
<h1>${matching === 0 ? bulk.none : bulk[`${word}Title`](matching)}</h1>
${matching > 0 ? html`<p>${bulk[`${word}Hint`]}</p>` : ''}
${others > 0 ? html`<p>${bulk.leftOut(others)}</p>` : ''}
${
  matching > 0 && mayAct(view)
    ? form(
        view,
        '/together',
        html`<input type="hidden" name="word" value="${word}"><input type="hidden" name="expected" value="${matching}"><input type="hidden" name="seen" value="${seen}">
${filters.map(name => (filter[name] === undefined ? '' : html`<input type="hidden" name="${name}" value="${filter[name]}">`))}
<button class="main">${bulk[word](matching)}</button>`
      )
    : ''
}
<p><a class="way" href="${back}">${matching === 0 ? bulk.back : bulk.cancel}</a></p>`
}
