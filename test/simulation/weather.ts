// What one seed's world is like. Most fronts are absent in most seeds, so that each seed is small but unlike the
// others.

import type { Random } from './random.ts'

const day = 24 * 3_600_000

/** How likely each is, for one request. */
export type Faults = {
  /** The connection is refused: no byte leaves. */
  refused: number
  /** The connection is made late, often too late for a create. */
  slowConnect: number
  /** The request never arrives. */
  lostRequest: number
  /** Done, but the answer never comes. */
  lostAnswer: number
  /** The answer comes as the client gives up, or after. */
  lateAnswer: number
  /** Done, and the connection is reset at once. */
  reset: number
  /** The answer's bytes cannot be read. */
  garbled: number
  /** 5xx without having done it. */
  errorBefore: number
  /** 5xx having done it. */
  errorAfter: number
  /** 408, 409, 3xx: an answer that says nothing for sure. */
  odd: number
  /** Something in front of the portal answers with a page of its own, and lets nothing through. */
  pageBefore: number
  /** The same, after the portal has done it. */
  pageAfter: number
  /** The portal refuses in its own words, but has done it all the same. */
  refusedAfter: number
  /** Done, and answered with the id of another invoice. */
  wrongId: number
  /** Whatever names one entry by its id is answered with another entry, and perhaps not done. */
  another: number
}

/** How the portal shows the dates that it is given. */
export type DateNotation = 'as given' | 'midnight' | 'midnight in UTC' | 'midnight there, told in UTC' | 'Dutch'

/** How it spells their numbers. */
export type Spelling = 'as given' | 'without dashes' | 'cut' | 'escaped' | 'without the F'

/** What the list leaves out, while a spell of it lasts. */
export type Hiding = 'nothing' | 'all' | 'all but the first page'

/** A way in which the portal differs from its documentation. */
export type Way = keyof typeof ways

export type ListOrder = 'newest' | 'oldest' | 'issued' | 'issued first' | 'number' | 'number first' | 'hash'

export const listOrders: readonly ListOrder[] = [
  'newest',
  'newest',
  'newest',
  'oldest',
  'oldest',
  'issued',
  'issued first',
  'number',
  'number first',
  'hash'
]

export type Weather = {
  /** Nothing fails: costs are exact. */
  calm: boolean
  stormMs: number
  invoices: number
  bridge: {
    timeoutMs: number
    settleMs: number
    /** The same for what another process sent. */
    settleInheritedMs: number
    /** After this long without a believable reading, invoices in doubt are held. */
    unclearAfterMs: number
    perMinute: number
    concurrency: number
    loanMs: number
    retryFirstMs: number
    retryLongestMs: number
    review: boolean
    /** How long it takes to start again, at most. */
    restartMsMax: number
    /** Two of them on one ledger, each with a clock that can freeze alone. */
    engines: 1 | 2
  }
  portal: {
    pageSize: number
    order: ListOrder
    /** Entries that stand there before the bridge's first start. */
    before: number
    /** The time from one of those to the next. */
    beforeEveryMs: number
    /** Those came one after another: number and date follow the order of creation. */
    sequential: boolean
    /** The share of entries without `createdAt`. */
    undated: number
    /** The servers' clocks differ by this much, either way. */
    skewMs: number
    /** How long after it was sent an accepted create can stay invisible. */
    lateMs: number
    /** It refuses a number that it holds: as 409 or 422. */
    unique: boolean
    latencyMs: number
    /** How long the portal takes over what is sent, at most. */
    slowMs: number
    /** Whether answers say what is left of the budget. */
    tellsBudget: boolean
    customers: number
    /** When the portal, asked by id, says that an entry is not there: never, always, or while spells of it last. */
    getMissing: 'never' | 'always' | 'in spells'
    hiding: Hiding
    /** The share of entries for whose ids it never answers. */
    silent: number
    spelling: Spelling
    dates: DateNotation
    /** When its clock goes back by an hour; null: it does not. */
    clockBackAt: number | null
    /** How long a request may still arrive after the process that sent it died: it was stuck on its way. */
    stallMs: number
    /** In spells it answers every page of the list with the first. */
    ignoresPage: boolean
    /** The share of entries that come without their number. */
    unnumbered: number
    /** Asked to create a paid invoice, or to mark one paid, it drops the date. */
    dropsPaid: 'never' | 'on create' | 'always'
    /** Single objects come as `{"data": …}`. */
    wrapped: boolean
  }
  faults: Faults
  readFaults: Faults
  /** How many of each fall into the storm. */
  counts: {
    crashes: number
    freezes: number
    jumps: number
    rollbacks: number
    lostDisks: number
    stops: number
    downSpells: number
    refusedSpells: number
    busySpells: number
    added: number
    deleted: number
    acts: number
    /** Requests that others make with the same token. */
    others: number
    /** The ledger's file alone is put back, to what it was a few minutes ago. */
    databaseRollbacks: number
    /** The whole disk is, and looks like the one before. */
    diskRollbacks: number
    hidingSpells: number
    missingSpells: number
    ignoringSpells: number
    /** Entries that people mark paid, on another day than the tool says. */
    paidByPeople: number
    /** Addresses that move from one customer of the portal to another. */
    moves: number
    /** Links that people make, or take away, while invoices are on their way. */
    links: number
  }
  /** How likely a crash is at each place where it can happen, until `counts.crashes` are used up. */
  crashAt: { commit: number; request: number; answer: number; reading: number }
  freezeAt: { commit: number; request: number; answer: number; reading: number; forMs: number }
  diskFails: number
  pdfFails: number
  pdfSlow: number
  people: {
    /** The share of the tools' numbers that people enter by hand before the tool brings them. */
    byHand: number
    /** Whether what the bridge made is deleted too. */
    deleteOurs: boolean
    /** How likely an entry goes while the page it stands on, or a later one, is read. */
    deleteWhileRead: number
  }
  tool: {
    duplicates: number
    corrections: number
    voided: number
    otherTools: number
    paid: number
    /** Issued long before it is finalised. */
    backdated: number
    /** Refused for this one, for ever. */
    forbidden: number
    rejected: number
    odd: number
    /** Voided before the tool brings it. */
    voidedFirst: number
    /** The tool brings the same invoice under a second number. */
    renumbered: number
    /** The tool knows the customer by name and address only. */
    byAddress: number
  }
}

