// Hundreds of random steps from a seed, and after each one what must hold whatever happened: no row lost, none
// in doubt touched, none delivered twice, every count right, every PDF either named or handed back.

import type { Test } from 'tap'
import type { Code } from '../../../../src/core/codes.ts'
import { numberKey } from '../../../../src/core/invoice.ts'
import type { Document } from '../../../../src/core/row.ts'
import { actions, type Decision, type Loan, type Row } from '../../../../src/core/row.ts'
import type { Ledger } from '../../../../src/ledger/ledger.ts'
import { arrivalOf, bodyOf, delivered, documentOf, holdingOf, minute, noon, type Promised, rowOf } from '../fixtures.ts'

const seeds = [1, 2, 3, 4]
const steps = 300

const numbers = ['A-1', 'a-1 ', 'B-1', 'C-1', 'D-1']
const holds: Code[] = ['REVIEW', 'CUSTOMER_UNKNOWN', 'PDF_TOO_LARGE', 'PORTAL_REJECTED', 'INVOICE_CONFLICT']

/** Mulberry32: small, and the same everywhere. */
const randomFrom = (seed: number) => (): number => {
  seed = (seed + 0x6d2b79f5) | 0
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
}

const openChance = (seed: number) => {
  const random = randomFrom(seed)
  const below = (limit: number): number => Math.floor(random() * limit)
  return {
    below,
    pick: <T>(from: readonly T[]): T => from[below(from.length)]!,
    maybe: <T>(value: T): T | null => (below(2) === 0 ? value : null)
  }
}

/** What may end a state in doubt, or do more than an event, an operator or a restart may. */
type Step = 'clean answer' | 'anything else'

const openWalk = (t: Test, ledger: Ledger, seed: number) => {
  const { below, pick, maybe } = openChance(seed)
  const given = new Set<string>()
  const returned = new Set<string>()
  const loans: Loan[] = []
  let now = noon
  let files = 0
  let portalIds = 0

  const newDocument = (): Document => documentOf(`${++files}`)
  const giveBack = (documents: Document[]) => {
    for (const { file } of documents) returned.add(file)
  }

  const again = (): Decision => ({
    to: 'waiting',
    at: now + below(minute),
    code: 'PORTAL_BUSY',
    detail: null,
    spent: below(2) === 0
  })
  const decideOn = (invoiceNumber: string): Decision =>
    pick<() => Decision>([
      () => delivered(`inv_${++portalIds}`, invoiceNumber),
      again,
      () => ({ to: 'held', code: pick(holds), detail: null }),
      () => ({ to: 'dismissed', code: 'ZERO_AMOUNT' })
    ])()
  const decideOnPaying = ({ portalId }: Loan): Decision =>
    pick<() => Decision>([
      () => ({ to: 'paid', holding: holdingOf(portalId!, { paidAt: now }), marked: true }),
      again,
      () => ({ to: 'unpaid', code: 'PAID_NOT_MARKED', detail: null })
    ])()

  const receive = async () => {
    const document = maybe(newDocument())
    if (document) given.add(document.file)
    const arrival = arrivalOf(
      {
        invoiceNumber: pick(numbers),
        sourceId: pick([null, '1', '1', '2']),
        amountCents: pick([100, 100, 200, 300]),
        paidAt: maybe(now),
        pdfUrl: maybe(`https://acme.example/${below(3)}.pdf`),
        customer: { ref: pick(['kees@bakker.example', 'kees@bakker.example', 'jan@slager.example']) }
      },
      { tool: pick(['acme', 'acme', 'rival']), document }
    )
    giveBack((await ledger.receive(arrival, now)).unused)
  }
  const attach = async (loan: Loan) => {
    if (loan.document) return
    const document = newDocument()
    if (await ledger.attach(loan, document, now)) given.add(document.file)
    loan.document = document
  }
  const act = async () => {
    await ledger.act(pick(numbers), pick(actions), now).catch(error => {
      if (error.code !== 'STATE_CONFLICT' && error.code !== 'INVOICE_NOT_FOUND') throw error
    })
  }
  const send = async (loan: Loan) => {
    if (loan.work === 'pay') return ledger.paying(loan, now)
    const { invoiceNumber } = loan.invoice
    const there = await ledger.holdings.byNumber(invoiceNumber)
    if ((await ledger.sending(loan, bodyOf(loan), now)) !== 'granted') return
    const { amountCents, customer, issuedAt, paidAt, tool, attempts } = await rowOf(ledger, invoiceNumber)
    const facts = { invoice: { amountCents, issuedAt, paidAt }, tool, attempt: attempts }
    t.match(loan, facts, 'nothing is sent from older facts')
    t.strictSame(loan.invoice.customer, customer)
    t.ok(there.length === 0 || loan.overrides.includes('INVOICE_CONFLICT'), 'nor what is known to be there')
  }
  const record = async (loan: Loan) => {
    const inDoubt = (await ledger.find(loan.invoice.invoiceNumber))?.state === 'sending'
    const unclear = inDoubt && below(3) === 0
    const decision = loan.work === 'pay' ? decideOnPaying(loan) : decideOn(loan.invoice.invoiceNumber)
    await ledger.record(loan, unclear ? { to: 'doubt', detail: null } : decision, now)
  }
  const look = async () => {
    for (const doubt of await ledger.doubts(now, 1)) {
      t.ok(await ledger.settle(doubt, decideOn(doubt.body.invoiceNumber), now))
      t.equal(await ledger.settle(doubt, again(), now), null, 'once')
    }
  }
  const hearFromPortal = () =>
    below(2) === 0
      ? ledger.holdings.learn([holdingOf(`inv_${below(20)}`, { invoiceNumber: pick(numbers) })], null, now)
      : ledger.holdings.lose(`inv_${below(20)}`, now)

  const step = async (): Promise<Step> => {
    now += below(minute / 10)
    const turn = below(20)
    if (turn < 6) await receive()
    else if (turn < 9) loans.push(...(await ledger.borrow(1 + below(2), now, now + 1 + below(minute))))
    else if (turn < 11) await act()
    else if (turn < 12) giveBack(await ledger.forget(now - below(minute), 1 + below(3)))
    else if (turn < 13) await hearFromPortal()
    else if (turn < 14) return look().then(() => 'clean answer')
    if (turn < 14 || loans.length === 0) return 'anything else'
    const loan = pick(loans.slice(-3))
    if (turn < 15) await attach(loan)
    else if (turn < 18) await send(loan)
    else return record(loan).then(() => 'clean answer')
    return 'anything else'
  }

  /** Ends every doubt, every payment and every row, and empties them all. */
  const finish = async () => {
    now += 100 * minute
    for (const doubt of await ledger.doubts(now, 100)) await ledger.settle(doubt, again(), now)
    for (const loan of await ledger.borrow(100, now + minute, now + 2 * minute)) {
      if (loan.work === 'pay') await ledger.record(loan, { to: 'unpaid', code: 'PAID_NOT_MARKED', detail: null }, now)
    }
    for (const { invoiceNumber } of (await ledger.list({ limit: 100 })).rows) {
      // Once more for a conflict that another note hid.
      for (const _ of ['note', 'conflict']) await ledger.act(invoiceNumber, 'dismiss', now)
    }
    giveBack(await ledger.forget(now + 1, 100))
  }
  return { step, finish, given, returned }
}

