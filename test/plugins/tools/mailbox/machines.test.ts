// Several machines on one database, and one mailbox.

import t, { type Test } from 'tap'
import type { Clock } from '../../../../src/core/clock.ts'
import type { Ledger } from '../../../../src/ledger/ledger.ts'
import { openLedger } from '../../../../src/ledger/open.ts'
import { openPostgresDriver } from '../../../../src/ledger/postgres/driver.ts'
import { invoiceMail, type MailServer, openMailServer } from '../../../fixtures/mailbox.ts'
import { startPostgres } from '../../../postgres.ts'
import { type HandClock, handClock } from '../../../src/portal/hand-clock.ts'
import { openCatchUp, until } from './parts.ts'

const database = await startPostgres()
const minute = 60_000
const numbers = Array.from({ length: 20 }, (_, at) => `M-${at + 1}`)

type Machine = {
  owner: string
  url: string
  server: MailServer
  clock: Clock
  /** Comes before each event is kept. */
  before?: () => Promise<void>
}

const openMachine = async (t: Test, { owner, url, server, clock, before = async () => {} }: Machine) => {
  const opened = openLedger(await openPostgresDriver({ url, pool: 3, timeoutMs: 20_000, time: 'caller' }, owner))
  t.teardown(() => opened.close())
  const ledger: Ledger = {
    ...opened,
    async receive(event, at) {
      await before()
      return opened.receive(event, at)
    }
  }
  const results: string[] = []
  await ledger.beat(clock.now())
  const received = (_tool: string, result: string) => void results.push(result)
  const catchUp = await openCatchUp(t, { env: server.env, ledger, clock, folder: owner, received })
  return { ledger, catchUp, results }
}

/** Time passes for a machine that gives signs of life. */
const live = async (ledger: Ledger, clock: HandClock, ms: number) => {
  const end = clock.now() + ms
  while (clock.now() < end) {
    await ledger.beat(clock.now())
    await clock.advance(Math.min(3000, end - clock.now()))
  }
}

const accepted = (...machines: { results: string[] }[]) =>
  machines.flatMap(({ results }) => results).filter(result => result === 'accepted').length

t.test('one machine reads; where it dies in the middle another one goes on, and nothing is twice', async t => {
  const server = await openMailServer(t)
  const url = await database.database()
  const clocks = { a: handClock(), b: handClock() }
  const a = await openMachine(t, { owner: 'a', url, server, clock: clocks.a })
  const b = await openMachine(t, { owner: 'b', url, server, clock: clocks.b })
  for (const number of numbers) server.put(invoiceMail({ number }))
  const read = () => server.mails('Verwerkt')?.length ?? 0
  let isDead = false
  server.cuts = command => {
    isDead ||= command === 'UID FETCH' && read() === 7
    return isDead
  }

  a.catchUp.start()
  await until(() => a.results.length > 0)
  b.catchUp.start()
  await until(() => isDead)
  await until(() => clocks.b.sleeping() === 1)
  await live(b.ledger, clocks.b, 5 * minute - 1)
  t.strictSame(b.results, [], 'the other one leaves it alone')

  server.cuts = () => false
  await live(b.ledger, clocks.b, 1)
  await until(() => read() === numbers.length)
  await b.catchUp.stop()

  t.equal(accepted(a, b), numbers.length)
  for (const number of numbers) t.match(await b.ledger.find(number), { state: 'waiting' })
  t.strictSame([server.mails('INBOX'), server.mails('Niet gelezen')], [[], []])
})

t.test('two that read at once, because people asked both, take each mail in once', async t => {
  const server = await openMailServer(t)
  const url = await database.database()
  const clock = handClock()
  // Neither of them keeps anything before the other one has read a mail, too.
  const bothRead = Promise.withResolvers<void>()
  const reading = new Set<string>()
  const machine = (owner: string) =>
    openMachine(t, {
      owner,
      url,
      server,
      clock,
      async before() {
        reading.add(owner)
        if (reading.size === 2) bothRead.resolve()
        await bothRead.promise
      }
    })
  const [a, b] = [await machine('a'), await machine('b')]
  for (const folder of ['Verwerkt', 'Niet gelezen']) server.make(folder)
  for (const number of numbers) server.put(invoiceMail({ number }))

  // What one of them moves under the hands of the other may fail there: it is asked again.
  await Promise.allSettled([a, b].map(({ catchUp }) => catchUp.ask('mailbox', clock.now())))
  await b.catchUp.ask('mailbox', clock.now())

  t.equal(accepted(a, b), numbers.length)
  t.equal(server.mails('Verwerkt')?.length, numbers.length)
  t.strictSame([server.mails('INBOX'), server.mails('Niet gelezen')], [[], []])
})
