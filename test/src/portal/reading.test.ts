import t from 'tap'
import type { PortalInvoice } from '../../../src/core/portal-entry.ts'
import { agree, backMsMax, isSorted, orderOf, type Reading } from '../../../src/portal/reading.ts'
import { entryOf } from './double.ts'
import { entries } from './parts.ts'

const reading = (list: PortalInvoice[], facts: Partial<Reading> = {}): Reading => ({
  entries: list,
  since: null,
  isWhole: false,
  newestBefore: entryOf(10).createdAt,
  ...facts
})

const [one, two, ten] = [entryOf(1), entryOf(2), entryOf(10)]

const pairs: [what: string, first: Reading, second: Reading, agrees: boolean][] = [
  ['the same', reading([one, two]), reading([one, two]), true],
  ['nothing, twice', reading([]), reading([]), true],
  ['the same in another order', reading([one, two]), reading([two, one]), true],
  ['one is gone', reading([one, two]), reading([one]), false],
  ['one is gone and another new', reading([one, two]), reading([one, entryOf(11)]), false],
  ['one is new', reading([one]), reading([one, entryOf(11)]), true],
  ['one is as new as the newest that was known', reading([one]), reading([one, ten]), true],
  ['one was missed', reading([one]), reading([one, two]), false],
  [
    'one is new, and the clock went back for winter',
    reading([one]),
    reading([one, entryOf(11, { createdAt: ten.createdAt! - backMsMax })]),
    true
  ],
  [
    'one is older than any clock goes back',
    reading([one]),
    reading([one, entryOf(11, { createdAt: ten.createdAt! - backMsMax - 1 })]),
    false
  ],
  ['one is new, nobody knows since when', reading([]), reading([entryOf(11, { createdAt: null })]), false],
  ['one is new where none was known', reading([], { newestBefore: null }), reading([one]), false]
]
for (const [what, first, second, agrees] of pairs) {
  t.test(`two readings that saw ${what}: ${agrees}`, async t => {
    t.equal(agree(first, second), agrees)
  })
}

t.test('of a partial reading only its range counts', async t => {
  const since = entryOf(5).createdAt
  const partial = (...list: PortalInvoice[]) => reading(list, { since })

  t.equal(agree(partial(ten, two), partial(ten, one)), true, 'what is older stands there by chance')
  t.equal(agree(partial(ten), partial(two)), false)
  t.equal(agree(partial(entryOf(5)), partial()), false, 'the range begins at its time')
  t.equal(agree(partial(entryOf(1, { createdAt: null })), partial()), false, 'who knows')
})

/** Pages of three, with something happening to the list after each. */
const readOnce = (list: PortalInvoice[], happen: () => void): PortalInvoice[] => {
  const seen = new Map<string, PortalInvoice>()
  for (let from = 0; from < list.length; from += 3) {
    for (const entry of list.slice(from, from + 3)) seen.set(entry.id, entry)
    happen()
  }
  return [...seen.values()]
}

t.test('whatever is added at the ends and deleted anywhere, readings that agree missed nothing', async t => {
  let seed = 20
  const random = (below: number) => {
    seed = (seed * 1103515245 + 12345) % 2147483648
    return Math.floor((seed / 2147483648) * below)
  }
  let agreed = 0
  let missed = 0
  for (let run = 0; run < 20_000; run += 1) {
    const list = entries(3 + random(9))
    const ours = list[random(list.length)]!
    const deletable = new Set(list.filter(entry => entry !== ours))
    const newestBefore = Math.max(...list.map(({ createdAt }) => createdAt ?? 0))
    let added = 20
    const happen = () => {
      for (let events = random(3); events > 0; events -= 1) {
        const doomed = [...deletable][random(deletable.size)]
        if (random(2) === 0 && doomed) {
          list.splice(list.indexOf(doomed), 1)
          deletable.delete(doomed)
        } else {
          added += 1
          if (random(2) === 0) list.push(entryOf(added))
          else list.unshift(entryOf(added))
        }
      }
    }
    const quiet = () => {}
    const [first, second] = [random(3), random(3)].map(luck => (luck === 0 ? quiet : happen))
    const before = reading(readOnce(list, first!), { newestBefore })
    const after = reading(readOnce(list, second!), { newestBefore })

    missed += Number(!before.entries.includes(ours))
    if (!agree(before, after)) continue
    agreed += 1
    if (!before.entries.includes(ours) && !after.entries.includes(ours)) t.fail(`run ${run}`)
  }
  t.ok(agreed > 2000, `${agreed} agreed`)
  t.ok(missed > 500, `${missed} first readings missed it`)
})

