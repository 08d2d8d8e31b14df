// Deliberate mistakes about what tools voided and restored, and about copies by another way.

import type { Arrival } from '../../src/core/row.ts'
import type { Ledger } from '../../src/ledger/ledger.ts'
import type { Mutation } from './mutation.ts'
import { keyOf } from './number.ts'
import type { Way } from './ways.ts'

const restored: Way = 'what was voided is restored'

const toldOtherwise = (ledger: Ledger, changed: (arrival: Arrival) => Arrival): Ledger => ({
  ...ledger,
  receive: (arrival, now) => ledger.receive(changed(arrival), now)
})

/** A void counts for what its own tool brought. */
const copyNotVoided: Mutation = {
  name: 'a void that reaches no copy',
  way: 'a mailbox brings them, too',
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

export const wordMutations: readonly Mutation[] = [copyNotVoided, neverRestored, lastHeardCounts, oldWordsKept]
