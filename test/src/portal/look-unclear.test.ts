// What no look can tell: under another spelling of its number, and in a portal that is not to be believed.

import t, { type Test } from 'tap'
import { BridgeError } from '../../../src/core/errors.ts'
import { arrivalOf, bodyOf, borrowOne, rejected, rowOf } from '../ledger/fixtures.ts'
import { newDatabase, openMemory } from '../ledger/memory.ts'
import { create, day } from './copies.ts'
import { throwing } from './double.ts'
import { arrived, entries, inDoubt, know, minute, openParts, type Parts, startLook, stateOf } from './parts.ts'

const settleMs = minute

const open = async (t: Test, count = 20) => {
  const parts = openParts(t, entries(count))
  await know(parts)
  return { ...parts, look: () => startLook(t, parts).heard }
}

const waiting = ['waiting', 'PORTAL_UNREACHABLE', null]
const sending = ['sending', null, null]
const unclear = ['held', 'PORTAL_UNCLEAR', null]

for (const invoiceNumber of ['2026 0042', '2026-00', '2026&#45;0042', '0002026-0042', null]) {
  t.test(`what may be it under another number is for a person, and not sent again: ${invoiceNumber}`, async t => {
    const parts = await open(t)
    const { clock, ledger, double } = parts
    await inDoubt(parts)
    double.list.push(arrived(clock.now(), { invoiceNumber }))
    parts.look()

    await clock.advance(settleMs)

    t.strictSame(await stateOf(ledger), unclear)
    const { history } = await rowOf(ledger)
    t.match(history.at(-1), {
      event: 'held',
      detail: `since then the portal shows ${arrived(0).id} (${invoiceNumber ?? 'without a number'})`
    })
  })
}

for (const [what, facts] of [
  ['another amount', { amountCents: 12_101 }],
  ['another customer', { customerId: 'cst_2' }],
  ['another date', { issuedAt: '2026-11-21' }]
] as const) {
  t.test(`of ${what} it is somebody else's`, async t => {
    const parts = await open(t)
    await inDoubt(parts)
    parts.double.list.push(arrived(parts.clock.now(), { invoiceNumber: '2026 0042', ...facts }))
    parts.look()

    await parts.clock.advance(settleMs)

    t.strictSame(await stateOf(parts.ledger), waiting)
  })
}

t.test('what stood there before it was sent is not what was sent', async t => {
  const parts = openParts(t, [...entries(20), arrived(5, { invoiceNumber: '2026 0042' })])
  await know(parts)
  await inDoubt(parts)
  startLook(t, parts)

  await parts.clock.advance(settleMs)

  t.strictSame(await stateOf(parts.ledger), waiting)
})

for (const [arrives, state] of [
  [false, waiting],
  [true, ['delivered', null, 'inv_lost']]
] as const) {
  t.test(`of two equal invoices of one customer and day one answer is lost: neither is held, ${arrives}`, async t => {
    const parts = await open(t)
    const { clock, ledger, double } = parts
    await inDoubt(parts, 'lost')
    await create(parts, 'answered')
    if (arrives) double.list.push(arrived(clock.now(), { id: 'inv_lost', invoiceNumber: 'lost' }))
    parts.look()

    await clock.advance(settleMs)

    t.strictSame(await stateOf(ledger, 'lost'), state)
    t.strictSame(await stateOf(ledger, 'answered'), ['delivered', null, 'inv_answered'])
  })
}

t.test('of two equal ones whose answers are both lost, the one that arrived is no stranger to the other', async t => {
  const parts = await open(t)
  const { clock, ledger, double } = parts
  for (const number of ['A', 'B']) await inDoubt(parts, number)
  double.list.push(arrived(clock.now(), { id: 'inv_A', invoiceNumber: 'a' }))
  parts.look()

  await clock.advance(settleMs)

  t.strictSame(await stateOf(ledger, 'A'), ['delivered', null, 'inv_A'])
  t.strictSame(await stateOf(ledger, 'B'), waiting)
})

t.test('what is found, and beside it what may be it as well, is a duplicate', async t => {
  const parts = await open(t)
  const { clock, ledger, double } = parts
  await inDoubt(parts)
  double.list.push(arrived(clock.now()), arrived(clock.now(), { id: 'inv_2', invoiceNumber: '20260042' }))
  parts.look()

  await clock.advance(settleMs)

  t.strictSame(await stateOf(ledger), ['delivered', 'PORTAL_DUPLICATE', arrived(0).id])
})

