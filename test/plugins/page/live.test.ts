import { once } from 'node:events'
import t from 'tap'
import { openApp, operatorToken } from '../app.ts'
import { openBrowser } from './browser.ts'

t.test('an open page is told of a change, and of nothing while nothing changes', async t => {
  const { app, receive, clock } = await openApp(t)
  const browser = openBrowser(app)
  await browser.logIn(operatorToken)
  const cookie = [...browser.cookies].map(pair => pair.join('=')).join('; ')
  const { statusCode, headers, raw } = await app
    .inject({ url: '/events', headers: { cookie }, payloadAsStream: true })
    .then(answer => ({ ...answer, statusCode: answer.statusCode, headers: answer.headers, raw: answer.stream() }))
  t.match([statusCode, headers['content-type']], [200, 'text/event-stream'])
  const told: string[] = []
  raw.on('data', chunk => told.push(String(chunk)))
  const changes = () => told.join('').match(/event: changed/g)?.length ?? 0

  await clock.advance(10_000)
  t.equal(changes(), 0)
  await receive('A-1')
  await clock.advance(2000)
  t.equal(changes(), 1)
  await clock.advance(30_000)
  t.equal(changes(), 1)
  t.match(told.join(''), /\n:\n/, 'a sign of life')

  const ended = once(raw, 'end')
  await app.close()
  await ended
})

t.test('nobody listens without a session', async t => {
  const { app } = await openApp(t)
  t.match((await app.inject('/events')).statusCode, 401)
})
