import t, { type Test } from 'tap'
import type { Notice } from '../../../src/core/notice.ts'
import type { Every } from '../../../src/mail/due.ts'
import { createMailer } from '../../../src/mail/mailer.ts'
import { openPost } from '../../../src/mail/post.ts'
import { say } from '../../../src/words/saying.ts'
import { arrivalOf, borrowOne, bring, noon } from '../ledger/fixtures.ts'
import { openMemory } from '../ledger/memory.ts'
import { handClock } from '../portal/hand-clock.ts'
import { openMailServer } from './mail-server.ts'

const minute = 60_000

const open = async (t: Test, every: Every = 'off') => {
  const server = await openMailServer(t)
  let sending = 0
  const clock = handClock({ busy: () => sending > 0 })
  const ledger = openMemory({ defer: queueMicrotask })
  t.teardown(() => ledger.close())
  const lines: [string, object][] = []
  const keep = (facts: object, message: string) => void lines.push([message, facts])
  const real = await openPost({ url: server.url, from: 'brug@a.example', to: 'a@a.example' })
  const mailer = createMailer({
    ledger,
    post: {
      ...real,
      async send(letter) {
        sending += 1
        await real.send(letter).finally(() => (sending -= 1))
      }
    },
    health: async () => ({ clock: [{ status: 'warn', says: say('clockBack', 3600) }] }),
    clock,
    log: { debug: keep, info: keep, warn: keep, error: keep },
    around: { language: 'en', timeZone: 'Europe/Amsterdam', publicUrl: 'https://facturen.example' },
    every
  })
  t.teardown(() => mailer.stop())
  const hold = async (number: string) => {
    await ledger.receive(arrivalOf({ invoiceNumber: number }), clock.now())
    const loan = await borrowOne(ledger, clock.now())
    await ledger.record(loan, { to: 'held', code: 'CUSTOMER_UNKNOWN', detail: null }, clock.now())
    mailer.note(alert(number))
  }
  const subjects = () => server.received.map(({ source }) => /^Subject: (.*)\r$/m.exec(source)?.[1])
  return { ...server, clock, ledger, lines, mailer, hold, subjects }
}

const alert = (invoiceNumber: string): Notice => ({
  kind: 'alert',
  code: 'CUSTOMER_UNKNOWN',
  invoiceNumber,
  text: null
})

t.test('the first alert is mailed within seconds, and what follows in one a minute', async t => {
  const { clock, mailer, hold, subjects, received } = await open(t)
  mailer.start()
  await hold('A-1')
  await clock.advance(5000)
  t.strictSame(subjects(), ['Invoice A-1 needs you'])
  t.match(received[0]?.source, /Bakkerij Kees/)

  for (const number of ['A-2', 'A-3', 'A-4']) await hold(number)
  await clock.advance(50_000)
  t.equal(received.length, 1)
  await clock.advance(10_000)
  t.strictSame(subjects().slice(1), ['3 invoices need you'])
  await clock.advance(10 * minute)
  t.equal(received.length, 2, 'told once')
})

t.test('a server that refuses is asked again, and what was solved meanwhile is left out', async t => {
  const { clock, mailer, hold, state, ledger, subjects, lines } = await open(t)
  mailer.start()
  state.refuses = true
  await hold('A-1')
  await hold('A-2')
  await clock.advance(2 * minute)
  t.match(
    lines.find(([message]) => message === 'mail could not be sent'),
    [/mail/, { responseCode: 554 }]
  )
  t.notMatch(JSON.stringify(lines), /kees|Kees|121|A-1/, 'no name, and nothing that the server said')

  await ledger.act('A-1', 'dismiss', clock.now())
  state.refuses = false
  await clock.advance(10 * minute)
  t.strictSame(subjects(), ['Invoice A-2 needs you'])
  t.strictSame(await ledger.notices(), [])
})

t.test('what is noted before the end is mailed after the next start', async t => {
  const { mailer, ledger } = await open(t)
  mailer.note(alert('A-1'))
  await mailer.stop()

  t.match(await ledger.notices(), [alert('A-1')])
})

t.test('a summary comes each morning, and says what needs somebody', async t => {
  const { clock, mailer, ledger, subjects, received } = await open(t, 'daily')
  await bring(ledger, 'delivered', arrivalOf({ invoiceNumber: 'A-1' }))
  await bring(ledger, 'held', arrivalOf({ invoiceNumber: 'A-2' }))
  mailer.start()
  await clock.advance(minute)
  t.strictSame(subjects(), [], 'the first one is about a whole day')
  // From noon, an hour ahead of Greenwich, to eight the next morning.
  await clock.advance(19 * 60 * minute)

  t.strictSame(subjects(), ['Your invoices of yesterday'])
  t.match(
    received[0]?.source,
    /One invoice was delivered\..*An invoice needs you:.*A-2.*the clock of this machine, or of PostgreSQL, jumped/s
  )
  await clock.advance(60 * minute)
  t.equal(received.length, 1)
  t.equal(clock.now() > noon, true)
})
