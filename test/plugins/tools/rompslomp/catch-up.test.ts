import t from 'tap'
import { day, now } from '../asked-contract.ts'
import { asking, rompslomp } from './parts.ts'

t.test('what is dated back a month is found each time, and half a year with the first question of a day', async t => {
  const { ask, world } = await asking(t)
  world.hold('1', 'NEW', { date: '2026-11-20' })
  world.hold('2', 'BACK', { date: '2026-10-20' })
  world.hold('3', 'PAID-LATE', { date: '2026-06-01' })
  world.hold('4', 'OLD', { date: '2026-01-01' })

  t.equal((await ask()).length, 2)
  t.equal((await ask(now - day)).length, 3)
  t.match(rompslomp.server.requests, [/search\[from\]=2026-10-20&page=1&per_page=100$/, /search\[from\]=2026-05-20/])
})

t.test('a list that does not say how long it is ends with an empty page', async t => {
  const { ask, world } = await asking(t)
  rompslomp.counts = false
  for (let id = 1; id <= 100; id += 1) world.hold(String(id), `N-${id}`)

  t.equal((await ask()).length, 100)
  t.equal(world.asked(), 2)
})
