import { once } from 'node:events'
import t from 'tap'
import { openApp, operatorToken } from '../app.ts'
import { type Browser, openBrowser } from './browser.ts'

/** Who listens at this address, and hears of changes. */
const listen = async ({ app }: Pick<Awaited<ReturnType<typeof openApp>>, 'app'>, browser: Browser, url: string) => {
  const cookie = [...browser.cookies].map(pair => pair.join('=')).join('; ')
  const answer = await app.inject({ url, headers: { cookie }, payloadAsStream: true })
  const raw = answer.stream()
  const told: string[] = []
  raw.on('data', chunk => told.push(String(chunk)))
  return { answer, raw, told, changes: () => told.join('').match(/event: changed/g)?.length ?? 0 }
}

const liveIn = (html: string): string => /data-live="([^"]*)"/.exec(html)?.[1] ?? ''

t.test('an open page is told of a change, and of nothing while nothing changes', async t => {
  const bridge = await openApp(t)
  const { app, receive, clock } = bridge
  const browser = openBrowser(app)
  await browser.logIn(operatorToken)
  const { answer, raw, told, changes } = await listen(bridge, browser, liveIn((await browser.open('/')).html))
  t.match([answer.statusCode, answer.headers['content-type']], [200, 'text/event-stream'])

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

t.test('what changed between a page and its first question is told', async t => {
  const bridge = await openApp(t)
  const browser = openBrowser(bridge.app)
  await browser.logIn(operatorToken)
  await bridge.receive('A-1')
  const { html } = await browser.open('/')
  await bridge.receive('A-2')

  const { changes } = await listen(bridge, browser, liveIn(html))
  await bridge.clock.advance(0)

  t.equal(changes(), 1)
  await bridge.clock.advance(10_000)
  t.equal(changes(), 1, 'once')
})

t.test('nobody listens without a session', async t => {
  const { app } = await openApp(t)
  t.match((await app.inject('/events')).statusCode, 401)
})
