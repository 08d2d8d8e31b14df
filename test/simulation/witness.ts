// Stands between the engine and its ledger and watches what it does to rows in doubt. Changes nothing.

import type { Code } from '../../src/core/codes.ts'
import type { CreateBody, Decision } from '../../src/core/row.ts'
import type { Ledger } from '../../src/ledger/ledger.ts'
import { customerWitness, unlinkedFrom } from './customer-witness.ts'
import { keyOf } from './number.ts'
import { type Entry, isThere } from './portal.ts'
import { folded } from './portal-customers.ts'
import type { Sent, World } from './world.ts'

export const isOf = (entry: Entry, body: CreateBody): boolean =>
  keyOf(entry.asked) === keyOf(body.invoiceNumber) &&
  entry.customerId === body.customerId &&
  entry.issuedAt === body.issuedAt &&
  entry.amountCents === Math.round(Number(body.amount) * 100)

type Attempt = Pick<Sent, 'id' | 'attempt'>

const unproven: Code[] = ['PORTAL_REJECTED', 'PORTAL_UNCLEAR']

/**
 * A row leaves `sending` as not created only when no create of it made anything that still stands in the portal, seen
 * or not yet, and none is under way.
 */
export const witness = (ledger: Ledger, world: World): Ledger => {
  const { portal, requests, scheduler, sent, tell, fail } = world

  const isUnderWay = (number: string): boolean =>
    requests.some(({ key, name, fate }) => name === 'createInvoice' && key === keyOf(number) && fate === 'under way')

  /** A ledger that was rolled back counts attempts anew. */
  const sentIn = (isWanted: (one: Sent) => boolean): Sent | undefined =>
    sent.find(one => one.era === world.era && isWanted(one))

  const wasSent = ({ id, attempt }: Attempt) => sentIn(one => one.id === id && one.attempt === attempt)

  /** By an attempt after it, if there was one: some end before they send. */
  const sentSince = ({ id, attempt }: Attempt) => sentIn(one => one.id === id && one.attempt > attempt)

  const judge = (body: CreateBody, decision: Decision, { id, attempt }: Attempt): void => {
    const number = body.invoiceNumber
    tell(() => `  ${number}: sending → ${decision.to} ${'code' in decision ? (decision.code ?? '') : ''}`)
    if (decision.to === 'delivered' || decision.to === 'doubt' || decision.to === 'look') return
    // Held without proof: once a person releases it, the bridge looks for it first.
    if (decision.to === 'held' && unproven.includes(decision.code)) return
    // With a date that the bridge cannot read it is not the same: a person compares.
    if (world.weather.portal.dates === 'Dutch' && decision.to === 'held' && decision.code === 'INVOICE_CONFLICT') return
    // A process that was frozen hears late what the ledger kept: what the next attempt has sent since is no mistake.
    const next = sentSince({ id, attempt })
    const made = portal.entries
      .slice(0, next?.entries)
      .find(entry => entry.by === 'bridge' && entry.deletedAt === null && isOf(entry, body))
    if (made) {
      const seen = isThere(made, scheduler.now()) ? 'holds it' : 'is about to show it'
      fail(`${number} left "sending" for "${decision.to}" while the portal ${seen} (${made.id})`)
    }
    if (next?.isUnderWay ?? isUnderWay(number))
      fail(`${number} left "sending" for "${decision.to}" while a create of it is under way`)
  }

  return {
    ...ledger,
    customers: customerWitness(ledger.customers, world),
    holdings: {
      ...ledger.holdings,
      setCopy(change) {
        if (change.sweptAt !== undefined) world.sweeps += 1
        return ledger.holdings.setCopy(change)
      }
    },
    async sending(loan, body, now) {
      const reasons = [unlinkedFrom(world, loan, body.customerId), world.whyNot(body)]
      const permission = await ledger.sending(loan, body, now)
      for (const reason of permission === 'granted' ? reasons : [])
        if (reason !== null) fail(`${body.invoiceNumber} may be sent, although ${reason}`)
      tell(() => `  ${body.invoiceNumber}: sending (attempt ${loan.attempt}) ${permission}`)
      if (permission === 'lost') world.loansLost += 1
      if (permission === 'granted') {
        const { entries } = portal
        const was = { entries: entries.length, isUnderWay: isUnderWay(body.invoiceNumber) }
        const { id, attempt } = loan
        sent.push({ id, attempt, body, ...was, era: world.era, at: world.scheduler.now() })
        if (world.weather.bridge.review) judgeRelease(body, world)
      }
      return permission
    },
    async record(loan, decision, now) {
      const written = await ledger.record(loan, decision, now)
      if (!written) world.loansLost += 1
      const { invoiceNumber } = loan.invoice
      const body = wasSent(loan)?.body
      if (written && body && loan.work === 'create') judge(body, decision, loan)
      else tell(() => `  ${invoiceNumber}: ${written ? '' : 'not '}recorded ${JSON.stringify(decision)}`)
      return written
    },
    async settle(doubt, decision, now) {
      const settled = await ledger.settle(doubt, decision, now)
      if (settled) judge(doubt.body, decision, doubt)
      return settled
    }
  }
}

/** The customer that was only announced, by its name; null: that is not this one. */
const createdAs = (newCustomer: string | null, { customerId }: CreateBody, { portal }: World): string | null => {
  const customer = portal.customers.all.find(({ id }) => id === customerId)
  return customer && folded(customer.companyName) === folded(newCustomer ?? '') ? customerId : null
}

/** In review, only what a person has seen may leave. */
const judgeRelease = (body: CreateBody, world: World): void => {
  const { released, outdated, fail } = world
  const key = keyOf(body.invoiceNumber)
  const seen = released.get(key)
  const isSame =
    seen !== undefined &&
    (seen.customerId ?? createdAs(seen.newCustomer, body, world)) === body.customerId &&
    seen.amount === body.amount &&
    seen.issuedAt === body.issuedAt &&
    seen.sendNotification === body.sendNotification
  if (!isSame) fail(`${body.invoiceNumber} is sent otherwise than a person saw it`)
  if (isSame && outdated.get(key) === seen) fail(`${body.invoiceNumber} was voided after a person saw it, and is sent`)
}