const noFaults: Readonly<Faults> = {
  refused: 0,
  slowConnect: 0,
  lostRequest: 0,
  lostAnswer: 0,
  lateAnswer: 0,
  reset: 0,
  garbled: 0,
  errorBefore: 0,
  errorAfter: 0,
  odd: 0,
  pageBefore: 0,
  pageAfter: 0,
  refusedAfter: 0,
  wrongId: 0,
  another: 0
}

/** `forced`: this one way in every seed, to look at it alone. */
export const createWeather = (random: Random, forced: Way | null = null): Weather => {
  const theme = themes[random.pick(themesByWeight)]
  const weather = mixed(random, theme ? 0.4 : 1)
  if (forced !== null) weather.calm = false
  if (weather.calm) return weather
  theme?.(weather, random)
  // One way at a time, and rarely two: what is wrong in many ways at once is held, and shows nothing.
  const chosen = forced === null ? waysByWeight(random) : [forced]
  for (const way of chosen) ways[way](weather, random)
  mixUp(weather, random)
  if (random.chance(0.06)) ways[drawnLast](weather, random)
  keepKnowable(weather)
  return weather
}

/**
 * Missing what no bridge could know is no mistake: where list and answers by id are both wrong, or where the only
 * memory is lost. So no seed has that.
 */
const keepKnowable = (weather: Weather): void => {
  const { portal, counts } = weather
  if (portal.getMissing !== 'never') {
    counts.hidingSpells = 0
    counts.ignoringSpells = 0
  }
  const isNameless = portal.spelling !== 'as given' || portal.unnumbered > 0
  // An answer with another's id, and nothing that shows it, is believed.
  if (isNameless) weather.faults.wrongId = 0
  if (isNameless || counts.hidingSpells + counts.ignoringSpells > 0) keepDisk(weather)
}

/** Drawn last, so that the rest of each seed's weather stays as it was before there was such a fault. */
const mixUp = ({ faults, readFaults }: Weather, random: Random): void => {
  if (!random.chance(0.08)) return
  faults.another = 0.05 + random.next() / 3
  readFaults.another = 0.05 + random.next() / 3
}

/** Several machines on one ledger: no file is beside it, and each has one engine. */
export const share = ({ bridge, counts }: Weather): void => {
  bridge.engines = 1
  counts.databaseRollbacks = 0
}

