// Thousands of random steps from a seed, and after each one what must hold whatever happened: no row lost, none
// in doubt touched, none delivered twice, every count right, every PDF either named or handed back.

import type { Test } from 'tap'
import type { Code } from '../../../../src/errors.ts'
import { numberKey } from '../../../../src/invoice.ts'
import { actions, type Decision, type Ledger, type Loan, type Row } from '../../../../src/ledger/ledger.ts'
import type { Document } from '../../../../src/spool.ts'
import { arrivalOf, bodyOf, documentOf, minute, noon, type Promised } from '../fixtures.ts'

const seeds = [1, 2, 3, 4, 5, 6]
const steps = 400

const numbers = ['A-1', 'a-1 ', 'B-1', 'C-1']
const holds: Code[] = ['REVIEW', 'CUSTOMER_UNKNOWN', 'PDF_TOO_LARGE', 'PORTAL_REJECTED', 'INVOICE_CONFLICT']

/** Mulberry32: small, and the same everywhere. */
const randomFrom = (seed: number) => (): number => {
  seed = (seed + 0x6d2b79f5) | 0
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
}

const openWalk = (ledger: Ledger, seed: number) => {
  const random = randomFrom(seed)
  const below = (limit: number): number => Math.floor(random() * limit)
  const pick = <T>(from: readonly T[]): T => from[below(from.length)]!
  const maybe = <T>(value: T): T | null => (below(2) === 0 ? value : null)
  const given = new Set<string>()
  const returned = new Set<string>()
  const loans: Loan[] = []
  let now = noon
  let files = 0
  let portalIds = 0

  const newDocument = (number: string): Document => documentOf(`${numberKey(number)} ${++files}`)
  const giveBack = (documents: Document[]) => {
    for (const { file } of documents) returned.add(file)
  }

  const decision = (): Decision =>
    pick<() => Decision>([
      () => ({ to: 'delivered', portalId: `inv_${++portalIds}` }),
      () => ({
        to: 'waiting',
        at: now + below(minute),
        code: 'PORTAL_BUSY',
        detail: null,
        spent: below(2) === 0
      }),
      () => ({ to: 'held', code: pick(holds), detail: null }),
      () => ({ to: 'dismissed', code: 'ZERO_AMOUNT' })
    ])()

  const receive = async () => {
    const invoiceNumber = pick(numbers)
    const document = maybe(newDocument(invoiceNumber))
    if (document) given.add(document.file)
    const arrival = arrivalOf(
      {
        invoiceNumber,
        sourceId: pick([null, '1', '1', '2']),
        amountCents: pick([100, 100, 200, 300]),
        paidAt: maybe(now),
        pdfUrl: maybe(`https://acme.example/${below(3)}.pdf`),
        customer: { portalId: pick([null, null, 'cst_1', 'cst_2']) }
      },
      { tool: pick(['acme', 'acme', 'rival']), document }
    )
    giveBack((await ledger.receive(arrival, now)).unused)
  }
  const attach = async (loan: Loan) => {
    if (loan.document) return
    const document = newDocument(loan.invoice.invoiceNumber)
    if (await ledger.attach(loan, document, now)) given.add(document.file)
    loan.document = document
  }
  const act = async () => {
    await ledger.act(pick(numbers), pick(actions), now).catch(error => {
      if (error.code !== 'STATE_CONFLICT' && error.code !== 'INVOICE_NOT_FOUND') throw error
    })
  }
  const record = async (loan: Loan) => {
    const inDoubt = (await ledger.find(loan.invoice.invoiceNumber))?.state === 'sending'
    await ledger.record(loan, inDoubt && below(4) === 0 ? { to: 'doubt', detail: null } : decision(), now)
  }

  const step = async (): Promise<'record' | 'other'> => {
    now += below(minute / 10)
    const loan = loans.length > 0 ? pick(loans.slice(-3)) : undefined
    const turn = below(10)
    if (turn < 3) await receive()
    else if (turn < 5) loans.push(...(await ledger.borrow(1 + below(2), now, now + 1 + below(minute))))
    else if (turn < 6) await act()
    else if (turn < 7) giveBack(await ledger.forget(now - below(minute), 1 + below(3)))
    else if (loan && turn < 8) await attach(loan)
    else if (loan && turn < 9) await ledger.sending(loan, bodyOf(loan), now)
    else if (loan) {
      await record(loan)
      return 'record'
    }
    return 'other'
  }

  /** Ends and empties whatever is not in doubt; answers the PDFs of the rest. */
  const finish = async (): Promise<Set<string>> => {
    const inDoubt = (await ledger.list({ state: 'sending', limit: 100 })).rows
    for (const number of numbers) {
      if (!inDoubt.some(row => row.invoiceNumber === number))
        await ledger.act(number, 'dismiss', now).catch(() => {})
    }
    giveBack(await ledger.forget(now + 1, 100))
    const kept = inDoubt.map(row => `${numberKey(row.invoiceNumber)} `)
    return new Set([...given].filter(file => kept.some(number => file.startsWith(number))))
  }
  return { step, finish, given, returned }
}