/** Refused, though the portal kept it; released by a person, with another amount. */
const releasedWith = async ({ ledger, clock }: Parts, amountCents: number) => {
  await ledger.receive(arrivalOf(), clock.now())
  const sent = await borrowOne(ledger, clock.now())
  await ledger.sending(sent, bodyOf(sent), clock.now())
  await ledger.record(sent, rejected, clock.now())
  await ledger.receive(arrivalOf({ amountCents }), clock.now())
  await ledger.act('2026-0042', amountCents === 12_100 ? 'deliver' : 'take', clock.now())
  const loan = await borrowOne(ledger, clock.now())
  await ledger.record(loan, { to: 'look', body: bodyOf(loan) }, clock.now())
}

t.test('refused and kept all the same: it is found before it is sent again', async t => {
  const parts = await open(t)
  parts.double.list.push(arrived(parts.clock.now()))
  await releasedWith(parts, 12_100)
  parts.look()

  await parts.clock.advance(settleMs)

  t.strictSame(await stateOf(parts.ledger), ['delivered', null, arrived(0).id])
})

t.test('what went out with the facts of before is looked for under another number, too', async t => {
  const parts = await open(t)
  const { clock, ledger, double } = parts
  await releasedWith(parts, 999)
  double.list.push(arrived(clock.now(), { invoiceNumber: '20260042' }))
  parts.look()

  await clock.advance(settleMs)

  t.strictSame(await stateOf(ledger), unclear)
})

t.test('and so is what would be sent now: somebody may have made it by hand', async t => {
  const parts = await open(t)
  const { clock, ledger, double } = parts
  await releasedWith(parts, 999)
  double.list.push(arrived(clock.now(), { invoiceNumber: '20260042', amountCents: 999 }))
  parts.look()

  await clock.advance(settleMs)

  t.strictSame(await stateOf(ledger), unclear)
})

t.test('what another process sent settles later: its machine may still send it', async t => {
  const database = newDatabase()
  const parts = openParts(t, entries(20), { database })
  const dead = openMemory({ database, owner: 'dead', defer: queueMicrotask })
  await know(parts)
  await inDoubt({ ledger: dead, clock: parts.clock }, 'inherited')
  await inDoubt(parts, 'own')
  startLook(t, parts)

  await parts.clock.advance(settleMs)
  t.strictSame(await stateOf(parts.ledger, 'own'), waiting)
  t.strictSame(await stateOf(parts.ledger, 'inherited'), sending)

  await parts.clock.advance(4 * settleMs - 1)
  t.strictSame(await stateOf(parts.ledger, 'inherited'), sending)
  await parts.clock.advance(1)
  t.strictSame(await stateOf(parts.ledger, 'inherited'), waiting)
})

const unbelievable: [what: string, why: RegExp, list: (parts: Parts) => void][] = [
  [
    'is empty',
    /lacks more than 20/,
    ({ double }) => {
      double.order = () => []
    }
  ],
  [
    'lacks one that is there when it is asked for',
    /lacks inv_\S+, although the portal shows it/,
    ({ double }) => {
      double.order = list => list.slice(1)
    }
  ],
  [
    'can be read, while a question for what it lacks is not answered',
    /lacks inv_\S+, and the portal does not say whether it is there: get inv_/,
    ({ double }) => {
      double.order = list => list.slice(1)
      double.onCall = call => {
        if (call.startsWith('get inv_')) throw new BridgeError('PORTAL_UNREACHABLE', call)
      }
    }
  ],
  [
    'keeps changing while it is read',
    /keeps changing while it is read/,
    ({ double }) => {
      let readings = 0
      double.onPage = page => {
        if (page === 1) readings += 1
      }
      double.order = list => list.filter((_, index) => index !== readings % 15)
    }
  ]
]
for (const [what, why, become] of unbelievable) {
  t.test(`a list that ${what} is no absence: said at once, and for a person after a day`, async t => {
    const parts = await open(t, 30)
    const { clock, ledger, holdings } = parts
    await inDoubt(parts)
    become(parts)
    const heard = parts.look()

    await clock.advance(settleMs)
    t.strictSame(await stateOf(ledger), sending)
    const { unclear: found } = await holdings.copy()
    t.match(found, { since: clock.now(), why })
    t.equal(heard.at(-1), 'PORTAL_UNREACHABLE')

    await clock.advance(day - 1)
    t.strictSame(await stateOf(ledger), sending)
    t.match(await holdings.copy(), { unclear: { since: found!.since } })

    await clock.advance(5 * minute)
    t.strictSame(await stateOf(ledger), unclear)
    t.match((await rowOf(ledger)).history.at(-1), { event: 'held', detail: why })
  })
}

