// Lists by any filter, what `q` finds, and a word to many at once.

import type { Ledger } from '../../../../src/ledger/ledger.ts'
import { arrivalOf, borrowOne, bring, day, draftOf, noon, other, type Promised, rowOf, stateOf } from '../fixtures.ts'

const numbersOf = async (ledger: Ledger, filter: object): Promise<string[]> =>
  (await ledger.list({ limit: 9, ...filter })).rows.map(({ invoiceNumber }) => invoiceNumber)

// So many are looked through as they are; what is older is found only once it was entered.
const lookedThrough = 500

const kees = {
  invoiceNumber: 'F-2026/0042 B',
  customer: { name: 'Bakkerij Kées & Zn', emails: ['info@dekrakeling.nl'] }
}

const bury = async (ledger: Ledger, invoices = lookedThrough): Promise<void> => {
  const plain = { name: 'Anna', emails: ['anna@a.example'], ref: 'anna' }
  await Promise.all(
    Array.from({ length: invoices }, (_, at) =>
      ledger.receive(arrivalOf({ invoiceNumber: `N${at}`, customer: plain }), noon)
    )
  )
}

const parts = [
  '2026/00',
  'f–2026',
  '042 B',
  'KÉES',
  'rij kees & zn',
  'krakeling',
  'info@dekrakeling.nl',
  'f-2026/0042 b'
]