/** A little of everything; most of it absent, and more so where the seed has a theme of its own. */
const mixed = (random: Random, share: number): Weather => {
  const calm = random.chance(0.08)
  /** A front that only some seeds have, and then as strong as chance decides. */
  const front = (presence: number, least: number, most: number): number =>
    !calm && random.chance(presence * share) ? least + random.next() * (most - least) : 0
  const some = (presence: number, most: number): number =>
    !calm && random.chance(presence * share) ? random.int(1, most) : 0

  const timeoutMs = random.pick([2000, 3000, 5000, 10_000, 30_000])
  const settleMs = timeoutMs + random.pick([1000, 1000, 5000, 30_000])
  const settleInheritedMs = 5 * settleMs
  const skewed = front(0.25, 1000, 25_000)
  const engines = !calm && random.chance(0.2) ? 2 : 1
  const sequential = random.chance(0.45)
  return {
    calm,
    stormMs: random.pick([30_000, 60_000, 60_000, 120_000]),
    invoices: random.int(2, random.pick([4, 6, 10])),
    bridge: {
      timeoutMs,
      settleMs,
      settleInheritedMs,
      unclearAfterMs: 30 * 60_000,
      perMinute: random.pick([10, 20, 30, 60, 60]),
      concurrency: random.int(1, 4),
      loanMs:
        !calm && random.chance(engines === 2 ? 0.7 : 0.2) ? random.int(500, 20_000) : 75_000 + 2 * timeoutMs + 60_000,
      retryFirstMs: random.pick([1000, 5000]),
      retryLongestMs: 60_000,
      review: !calm && random.chance(0.05),
      restartMsMax: 20_000,
      engines
    },
    portal: {
      pageSize: random.pick([2, 3, 3, 5, 15]),
      order: random.pick(listOrders),
      before: random.chance(0.2) ? 0 : random.int(1, random.pick([3, 8, 14])),
      beforeEveryMs: day,
      sequential,
      undated: front(0.08, 0.05, 1),
      skewMs: Math.round(skewed),
      lateMs: random.chance(0.5) ? Math.round(front(0.7, 0.05, 1) * (settleMs - 100)) : 0,
      unique: random.chance(0.1),
      latencyMs: random.pick([20, 100, 300]),
      slowMs: Math.round(front(0.3, 500, Math.min(settleMs / 2, timeoutMs))),
      tellsBudget: random.chance(0.5),
      // At least those that the tools name.
      customers: random.int(5, 10),
      getMissing: 'never',
      hiding: 'nothing',
      silent: 0,
      spelling: 'as given',
      dates: 'as given',
      clockBackAt: null,
      stallMs: 0,
      ignoresPage: false,
      unnumbered: 0,
      dropsPaid: 'never',
      wrapped: false
    },
    faults: {
      ...noFaults,
      refused: front(0.25, 0.05, 0.4),
      slowConnect: front(0.2, 0.05, 0.4),
      lostRequest: front(0.3, 0.05, 0.4),
      lostAnswer: front(0.4, 0.05, 0.6),
      lateAnswer: front(0.25, 0.05, 0.5),
      reset: front(0.25, 0.05, 0.4),
      garbled: front(0.25, 0.05, 0.4),
      errorBefore: front(0.25, 0.05, 0.4),
      errorAfter: front(0.3, 0.05, 0.4),
      odd: front(0.15, 0.05, 0.4)
    },
    readFaults: {
      ...noFaults,
      refused: front(0.15, 0.05, 0.3),
      lostRequest: front(0.1, 0.05, 0.2),
      lostAnswer: front(0.1, 0.05, 0.2),
      garbled: front(0.15, 0.05, 0.3),
      errorBefore: front(0.15, 0.05, 0.3)
    },
    counts: {
      crashes: some(0.45, 4),
      freezes: some(0.3, 3),
      jumps: some(0.25, 3),
      rollbacks: some(0.2, 1),
      lostDisks: some(0.06, 1),
      stops: some(0.15, 2),
      downSpells: some(0.15, 2),
      refusedSpells: some(0.12, 1),
      busySpells: some(0.15, 2),
      added: some(0.4, 12),
      deleted: some(0.35, 12),
      acts: some(0.4, 6),
      others: some(0.1, 40),
      databaseRollbacks: 0,
      diskRollbacks: 0,
      hidingSpells: 0,
      missingSpells: 0,
      ignoringSpells: 0,
      paidByPeople: some(0.12, 4),
      moves: some(0.15, 4),
      links: some(0.1, 3)
    },
    crashAt: {
      commit: random.pick([0.01, 0.03, 0.1]),
      request: random.pick([0.05, 0.2]),
      answer: random.pick([0.05, 0.3]),
      reading: random.pick([0.01, 0.05])
    },
    freezeAt: {
      commit: front(0.2, 0.02, 0.1),
      request: front(0.25, 0.02, 0.2),
      answer: front(0.25, 0.02, 0.2),
      reading: front(0.25, 0.01, 0.05),
      forMs: random.pick([1000, 5000, 12_000, 80_000])
    },
    diskFails: front(0.1, 0.01, 0.2),
    pdfFails: front(0.25, 0.1, 0.5),
    pdfSlow: front(0.5, 0.1, 0.3),
    people: {
      byHand: front(0.25, 0.1, 0.5),
      deleteOurs: random.chance(0.3),
      deleteWhileRead: front(0.2, 0.1, 0.6)
    },
    tool: {
      duplicates: random.chance(0.6) ? random.next() : 0,
      corrections: front(0.3, 0.1, 0.5),
      voided: front(0.15, 0.1, 0.4),
      otherTools: front(0.15, 0.1, 0.4),
      paid: random.chance(0.3) ? random.next() * 0.6 : 0,
      backdated: random.chance(0.5) ? 0.4 : 0,
      forbidden: front(0.08, 0.1, 0.4),
      rejected: front(0.08, 0.1, 0.4),
      odd: front(0.15, 0.1, 0.3),
      voidedFirst: front(0.12, 0.1, 0.4),
      renumbered: front(0.1, 0.1, 0.4),
      byAddress: random.chance(0.35) ? 0.2 + random.next() * 0.8 : 0
    }
  }
}

