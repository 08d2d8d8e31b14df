// A line that dies without a word: the mailbox is read all the same, or health says that it is not.

import { mock } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { inWords } from '../../../../src/health/health.ts'
import { invoiceMail, openMailServer } from '../../../fixtures/mailbox.ts'
import { openSwallowingProxy } from '../../../fixtures/swallowing-proxy.ts'
import { openHealth } from '../../../src/health/health.ts'
import { openCatchUp, until } from './parts.ts'

const minute = 60_000

/** A bridge that listens to a mailbox, with the clock in the test's hand. */
const open = async (t: Test) => {
  const server = await openMailServer(t)
  const line = await openSwallowingProxy(t, Number(new URL(server.url).port))
  const { health, clock, ledger } = openHealth(t, { caughtUp: () => catchUp.states() })
  const env = { ...server.env, EMAIL_URL: `imap://127.0.0.1:${line.port}` }
  const catchUp = await openCatchUp(t, { env, ledger, clock })
  t.teardown(() => catchUp.stop())
  catchUp.start()
  const read = () => server.mails('Verwerkt')?.length ?? 0
  const said = async () => inWords(await health(), 'en').catchUp?.[0]
  return { server, line, clock, read, said }
}

t.test('a line that dies while it listens costs one interval, and is left by then', async t => {
  const { server, line, clock, read, said } = await open(t)
  server.put(invoiceMail({ number: '1' }))
  await until(() => read() === 1 && server.listening() === 1)
  line.swallow()
  server.put(invoiceMail({ number: '2' }))

  await clock.advance(5 * minute - 1)
  t.equal(read(), 1, 'nobody hears of it')
  await clock.advance(1)
  await until(() => read() === 2 && server.listening() === 2)
  t.equal(line.open(), 1, 'the new line that listens')
  t.match(await said(), { status: 'pass' })

  server.put(invoiceMail({ number: '3' }))
  await until(() => clock.sleeping() === 2)
  await clock.advance(2000)
  await until(() => read() === 3)
})

t.test('while nothing passes at all health says so, no line is left, and then everything is read', async t => {
  const { server, line, clock, read, said } = await open(t)
  await until(() => server.listening() === 1)
  line.swallow()
  line.swallowsAll = true
  server.put(invoiceMail({ number: '1' }))

  for (let asked = 1; asked <= 4; asked += 1) {
    mock.timers.enable({ apis: ['setTimeout'] })
    const before = line.made()
    await clock.advance(5 * minute)
    await until(() => line.made() > before && line.open() === 1)
    for (let turn = 0; turn < 10; turn += 1) await setImmediate()
    mock.timers.tick(30_000)
    await until(() => line.open() === 0)
    mock.timers.reset()
  }
  t.match(await said(), { status: 'warn', output: /does not answer.*last asked 20 minutes ago/ })

  line.swallowsAll = false
  await clock.advance(5 * minute)
  await until(() => read() === 1 && server.listening() === 2)
  t.equal(line.open(), 1)
  t.match(await said(), { status: 'pass' })
})