export function listingContract(promised: Promised): void {
  promised('any part of number, name and address finds an invoice at once', async (t, ledger) => {
    await ledger.receive(arrivalOf(kees), noon)
    await ledger.receive(arrivalOf({ invoiceNumber: 'other', customer: { name: 'Anna', emails: [] } }), noon)

    for (const q of parts) t.strictSame(await numbersOf(ledger, { q }), ['F-2026/0042 B'], q)
    const long = `Verkoopfactuur ${'7'.repeat(85)}`
    await ledger.receive(arrivalOf({ invoiceNumber: long, customer: { name: 'Anna', emails: [] } }), noon)
    t.strictSame(await numbersOf(ledger, { q: `${long} and so on` }), [long], 'no further than its beginning')
    for (const q of ['2026/1', 'kees%', 'k_es', 'xyz']) t.strictSame(await numbersOf(ledger, { q }), [], q)
    t.strictSame(await numbersOf(ledger, { q: 'f-' }), ['F-2026/0042 B'], 'short: the beginning of a number')
    t.strictSame(await numbersOf(ledger, { q: '42' }), [], 'short: no other part')
  })

  promised('and finds it below any number of newer ones, by what is told now, until retention', async (t, ledger) => {
    const { customer } = kees
    const changed = arrivalOf({ ...kees, invoiceNumber: 'F-43' })
    const forgotten = arrivalOf({ ...kees, invoiceNumber: 'F-44' })
    for (const arrival of [arrivalOf(kees), changed, forgotten]) await ledger.receive(arrival, noon)
    await ledger.receive(
      arrivalOf({ invoiceNumber: 'Verkoopfactuur-2026-00000042', customer: { name: 'Anna', emails: [] } }),
      noon
    )
    t.equal(await ledger.makeSearchable(2), 2)
    t.equal(await ledger.makeSearchable(3), 2)
    const emails = ['kees@b.example', 'kees@c.example']
    await ledger.receive(arrivalOf({ ...changed.invoice, customer: { ...customer, emails } }), noon)
    await ledger.act('F-44', 'dismiss', noon)
    await ledger.forget(noon + 1, 9)
    await bury(ledger)
    t.strictSame(await numbersOf(ledger, { q: 'kees@b' }), [], 'not yet')
    while ((await ledger.makeSearchable(1000)) > 0);

    for (const q of parts.slice(0, 3)) t.strictSame(await numbersOf(ledger, { q }), ['F-2026/0042 B'], q)
    t.strictSame(await numbersOf(ledger, { q: 'rij kees & zn' }), ['F-43', 'F-2026/0042 B'])
    t.strictSame(await numbersOf(ledger, { q: 'kees', limit: 2 }), ['F-43', 'F-2026/0042 B'], 'each once')
    t.strictSame(await numbersOf(ledger, { q: 'info@dekrakeling.nl' }), ['F-2026/0042 B'], 'longer than an ending')
    t.strictSame(await numbersOf(ledger, { q: 'kees@b' }), ['F-43'], 'as it is told now')
    t.strictSame(await numbersOf(ledger, { q: 'f-44' }), ['F-44'], 'the number stays')
    for (const q of ['factuur-2026', 'factuur-2026-00000042'])
      t.strictSame(await numbersOf(ledger, { q }), ['Verkoopfactuur-2026-00000042'], q)
    t.strictSame(await numbersOf(ledger, { q: 'factuur-2026-00000043' }), [])
    t.strictSame(await numbersOf(ledger, { q: 'krakeling', state: 'waiting', tool: 'acme' }), ['F-2026/0042 B'])
    t.strictSame(await numbersOf(ledger, { q: 'krakeling', state: 'held' }), [])
    t.strictSame(await numbersOf(ledger, { q: 'n12', limit: 3 }), ['N129', 'N128', 'N127'], 'newest first')
  })

  promised(
    'an amount finds those of exactly that, however it is written, and no part of it does',
    async (t, ledger) => {
      for (const [invoiceNumber, amountCents] of [
        ['A-1', 98_700],
        ['A-2', 98_750],
        ['A-3', -98_700],
        ['A-4', 98_700]
      ] as const)
        await ledger.receive(arrivalOf({ invoiceNumber, amountCents, customer: { ref: invoiceNumber } }), noon)
      // An accent without a letter, and a blank: as nobody is called, but for who wants to be found.
      const customer = { ref: 'x', name: '\u0301 987.50' }
      await ledger.receive(arrivalOf({ invoiceNumber: 'A-0', amountCents: 1, customer }), noon)
      const finds = async () => {
        for (const amount of ['987', '987.00', '987,00'])
          t.strictSame(await numbersOf(ledger, { amount }), ['A-4', 'A-1'])
        t.strictSame(await numbersOf(ledger, { amount: '987,5' }), ['A-2'])
        t.strictSame(await numbersOf(ledger, { amount: '-987' }), ['A-3'])
        t.strictSame(await numbersOf(ledger, { amount: '87' }), [])
        t.strictSame(await numbersOf(ledger, { q: '987.0' }), [])
        t.strictSame(await numbersOf(ledger, { amount: '987', q: 'a-1' }), ['A-1'])
        t.strictSame(await numbersOf(ledger, { amount: '987', q: 'a-' }), ['A-4', 'A-1'])
        t.strictSame(await numbersOf(ledger, { amount: '987', state: 'waiting', limit: 1 }), ['A-4'])
        t.strictSame(await numbersOf(ledger, { amount: '987', state: 'held' }), [])
      }
      await finds()
      await bury(ledger)
      t.strictSame(await numbersOf(ledger, { amount: '987' }), [], 'not yet')
      while ((await ledger.makeSearchable(1000)) > 0);
      await finds()
    }
  )

  promised('by day: received since, and until', async (t, ledger) => {
    for (const at of [0, 1, 2])
      await ledger.receive(arrivalOf({ invoiceNumber: `A-${at}` }, { tool: `tool${at}` }), noon + at * day)

    t.strictSame(await numbersOf(ledger, { since: noon + day }), ['A-2', 'A-1'])
    t.strictSame(await numbersOf(ledger, { until: noon + day }), ['A-0'])
    t.strictSame(await numbersOf(ledger, { since: noon + 1, until: noon + day + 1 }), ['A-1'])
    t.strictSame(await numbersOf(ledger, { since: noon + 1, state: 'waiting', tool: 'tool2', q: 'A-' }), ['A-2'])
    t.strictSame(await numbersOf(ledger, { since: noon + 3 * day }), [])
    t.strictSame(await numbersOf(ledger, { until: noon }), [])
  })

  promised('a word to many reaches what review holds, and leaves to a person what needs one', async (t, ledger) => {
    for (const number of ['A-1', 'A-2', 'A-3']) await bring(ledger, 'held', arrivalOf({ invoiceNumber: number }))
    await ledger.receive({ ...other, invoice: { ...other.invoice, invoiceNumber: 'A-3' } }, noon)
    await bring(ledger, 'held once sent', arrivalOf({ invoiceNumber: 'A-4' }))
    await ledger.receive(arrivalOf({ invoiceNumber: 'A-5' }), noon)
    await ledger.record(await borrowOne(ledger, noon), { to: 'held', code: 'CREDIT_NOTE', detail: null }, noon)
    await bring(ledger, 'waiting', arrivalOf({ invoiceNumber: 'A-6' }))
    const actor = { by: 'Zoë', via: 'api', from: '192.0.2.1' } as const

    const picked = await ledger.pick({}, 'deliver', 99)
    t.match(picked, { leftOut: { conflict: 1, sent: 1, rule: 1, state: 0 } })
    t.equal(picked?.ids.length, 2)
    t.equal(await ledger.pick({}, 'deliver', 4), null, 'five match')
    await ledger.act('A-2', 'dismiss', noon)
    t.equal(await ledger.actOnAll(picked!.ids, 'deliver', noon, { actor, among: 2 }), 1, 'one changed meanwhile')
    t.strictSame(await stateOf(ledger, 'A-1'), ['waiting', null])
    t.strictSame(await stateOf(ledger, 'A-2'), ['dismissed', 'BY_OPERATOR'])
    t.strictSame((await rowOf(ledger, 'A-1')).history.at(-1), {
      ...{ at: noon, event: 'operator: deliver', among: 2 },
      ...actor
    })
    const loan = (await ledger.borrow(9, noon, noon + 1)).find(({ invoice }) => invoice.invoiceNumber === 'A-1')
    t.match(loan, { overrides: ['REVIEW'], released: { draft: draftOf(loan!) } }, 'what was shown is what is released')
  })

  promised('of many, a code and a tool narrow what is picked', async (t, ledger) => {
    for (const number of ['A-1', 'A-2']) await bring(ledger, 'held', arrivalOf({ invoiceNumber: number }))
    const count = async (filter: object) => (await ledger.pick(filter, 'dismiss', 9))?.ids.length

    t.equal(await count({ code: 'REVIEW', tool: 'acme', since: noon, until: noon + 1, q: 'A-' }), 2)
    t.equal(await count({ q: 'a-2' }), 1)
    t.equal(await count({ code: 'CUSTOMER_UNKNOWN' }), 0)
    t.equal(await count({ state: 'waiting' }), 0)
  })
}
