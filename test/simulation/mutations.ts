// Deliberate mistakes, each put into the engine's parts from outside: the product has no switch for any of them. A
// simulation that does not find them proves nothing.

import { numberKey, parseAmount } from '../../src/core/invoice.ts'
import type { PortalInvoice } from '../../src/core/portal-entry.ts'
import type { CreateBody } from '../../src/core/row.ts'
import type { Page } from '../../src/portal/client.ts'
import { customerMutations } from './customer-mutations.ts'
import type { Mutation } from './mutation.ts'
import { wordMutations } from './word-mutations.ts'

const blindRetry: Mutation = {
  name: 'blind retry on unknown',
  engine: ({ ledger }) => ({
    ledger: {
      ...ledger,
      record: (loan, decision, now) =>
        decision.to === 'doubt'
          ? ledger.record(
              loan,
              { to: 'waiting', at: now + 5000, code: 'PORTAL_UNREACHABLE', detail: null, spent: true },
              now
            )
          : ledger.record(loan, decision, now)
    }
  })
}

const forgetSending: Mutation = {
  name: 'forget sending',
  engine: ({ ledger }) => ({ ledger: { ...ledger, sending: async () => 'granted' } })
}

const noSettleTime: Mutation = {
  name: 'no settle time',
  seed: 80,
  engine: () => ({ portalSettleMs: 0, portalSettleInheritedMs: 0 })
}

// Until the write that was asked for is done.
const shortly = 1000

/** A worker that once had the row may write to it for ever. */
const noFence: Mutation = {
  name: 'no fence',
  seed: 1124,
  engine({ ledger }, { disk }) {
    /** As the worker that has it now would say it. */
    const asCurrent = <T extends { id: number; attempt: number }>(held: T, loanUntil: number | null): T => {
      const find = disk.database().prepare('SELECT attempt, state FROM invoice WHERE id = ?')
      const { attempt, state } = find.get(held.id) as { attempt: number; state: string }
      if (attempt !== held.attempt && (state === 'waiting' || state === 'sending'))
        disk.database().prepare('UPDATE invoice SET loan_until = ? WHERE id = ?').run(loanUntil, held.id)
      return { ...held, attempt }
    }
    return {
      ledger: {
        ...ledger,
        sending: (loan, body, now) => ledger.sending(asCurrent(loan, now + shortly), body, now),
        record: (loan, decision, now) => ledger.record(asCurrent(loan, now + shortly), decision, now),
        settle: (doubt, decision, now) => ledger.settle(asCurrent(doubt, null), decision, now)
      }
    }
  }
}

/** The order of the list is taken for granted. */
const stopEarly: Mutation = {
  name: 'stop reading early without proof',
  seed: 252,
  engine: ({ ledger }) => ({
    ledger: {
      ...ledger,
      holdings: {
        ...ledger.holdings,
        copy: async () => ({ ...(await ledger.holdings.copy()), order: 'newest', orderSeen: true })
      }
    }
  })
}

// Two readings of one look follow each other sooner than this.
const sameLookMs = 20_000

/** The second reading of a look shows what the first saw. */
const singleRead: Mutation = {
  name: 'single read for absence',
  seed: 1585,
  engine({ portal, clock }) {
    let readAt = Number.NEGATIVE_INFINITY
    let replays = false
    let seen = new Map<number, Page<PortalInvoice>>()
    return {
      portal: {
        ...portal,
        async invoicesPage(number) {
          if (number === 1) {
            replays = !replays && clock.monotonic() - readAt < sameLookMs
            if (!replays) {
              readAt = clock.monotonic()
              seen = new Map()
            }
          }
          const page = (replays ? seen.get(number) : undefined) ?? (await portal.invoicesPage(number))
          seen.set(number, page)
          return page
        }
      }
    }
  }
}

/** An entry counts as the same whatever its date. */
const noDate: Mutation = {
  name: 'adopt without the date',
  seed: 258,
  engine({ ledger, portal }) {
    const wanted = new Map<string, string>()
    const note = ({ invoiceNumber, issuedAt }: Pick<CreateBody, 'invoiceNumber' | 'issuedAt'>) =>
      wanted.set(numberKey(invoiceNumber), issuedAt)
    return {
      ledger: {
        ...ledger,
        async borrow(limit, now, until) {
          const loans = await ledger.borrow(limit, now, until)
          for (const { invoice } of loans) note(invoice)
          return loans
        },
        async doubts(now, limit) {
          const doubts = await ledger.doubts(now, limit)
          for (const { body } of doubts) note(body)
          return doubts
        }
      },
      portal: {
        ...portal,
        async invoice(id) {
          const entry = await portal.invoice(id)
          const issuedAt = wanted.get(numberKey(entry?.invoiceNumber ?? ''))
          return entry && issuedAt !== undefined ? { ...entry, issuedAt } : entry
        }
      }
    }
  }
}

const trustRolledBack: Mutation = { name: 'trust a rolled-back copy', seed: 73, keepsIdentity: true }

/** A reading counts, even if it lacks some of what is known. */
const unaccounted: Mutation = {
  name: 'evidence not accounted for',
  seed: 16,
  way: 'the list hides what it holds',
  engine: ({ ledger }) => ({
    ledger: { ...ledger, holdings: { ...ledger.holdings, unseen: async () => [] } }
  })
}

/** Not there when it is asked for: gone, whatever the list says. */
const believeGet: Mutation = {
  name: 'GET alone believed',
  seed: 169,
  engine: ({ ledger }) => ({
    ledger: { ...ledger, holdings: { ...ledger.holdings, has: async () => false } }
  })
}

