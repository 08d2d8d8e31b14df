// Whose invoice is it in the portal? What the ledger knows decides (ledger/claims.ts); here is the portal asked where it has
// to be: whether a customer still exists, and to create one. Never a guess: one company's invoice must not reach another.

import type { Creation, MatchRules, Sighting, ToolCustomer, Verdict } from '../core/customer.ts'
import { BridgeError } from '../core/errors.ts'
import type { CustomerFields, PortalCustomer } from '../core/portal-entry.ts'
import type { Loan } from '../core/row.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Portal } from '../portal/client.ts'
import { createCustomerList } from '../portal/customer-list.ts'
import type { Reader } from '../portal/reader.ts'
import type { Written } from '../portal/verdict.ts'
import { goneFrom } from '../rules/claims.ts'
import { busy, type Failure, failed, failedBy, type Outcome } from '../rules/decide.ts'
import { namesakes } from './namesakes.ts'
import {
  createSettling,
  failureOf,
  type SettlingOptions,
  type Speaking,
  slotWithinMs,
  writeBeforeSpeak
} from './write-before-speak.ts'

export interface Customers {
  /**
   * Whose invoice is it in the portal? Never guesses. A failure holds it (CUSTOMER_…) or asks for it to be tried again
   * (PORTAL_…). `wouldCreate`: only where `mayCreate` is false, as in review: nothing was sent.
   */
  find: (
    loan: Pick<Loan, 'id' | 'tool' | 'invoice' | 'test'>,
    options?: { mayCreate?: boolean }
  ) => Promise<{ portalId: string } | { wouldCreate: CustomerFields } | Outcome>
  /** A person's word. Rejects with FIELDS_INVALID when the portal holds no such customer, or nothing is to be linked. */
  link: (who: { tool: string; ref: string }, portalId: string) => Promise<ToolCustomer>
  /** Null: no such customer is known. */
  unlink: (who: { tool: string; ref: string }) => Promise<ToolCustomer | null>
  /** Ends a reading under way. */
  stop: () => Promise<void>
}

export type CustomersOptions = Speaking &
  SettlingOptions & {
    ledger: Pick<Ledger, 'customers' | 'holdings'>
    portal: Pick<Portal, 'customer' | 'createCustomer'>
    reader: Reader
    rules: MatchRules
  }

// All customers are read before one is created, unless that was done so lately.
const freshMs = 15 * 60_000

// What is under way for another invoice, or in the portal's list, is looked at again after this.
const againMs = 5000

// A portal that contradicts itself is asked less and less often: it may do so about all of its customers.
const contradictedMs = 60_000
const contradictedMsMax = 60 * 60_000

// How often the ledger may learn something else between two of our own steps.
const roundsMax = 8