t.test('each has its own day, however long nothing is believed', async t => {
  const parts = await open(t)
  const { clock, ledger, double, holdings } = parts
  await inDoubt(parts, 'old')
  double.order = list => list.slice(1)
  parts.look()
  await clock.advance(day / 2)
  await inDoubt(parts, 'young')

  await clock.advance(day / 2 + 10 * minute)
  t.strictSame(await stateOf(ledger, 'old'), unclear)
  t.strictSame(await stateOf(ledger, 'young'), sending)

  double.order = 'newest'
  await clock.advance(5 * minute)
  t.strictSame(await stateOf(ledger, 'young'), waiting)
  t.match(await holdings.copy(), { unclear: null }, 'what was believed ends it')
})

t.test('while the portal cannot be asked nobody is held', async t => {
  const parts = await open(t)
  const { clock, ledger, double } = parts
  await inDoubt(parts)
  double.onCall = throwing(new BridgeError('PORTAL_UNREACHABLE'))
  parts.look()

  await clock.advance(3 * day)
  t.strictSame(await stateOf(ledger), sending)

  double.onCall = () => {}
  await clock.advance(minute)
  t.strictSame(await stateOf(ledger), waiting)
})

t.test('a portal that never finds what it lists is believed where two readings account for all', async t => {
  const parts = await open(t)
  const { clock, ledger, double } = parts
  for (const { id } of double.list) double.hidden.add(id)
  double.remove(double.list.at(-1)!)
  await inDoubt(parts)
  parts.look()

  await clock.advance(settleMs)

  t.strictSame(await stateOf(ledger), waiting)
})

t.test('before the portal was ever read so that it could be believed, a person decides after a day, too', async t => {
  const parts = await open(t)
  const { clock, ledger, holdings } = parts
  await inDoubt(parts)
  await holdings.setCopy({ filled: false, unclear: { since: clock.now(), why: 'it lacks what it holds' } })
  startLook(t, parts, { isReady: () => false })

  await clock.advance(day - 1)
  t.strictSame(await stateOf(ledger), sending)
  await clock.advance(minute)
  t.strictSame(await stateOf(ledger), unclear)
  t.strictSame(parts.double.asked(), [], 'the first reading is not its own')
})

t.test('a portal that does not show yet what it made just now says nothing of the others', async t => {
  const parts = await open(t)
  const { clock, ledger, holdings } = parts
  await inDoubt(parts)
  await create(parts, 'fresh', false)
  parts.look()

  await clock.advance(settleMs)
  t.strictSame(await stateOf(ledger), sending)
  t.match(await holdings.copy(), {
    unclear: { why: 'the portal does not yet show inv_fresh, which was delivered just now' }
  })

  await clock.advance(15 * minute)
  t.strictSame(await stateOf(ledger), waiting)
  t.strictSame(await stateOf(ledger, 'fresh'), ['delivered', 'DELETED_IN_PORTAL', 'inv_fresh'])
})

t.test('a portal that takes no second one under the number is asked a few times, and then a person is', async t => {
  const parts = await open(t)
  const { clock, ledger, double } = parts
  double.list.push(arrived(clock.now(), { id: 'inv_other', amountCents: 1 }))
  await know(parts)
  await ledger.receive(arrivalOf(), clock.now())
  const found = await borrowOne(ledger, clock.now())
  await ledger.record(found, { to: 'held', code: 'INVOICE_CONFLICT', detail: null }, clock.now())
  await ledger.act('2026-0042', 'deliver', clock.now())
  parts.look()

  for (let time = 1; time <= 4; time += 1) {
    t.equal((await stateOf(ledger))[0], 'waiting', `tried ${time} times`)
    await clock.advance(10 * minute)
    const loan = await borrowOne(ledger, clock.now())
    await ledger.sending(loan, bodyOf(loan), clock.now())
    await ledger.record(loan, { to: 'doubt', detail: 'taken' }, clock.now())
    await clock.advance(2 * minute)
  }

  t.strictSame(await stateOf(ledger), ['held', 'INVOICE_CONFLICT', null])
})
