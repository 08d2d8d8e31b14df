// How the portal, or the world around it, may differ from what its documentation leads one to expect.

import type { Random } from './random.ts'
import { hasten } from './themes.ts'
import type { Weather } from './weather.ts'

/** A way in which the portal differs from its documentation. */
export type Way = keyof typeof ways

/** No ledger is lost: in this weather the portal's words alone could not tell what a lost one had sent. */
export const keepDisk = ({ counts }: Weather): void => {
  counts.rollbacks = 0
  counts.lostDisks = 0
  counts.databaseRollbacks = 0
  counts.diskRollbacks = 0
}

/** Tools say something else of an invoice while it is on its way, and people about it. */
const waver = (weather: Weather, random: Random): void => {
  const { bridge, counts, faults, tool } = weather
  if (random.chance(0.7)) hasten(weather)
  bridge.review = random.chance(0.3)
  // The mailbox has only the address, and the judge knows of one.
  counts.moves = 0
  counts.acts = random.chance(0.4) ? random.int(2, 10) : 0
  // What was released still waits when the tool changes its mind.
  if (bridge.review) Object.assign(counts, { releases: random.int(4, 12), downSpells: random.int(1, 3) })
  tool.byAddress = random.next()
  tool.corrections = random.chance(0.2) ? random.next() / 3 : 0
  tool.otherTools = random.chance(0.2) ? random.next() / 3 : 0
  faults.lostAnswer = random.chance(0.7) ? random.next() / 2 : 0
  weather.pdfSlow = random.chance(0.5) ? 0.5 : 0
}