t.test('sorted is sorted by time of creation, equal times included, and by nothing that is missing', async t => {
  const equal = entryOf(3, { createdAt: two.createdAt })
  t.ok(isSorted([ten, two, equal, one], 'newest'))
  t.ok(isSorted([one, two, equal, ten], 'oldest'))
  t.notOk(isSorted([one, two], 'newest'))
  t.notOk(isSorted([entryOf(1, { createdAt: null })], 'newest'))
  t.notOk(isSorted([ten, entryOf(1, { createdAt: null }), two], 'newest'))
  t.ok(isSorted([], 'newest'))
})

/** So many, created a minute apart; the clock went back by `ms` before each of these. */
const backwards = (count: number, ms: number, ...before: number[]): PortalInvoice[] => {
  let back = 0
  return Array.from({ length: count }, (_, n) => {
    if (before.includes(n)) back += ms + 60_000
    return entryOf(n + 1, { createdAt: (one.createdAt ?? 0) + n * 60_000 - back })
  })
}

t.test('a clock that goes back as far as clocks do leaves a list in order; further, it is in none', async t => {
  for (const [order, turned] of [
    ['oldest', (list: PortalInvoice[]) => list],
    ['newest', (list: PortalInvoice[]) => list.toReversed()]
  ] as const) {
    t.ok(isSorted(turned(backwards(5, backMsMax, 3)), order))
    t.notOk(isSorted(turned(backwards(5, backMsMax + 1, 3)), order))
  }
})

t.test('it goes back once in a part of a list, or as rarely as an order could still be proven', async t => {
  t.notOk(isSorted(backwards(9, 90_500, 2, 5), 'oldest'))
  t.ok(isSorted(backwards(10, 90_500, 2, 5), 'oldest'))
  t.ok(isSorted(backwards(20, 90_500, 2, 5, 8), 'oldest'))
  t.notOk(isSorted(backwards(20, 90_500, 2, 5, 8, 11), 'oldest'))
})

t.test('an order that steps back needs so many entries more to be proven', async t => {
  t.equal(orderOf(backwards(20, 90_500, 11)), 'oldest')
  t.equal(orderOf(backwards(20, 90_500, 11).toReversed()), 'newest')
  t.equal(orderOf(backwards(19, 90_500, 11)), 'unknown')
  t.equal(orderOf(backwards(29, 90_500, 5, 11)), 'unknown')
  t.equal(orderOf(backwards(30, 90_500, 5, 11)), 'oldest')
  t.equal(orderOf(backwards(40, backMsMax + 1, 11)), 'unknown')
})

t.test('the order of a list is proven where nothing else would have sorted it so', async t => {
  for (const count of [10, 20]) t.equal(orderOf(entries(count)), 'oldest')
  t.equal(orderOf(entries(20).toReversed()), 'newest')
})

const unproven: [what: string, list: PortalInvoice[]][] = [
  ['nothing', []],
  ['a single entry', [one]],
  ['so few that they may stand so by chance', entries(9)],
  ['no times', entries(20).map(entry => ({ ...entry, createdAt: null }))],
  ['one time', entries(20).map(entry => ({ ...entry, createdAt: 0 }))],
  ['another order than that of creation', [...entries(20), one]],
  ...(['issuedAt', 'invoiceNumber', 'id'] as const).flatMap(key =>
    [1, -1].map((direction): [string, PortalInvoice[]] => [
      `entries that stand in the order of ${key} as well, ${direction}`,
      entries(20).map((entry, n) => ({ ...entry, [key]: `2026-${500 + n * direction}` }))
    ])
  ),
  ['numbers that count, as numbers', entries(20).map((entry, n) => ({ ...entry, invoiceNumber: `${n}` }))],
  ['no issue dates', entries(20).map(entry => ({ ...entry, issuedAt: null }))]
]
for (const [what, list] of unproven) {
  t.test(`no order is proven by ${what}`, async t => {
    t.equal(orderOf(list), 'unknown')
    t.equal(orderOf(list.toReversed()), 'unknown')
  })
}

t.test('pairs of one time prove nothing about what breaks the tie', async t => {
  // In creation order by number; only where times are equal does the number go back.
  const list = entries(20).map((entry, n) => ({
    ...entry,
    createdAt: entryOf(n - (n % 2)).createdAt,
    invoiceNumber: `R${100 + (n % 2 === 0 ? n + 1 : n - 1)}`
  }))

  t.equal(orderOf(list), 'unknown')
})
