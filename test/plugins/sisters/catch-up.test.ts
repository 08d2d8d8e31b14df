import t from 'tap'
import { asking, wefact } from './parts.ts'

t.test('each status is asked for by itself, from hours before: its times have no zone', async t => {
  const { ask } = await asking(t)
  t.strictSame(await ask(), [])

  t.strictSame(
    wefact.forms.map(({ status }) => status),
    ['2', '3', '4', '8', '9']
  )
  for (const form of wefact.forms)
    t.match(form, { 'modified[from]': '2026-11-20 08:00:00', 'modified[to]': '2026-11-21 12:00:00', sort: 'Modified' })
})