const attentive = ({ state, code }: Row): boolean => state === 'held' || (state === 'delivered' && code !== null)

const wrongCounts = async (ledger: Ledger, rows: Row[]): Promise<string[]> => {
  const { attention, oldestWaitingAt, oldestSendingAt, ...counts } = await ledger.summary()
  const wrong = Object.entries(counts)
    .filter(([state, count]) => count !== rows.filter(row => row.state === state).length)
    .map(([state]) => `miscounted: ${state}`)
  if (attention !== rows.filter(attentive).length) wrong.push('miscounted: attention')
  for (const { tool, state, code, invoices } of await ledger.tally()) {
    const same = rows.filter(row => row.tool === tool && row.state === state && row.code === code)
    if (same.length !== invoices) wrong.push(`miscounted: ${tool} ${state} ${code}`)
  }
  return wrong
}

const wrongDocuments = async (ledger: Ledger, { given, returned }: Record<'given' | 'returned', Set<string>>) => {
  const named = [...(await ledger.documents())]
  return [
    ...named.filter(file => returned.has(file)).map(file => `named, though it was handed back: ${file}`),
    ...named.filter(file => !given.has(file)).map(file => `named, though nobody gave it: ${file}`)
  ]
}

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

const wrongRow = (old: Row, row: Row | undefined, step: Step): string[] => {
  if (!row) return ['a number was lost']
  const wrong: string[] = []
  if (old.state === 'delivered') {
    const kept = ({ state, portalId, amountCents, tool }: Row) => [state, portalId, amountCents, tool]
    if (!isSame(kept(old), kept(row))) wrong.push('what is delivered became something else')
    if (old.paidAt !== null && row.paidAt !== old.paidAt) wrong.push('paid twice')
  }
  if (old.state === 'sending') {
    if (!isSame(old.body, row.body)) wrong.push('what is in doubt forgot what it sent')
    if (step === 'anything else' && row.state !== 'sending') wrong.push('a doubt ended without a clean answer')
  }
  return wrong
}

const wrongRows = (before: Row[], after: Row[], step: Step): string[] => {
  const rows = new Map(after.map(row => [numberKey(row.invoiceNumber), row]))
  const ids = after.flatMap(({ portalId }) => portalId ?? [])
  return [
    ...(rows.size === after.length ? [] : ['two rows with one number']),
    ...(new Set(ids).size === ids.length ? [] : ['two rows with one portal id']),
    ...before.flatMap(old => wrongRow(old, rows.get(numberKey(old.invoiceNumber)), step))
  ]
}

export function walkContract(promised: Promised): void {
  for (const seed of seeds) {
    promised(`whatever happens in whatever order, it holds (seed ${seed})`, async (t, ledger) => {
      const walk = openWalk(t, ledger, seed)
      const rowsNow = async () => (await ledger.list({ limit: 100 })).rows
      let before = await rowsNow()
      for (let turn = 0; turn < steps && t.passing(); turn++) {
        const step = await walk.step()
        const after = await rowsNow()
        const wrong = [
          ...wrongRows(before, after, step),
          ...(await wrongCounts(ledger, after)),
          ...(await wrongDocuments(ledger, walk))
        ]
        if (wrong.length > 0) t.strictSame(wrong, [], `after step ${turn}`)
        before = after
      }

      await walk.finish()
      t.strictSame(await ledger.documents(), new Set(), 'in the end no PDF is named')
      t.strictSame(
        [...walk.given].filter(file => !walk.returned.has(file)),
        [],
        'because each was handed back'
      )
    })
  }
}