/**
 * Of the answer to a create only the id counts, and of a reading that shows the invoice: the rest is what was sent.
 */
const notCompared: Mutation = {
  name: 'answers not compared',
  seed: 57,
  way: 'it answers with the id of another',
  engine({ ledger, portal }) {
    const sent = new Map<string, Partial<PortalInvoice>>()
    return {
      ledger: {
        ...ledger,
        holdings: {
          ...ledger.holdings,
          learn: (entries, ...how) =>
            ledger.holdings.learn(
              entries.map(entry => ({ ...entry, ...sent.get(entry.id) })),
              ...how
            )
        }
      },
      portal: {
        ...portal,
        async createInvoice(body, ...how) {
          const written = await portal.createInvoice(body, ...how)
          if (written.outcome !== 'done') return written
          const { customerId, invoiceNumber, issuedAt } = body
          const facts = { customerId, invoiceNumber, issuedAt, amountCents: parseAmount(body.amount) ?? null }
          sent.set(written.value.id, facts)
          return { outcome: 'done', value: { ...written.value, ...facts } }
        }
      }
    }
  }
}

/** An invoice that has to be marked paid is taken for unpaid. */
const markUnseen: Mutation = {
  name: 'paid without looking',
  seed: 671,
  engine({ ledger, portal }) {
    const paying = new Set<string>()
    return {
      ledger: {
        ...ledger,
        async borrow(...args) {
          const loans = await ledger.borrow(...args)
          for (const { work, portalId } of loans) if (work === 'pay' && portalId) paying.add(portalId)
          return loans
        }
      },
      portal: {
        ...portal,
        async invoice(id) {
          if (!paying.has(id)) return portal.invoice(id)
          const nothing = { customerId: null, invoiceNumber: null, issuedAt: null, amountCents: null }
          return { id, createdAt: null, currency: null, paidAt: null, ...nothing }
        }
      }
    }
  }
}

/** Once released it is sent, whatever became of it. */
const releaseUnbound: Mutation = {
  name: 'release not bound',
  seed: 920,
  engine: ({ ledger }) => ({
    ledger: {
      ...ledger,
      borrow: async (...args) => (await ledger.borrow(...args)).map(loan => ({ ...loan, released: null }))
    }
  })
}

/** The copy's word is enough for a link. */
const unconfirmed: Mutation = {
  name: 'customers not confirmed',
  seed: 611,
  engine: ({ ledger, portal }) => ({ portal: { ...portal, customer: id => ledger.holdings.customer(id) } })
}

/** Delivering beside one invoice of the portal means beside any that comes later. */
const wordForAll: Mutation = {
  name: "a person's word for all that comes",
  way: 'dates cannot be read',
  seed: 75,
  engine: ({ ledger }) => ({
    ledger: {
      ...ledger,
      holdings: {
        ...ledger.holdings,
        byNumber: async (invoiceNumber, after) => (after === undefined ? ledger.holdings.byNumber(invoiceNumber) : [])
      }
    }
  })
}

const forgetVoided: Mutation = {
  name: 'voided forgotten',
  seed: 64,
  receiver: ledger => ({
    ...ledger,
    voidSource: async (tool, sourceId, now) => {
      const { rows } = await ledger.list({ tool, limit: 500 })
      const isKnown = rows.some(({ invoiceNumber }) => sourceId.endsWith(invoiceNumber))
      return isKnown ? ledger.voidSource(tool, sourceId, now) : false
    }
  })
}

/** A process that dies keeps what it had borrowed, until the loan runs out by itself. */
const loansOutlive: Mutation = {
  name: 'a loan that no owner loses',
  seed: 166,
  machines: 2,
  ledger: (ledger, { disk }) => ({
    ...ledger,
    async beat(now) {
      const lent = disk
        .database()
        .prepare('SELECT loan_until, id, attempt, state, next_attempt_at FROM invoice WHERE loan_until IS NOT NULL')
        .all()
      await ledger.beat(now)
      const keep = disk.database().prepare(
        `UPDATE invoice SET loan_until = ? WHERE id = ? AND attempt = ? AND state = ? AND next_attempt_at IS ?
          AND loan_until IS NULL`
      )
      for (const row of lent) keep.run(...Object.values(row))
    }
  })
}

/** A worker sends what it has borrowed, even if another has it by now: found where a machine freezes (frozen.ts). */
export const trustLostLoan: Mutation = {
  name: 'a lost loan trusted',
  engine: ({ ledger }) => ({
    ledger: {
      ...ledger,
      async sending(...asked) {
        const answer = await ledger.sending(...asked)
        return answer === 'lost' ? 'granted' : answer
      }
    }
  })
}

const slotsApart: Mutation = {
  name: 'slots counted per process',
  seed: 5,
  machines: 2,
  ledger: (ledger, { world }) => ({
    ...ledger,
    holdings: {
      ...ledger.holdings,
      takeSlot: (at, limits, now) =>
        ledger.holdings.takeSlot(at, { ...limits, perMinute: limits.perMinute * world.machines }, now)
    }
  })
}

export const mutations: readonly Mutation[] = [
  blindRetry,
  forgetSending,
  noSettleTime,
  noFence,
  stopEarly,
  singleRead,
  noDate,
  trustRolledBack,
  unaccounted,
  believeGet,
  notCompared,
  markUnseen,
  releaseUnbound,
  unconfirmed,
  wordForAll,
  forgetVoided,
  loansOutlive,
  slotsApart,
  ...customerMutations,
  ...wordMutations
]