/** So that the bridge looks into doubts while the storm still rages. */
const hasten = ({ bridge, portal }: Weather): void => {
  bridge.timeoutMs = 2000
  bridge.settleMs = 3000
  portal.lateMs = Math.min(portal.lateMs, 2900)
  portal.slowMs = Math.min(portal.slowMs, 1000)
}

// None in half of the seeds.
const themesByWeight = [0, 1, 1, 2, 2, 3, 3, 4, 4, -1, -1, -1, -1, -1, -1, -1, -1, -1]

/** What goes wrong together is worse than what goes wrong alone. */
const themes: readonly ((weather: Weather, random: Random) => void)[] = [
  // Answers are lost, and what they were about shows late.
  ({ faults, portal, bridge }, random) => {
    faults.lostAnswer = 0.2 + random.next() / 2
    faults.reset = random.next() / 2
    portal.lateMs = bridge.settleMs - 100
  },
  // Two engines, loans that run out while they work, and neither runs all the time.
  (weather, random) => {
    const { bridge, portal, faults, counts, tool } = weather
    hasten(weather)
    bridge.engines = 2
    bridge.loanMs = random.int(500, 3000)
    bridge.perMinute = 60
    bridge.retryFirstMs = 1000
    portal.before = random.int(0, 3)
    weather.freezeAt = {
      commit: 0,
      request: 0.1 + random.next() / 3,
      answer: random.next() / 5,
      reading: 0.03,
      forMs: 9000
    }
    weather.readFaults = { ...noFaults }
    faults.lostAnswer = 0.3 + random.next() / 2
    faults.lateAnswer = random.next() / 3
    counts.freezes = random.int(0, 4)
    weather.pdfSlow = 0.5
    tool.corrections = random.next()
  },
  // The list moves while it is read.
  (weather, random) => {
    const { faults, portal, people } = weather
    hasten(weather)
    faults.lostAnswer = 0.2 + random.next() / 2
    portal.order = random.pick(['oldest', 'issued first', 'number first', 'hash', portal.order])
    portal.pageSize = random.int(2, 4)
    portal.before = random.int(8, 18)
    people.deleteWhileRead = 0.1 + random.next() / 3
  },
  // An order that looks like that of creation, until something is backdated.
  (weather, random) => {
    const { faults, portal, tool } = weather
    hasten(weather)
    // So far apart that nothing else of the same minute shows the order.
    weather.stormMs = 120_000
    weather.invoices = random.int(2, 3)
    faults.lostAnswer = 0.4 + random.next() / 2
    portal.order = random.pick(['issued', 'issued', 'number', 'issued first', 'number first'])
    portal.sequential = true
    portal.pageSize = random.int(2, 3)
    portal.before = random.int(6, 14)
    tool.backdated = 0.5
  },
  // A backup is restored after much has been sent since.
  (weather, random) => {
    const { counts, faults } = weather
    hasten(weather)
    weather.stormMs = 60_000
    counts.rollbacks = 1
    counts.crashes = random.int(0, 2)
    faults.lostAnswer = random.next() / 2
  }
]

/** No ledger is lost: in this weather the portal's words alone could not tell what a lost one had sent. */
const keepDisk = ({ counts }: Weather): void => {
  counts.rollbacks = 0
  counts.lostDisks = 0
  counts.databaseRollbacks = 0
  counts.diskRollbacks = 0
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
const drawnLast = 'it never answers for some ids'
const drawn = wayNames.filter(name => name !== drawnLast)

const waysByWeight = (random: Random): Way[] =>
  random.chance(0.45) ? [random.pick(drawn), ...(random.chance(0.1) ? [random.pick(drawn)] : [])] : []
