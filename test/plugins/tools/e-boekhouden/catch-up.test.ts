import t from 'tap'
import { day, now } from '../asked-contract.ts'
import { asking, eBoekhouden } from './parts.ts'

t.test('what is dated back a month is found each time, and half a year with the first question of a day', async t => {
  const { ask } = await asking(t)
  await ask()
  await ask(now - day)

  t.match(eBoekhouden.server.requests.slice(1), [/limit=500&offset=0&date\[gte\]=2026-10-20/, /=2026-05-20/])
})

t.test('a list whose count is that of the page is read to its end', async t => {
  const { ask, world } = await asking(t)
  eBoekhouden.countsAll = false
  for (let id = 1; id <= 500; id += 1) world.hold(String(id), `N-${id}`)

  t.equal((await ask()).length, 500)
  t.equal(world.asked(), 3, 'with the session, and an empty page')
})
