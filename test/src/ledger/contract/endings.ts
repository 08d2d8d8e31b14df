// `record`: how a loan ends, decision by decision.

import type { Code } from '../../../../src/core/codes.ts'
import type { Decision } from '../../../../src/core/row.ts'
import {
  again,
  arrivalOf,
  bodyOf,
  borrowOne,
  bring,
  delivered,
  draftOf,
  minute,
  noon,
  type Promised,
  rejected,
  rowOf,
  stateOf
} from '../fixtures.ts'

export function endingsContract(promised: Promised): void {
  promised('delivered: it stands in the portal, with its id and what was sent', async (t, ledger) => {
    const loan = await bring(ledger, 'sending')

    t.ok(await ledger.record(loan, delivered('inv_7'), noon + 9))

    t.match(await rowOf(ledger), {
      state: 'delivered',
      code: null,
      portalId: 'inv_7',
      deliveredAt: noon + 9,
      nextAttemptAt: null,
      body: bodyOf(loan),
      attempts: 1
    })
    t.match((await rowOf(ledger)).history.at(-1), { at: noon + 9, event: 'delivered', portalId: 'inv_7' })
  })

  promised('delivered without a request of its own: what stood there was adopted', async (t, ledger) => {
    const loan = await bring(ledger, 'lent')

    t.ok(await ledger.record(loan, delivered('inv_7'), noon))

    t.match(await rowOf(ledger), { state: 'delivered', portalId: 'inv_7', body: null })
  })

  promised('waiting: again at its time, and a failure that counts is counted', async (t, ledger) => {
    const loan = await bring(ledger, 'sending')

    const at = noon + 5 * minute
    t.ok(await ledger.record(loan, { ...again(at), detail: 'reset' } as never, noon + 1))

    t.match(await rowOf(ledger), { state: 'waiting', code: 'PORTAL_UNREACHABLE', nextAttemptAt: at })
    t.match((await rowOf(ledger)).history.at(-1), {
      at: noon + 1,
      event: 'waiting',
      nextAttemptAt: at,
      code: 'PORTAL_UNREACHABLE',
      detail: 'reset'
    })
    t.match(await borrowOne(ledger, at), { failures: 1, triedMs: 5 * minute - 1 })
  })

  promised('a pause counts for nothing, and goes on without a line each time', async (t, ledger) => {
    await ledger.receive(arrivalOf(), noon)
    for (let turn = 0; turn < 3; turn++) {
      const loan = await borrowOne(ledger, noon)
      const pause = { to: 'waiting', at: noon, code: 'PORTAL_BUSY', detail: null, spent: false } as const
      t.ok(await ledger.record(loan, pause, noon))
    }

    t.match(await borrowOne(ledger, noon), { failures: 0, attempt: 4 })
    const { history } = await rowOf(ledger)
    t.strictSame(
      history.map(({ event }) => event),
      ['received', 'waiting']
    )
  })

  const holds: Code[] = [
    'EVENT_UNREADABLE',
    'REVIEW',
    'CUSTOMER_UNKNOWN',
    'CUSTOMER_AMBIGUOUS',
    'CURRENCY_UNSUPPORTED',
    'CREDIT_NOTE',
    'ZERO_AMOUNT',
    'INVOICE_CONFLICT',
    'TOOL_UNAUTHORIZED',
    'PDF_NOT_A_PDF',
    'PDF_TOO_LARGE',
    'PDF_ADDRESS_REFUSED',
    'PORTAL_REJECTED',
    'ATTEMPTS_EXHAUSTED'
  ]
  for (const code of holds) {
    promised(`held as ${code}, until a person releases it`, async (t, ledger) => {
      const loan = await bring(ledger, 'lent')

      t.ok(await ledger.record(loan, { to: 'held', code, detail: 'because' }, noon))

      t.match(await rowOf(ledger), { state: 'held', code, nextAttemptAt: null, body: null })
      t.match((await rowOf(ledger)).history.at(-1), { event: 'held', code, detail: 'because' })
      t.match(await ledger.act('2026-0042', 'deliver', noon), { state: 'waiting', code: null })
    })
  }

  promised('held for review, it shows what would be sent', async (t, ledger) => {
    const loan = await bring(ledger, 'held')

    const { draft, body } = await rowOf(ledger)
    t.strictSame({ draft, body }, { draft: draftOf(loan), body: null })
  })

  promised('held after it was sent, it still shows what was', async (t, ledger) => {
    const loan = await bring(ledger, 'sending')
    await ledger.record(loan, rejected, noon)

    t.strictSame((await rowOf(ledger)).body, bodyOf(loan))
  })

  for (const code of ['ZERO_AMOUNT', 'CREDIT_NOTE', 'VOIDED_IN_TOOL'] as const) {
    promised(`dismissed as ${code}`, async (t, ledger) => {
      const loan = await bring(ledger, 'lent')

      t.ok(await ledger.record(loan, { to: 'dismissed', code }, noon))

      t.strictSame(await stateOf(ledger), ['dismissed', code])
      t.equal(await ledger.nextDueAt(), null)
    })
  }

  const foreign: [state: 'held' | 'dismissed', code: Code][] = [
    ['held', 'BY_OPERATOR'],
    ['held', 'PORTAL_UNREACHABLE'],
    ['dismissed', 'REVIEW']
  ]
  for (const [to, code] of foreign) {
    promised(`never ${to} with a code that is none of its own: ${code}`, async (t, ledger) => {
      const loan = await bring(ledger, 'lent')
      const before = await rowOf(ledger)

      await t.rejects(ledger.record(loan, { to, code, detail: null } as Decision, noon))

      t.strictSame(await rowOf(ledger), before)
      t.match(await ledger.summary(), { waiting: 1, held: 0, dismissed: 0 })
    })
  }
}
