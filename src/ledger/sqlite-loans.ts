// Rows on loan, on SQLite, and those that a loan left in doubt. The number of attempts fences them: whoever comes late
// writes nothing.

import type { Instant } from '../core/clock.ts'
import { numberKey } from '../core/invoice.ts'
import type { CreateBody, Decision, Document, Doubt, Loan } from '../core/row.ts'
import { documentCells, doubtOf, type InvoiceCells, instantOf, loanOf, overridesOf } from './cells.ts'
import type { Database } from './database.ts'
import type { Places } from './ledger.ts'
import type { SqliteEndings } from './sqlite-endings.ts'
import type { SqliteHoldings } from './sqlite-holdings.ts'
import type { SqliteRows } from './sqlite-rows.ts'

type Around = {
  rows: SqliteRows
  holdings: SqliteHoldings
  endings: SqliteEndings
  /** How this process calls itself. */
  owner: string
}

export const createLoans = ({ one, all, run }: Database, { rows, holdings, endings, owner }: Around) => {
  const { find, set, note } = rows

  /** Of those that are due and were never tried, or failed before: each has an index of its own. */
  const due = (kind: keyof Places, now: Instant, limit: number): InvoiceCells[] =>
    all(
      `SELECT id, next_attempt_at FROM invoice INDEXED BY ${dueIndex[kind]}
        WHERE ${isDue[kind]} AND next_attempt_at <= ? ORDER BY next_attempt_at, id LIMIT ?`,
      now,
      limit
    ) as InvoiceCells[]

  const borrow = (
    limit: number,
    now: Instant,
    until: Instant,
    most: Places = { untried: limit, again: limit }
  ): Loan[] => {
    run('UPDATE invoice SET loan_until = NULL WHERE loan_until <= ?', now)
    return [...due('untried', now, most.untried), ...due('again', now, most.again)]
      .sort((a, b) => Number(a.next_attempt_at) - Number(b.next_attempt_at) || a.id - b.id)
      .slice(0, limit)
      .map(({ id }) =>
        loanOf(
          one(
            `UPDATE invoice SET loan_until = ?, attempt = attempt + 1 WHERE id = ?
              RETURNING *, (SELECT body FROM event WHERE invoice_id = invoice.id) AS unread`,
            until,
            id
          ) as InvoiceCells,
          owner
        )
      )
  }

  const nextDueAt = (): Instant | null => {
    const earliest = [
      ...(['untried', 'again'] as const).map(kind =>
        one(
          `SELECT min(next_attempt_at) AS at FROM invoice INDEXED BY ${dueIndex[kind]} WHERE ${isDue[kind]}`
        )
      ),
      one(
        `SELECT min(loan_until) AS at FROM invoice INDEXED BY invoice_loan
          WHERE next_attempt_at IS NOT NULL AND loan_until IS NOT NULL`
      )
    ].map(instantOf)
    const known = earliest.filter(at => at !== null)
    return known.length === 0 ? null : Math.min(...known)
  }

  const hasten = (now: Instant, latest: Instant): void => {
    for (const kind of ['untried', 'again'] as const)
      run(
        `UPDATE invoice SET next_attempt_at = ?, since = min(since, ?) WHERE id IN (
          SELECT id FROM invoice INDEXED BY ${dueIndex[kind]} WHERE ${isDue[kind]} AND next_attempt_at > ?
            AND (next_attempt_at > ? AND (state = 'delivered' OR code IS NOT NULL OR received_at > ?)
              OR code IS NULL AND next_attempt_at <= received_at))`,
        now,
        now,
        now,
        latest,
        now
      )
  }

  /** The row of a loan that still holds. */
  const lent = ({ id, attempt }: Loan, now: Instant): InvoiceCells | undefined =>
    find('id = ? AND attempt = ? AND loan_until > ?', id, attempt, now)

  const attach = (loan: Loan, document: Document, now: Instant): boolean => {
    if (!lent(loan, now)) return false
    set(loan.id, documentCells(document))
    note(loan.id, now, 'pdf fetched', { bytes: document.bytes })
    return true
  }

  /** A number: how many creates were let go by now, this one among them. */
  const sending = (loan: Loan, body: CreateBody, now: Instant): 'lost' | 'known' | 'unproven' | number => {
    const row = lent(loan, now)
    if (row?.state !== 'waiting') return 'lost'
    const overrides = overridesOf(row)
    if (row.unproven === 1 && !overrides.includes('PORTAL_UNCLEAR')) return 'unproven'
    const there = holdings.idsUnder(numberKey(body.invoiceNumber))
    if (there.length > 0 && !overrides.includes('INVOICE_CONFLICT')) return 'known'
    set(loan.id, {
      state: 'sending',
      code: null,
      body: JSON.stringify(body),
      sent_body: JSON.stringify(body),
      // A person's word that it is absent was about what was sent before this.
      overrides: JSON.stringify(overrides.filter(override => override !== 'PORTAL_UNCLEAR')),
      ever_sent: 1,
      unproven: 1,
      sent_by: owner,
      told: holdings.told(),
      next_attempt_at: null,
      sending_at: now
    })
    note(loan.id, now, 'sending', { attempt: loan.attempt })
    return holdings.countSent()
  }

  const paying = (loan: Loan, now: Instant): boolean => {
    const row = lent(loan, now)
    if (row?.state !== 'delivered' || row.known_paid_at !== null) return false
    set(loan.id, { paying: 1, sent_by: owner })
    return true
  }

  const record = (loan: Loan, decision: Decision, now: Instant): Decision | null => {
    const row = lent(loan, now)
    return row ? endings.conclude(row, decision, { now, isLooked: false }) : null
  }

  const doubts = (now: Instant, limit: number): Doubt[] =>
    all(
      `SELECT * FROM invoice INDEXED BY invoice_sending
        WHERE state = 'sending' AND (loan_until IS NULL OR loan_until <= ?) ORDER BY sending_at, id LIMIT ?`,
      now,
      limit
    ).map(cells => doubtOf(cells, owner))

  const settle = ({ id, attempt }: Doubt, decision: Decision, now: Instant): Decision | null => {
    const row = find(
      `id = ? AND attempt = ? AND state = 'sending' AND (loan_until IS NULL OR loan_until <= ?)`,
      id,
      attempt,
      now
    )
    return row ? endings.conclude(row, decision, { now, isLooked: true }) : null
  }

  return { borrow, nextDueAt, hasten, attach, sending, paying, record, doubts, settle }
}

const dueIndex = { untried: 'invoice_due', again: 'invoice_due_again' } as const

const isDue = {
  untried: 'next_attempt_at IS NOT NULL AND loan_until IS NULL AND failures = 0',
  again: 'next_attempt_at IS NOT NULL AND loan_until IS NULL AND failures > 0'
} as const
