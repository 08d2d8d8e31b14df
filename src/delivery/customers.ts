// Finds out which portal customer an invoice belongs to. The ledger decides by what it knows (rules/claims.ts). This
// file asks the portal only if needed: whether a customer still exists, and to create one. It guesses nothing, because
// one company's invoice must not reach another.

import type { Creation, MatchRules, Sighting, ToolCustomer, Verdict } from '../core/customer.ts'
import { BridgeError } from '../core/errors.ts'
import type { CustomerFields, PortalCustomer } from '../core/portal-entry.ts'
import type { Actor, Loan } from '../core/row.ts'
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
  writeBeforeSpeak
} from './write-before-speak.ts'

export interface Customers {
  /**
   * The invoice's customer in the portal. A failure holds it (CUSTOMER_…) or has it tried again (PORTAL_…).
   * `wouldCreate`: only if `mayCreate` is false, as in review; nothing was sent.
   */
  find: (
    loan: Pick<Loan, 'id' | 'tool' | 'invoice' | 'test'>,
    options?: { mayCreate?: boolean }
  ) => Promise<{ portalId: string } | { wouldCreate: CustomerFields } | Outcome>
  /**
   * Links as a person says. Rejects with FIELDS_INVALID when the portal holds no such customer, or there is nothing to
   * link.
   */
  link: (who: { tool: string; ref: string }, portalId: string, actor?: Actor) => Promise<ToolCustomer>
  /** Null: no such customer is known. */
  unlink: (who: { tool: string; ref: string }, actor?: Actor) => Promise<ToolCustomer | null>
  /** Ends a reading under way. */
  stop: () => Promise<void>
}

export type CustomersOptions = Speaking &
  SettlingOptions & {
    ledger: Pick<Ledger, 'customers' | 'holdings'>
    portal: Pick<Portal, 'createCustomer'>
    reader: Reader
    rules: MatchRules
  }

// Before it creates a customer, the bridge reads all of them, unless it did so this recently.
const freshMs = 15 * 60_000

// How long to wait for a reading, or for what another invoice has under way.
const againMs = 5000

// A portal that contradicts itself is asked less and less often, because it may do so about all of its customers.
const contradictedMs = 60_000
const contradictedMsMax = 60 * 60_000

// How many times the ledger may learn something new between two of our own steps.
const roundsMax = 8

