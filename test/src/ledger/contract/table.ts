// The table of states, a test per cell: what an event, and what a person, does to a row in each state.

import type { Code } from '../../../../src/core/codes.ts'
import type { Action, Decision, Received, State } from '../../../../src/core/row.ts'
import type { Ledger } from '../../../../src/ledger/ledger.ts'
import {
  again,
  arrivalOf,
  bring,
  corrected,
  delivered,
  doubt,
  noon,
  other,
  type Promised,
  paid,
  rejected,
  rowOf,
  type Stage,
  same,
  stateOf
} from '../fixtures.ts'

type After = [state: State, code: Code | null]
type Facts = 'these' | 'these, paid' | 'the corrected'

const events = { 'the same event again': paid, 'a correction': corrected, 'other facts': other }
type Event = keyof typeof events

const held: After = ['held', 'INVOICE_CONFLICT']

const eventCells: [event: Event, from: Stage, result: Received['result'], after: After, facts: Facts][] = [
  ['the same event again', 'waiting', 'duplicate', ['waiting', null], 'these, paid'],
  ['the same event again', 'lent', 'duplicate', ['waiting', null], 'these, paid'],
  ['the same event again', 'waiting once sent', 'duplicate', ['waiting', 'PORTAL_UNREACHABLE'], 'these, paid'],
  ['the same event again', 'sending', 'duplicate', ['sending', null], 'these, paid'],
  ['the same event again', 'delivered', 'duplicate', ['delivered', null], 'these, paid'],
  ['the same event again', 'held', 'duplicate', ['held', 'REVIEW'], 'these, paid'],
  ['the same event again', 'held once sent', 'duplicate', ['held', 'PORTAL_REJECTED'], 'these, paid'],
  ['the same event again', 'dismissed', 'duplicate', ['dismissed', 'BY_OPERATOR'], 'these'],
  ['the same event again', 'dismissed once sent', 'duplicate', ['dismissed', 'BY_OPERATOR'], 'these'],

  ['a correction', 'waiting', 'accepted', ['waiting', null], 'the corrected'],
  ['a correction', 'lent', 'accepted', ['waiting', null], 'the corrected'],
  ['a correction', 'waiting once sent', 'conflict', held, 'these'],
  ['a correction', 'sending', 'conflict', ['sending', null], 'these'],
  ['a correction', 'delivered', 'conflict', ['delivered', 'INVOICE_CONFLICT'], 'these'],
  ['a correction', 'held', 'accepted', ['waiting', null], 'the corrected'],
  ['a correction', 'held once sent', 'conflict', held, 'these'],
  ['a correction', 'dismissed', 'accepted', ['waiting', null], 'the corrected'],
  ['a correction', 'dismissed once sent', 'accepted', ['waiting', null], 'the corrected'],

  ['other facts', 'waiting', 'conflict', held, 'these'],
  ['other facts', 'lent', 'conflict', held, 'these'],
  ['other facts', 'waiting once sent', 'conflict', held, 'these'],
  ['other facts', 'sending', 'conflict', ['sending', null], 'these'],
  ['other facts', 'delivered', 'conflict', ['delivered', 'INVOICE_CONFLICT'], 'these'],
  ['other facts', 'held', 'conflict', held, 'these'],
  ['other facts', 'held once sent', 'conflict', held, 'these'],
  ['other facts', 'dismissed', 'conflict', held, 'these'],
  ['other facts', 'dismissed once sent', 'conflict', held, 'these']
]

const decisions: [decision: Decision, after: After][] = [
  [delivered(), ['delivered', 'INVOICE_CONFLICT']],
  [again(noon), held],
  [rejected, held],
  [{ to: 'dismissed', code: 'ZERO_AMOUNT' }, held],
  [doubt, ['sending', null]]
]

const refused = 'refused'
const waiting: After = ['waiting', null]
const cleared: After = ['delivered', null]
const byOperator: After = ['dismissed', 'BY_OPERATOR']

type Beside = `${'sending' | 'delivered' | 'held' | 'dismissed'} beside a conflict`

const nothingToSettle = { take: refused, keep: refused } as const