/** How things may be different, each by name: `npm run simulate -- --way <name>` shows one in every seed. */
export const ways = {
  'asked by id it holds nothing'({ portal, counts, faults }: Weather, random: Random) {
    portal.getMissing = random.chance(0.5) ? 'always' : 'in spells'
    counts.missingSpells = random.int(1, 3)
    counts.lostDisks = random.chance(0.5) ? 1 : 0
    faults.lostAnswer = random.next() / 2
    // If both say that it is gone, nothing is left to contradict them.
    counts.hidingSpells = 0
  },
  'the list hides what it holds'(weather: Weather, random: Random) {
    const { portal, counts, faults, people } = weather
    hasten(weather)
    keepDisk(weather)
    portal.hiding = random.pick(['all', 'all but the first page'])
    portal.before = random.int(4, 14)
    portal.pageSize = random.int(2, 3)
    portal.lateMs = 0
    people.deleteWhileRead = 0
    counts.hidingSpells = random.int(1, 3)
    faults.lostAnswer = 0.3 + random.next() / 2
  },
  'numbers are spelled otherwise'(weather: Weather, random: Random) {
    hasten(weather)
    keepDisk(weather)
    weather.portal.spelling = random.pick(['without dashes', 'cut', 'escaped', 'without the F'])
    weather.portal.unique = false
    weather.faults.lostAnswer = 0.2 + random.next() / 2
  },
  'dates come with a time'(weather: Weather, random: Random) {
    hasten(weather)
    weather.portal.dates = random.pick(['midnight', 'midnight in UTC', 'midnight there, told in UTC'])
    weather.portal.unique = false
    weather.counts.lostDisks = random.chance(0.5) ? 1 : 0
    weather.faults.lostAnswer = 0.2 + random.next() / 2
  },
  'dates cannot be read'(weather: Weather, random: Random) {
    hasten(weather)
    keepDisk(weather)
    // A person may have an invoice delivered beside one that was entered by hand.
    weather.counts.acts = random.int(4, 12)
    weather.people.byHand = 0.5
    weather.portal.dates = 'Dutch'
    weather.portal.spelling = random.pick(['as given', 'without dashes', 'cut', 'escaped', 'without the F'])
    weather.portal.unique = false
    weather.faults.lostAnswer = 0.2 + random.next() / 2
  },
  'its clock goes back an hour'(weather: Weather, random: Random) {
    hasten(weather)
    weather.portal.clockBackAt = random.int(0, weather.stormMs)
    // So that what it makes then stands among, or below, what it made before.
    weather.portal.beforeEveryMs = random.pick([2, 6, 20]) * 60_000
    weather.portal.sequential = false
    weather.portal.before = random.int(8, 18)
    weather.portal.order = random.pick(['newest', 'newest', 'oldest'])
    weather.portal.undated = 0
    weather.faults.lostAnswer = 0.3 + random.next() / 2
  },
  'a dead process is still heard'(weather: Weather, random: Random) {
    const { portal, counts, bridge } = weather
    hasten(weather)
    bridge.settleInheritedMs = 5 * bridge.settleMs
    portal.stallMs = bridge.settleInheritedMs - 1000
    counts.crashes = random.int(1, 4)
    weather.crashAt.request = 0.5
    bridge.restartMsMax = 2000
  },
  'the ledger alone is put back'(weather: Weather, random: Random) {
    hasten(weather)
    weather.stormMs = 60_000
    keepDisk(weather)
    weather.counts.databaseRollbacks = 1
    weather.counts.crashes = random.int(0, 2)
  },
  'the whole disk is put back, unseen'(weather: Weather, random: Random) {
    hasten(weather)
    weather.stormMs = 60_000
    keepDisk(weather)
    weather.portal.before = random.int(10, 18)
    weather.portal.order = random.pick(['newest', 'oldest'])
    weather.portal.sequential = false
    weather.portal.undated = 0
    weather.counts.diskRollbacks = 1
    weather.counts.crashes = 0
  },
  'it refuses what it has done'({ faults, counts }: Weather, random: Random) {
    faults.refusedAfter = 0.2 + random.next() / 2
    counts.acts = random.int(4, 12)
  },
  'it answers with the id of another'({ faults }: Weather, random: Random) {
    faults.wrongId = 0.2 + random.next() / 2
  },
  'somebody answers in its place'({ faults, readFaults }: Weather, random: Random) {
    faults.pageBefore = random.next() / 2
    faults.pageAfter = 0.1 + random.next() / 2
    readFaults.pageBefore = random.next() / 3
    faults.another = random.next() / 2
    readFaults.another = random.next() / 3
  },
  'every page is the first'(weather: Weather, random: Random) {
    hasten(weather)
    weather.portal.ignoresPage = true
    weather.portal.before = random.int(4, 14)
    weather.portal.pageSize = random.int(2, 3)
    weather.counts.ignoringSpells = random.int(1, 2)
    weather.faults.lostAnswer = random.next() / 2
  },
  'entries lack their number'(weather: Weather, random: Random) {
    keepDisk(weather)
    weather.portal.unnumbered = 0.1 + random.next() / 3
    weather.faults.lostAnswer = 0.2 + random.next() / 2
  },
  'it is paid there by others, or not at all'({ portal, counts, tool }: Weather, random: Random) {
    portal.dropsPaid = random.pick(['never', 'never', 'on create', 'always'])
    counts.paidByPeople = random.int(1, 6)
    tool.paid = 0.4 + random.next() / 2
  },
  'addresses move between customers'(weather: Weather, random: Random) {
    weather.counts.moves = random.int(1, 5)
    weather.tool.byAddress = 1
    weather.faults.lostAnswer = random.next() / 3
  },
  'things change after they were released'(weather: Weather, random: Random) {
    weather.bridge.review = true
    weather.bridge.concurrency = 1
    weather.counts.links = random.int(2, 6)
    weather.counts.acts = random.int(2, 8)
    weather.tool.byAddress = 1
    weather.tool.corrections = random.next() / 2
    weather.pdfSlow = 0.5
  },
  'told out of turn, and twice'({ tool }: Weather, random: Random) {
    tool.voidedFirst = 0.2 + random.next() / 2
    tool.renumbered = 0.2 + random.next() / 2
  },
  'it never answers for some ids'(weather: Weather, random: Random) {
    if (random.chance(0.7)) hasten(weather)
    weather.portal.silent = 0.05 + random.next() / 3
    weather.faults.lostAnswer = 0.2 + random.next() / 2
  },
  'customers are made there'(weather: Weather, random: Random) {
    const { bridge, portal, counts, faults, tool } = weather
    if (random.chance(0.7)) hasten(weather)
    weather.invoices = random.int(3, 8)
    bridge.createsCustomers = true
    tool.newcomers = 0.5 + random.next() / 2
    portal.customerLateMs = random.chance(0.5) ? bridge.settleMs - 100 : 0
    portal.onSameCustomer = random.pick([
      'makes another',
      'makes another',
      'finds the name',
      'finds the address',
      'refuses the name',
      'refuses the address'
    ])
    portal.customerSpelling = random.pick(['as given', 'tidied', 'lower case', 'upper case'])
    portal.answersOnlyId = random.chance(0.25)
    counts.customersTyped = random.chance(0.4) ? random.int(1, 3) : 0
    counts.customersDeleted = random.chance(0.3) ? random.int(1, 2) : 0
    counts.newcomerLinks = random.chance(0.3) ? random.int(1, 4) : 0
    faults.lostAnswer = random.next() / 2
    faults.wrongId = random.chance(0.3) ? random.next() / 2 : faults.wrongId
    faults.refusedAfter = random.chance(0.2) ? random.next() / 2 : faults.refusedAfter
    faults.pageAfter = random.chance(0.15) ? random.next() / 3 : faults.pageAfter
    portal.storesAnotherAddress = random.chance(0.2)
  },
  'a mailbox brings them, too'(weather: Weather, random: Random) {
    waver(weather, random)
    weather.tool.copied = 0.5 + random.next() / 2
    weather.tool.voided = 0.3 + random.next() / 2
    weather.tool.voidedFirst = random.chance(0.5) ? random.next() / 2 : 0
    weather.tool.voidedById = random.chance(0.5) ? random.next() : 0
  },
  'what was voided is restored'(weather: Weather, random: Random) {
    waver(weather, random)
    weather.tool.restored = 0.5 + random.next() / 2
    if (random.chance(0.5)) weather.tool.copied = 0.5 + random.next() / 2
    weather.tool.revised = random.chance(0.6) ? random.next() / 2 : 0
    weather.tool.voidedById = random.chance(0.4) ? random.next() / 2 : 0
  },
  'objects come wrapped'({ portal }: Weather) {
    portal.wrapped = true
  }
} as const satisfies Record<string, (weather: Weather, random: Random) => void>

const wayNames = Object.keys(ways) as Way[]

export const wayNamed = (name: string | null | undefined): Way | null => {
  if (name === null || name === undefined) return null
  const way = wayNames.find(known => known === name)
  if (way === undefined) throw new Error(`expected one of: ${wayNames.join(', ')}`)
  return way
}

// As with `mixUp`.
const drawnLast: readonly Way[] = [
  'it never answers for some ids',
  'customers are made there',
  'a mailbox brings them, too',
  'what was voided is restored'
]
const drawn = wayNames.filter(name => !drawnLast.includes(name))

export const waysByWeight = (random: Random): Way[] =>
  random.chance(0.45) ? [random.pick(drawn), ...(random.chance(0.1) ? [random.pick(drawn)] : [])] : []
