import t from 'tap'
import { createUnprovenRequests } from '../../../src/tools/unproven-requests.ts'
import { silent } from '../delivery/delivery.ts'
import { handClock } from '../portal/hand-clock.ts'

const minute = 60_000
const day = 24 * 60 * minute
const reason = 'no signature matches the body'
const why = { code: 'NOT_AUTHENTIC', message: reason } as const
const codes = ['NOT_AUTHENTIC']

const open = () => {
  const clock = handClock()
  const warned: object[] = []
  const unprovenRequests = createUnprovenRequests({
    clock,
    log: { ...silent, warn: facts => void warned.push(facts) }
  })
  return {
    clock,
    warned,
    unprovenRequests,
    claim: (client = 'a', times = 1) => {
      for (let at = 0; at < times; at += 1) unprovenRequests.refused('acme', client, why, true)
    },
    believe: (client = 'a') => unprovenRequests.believed('acme', client),
    away: () => unprovenRequests.turnedAway('acme')
  }
}

t.test('one forged header is nothing, nor are two; a sender with a wrong secret comes again', async t => {
  const { clock, unprovenRequests, claim, away } = open()
  t.equal(away(), null)

  claim('a', 2)
  claim('b', 2)
  t.equal(away(), null)
  await clock.advance(minute)
  claim('a')
  t.strictSame(away(), { requests: 3, lastAt: clock.now(), codes }, 'of strangers nothing is told beside it')
  t.equal(unprovenRequests.turnedAway('other'), null, 'each tool has its own')
})

t.test('one request is enough of a sender that used to be believed', async t => {
  const { clock, claim, believe, away } = open()
  believe('a')
  claim('b')
  t.equal(away(), null)

  claim('a')
  t.strictSame(away(), { requests: 1, lastAt: clock.now(), codes })
  await clock.advance(minute)
  claim('a')
  t.strictSame(away(), { requests: 2, lastAt: clock.now(), codes })
})

t.test('a sender that comes from another address each time is noticed as well', async t => {
  const { claim, away } = open()
  for (let at = 1; at <= 9; at += 1) claim(`client ${at}`)
  t.equal(away(), null)

  claim('client 10')
  t.match(away(), { requests: 10 })
})

t.test('a flow that sends once a week is noticed; what strangers did months ago is not counted', async t => {
  const { clock, claim, away } = open()
  for (let week = 1; week <= 3; week += 1) {
    t.equal(away(), null)
    claim()
    await clock.advance(week < 3 ? 7 * day : 0)
  }
  t.match(away(), { requests: 3 })

  const other = open()
  for (let month = 1; month <= 5; month += 1) {
    other.claim()
    await other.clock.advance(30 * day + 1)
  }
  other.claim('a', 2)
  t.equal(other.away(), null)
})

t.test('who does not even claim to be the tool is a stranger', async t => {
  const { warned, unprovenRequests, away } = open()
  for (let at = 0; at < 20; at += 1)
    unprovenRequests.refused('acme', 'a', { ...why, message: 'authorization is missing' }, false)

  t.equal(away(), null)
  t.match(warned, [{ reason: 'authorization is missing' }], 'it may be a flow without its secret')
})

t.test('the tool believed again, from wherever, ends it, and the count begins anew', async t => {
  const { claim, believe, away } = open()
  claim('a', 3)
  believe('b')

  t.equal(away(), null)
  claim('a', 2)
  t.equal(away(), null)
  claim('b')
  t.match(away(), { requests: 1 }, 'b was believed')
})

t.test('after a day without another it is forgotten', async t => {
  const { clock, claim, away } = open()
  claim('a', 3)
  await clock.advance(day)
  t.match(away(), { requests: 3 })
  await clock.advance(1)
  t.equal(away(), null)
  claim()
  t.match(away(), { requests: 4 })
})

t.test('the memory has an end, for who was believed and for who was refused', async t => {
  const { claim, believe, away } = open()
  believe('first')
  believe('kept')
  for (let at = 0; at < 999; at += 1) believe(`other ${at}`)
  claim('first', 2)
  t.equal(away(), null, 'whoever was believed longest ago is a stranger again')
  claim('kept')
  t.match(away(), { requests: 1 })

  const full = open()
  for (let at = 0; at < 5000; at += 1) full.claim(`client ${at}`)
  t.match(full.away(), { requests: 1000 })
})

t.test('the log is told at most once a minute for each tool, with the reason', async t => {
  const { clock, warned, unprovenRequests, claim } = open()
  claim('a', 10)
  unprovenRequests.refused('other', 'a', why, true)
  await clock.advance(minute)
  claim()

  t.strictSame(
    warned,
    ['acme', 'other', 'acme'].map(tool => ({ tool, code: 'NOT_AUTHENTIC', reason }))
  )
})

t.test('why they were refused is told, each reason once', async t => {
  const { unprovenRequests, claim, away } = open()
  claim('a', 2)
  unprovenRequests.refused('acme', 'a', { code: 'BODY_TOO_LARGE', message: 'too large' }, true)
  claim('b', 3)

  t.match(away(), { requests: 6, codes: ['NOT_AUTHENTIC', 'BODY_TOO_LARGE'] })
})