const actionCells: Record<Stage | Beside, Record<Action, After | typeof refused>> = {
  waiting: { deliver: waiting, dismiss: byOperator, ...nothingToSettle },
  lent: { deliver: waiting, dismiss: byOperator, ...nothingToSettle },
  'waiting once sent': { deliver: waiting, dismiss: byOperator, ...nothingToSettle },
  sending: { deliver: refused, dismiss: refused, ...nothingToSettle },
  delivered: { deliver: refused, dismiss: cleared, ...nothingToSettle },
  held: { deliver: waiting, dismiss: byOperator, ...nothingToSettle },
  'held once sent': { deliver: waiting, dismiss: byOperator, ...nothingToSettle },
  dismissed: { deliver: waiting, dismiss: byOperator, ...nothingToSettle },
  'dismissed once sent': { deliver: waiting, dismiss: byOperator, ...nothingToSettle },

  'sending beside a conflict': { deliver: refused, dismiss: refused, take: refused, keep: refused },
  'delivered beside a conflict': { deliver: refused, dismiss: cleared, take: refused, keep: cleared },
  'held beside a conflict': { deliver: waiting, dismiss: byOperator, take: waiting, keep: waiting },
  'dismissed beside a conflict': { deliver: waiting, dismiss: byOperator, take: waiting, keep: waiting }
}

const prepare = async (ledger: Ledger, from: Stage | Beside): Promise<void> => {
  const [stage, conflict] = from.split(' beside ') as [Stage, string?]
  if (!conflict) {
    await bring(ledger, stage)
    return
  }
  await bring(ledger, stage === 'dismissed' ? 'waiting' : stage)
  await ledger.receive(other, noon)
  if (stage === 'dismissed') await ledger.act('2026-0042', 'dismiss', noon)
}

export function tableContract(promised: Promised): void {
  for (const [event, from, result, after, facts] of eventCells) {
    promised(`${event}, ${from} → ${result}, ${after.join(' ')}`, async (t, ledger) => {
      await bring(ledger, from)

      t.equal((await ledger.receive(events[event], noon)).result, result)

      const { state, code, amountCents, paidAt, tool } = await rowOf(ledger)
      t.strictSame([state, code], after)
      t.strictSame(
        { tool, amountCents, paidAt },
        {
          tool: 'acme',
          amountCents: facts === 'the corrected' ? 24200 : 12100,
          paidAt: facts === 'these, paid' ? noon : null
        }
      )
    })
  }

  for (const event of ['a correction', 'other facts'] as const) {
    for (const [decision, after] of decisions) {
      promised(
        `${event} in doubt is judged when it is settled: ${decision.to} → ${after.join(' ')}`,
        async (t, ledger) => {
          const loan = await bring(ledger, 'sending')
          await ledger.receive(events[event], noon)

          t.ok(await ledger.record(loan, decision, noon))

          t.strictSame(await stateOf(ledger), after)
        }
      )
    }
  }

  for (const [from, cells] of Object.entries(actionCells) as [Stage | Beside, Record<Action, After>][]) {
    for (const [action, after] of Object.entries(cells) as [Action, After | typeof refused][]) {
      promised(`${action}, ${from} → ${after === refused ? refused : after.join(' ')}`, async (t, ledger) => {
        await prepare(ledger, from)
        const before = await rowOf(ledger)

        if (after === refused) {
          await t.rejects(ledger.act('2026-0042', action, noon), { code: 'STATE_CONFLICT' })
          t.strictSame(await rowOf(ledger), before, 'nothing changed')
          return
        }
        const { changed, decided: _, ...row } = await ledger.act('2026-0042', action, noon + 1)

        t.strictSame([row.state, row.code], after)
        t.equal(row.tool, action === 'take' ? 'rival' : 'acme')
        const { history, conflicts, toldBefore, ...found } = await rowOf(ledger)
        t.strictSame(found, row)
        t.equal(changed, history.length > before.history.length, 'what did anything stands in the history')
      })
    }
  }

  const settling: [action: Action, from: Beside][] = [
    ['deliver', 'held beside a conflict'],
    ['take', 'held beside a conflict'],
    ['keep', 'held beside a conflict'],
    ['deliver', 'dismissed beside a conflict'],
    ['take', 'dismissed beside a conflict'],
    ['keep', 'dismissed beside a conflict'],
    ['dismiss', 'delivered beside a conflict'],
    ['keep', 'delivered beside a conflict']
  ]
  for (const [action, from] of settling) {
    promised(`${action}, ${from}: it is settled, and does not come up again`, async (t, ledger) => {
      await prepare(ledger, from)
      const { state, code } = await ledger.act('2026-0042', action, noon)

      await t.rejects(ledger.act('2026-0042', 'keep', noon), { code: 'STATE_CONFLICT' })
      t.equal((await ledger.receive(action === 'take' ? same : other, noon)).result, 'conflict')
      t.strictSame(await stateOf(ledger), [state, code])
    })
  }

  promised('nothing is known of a number that never came', async (t, ledger) => {
    await ledger.receive(arrivalOf({ invoiceNumber: '1' }), noon)

    await t.rejects(ledger.act('2', 'deliver', noon), { code: 'INVOICE_NOT_FOUND' })
    t.equal(await ledger.find('2'), null)
  })
}
