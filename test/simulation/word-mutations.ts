// Deliberate mistakes about what tools voided, restored and corrected, and about copies by another way.

import { type Invoice, sameFacts } from '../../src/core/invoice.ts'
import type { Arrival } from '../../src/core/row.ts'
import type { Ledger } from '../../src/ledger/ledger.ts'
import type { Mutation } from './mutation.ts'
import { keyOf } from './number.ts'
import type { Way } from './ways.ts'

const restored: Way = 'what was voided is restored'
const mailed: Way = 'a mailbox brings them, too'

const toldOtherwise = (ledger: Ledger, changed: (arrival: Arrival) => Arrival): Ledger => ({
  ...ledger,
  receive: (arrival, now) => ledger.receive(changed(arrival), now)
})

/** A void counts for what its own tool brought. */
const copyNotVoided: Mutation = {
  name: 'a void that reaches no copy',
  way: mailed,
  receiver: ledger => toldOtherwise(ledger, arrival => (arrival.voided ? { ...arrival, secondHand: [] } : arrival))
}

/** What was voided stays so. */
const neverRestored: Mutation = {
  name: 'voided for good',
  way: restored,
  receiver: ledger => toldOtherwise(ledger, arrival => ({ ...arrival, restores: false }))
}

/** Whatever comes last counts, however late it comes. */
const lastHeardCounts: Mutation = {
  name: 'an old word that comes late',
  way: restored,
  receiver(ledger) {
    let heard = 0
    return toldOtherwise(ledger, arrival => {
      heard += 1
      const { invoice } = arrival
      return arrival.restores ? { ...arrival, invoice: { ...invoice, revision: `9999 ${1e9 + heard}` } } : arrival
    })
  }
}

/** What a person said before it was voided goes on counting. */
const oldWordsKept: Mutation = {
  name: "restored by a person's old words",
  seed: 118,
  way: restored,
  ledger: (ledger, { disk }) => ({
    ...ledger,
    async receive(arrival, now) {
      const find = disk.database().prepare('SELECT id, overrides, released FROM invoice WHERE key = ?')
      const before = find.get(keyOf(arrival.invoice.invoiceNumber))
      const received = await ledger.receive(arrival, now)
      if (before && arrival.restores && received.result === 'accepted')
        disk
          .database()
          .prepare(`UPDATE invoice SET overrides = ?, released = ? WHERE id = ? AND state = 'waiting'`)
          .run(before.overrides as string, before.released as string | null, before.id as number)
      return received
    }
  })
}

/** What a shop says of an invoice, and what it said of it before: `pick` makes one of the two. */
const sinceToldFirst = (ledger: Ledger, pick: (arrival: Arrival, before: Invoice) => Arrival): Ledger => {
  const told = new Map<string, Invoice>()
  return toldOtherwise(ledger, arrival => {
    const { restores, invoice } = arrival
    if (!restores || invoice.sourceId === null) return arrival
    const picked = pick(arrival, told.get(invoice.sourceId) ?? invoice)
    told.set(invoice.sourceId, picked.invoice)
    return picked
  })
}

/** An invoice stays what it was first said to be. */
const neverCorrected: Mutation = {
  name: 'corrected in vain',
  way: restored,
  receiver: ledger =>
    sinceToldFirst(ledger, (arrival, { amountCents, issuedAt, customer }) => ({
      ...arrival,
      invoice: { ...arrival.invoice, amountCents, issuedAt, customer }
    }))
}

/** The facts that come last count, however late they come. */
const lastFactsCount: Mutation = {
  name: 'an old correction that comes late',
  way: restored,
  receiver: ledger =>
    sinceToldFirst(ledger, (arrival, before) => ({ ...arrival, restores: sameFacts(arrival.invoice, before) }))
}

const goneUnheeded: Mutation = {
  name: 'voided in vain by its id alone',
  way: mailed,
  receiver: ledger => ({ ...ledger, voidSource: async () => false })
}

/** A void that named only the tool's id is forgotten where the invoice is known by another way. */
const goneNotMet: Mutation = {
  name: 'voided by its id, and met as a copy',
  way: mailed,
  ledger: (ledger, { disk }) => ({
    ...ledger,
    receive(arrival, now) {
      const { tool, invoice } = arrival
      disk
        .database()
        .prepare(
          `DELETE FROM voided_source WHERE tool = ? AND source_id = ?
            AND EXISTS (SELECT 1 FROM invoice WHERE key = ? AND tool <> ?)`
        )
        .run(tool, invoice.sourceId, keyOf(invoice.invoiceNumber), tool)
      return ledger.receive(arrival, now)
    }
  })
}

/** What an event held goes on waiting: of those that were so `before`, those that are so `since`. */
const heldInVain =
  ({ before = 'TRUE', since = 'TRUE' }): NonNullable<Mutation['ledger']> =>
  (ledger, { disk }) => ({
    ...ledger,
    async receive(arrival, now) {
      const database = disk.database()
      const waiting = database
        .prepare(`SELECT id, next_attempt_at FROM invoice WHERE state = 'waiting' AND ${before}`)
        .all()
      const received = await ledger.receive(arrival, now)
      const release = database.prepare(
        `UPDATE invoice SET state = 'waiting', code = NULL, next_attempt_at = ?
          WHERE id = ? AND state = 'held' AND code = 'INVOICE_CONFLICT' AND ${since}`
      )
      const settle = database.prepare('UPDATE conflict SET settled = 1 WHERE invoice_id = ?')
      for (const { id, next_attempt_at: at } of waiting)
        if (release.run(at as number, id as number).changes > 0) settle.run(id as number)
      return received
    }
  })

/** A person had it delivered in spite of a void, and is not asked about what follows. */
const neverAskedAnew: Mutation = {
  name: 'delivered in spite of a void, and of all that follows',
  seed: 43147,
  way: restored,
  ledger: heldInVain({ before: `overrides LIKE '%VOIDED_IN_TOOL%'` })
}

/** A tool's second number for what a mail brought is no news. */
const numbersNotMet: Mutation = {
  name: 'told under two numbers, and met as a copy',
  seed: 5600973,
  way: mailed,
  ledger: heldInVain({
    since: `EXISTS (SELECT 1 FROM history WHERE invoice_id = invoice.id AND event = 'told under another number')`
  })
}

export const wordMutations: readonly Mutation[] = [
  copyNotVoided,
  neverRestored,
  lastHeardCounts,
  oldWordsKept,
  neverCorrected,
  lastFactsCount,
  goneUnheeded,
  goneNotMet,
  neverAskedAnew,
  numbersNotMet
]
