// Requests that were refused: found again, counted where they are alike, and bounded.

import type { Refusal } from '../../../../src/core/refusal.ts'
import { day, noon, type Promised } from '../fixtures.ts'

export const refusalOf = (facts: Partial<Refusal> = {}): Refusal => ({
  tool: 'invoices',
  client: '192.0.2.1',
  isAuthentic: true,
  code: 'FIELDS_INVALID',
  invoiceNumber: '2026-0042',
  problems: [{ field: 'amount', message: 'expected an amount such as 121.00' }],
  requests: 1,
  since: noon,
  at: noon,
  ...facts
})

const byStranger = { isAuthentic: false, invoiceNumber: null } as const

// As many as the ledger promises to keep of each kind.
const kept = 1000

export function refusalsContract(promised: Promised): void {
  promised('refused requests are found latest first, by tool, kind and any part of the number', async (t, ledger) => {
    const first = refusalOf()
    const other = refusalOf({ tool: 'invoices:shop', invoiceNumber: 'F 2026–0099', at: noon + 1 })
    const stranger = refusalOf({ ...byStranger, tool: 'acme', code: 'NOT_AUTHENTIC', at: noon + 2 })
    await ledger.noteRefusals([first, other])
    await ledger.noteRefusals([stranger])
    const found = async (filter: object) => (await ledger.listRefusals({ limit: 9, ...filter })).refusals

    t.strictSame(await found({}), [stranger, other, first])
    t.strictSame(await found({ isAuthentic: true }), [other, first])
    t.strictSame(await found({ isAuthentic: false }), [stranger])
    t.strictSame(await found({ tool: 'acme' }), [stranger])
    t.strictSame(await found({ q: '0042' }), [first])
    t.strictSame(await found({ q: 'f 2026-0' }), [other], 'numbers that look alike are one')
    t.strictSame(await found({ q: '%' }), [])
    t.strictSame(await found({ q: '_' }), [])
    const { refusals, next } = await ledger.listRefusals({ limit: 2 })
    t.strictSame(refusals, [stranger, other])
    t.strictSame(await ledger.listRefusals({ limit: 2, cursor: next! }), { refusals: [first], next: null })
  })

  promised('requests that are alike are one, which counts them and is the latest', async (t, ledger) => {
    await ledger.noteRefusals([refusalOf({ requests: 2 })])
    await ledger.noteRefusals([refusalOf({ invoiceNumber: '2026-0043' })])
    await ledger.noteRefusals([refusalOf({ requests: 3, since: noon + 5, at: noon + 9 })])

    t.match((await ledger.listRefusals({ limit: 9 })).refusals, [
      { invoiceNumber: '2026-0042', requests: 5, since: noon, at: noon + 9 },
      { invoiceNumber: '2026-0043', requests: 1 }
    ])
  })

  promised('strangers push out no authentic request, however many they are', async (t, ledger) => {
    await ledger.noteRefusals([refusalOf()])
    const strangers = Array.from({ length: kept + 5 }, (_, at) => refusalOf({ ...byStranger, client: `client ${at}` }))
    await ledger.noteRefusals(strangers)

    const { refusals } = await ledger.listRefusals({ isAuthentic: false, limit: 2 * kept })
    t.equal(refusals.length, kept)
    t.equal(refusals.at(-1)?.client, 'client 5', 'the oldest went')
    t.match((await ledger.listRefusals({ q: '0042', limit: 1 })).refusals, [{ invoiceNumber: '2026-0042' }])
  })

  promised('retention takes refused requests, too', async (t, ledger) => {
    await ledger.noteRefusals([refusalOf(), refusalOf({ invoiceNumber: '2026-0043', at: noon + day })])
    await ledger.forget(noon + 1, 9)

    t.match((await ledger.listRefusals({ limit: 9 })).refusals, [{ invoiceNumber: '2026-0043' }])
  })
}