export const createCustomers = (options: CustomersOptions): Customers => {
  const { ledger, portal, pace, clock, rules } = options
  const { customers: book, holdings } = ledger
  const customerList = createCustomerList({ holdings, reader: options.reader, clock })
  const settling = createSettling(options)
  // Creates that this process has under way.
  const running = new Set<Promise<void>>()
  // By portal customer, matches that are being confirmed; and when the copy of the customers was last found wrong.
  const confirming = new Map<string, Promise<unknown>>()
  const contradictions = new Map<string, { until: number; pauseMs: number }>()
  let staleAt = Number.NEGATIVE_INFINITY

  const inSlot = async <T>(call: () => Promise<T>): Promise<T> => {
    const slot = await pace.slot('delivery', { withinMs: slotWithinMs })
    if (!slot) throw new BridgeError('PORTAL_BUSY', undefined, { retryAfterMs: pace.freeInMs() })
    try {
      return await call()
    } finally {
      slot.done()
    }
  }

  /** The portal is asked only for what its copy does not know. A 404 alone ends nothing. */
  const isKnown = async (portalId: string): Promise<boolean> =>
    (await holdings.customer(portalId)) !== null || (await askFor(portalId)) !== null

  const askFor = async (portalId: string): Promise<PortalCustomer | null> => {
    const customer = await inSlot(() => portal.customer(portalId))
    if (customer) await holdings.learnCustomer(customer, clock.now())
    return customer
  }

  /** Of one that the portal does not find by its id. Null: judge again. */
  const askTheList = async (portalId: string, isGone: () => Promise<Outcome | null>) => {
    if (!(await customerList.readSince(clock.monotonic() - freshMs))) return later(againMs)
    if ((await holdings.customer(portalId)) === null) return isGone()
    const pauseMs = Math.min(
      (contradictions.get(portalId)?.pauseMs ?? contradictedMs / 2) * 2,
      contradictedMsMax
    )
    contradictions.set(portalId, { until: clock.monotonic() + pauseMs, pauseMs })
    return contradicted(portalId)
  }

  /** Neither is believed: until it is asked again nothing is known. Null: nothing contradicts. */
  const contradicted = (portalId: string): Outcome | null => {
    const waitMs = (contradictions.get(portalId)?.until ?? 0) - clock.monotonic()
    if (waitMs <= 0) return null
    return later(waitMs, `the portal lists ${portalId}, and answers that it holds no such customer`)
  }

  /** Gone is whom the list and the answer to its id agree about: links that a person made do not come back by themselves. */
  const confirmLink = async (portalId: string): Promise<Outcome | null> => {
    if ((await askFor(portalId)) !== null) return null
    return askTheList(portalId, async () => {
      await book.lost(portalId, clock.now())
      return failed('CUSTOMER_UNKNOWN', goneFrom(portalId))
    })
  }

  /**
   * The copy is up to a day old: an address may have moved to another customer since. So a new link is made for what the
   * portal tells now; for invoices that ask for the same one at the same time it is asked once.
   */
  const confirmMatch = async (sighting: Sighting, portalId: string): Promise<Verdict | Outcome | null> => {
    const before = confirming.get(portalId)
    if (before) {
      await before.catch(() => {})
      return null
    }
    const pause = contradicted(portalId)
    if (pause) return pause
    const asking = askAndConfirm(sighting, portalId).finally(() => confirming.delete(portalId))
    confirming.set(portalId, asking)
    return asking
  }

  const askAndConfirm = async (sighting: Sighting, portalId: string): Promise<Verdict | Outcome | null> => {
    const askedAt = clock.monotonic()
    const found = await inSlot(() => portal.customer(portalId))
    if (found === null) return askTheList(portalId, async () => null)
    contradictions.delete(portalId)
    // An answer without an address says nothing of it: then the list has to, read from now on.
    if (found.primaryEmail === null && !(await customerList.readSince(askedAt))) return later(againMs)
    const primaryEmail = found.primaryEmail ?? (await holdings.customer(portalId))?.primaryEmail ?? null
    const verdict = await book.confirmMatch(sighting, { ...found, primaryEmail }, rules, clock.now())
    if (verdict.kind !== 'is') staleAt = askedAt
    return verdict
  }

  /** Null: judge again. */
  const create = async (sighting: Sighting): Promise<Outcome | null> => {
    if (!(await customerList.readSince(Math.max(clock.monotonic() - freshMs, staleAt)))) return later(againMs)
    const underWay = Promise.withResolvers<void>()
    try {
      return await send(sighting, () => void running.add(underWay.promise))
    } finally {
      running.delete(underWay.promise)
      underWay.resolve()
    }
  }

  const send = async (sighting: Sighting, begun: () => void): Promise<Outcome | null> => {
    const said = await writeBeforeSpeak(
      options,
      () => {
        begun()
        return book.beginCreate(sighting, rules, clock.now())
      },
      (creation, limits) => creation && portal.createCustomer(creation.fields, limits)
    )
    if ('kind' in said) return said
    const { permission: creation, written } = said
    if (creation === null || written === null) return null
    // Where what came of it cannot be kept either, a look has to tell.
    settling.lost(creation.id)
    const outcome = await conclude(creation, written)
    if (written.outcome !== 'unknown') settling.over(creation.id)
    return outcome
  }

  const conclude = async (creation: Creation, written: Written<PortalCustomer>): Promise<Outcome | null> => {
    switch (written.outcome) {
      case 'done':
        await book.created(creation, wholeOf(written.value, creation.fields), clock.now())
        return null
      case 'not-done':
        await book.notCreated(creation)
        if (written.code !== 'PORTAL_REJECTED') return failureOf(written)
        // A refusal proves nothing: what is created next is created after a look.
        staleAt = clock.monotonic()
        return failed('CUSTOMER_UNKNOWN', `the portal refused to create it: ${written.detail}`)
      case 'unknown': {
        if (written.answered) await book.answered(creation, written.detail)
        const detail = `whether the customer was created is not known: ${written.detail}`
        return failureOf({ ...written, detail }, options.portalSettleMs)
      }
    }
  }

  /** A create whose answer is not known is never sent again before a look. Null: judge again. */
  const settle = async (creation: Creation): Promise<Outcome | null> => {
    if (!settling.isLost(creation.id) && running.size > 0) {
      await Promise.all(running)
      return null
    }
    const from = settling.endsAt(creation.id, true)
    const waitMs = from - clock.monotonic()
    if (waitMs > 0) return later(waitMs)
    if (!(await customerList.readSince(from))) return later(againMs)
    settling.over(creation.id)
    const found = await book.settleCreation(creation, clock.now())
    if (found !== null || creation.answer === null) return null
    return failed('CUSTOMER_UNKNOWN', `the portal did not create it: ${creation.answer}`)
  }

  const resolve = async (sighting: Sighting, mayCreate: boolean) => {
    for (let round = 1; round <= roundsMax; round += 1) {
      const verdict = await book.judge(sighting, rules, clock.now())
      let ended: Outcome | null
      switch (verdict.kind) {
        case 'is':
          // What an invoice names may be a slip of the pen; the copy knows of a new customer only later.
          if (await isKnown(verdict.portalId)) return { portalId: verdict.portalId }
          return failed('CUSTOMER_UNKNOWN', `the portal holds no customer ${verdict.portalId}`)
        case 'ambiguous':
          return failed('CUSTOMER_AMBIGUOUS', verdict.why)
        case 'unknown':
          return failed('CUSTOMER_UNKNOWN', verdict.why + (await namesakes(sighting.customer.name, holdings)))
        case 'match': {
          const confirmed = await confirmMatch(sighting, verdict.portalId)
          if (confirmed?.kind === 'is') return { portalId: confirmed.portalId }
          ended = confirmed?.kind === 'failed' ? confirmed : null
          break
        }
        case 'confirm':
          ended = await confirmLink(verdict.portalId)
          break
        case 'create':
          if (!mayCreate) return { wouldCreate: verdict.fields }
          ended = await create(sighting)
          break
        case 'creating':
          ended = await settle(verdict.creation)
      }
      if (ended) return ended
    }
    return later(againMs)
  }

  return {
    async find({ id, tool, invoice: { customer }, test }, { mayCreate = true } = {}) {
      try {
        return await resolve({ invoiceId: id, tool, customer, test }, mayCreate && !test)
      } catch (error) {
        return failedBy(error)
      }
    },
    async link(who, portalId) {
      if (await isKnown(portalId)) return book.link(who, portalId, clock.now())
      throw invalid('portalId', 'the portal holds no such customer')
    },
    unlink: who => book.unlink(who, clock.now()),
    stop: customerList.stop
  }
}

const invalid = (field: string, message: string) =>
  new BridgeError('FIELDS_INVALID', undefined, { problems: [{ field, message }] })

const later = (retryAfterMs: number, detail = 'the customer is being looked for in the portal'): Failure =>
  busy(retryAfterMs, detail)

/** The answer to a write may tell no more than the id; the rest is what was sent. */
const wholeOf = (answer: PortalCustomer, sent: CustomerFields): PortalCustomer => ({
  ...answer,
  companyName: answer.companyName ?? sent.companyName,
  primaryEmail: answer.primaryEmail ?? sent.primaryEmail,
  address: answer.address ?? sent.address,
  zipCode: answer.zipCode ?? sent.zipCode,
  city: answer.city ?? sent.city,
  countryCode: answer.countryCode ?? sent.countryCode ?? null
})
