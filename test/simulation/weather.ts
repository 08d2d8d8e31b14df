// What one seed's world is like. Most fronts are absent in most seeds, so that each seed is small but unlike the
// others.

import { mixed } from './mixed-weather.ts'
import type { Random } from './random.ts'
import { themeOf } from './themes.ts'
import { keepDisk, type Way, ways, waysByWeight } from './ways.ts'

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

/** How it spells the names and addresses of customers that it is given. */
export type CustomerSpelling = 'as given' | 'tidied' | 'lower case' | 'upper case'

/** What it does about a customer that has the name, or the address, of one that it has. */
export type OnSameCustomer =
  | 'makes another'
  | 'finds the name'
  | 'finds the address'
  | 'refuses the name'
  | 'refuses the address'

/** What the list leaves out, while a spell of it lasts. */
export type Hiding = 'nothing' | 'all' | 'all but the first page'

export type ListOrder = 'newest' | 'oldest' | 'issued' | 'issued first' | 'number' | 'number first' | 'hash'

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
    /** Customers that the portal does not have, too. */
    createsCustomers: boolean
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
    /** How long after it was sent an accepted customer can stay invisible. */
    customerLateMs: number
    onSameCustomer: OnSameCustomer
    customerSpelling: CustomerSpelling
    /** Than it was sent, for a customer that it makes. */
    storesAnotherAddress: boolean
    /** To the create of a customer. */
    answersOnlyId: boolean
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
    /** Times that the operator releases all that is held for review. */
    releases: number
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
    /** Customers of the tools that people enter in the portal, delete there, link, and unlink. */
    customersTyped: number
    customersDeleted: number
    newcomerLinks: number
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
    /** The share of its invoices that are for customers that the portal does not have at first. */
    newcomers: number
    /** The share of its invoices that a mailbox brings, too. */
    copied: number
    /** The share of its invoices that come from a shop, which takes back that it voided them. */
    restored: number
    /** How often what the shop says next of such an invoice is other facts. */
    revised: number
    /** The share of its voids that name only the tool's id. */
    voidedById: number
  }
}

/** `forced`: this one way in every seed, to look at it alone. */
export const createWeather = (random: Random, forced: Way | null = null): Weather => {
  const theme = themeOf(random)
  const weather = mixed(random, theme ? 0.4 : 1)
  if (forced !== null) weather.calm = false
  if (weather.calm) return weather
  theme?.(weather, random)
  // One way at a time, and rarely two: what is wrong in many ways at once is held, and shows nothing.
  const chosen = forced === null ? waysByWeight(random) : [forced]
  for (const way of chosen) ways[way](weather, random)
  mixUp(weather, random)
  if (random.chance(0.06)) ways['it never answers for some ids'](weather, random)
  if (chosen.length === 0 && random.chance(0.05)) ways['customers are made there'](weather, random)
  if (random.chance(0.06)) ways['a mailbox brings them, too'](weather, random)
  if (random.chance(0.06)) ways['what was voided is restored'](weather, random)
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