export const createCustomers = (options: CustomersOptions): Customers => {
  const { ledger, portal, reader, clock, rules } = options
  const { customers: book, holdings } = ledger
  const customerList = createCustomerList({ holdings, reader, clock })
  const settling = createSettling(options)
  // Creates that this process has under way.
  const running = new Set<Promise<void>>()
  // By portal customer: matches that are being confirmed, and until when a contradiction rests.
  const confirming = new Map<string, Promise<unknown>>()
  const contradictions = new Map<string, { until: number; pauseMs: number }>()
  // When the copy of the customers was last found wrong.
  let staleAt = Number.NEGATIVE_INFINITY

  /** Asks the portal only if the copy does not know the customer. A 404 alone ends nothing. */
  const isKnown = async (portalId: string): Promise<boolean> =>
    (await holdings.customer(portalId)) !== null || (await askFor(portalId)) !== null

  /** A portal that does not answer about one customer may answer about all others: it is not down for that. */
  const askCustomer = async (portalId: string): Promise<PortalCustomer | null> => {
    const said = await reader.answerTo('delivery', () => reader.askCustomer(portalId, 'delivery'))
    if ('answer' in said) return said.answer
    throw new BridgeError('PORTAL_UNREACHABLE', said.untold, { answered: true })
  }

  const askFor = async (portalId: string): Promise<PortalCustomer | null> => {
    const customer = await askCustomer(portalId)
    if (customer) await holdings.learnCustomer(customer, clock.now())
    return customer
  }

  /** For a customer that the portal does not find by its id. Null: judge again. */
  const askTheList = async (portalId: string, isGone: () => Promise<Outcome | null>) => {
    if (!(await customerList.readSince(clock.monotonic() - freshMs))) return later(againMs)
    if ((await holdings.customer(portalId)) === null) return isGone()
    const pauseMs = Math.min((contradictions.get(portalId)?.pauseMs ?? contradictedMs / 2) * 2, contradictedMsMax)
    contradictions.set(portalId, { until: clock.monotonic() + pauseMs, pauseMs })
    return contradicted(portalId)
  }

  /** List and id contradict each other, so neither is believed until the portal is asked again. Null: they do not. */
  const contradicted = (portalId: string): Outcome | null => {
    const waitMs = (contradictions.get(portalId)?.until ?? 0) - clock.monotonic()
    if (waitMs <= 0) return null
    return later(waitMs, `the portal lists ${portalId}, but answers that it holds no such customer`)
  }

  /** A customer is gone only if list and id agree, because a link that a person made does not come back by itself. */
  const confirmLink = async (portalId: string): Promise<Outcome | null> => {
    if ((await askFor(portalId)) !== null) return null
    return askTheList(portalId, async () => {
      await book.lost(portalId, clock.now())
      return failed('CUSTOMER_UNKNOWN', goneFrom(portalId))
    })
  }

  /**
   * The copy is up to a day old, and an address may have moved to another customer since. So the portal is asked
   * before a new link is made: once, for all invoices that need the same customer at the same time.
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
    const found = await askCustomer(portalId)
    if (found === null) return askTheList(portalId, async () => null)
    contradictions.delete(portalId)
    // If the answer has no address, the list must show it, in a reading that begins now.
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
    // Unless the answer is clear and the ledger keeps it, a look has to find out.
    settling.lost(creation.id)
    return conclude(creation, written)
  }

  const conclude = async (creation: Creation, written: Written<PortalCustomer>): Promise<Outcome | null> => {
    switch (written.outcome) {
      case 'done': {
        const doubt = await doubtOn(creation, written.value)
        if (doubt !== null) return notKnown(doubt, true)
        settling.over(creation.id)
        return null
      }
      case 'not-done':
        // A refusal proves nothing: the creation goes on, and who needs the customer next looks for it first.
        if (written.code === 'PORTAL_REJECTED') {
          await book.answered(creation, written.detail)
          return unmade(`the portal refused to create it: ${written.detail}`)
        }
        await book.notCreated(creation)
        settling.over(creation.id)
        return failureOf(written)
      case 'unknown':
        if (written.answered) await book.answered(creation, written.detail)
        return notKnown(written.detail, written.answered)
    }
  }

  /** What the answer to a create leaves open, the portal may tell by the id in it. The doubt is kept first. */
  const doubtOn = async (creation: Creation, answer: PortalCustomer): Promise<string | null> => {
    const doubt = await book.created(creation, answer, clock.now())
    const shown = doubt && (await askCustomer(answer.id))
    return shown ? book.created(creation, shown, clock.now()) : doubt
  }

  const notKnown = (why: string, answered: boolean): Failure => {
    const detail = `it is not known whether the customer was created: ${why}`
    return failureOf({ outcome: 'unknown', detail, answered }, options.portalSettleMs)
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
    await book.settleCreation(creation, clock.now())
    return null
  }

  const withNamesakes = async ({ why }: { why: string }, { customer }: Sighting): Promise<string> =>
    why + (await namesakes(customer.name, holdings))

  const resolve = async (sighting: Sighting, mayCreate: boolean) => {
    for (let round = 1; round <= roundsMax; round += 1) {
      const verdict = await book.judge(sighting, rules, clock.now())
      let ended: Outcome | null
      switch (verdict.kind) {
        case 'is':
          // The id may be a typing error, and the copy learns of a new customer only later.
          if (await isKnown(verdict.portalId)) return { portalId: verdict.portalId }
          return failed('CUSTOMER_UNKNOWN', `the portal holds no customer ${verdict.portalId}`)
        case 'ambiguous':
          return failed('CUSTOMER_AMBIGUOUS', verdict.why)
        case 'unknown':
          return failed('CUSTOMER_UNKNOWN', await withNamesakes(verdict, sighting))
        case 'unmade':
          return unmade(await withNamesakes(verdict, sighting))
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
    async link(who, portalId, actor) {
      if (await isKnown(portalId)) return book.link(who, portalId, clock.now(), actor)
      throw invalid('portalId', 'the portal holds no such customer')
    },
    unlink: (who, actor) => book.unlink(who, clock.now(), actor),
    stop: customerList.stop
  }
}

const invalid = (field: string, message: string) =>
  new BridgeError('FIELDS_INVALID', undefined, { problems: [{ field, message }] })

const unmade = (detail: string): Failure => failed('CUSTOMER_UNKNOWN', detail, { unmade: true })

const later = (retryAfterMs: number, detail = 'the customer is being looked for in the portal'): Failure =>
  busy(retryAfterMs, detail)