const checkCounts = async (t: Test, ledger: Ledger, rows: Row[]) => {
  const { attention, oldestWaitingAt, oldestSendingAt, ...counts } = await ledger.summary()
  for (const [state, count] of Object.entries(counts)) {
    t.equal(count, rows.filter(row => row.state === state).length, state)
  }
  const needed = rows.filter(
    ({ state, code }) => state === 'held' || (state === 'delivered' && code !== null)
  )
  t.equal(attention, needed.length, 'attention')
  for (const { tool, state, code, invoices } of await ledger.tally()) {
    const same = rows.filter(row => row.tool === tool && row.state === state && row.code === code)
    t.equal(invoices, same.length, `${tool} ${state} ${code}`)
  }
}

const checkStep = (t: Test, before: Row[], after: Row[], step: 'record' | 'other') => {
  const rows = new Map(after.map(row => [numberKey(row.invoiceNumber), row]))
  t.equal(rows.size, after.length, 'one row per number')
  const ids = after.flatMap(({ portalId }) => portalId ?? [])
  t.equal(new Set(ids).size, ids.length, 'one row per portal id')
  for (const old of before) {
    const row = rows.get(numberKey(old.invoiceNumber))
    t.ok(row, 'no number is ever lost')
    if (old.state === 'delivered') {
      t.match(row, {
        state: 'delivered',
        portalId: old.portalId,
        amountCents: old.amountCents,
        tool: old.tool
      })
      if (old.paidAt !== null) t.equal(row?.paidAt, old.paidAt, 'paid once')
    }
    if (old.state === 'sending') {
      t.strictSame(row?.body, old.body, 'what is in doubt keeps what it sent')
      if (step === 'other') t.equal(row?.state, 'sending', 'and stays in doubt')
    }
  }
}

export function walkContract(promised: Promised): void {
  for (const seed of seeds) {
    promised(`whatever happens in whatever order, it holds (seed ${seed})`, async (t, ledger) => {
      const walk = openWalk(ledger, seed)
      const rowsNow = async () => (await ledger.list({ limit: 100 })).rows
      let before = await rowsNow()
      for (let turn = 0; turn < steps && t.passing(); turn++) {
        const step = await walk.step()
        const after = await rowsNow()
        checkStep(t, before, after, step)
        await checkCounts(t, ledger, after)
        const named = await ledger.documents()
        t.strictSame(
          [...named].filter(file => walk.returned.has(file)),
          [],
          'what is named was not handed back'
        )
        t.strictSame(
          [...named].filter(file => !walk.given.has(file)),
          [],
          'and nothing else is named'
        )
        before = after
      }

      const kept = await walk.finish()
      const lost = [...walk.given].filter(file => !walk.returned.has(file) && !kept.has(file))
      t.strictSame(lost, [], 'in the end every PDF was handed back')
      t.strictSame(
        [...(await ledger.documents())].filter(file => !kept.has(file)),
        [],
        'and none is named'
      )
    })
  }
}
