// What a person's word does beyond the state it leads to.

import type { Code } from '../../../../src/core/codes.ts'
import { type Override, overrides, seenAs } from '../../../../src/core/row.ts'
import {
  again,
  arrivalOf,
  bodyOf,
  borrowOne,
  bring,
  minute,
  noon,
  other,
  type Promised,
  rowOf,
  stateOf
} from '../fixtures.ts'

export function actionsContract(promised: Promised): void {
  promised('deliver makes it due at once, with a fresh count', async (t, ledger) => {
    const loan = await bring(ledger, 'lent')
    await ledger.record(loan, again(noon + 60 * minute), noon)

    t.match(await ledger.act('2026-0042', 'deliver', noon + 5), { nextAttemptAt: noon + 5, code: null })

    t.match(await borrowOne(ledger, noon + 5), { failures: 0, triedMs: 0, attempt: 2 })
    t.match((await rowOf(ledger)).history.at(-1), { at: noon + 5, event: 'operator: deliver' })
  })

  promised('a word about what stands otherwise by now does nothing', async (t, ledger) => {
    const loan = await bring(ledger, 'lent')
    await ledger.record(loan, { to: 'held', code: 'REVIEW', detail: null }, noon)

    await t.rejects(ledger.act('2026-0042', 'dismiss', noon, { seen: 'waiting' }), {
      code: 'STATE_CONFLICT',
      message: 'it was waiting when you looked, and is held REVIEW now'
    })
    t.strictSame(await stateOf(ledger), ['held', 'REVIEW'])
    t.match(await ledger.act('2026-0042', 'dismiss', noon, { seen: 'held REVIEW' }), { state: 'dismissed' })
    await t.rejects(ledger.act('2026-0042', 'deliver', noon, { seen: 'held REVIEW' }), { code: 'STATE_CONFLICT' })
  })

  promised('nor does one about what was corrected since, and came up again', async (t, ledger) => {
    const review = { to: 'held', code: 'REVIEW', detail: null } as const
    await ledger.record(await bring(ledger, 'lent'), review, noon)
    const seen = seenAs(await rowOf(ledger))
    await ledger.receive(arrivalOf({ issuedAt: '2026-06-01' }), noon)
    await ledger.record(await borrowOne(ledger, noon), review, noon)

    await t.rejects(ledger.act('2026-0042', 'deliver', noon, { seen }), { code: 'STATE_CONFLICT' })
    t.match(await ledger.act('2026-0042', 'deliver', noon, { seen: seenAs(await rowOf(ledger)) }), { state: 'waiting' })
  })

  for (const override of overrides) {
    promised(`deliver overrides ${override} for this invoice, and for good`, async (t, ledger) => {
      const loan = await bring(ledger, 'lent')
      await ledger.record(loan, { to: 'held', code: override, detail: null }, noon)
      await ledger.act('2026-0042', 'deliver', noon)

      const next = await borrowOne(ledger, noon)
      t.strictSame(next.overrides, [override])
      await ledger.record(next, again(noon), noon)
      t.strictSame((await borrowOne(ledger, noon)).overrides, [override])
    })
  }

  promised('overrides add up, once each', async (t, ledger) => {
    let loan = await bring(ledger, 'lent')
    const codes: Override[] = ['CREDIT_NOTE', 'REVIEW', 'CREDIT_NOTE']
    for (const code of codes) {
      await ledger.record(loan, { to: 'held', code, detail: null }, noon)
      await ledger.act('2026-0042', 'deliver', noon)
      loan = await borrowOne(ledger, noon)
    }

    t.strictSame(loan.overrides, ['CREDIT_NOTE', 'REVIEW'])
  })

  const others: Code[] = ['CUSTOMER_UNKNOWN', 'PORTAL_REJECTED', 'ATTEMPTS_EXHAUSTED']
  for (const code of others) {
    promised(`deliver overrides nothing where it was held as ${code}`, async (t, ledger) => {
      const loan = await bring(ledger, 'lent')
      await ledger.record(loan, { to: 'held', code, detail: null }, noon)
      await ledger.act('2026-0042', 'deliver', noon)

      t.strictSame((await borrowOne(ledger, noon)).overrides, [])
    })
  }

  promised('deliver takes back what a rule dismissed, and overrides that rule', async (t, ledger) => {
    const loan = await bring(ledger, 'lent')
    await ledger.record(loan, { to: 'dismissed', code: 'ZERO_AMOUNT' }, noon)

    t.match(await ledger.act('2026-0042', 'deliver', noon), { state: 'waiting', code: null })

    t.strictSame((await borrowOne(ledger, noon)).overrides, ['ZERO_AMOUNT'])
  })

  promised('deliver on a conflict keeps these facts and what was permitted before', async (t, ledger) => {
    await bring(ledger, 'held')
    await ledger.act('2026-0042', 'deliver', noon)
    await ledger.receive(other, noon)

    t.match(await ledger.act('2026-0042', 'deliver', noon), { state: 'waiting', tool: 'acme' })

    t.strictSame((await borrowOne(ledger, noon)).overrides, ['REVIEW'])
  })

  promised('a person finds it under every notation of its number', async (t, ledger) => {
    await ledger.receive({ ...other, invoice: { ...other.invoice, invoiceNumber: 'Inv-É/7' } }, noon)

    t.match(await ledger.act(' inv-e\u0301/7', 'dismiss', noon), {
      invoiceNumber: 'Inv-É/7',
      state: 'dismissed'
    })
  })

  promised(
    'what a person did stands in the history once; what was refused or changed nothing does not',
    async (t, ledger) => {
      await bring(ledger, 'waiting')
      await ledger.act('2026-0042', 'dismiss', noon)
      await ledger.act('2026-0042', 'dismiss', noon)
      await t.rejects(ledger.act('2026-0042', 'take', noon), { code: 'STATE_CONFLICT' })

      const { history } = await rowOf(ledger)
      t.strictSame(
        history.map(({ event }) => event),
        ['received', 'operator: dismiss']
      )

      await bring(ledger, 'delivered', arrivalOf({ invoiceNumber: 'done', sourceId: 'done' }))
      const before = await rowOf(ledger, 'done')
      await ledger.act('done', 'dismiss', noon)
      t.strictSame(await rowOf(ledger, 'done'), before, 'no note stood on it')
    }
  )

  promised('two people at once: both words count, in turn', async (t, ledger) => {
    await bring(ledger, 'held')
    await ledger.receive(other, noon)

    const [first, second] = await Promise.allSettled([
      ledger.act('2026-0042', 'take', noon),
      ledger.act('2026-0042', 'keep', noon)
    ])

    t.match(first, { status: 'fulfilled', value: { tool: 'rival' } })
    t.match(second, { status: 'rejected', reason: { code: 'STATE_CONFLICT' } })
    t.strictSame(await stateOf(ledger), ['waiting', null])
  })

  promised('released after it was held, it is sent once more only by a new loan', async (t, ledger) => {
    const loan = await bring(ledger, 'held once sent')
    await ledger.act('2026-0042', 'deliver', noon)

    t.equal(await ledger.sending(loan, bodyOf(loan), noon), 'lost')
    const next = await borrowOne(ledger, noon)
    t.equal(await ledger.sending(next, bodyOf(next), noon), 'unproven', 'and once it was looked for')
  })
}
