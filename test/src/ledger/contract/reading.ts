// What a ledger tells: one invoice, lists, counts.

import type { State } from '../../../../src/core/row.ts'
import { states } from '../../../../src/core/row.ts'
import type { Filter, Ledger } from '../../../../src/ledger/ledger.ts'
import {
  again,
  arrivalOf,
  bodyOf,
  borrowOne,
  bring,
  delivered,
  documentOf,
  minute,
  noon,
  other,
  type Promised,
  rejected,
  rowOf,
  same
} from '../fixtures.ts'

const numbersOf = async (ledger: Ledger, filter: Partial<Filter>): Promise<string[]> =>
  (await ledger.list({ limit: 100, ...filter })).rows.map(row => row.invoiceNumber)

/** Two tools, and a row in each state. */
const fill = async (ledger: Ledger): Promise<void> => {
  const stages = ['delivered', 'sending', 'held', 'held once sent', 'dismissed', 'waiting'] as const
  for (const [index, stage] of stages.entries()) {
    const tool = index % 2 === 0 ? 'acme' : 'rival'
    await bring(ledger, stage, arrivalOf({ invoiceNumber: `N-${index}`, customer: { ref: `Kees-${tool}` } }, { tool }))
  }
}

export function readingContract(promised: Promised): void {
  promised('the history tells everything in the order in which it happened', async (t, ledger) => {
    await ledger.receive(same, noon)
    const loan = await borrowOne(ledger, noon + 1)
    await ledger.attach(loan, documentOf('a'), noon + 2)
    await ledger.sending(loan, bodyOf(loan), noon + 3)
    await ledger.record(loan, again(noon + 5), noon + 4)
    const next = await borrowOne(ledger, noon + 5)
    await ledger.record(next, rejected, noon + 6)
    await ledger.receive(other, noon + 7)
    await ledger.act('2026-0042', 'keep', noon + 8)

    const { history } = await rowOf(ledger)
    t.strictSame(
      history.map(({ at, event }) => [at - noon, event]),
      [
        [0, 'received'],
        [2, 'pdf fetched'],
        [3, 'sending'],
        [4, 'waiting'],
        [6, 'held'],
        [7, 'conflict received'],
        [8, 'operator: keep']
      ]
    )
    t.match(history[5], { facts: { amountCents: 999, tool: 'rival' } })
  })

  promised('an invoice is told with what is kept of its PDF, and where that comes from', async (t, ledger) => {
    const loan = await bring(ledger, 'lent')
    const url = 'https://acme.example/42.pdf'
    t.strictSame((await rowOf(ledger)).pdf, { bytes: null, url, byPerson: false })

    await ledger.attach(loan, documentOf('a'), noon)

    t.strictSame((await rowOf(ledger)).pdf, { bytes: 1234, url, byPerson: false })
  })

  promised('where a conflict decides over the outcome, the history says both', async (t, ledger) => {
    const loan = await bring(ledger, 'sending')
    await ledger.receive(other, noon)
    await ledger.record(loan, again(noon), noon)

    t.match((await rowOf(ledger)).history.slice(-2), [
      { event: 'waiting', code: 'PORTAL_UNREACHABLE' },
      { event: 'held', code: 'INVOICE_CONFLICT' }
    ])
  })

  const filters: [filter: Partial<Filter>, found: string[]][] = [
    [{}, ['N-5', 'N-4', 'N-3', 'N-2', 'N-1', 'N-0']],
    [{ state: 'waiting' }, ['N-5']],
    [{ state: 'held' }, ['N-3', 'N-2']],
    [{ code: 'REVIEW' }, ['N-2']],
    [{ code: 'NONE_SUCH' }, []],
    [{ tool: 'acme' }, ['N-4', 'N-2', 'N-0']],
    [{ tool: 'ACME' }, []],
    [{ q: 'n-' }, ['N-5', 'N-4', 'N-3', 'N-2', 'N-1', 'N-0']],
    [{ q: ' N-3 ' }, ['N-3']],
    [{ q: '-3' }, []],
    [{ q: 'n-%' }, []],
    [{ q: 'N__' }, []],
    [{ q: ' KEES-acme' }, ['N-4', 'N-2', 'N-0']],
    [{ q: 'kees' }, ['N-5', 'N-4', 'N-3', 'N-2', 'N-1', 'N-0']],
    [{ q: 'acme' }, []],
    [{ state: 'held', tool: 'acme' }, ['N-2']],
    [{ state: 'held', tool: 'rival', code: 'PORTAL_REJECTED' }, ['N-3']],
    [{ state: 'held', tool: 'rival', code: 'REVIEW' }, []],
    [{ state: 'delivered', q: 'kees-acme' }, ['N-0']],
    [{ code: 'REVIEW', q: 'n-2', tool: 'acme', state: 'held' }, ['N-2']],
    [{ limit: 2 }, ['N-5', 'N-4']]
  ]
  promised('a list is newest first, and every filter narrows it', async (t, ledger) => {
    await fill(ledger)

    for (const [filter, found] of filters) {
      t.strictSame(await numbersOf(ledger, filter), found, JSON.stringify(filter))
    }
  })

  promised("a customer's reference is found whole, whatever stands around it", async (t, ledger) => {
    await ledger.receive(arrivalOf({ customer: { ref: ' Kees@Bakker.example ' } }), noon)

    t.strictSame(await numbersOf(ledger, { q: 'kees@bakker.example' }), ['2026-0042'])
  })

  promised('pages follow each other without a gap or a repeat, also while invoices come in', async (t, ledger) => {
    const all = Array.from({ length: 7 }, (_, index) => `N-${index}`)
    for (const invoiceNumber of all) await ledger.receive(arrivalOf({ invoiceNumber }), noon)

    const seen: string[] = []
    let cursor: string | undefined
    let pages = 0
    do {
      const { rows, next } = await ledger.list({ state: 'waiting', limit: 3, cursor })
      seen.push(...rows.map(row => row.invoiceNumber))
      cursor = next ?? undefined
      await ledger.receive(arrivalOf({ invoiceNumber: `late-${pages++}` }), noon)
    } while (cursor !== undefined)

    t.strictSame(seen, all.reverse())
    t.equal(pages, 3)
  })

  promised('a page that is just full is the last', async (t, ledger) => {
    await fill(ledger)

    t.equal((await ledger.list({ limit: 6 })).next, null)
    t.equal((await ledger.list({ limit: 7 })).next, null)
    t.type((await ledger.list({ limit: 5 })).next, 'string')
    t.strictSame(await ledger.list({ limit: 5, state: 'waiting', code: 'NONE_SUCH' }), {
      rows: [],
      next: null
    })
  })

  promised('an empty ledger counts nothing', async (t, ledger) => {
    t.strictSame(await ledger.tally(), [])
    t.strictSame(await ledger.summary(), {
      waiting: 0,
      sending: 0,
      delivered: 0,
      held: 0,
      dismissed: 0,
      attention: 0,
      oldestWaitingAt: null,
      oldestSendingAt: null
    })
  })

  promised('counts follow every transition', async (t, ledger) => {
    const expect = async (counts: Partial<Record<State | 'attention', number>>, why: string) => {
      const none = Object.fromEntries([...states, 'attention'].map(name => [name, 0]))
      const { oldestWaitingAt, oldestSendingAt, ...summary } = await ledger.summary()
      t.strictSame(summary, { ...none, ...counts }, why)
      const tally = await ledger.tally()
      t.equal(
        tally.reduce((sum, { invoices }) => sum + invoices, 0),
        1
      )
    }
    await ledger.receive(same, noon)
    await expect({ waiting: 1 }, 'received')
    await ledger.receive({ ...same, tool: 'rival' }, noon)
    await expect({ held: 1, attention: 1 }, 'conflict')
    await ledger.act('2026-0042', 'take', noon)
    await expect({ waiting: 1 }, 'taken')
    t.strictSame(await ledger.tally(), [{ tool: 'rival', state: 'waiting', code: null, invoices: 1 }])
    await ledger.act('2026-0042', 'dismiss', noon)
    await expect({ dismissed: 1 }, 'dismissed')
    await ledger.act('2026-0042', 'deliver', noon)
    let loan = await borrowOne(ledger, noon)
    await expect({ waiting: 1 }, 'lent')
    await ledger.sending(loan, bodyOf(loan), noon)
    await expect({ sending: 1 }, 'sending')
    await ledger.record(loan, again(noon), noon)
    await expect({ waiting: 1 }, 'certainly not done')
    t.match(await ledger.tally(), [{ state: 'waiting', code: 'PORTAL_UNREACHABLE' }])
    loan = await borrowOne(ledger, noon)
    await ledger.record(loan, rejected, noon)
    await expect({ held: 1, attention: 1 }, 'held')
    await ledger.act('2026-0042', 'deliver', noon)
    loan = await borrowOne(ledger, noon)
    await ledger.record(loan, delivered(), noon)
    await expect({ delivered: 1 }, 'delivered')
    await ledger.receive(same, noon)
    await expect({ delivered: 1 }, 'a settled conflict asks nothing')
    await ledger.receive(arrivalOf({ amountCents: 8 }, { tool: 'third' }), noon)
    await expect({ delivered: 1, attention: 1 }, 'delivered with a code')
    await ledger.act('2026-0042', 'dismiss', noon)
    await expect({ delivered: 1 }, 'the code is cleared')
  })

  promised('the summary says since when the oldest waits, and the oldest is in doubt', async (t, ledger) => {
    await ledger.receive(arrivalOf({ invoiceNumber: 'A' }), noon - minute)
    await ledger.receive(arrivalOf({ invoiceNumber: 'B' }), noon)
    t.match(await ledger.summary(), { oldestWaitingAt: noon - minute, oldestSendingAt: null })

    const [first, second] = await ledger.borrow(2, noon, noon + minute)
    await ledger.sending(second!, bodyOf(second!), noon + 1)
    await ledger.sending(first!, bodyOf(first!), noon + 2)
    t.match(await ledger.summary(), { oldestWaitingAt: null, oldestSendingAt: noon + 1 })

    await ledger.record(first!, again(noon + 5 * minute), noon + 2)
    await ledger.record(second!, delivered(), noon + 2)
    t.match(await ledger.summary(), { oldestWaitingAt: noon - minute, oldestSendingAt: null })

    await ledger.act('A', 'deliver', noon + 3)
    t.match(await ledger.summary(), { oldestWaitingAt: noon + 3 })
  })

  promised('a beat is kept, as often as asked', async (t, ledger) => {
    await ledger.beat(noon)
    await t.resolves(ledger.beat(noon - 1))
  })
}
