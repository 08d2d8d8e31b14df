// What all parts of one simulated run share: time, chance, weather, the portal, and what is found wrong.

import type { CreateBody, Draft } from '../../src/core/row.ts'
import { type CustomerAnswers, createCustomerAnswers } from './customer-answers.ts'
import { createLife, type Life } from './life.ts'
import { createNewcomers, type Newcomer } from './newcomers.ts'
import { createSimulatedPortal, epoch, type SimulatedPortal } from './portal.ts'
import { createRandom, type Random } from './random.ts'
import type { Sale } from './sales.ts'
import { createScheduler, type Scheduler } from './scheduler.ts'
import type { Way } from './ways.ts'
import { createWeather, share, type Weather } from './weather.ts'

/** One request, from the bridge's side. */
export type Request = {
  name: 'createInvoice' | 'markPaid' | 'createCustomer' | 'invoice' | 'invoicesPage' | 'customer' | 'customersPage'
  /** Of a create: the invoice's number, or the customer's address. */
  key: string | null
  sentAt: number
  /** A create that may still make an entry, one that did, and one that certainly made none. */
  fate: 'under way' | 'made' | 'nothing'
  /** Something answered, and the process lived to hear it. */
  heard: boolean
  /** Answered with what was asked for. */
  well: boolean
  /** How often the ledger had been rolled back by then, and the budget with it. */
  era: number
}

/** What was let go, and what the portal held just before. */
export type Sent = {
  id: number
  attempt: number
  body: CreateBody
  entries: number
  isUnderWay: boolean
  era: number
  /** On the scheduler's clock. */
  at: number
}

/** A customer that the ledger permitted to be created. */
export type CustomerCreate = { tool: string; ref: string; name: string; email: string }

/** `left`: places until then. */
export type Frozen = { left: number; forMs: number }

export type World = {
  seed: number
  /** How many share the ledger. */
  machines: number
  life: Life
  /** The first machine freezes at this place, counted from its start. */
  frozen: Frozen | null
  weather: Weather
  scheduler: Scheduler
  random: Random
  portal: SimulatedPortal
  requests: Request[]
  /** Customers of the tools that the portal does not have at first. */
  newcomers: readonly Newcomer[]
  customerCreates: CustomerCreate[]
  customerAnswers: CustomerAnswers
  /** References and addresses of customers about which people did something. */
  touched: Set<string>
  /** Links that people took away: tool, reference, and the portal's id. */
  unlinked: Set<string>
  /** By row and attempt. */
  sent: Sent[]
  /** Readings of the portal's list that were completed. */
  sweeps: number
  /** Loans that ran out before anything came of them. */
  loansLost: number
  /** Times that a reading could not go on: the portal was not reached, or the disk failed. */
  mishaps: number
  era: number
  /** Called when an event is kept, before its sender knows. */
  onKept: () => void
  /** Faults happen until it ends; afterwards everything works. */
  storm: { rages: boolean }
  tell: (line: () => string) => void
  /** Something is wrong with the bridge. */
  fail: (what: string) => void
  /** When the tool first told of the customer of this sale, on the scheduler's clock. */
  firstTold: (sale: Sale) => number
  /** By number: what a person saw when they last released it. */
  released: Map<string, Draft>
  /** The same, of what was voided after that: if it is restored, a person has to see it again. */
  outdated: Map<string, Draft>
  /** By number: when a person last said what is to be delivered under it. */
  spoken: Map<string, number>
  /** By number: when a person last had something delivered that was shown to them as voided. */
  voidedAllTheSame: Map<string, number>
  /** Numbers under which a person took what a mail brought, instead of what the tool says. */
  mailTaken: Set<string>
  /** Why this may not be sent, by what its tool said of it; null: it may. */
  whyNot: (body: CreateBody) => string | null
  failures: string[]
  trace: string[]
}

export const createWorld = (
  seed: number,
  { traced, way, machines, frozen }: { traced: boolean; way: Way | null; machines: number; frozen: Frozen | null }
): World => {
  const random = createRandom(seed)
  const scheduler = createScheduler(random.fork())
  const weather = createWeather(random.fork(), way)
  if (machines > 1) share(weather)
  const failures: string[] = []
  const trace: string[] = []
  const tell: World['tell'] = line => {
    if (traced) trace.push(`${timeOf(scheduler.now())} ${line()}`)
  }
  return {
    seed,
    machines,
    life: createLife(scheduler),
    frozen,
    weather,
    scheduler,
    random,
    portal: createSimulatedPortal({ scheduler, random: random.fork(), weather }),
    requests: [],
    newcomers: weather.tool.newcomers > 0 ? createNewcomers(random) : [],
    customerCreates: [],
    customerAnswers: createCustomerAnswers(),
    touched: new Set(),
    unlinked: new Set(),
    sweeps: 0,
    loansLost: 0,
    mishaps: 0,
    era: 0,
    onKept: () => {},
    storm: { rages: true },
    tell,
    fail(what) {
      failures.push(what)
      tell(() => `WRONG: ${what}`)
    },
    released: new Map(),
    outdated: new Map(),
    spoken: new Map(),
    voidedAllTheSame: new Map(),
    mailTaken: new Set(),
    whyNot: () => null,
    sent: [],
    firstTold: () => 0,
    failures,
    trace
  }
}

const timeOf = (now: number): string => new Date(epoch + Math.floor(now)).toISOString().slice(8, 23).replace('T', ' ')
