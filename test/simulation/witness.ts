// Stands between the engine and its ledger and watches what it does to rows in doubt. Changes nothing.

import type { Code } from '../../src/core/codes.ts'
import type { CreateBody, Decision } from '../../src/core/row.ts'
import type { Ledger } from '../../src/ledger/ledger.ts'
import { keyOf } from './number.ts'
import { type Entry, isThere } from './portal.ts'
import type { World } from './world.ts'

export const isOf = (entry: Entry, body: CreateBody): boolean =>
  keyOf(entry.asked) === keyOf(body.invoiceNumber) &&
  entry.customerId === body.customerId &&
  entry.issuedAt === body.issuedAt &&
  entry.amountCents === Math.round(Number(body.amount) * 100)

const unproven: Code[] = ['PORTAL_REJECTED', 'PORTAL_UNCLEAR']

/**
 * A row leaves `sending` as not created only when no create of it made anything that still stands in the portal, seen or
 * not yet, and none is under way.
 */
export const witness = (ledger: Ledger, world: World): Ledger => {
  const { portal, requests, scheduler, tell, fail } = world
  const sent = new Map<string, CreateBody>()

  const judge = (body: CreateBody, decision: Decision): void => {
    const number = body.invoiceNumber
    tell(() => `  ${number}: sending → ${decision.to} ${'code' in decision ? (decision.code ?? '') : ''}`)
    if (decision.to === 'delivered' || decision.to === 'doubt' || decision.to === 'look') return
    // Held without a proof: whoever releases it has it looked for first.
    if (decision.to === 'held' && unproven.includes(decision.code)) return
    const made = portal.entries.find(entry => entry.by === 'bridge' && entry.deletedAt === null && isOf(entry, body))
    if (made) {
      const seen = isThere(made, scheduler.now()) ? 'holds it' : 'is about to show it'
      fail(`${number} left "sending" for "${decision.to}" while the portal ${seen} (${made.id})`)
    }
    const key = keyOf(number)
    if (
      requests.some(({ key: other, name, fate }) => name === 'createInvoice' && other === key && fate === 'under way')
    )
      fail(`${number} left "sending" for "${decision.to}" while a create of it is under way`)
  }

  return {
    ...ledger,
    holdings: {
      ...ledger.holdings,
      setCopy(change) {
        if (change.sweptAt !== undefined) world.sweeps += 1
        return ledger.holdings.setCopy(change)
      }
    },
    async sending(loan, body, now) {
      const permission = await ledger.sending(loan, body, now)
      tell(() => `  ${body.invoiceNumber}: sending (attempt ${loan.attempt}) ${permission}`)
      if (permission === 'granted') {
        sent.set(`${loan.id}:${loan.attempt}`, body)
        if (world.weather.bridge.review) judgeRelease(body, world)
      }
      return permission
    },
    async record(loan, decision, now) {
      const written = await ledger.record(loan, decision, now)
      const { invoiceNumber } = loan.invoice
      const body = sent.get(`${loan.id}:${loan.attempt}`)
      if (written && body && loan.work === 'create') judge(body, decision)
      else tell(() => `  ${invoiceNumber}: ${written ? '' : 'not '}recorded ${JSON.stringify(decision)}`)
      return written
    },
    async settle(doubt, decision, now) {
      const settled = await ledger.settle(doubt, decision, now)
      if (settled) judge(doubt.body, decision)
      return settled
    }
  }
}

/** In review only that may leave which a person has seen. */
const judgeRelease = (body: CreateBody, { released, fail }: World): void => {
  const seen = released.get(keyOf(body.invoiceNumber))
  const isSame =
    seen !== undefined &&
    seen.customerId === body.customerId &&
    seen.amount === body.amount &&
    seen.issuedAt === body.issuedAt &&
    seen.sendNotification === body.sendNotification
  if (!isSame) fail(`${body.invoiceNumber} is sent otherwise than a person saw it`)
}
