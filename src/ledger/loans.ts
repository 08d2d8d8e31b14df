// Rows on loan, and those that a loan left in doubt. The attempt number fences them: a worker that comes late writes
// nothing.

import type { Instant } from '../core/clock.ts'
import type { CreateBody, Decision, Document, Doubt, Loan } from '../core/row.ts'
import { overruledUpTo } from '../rules/kept.ts'
import { send } from '../rules/sending.ts'
import { doubtOf, type InvoiceCells, instantOf, type KeptRow, loanOf } from './cells.ts'
import type { Tx } from './driver.ts'
import { conclude } from './endings.ts'
import { countOf, countOne } from './facts.ts'
import type { Places } from './ledger.ts'
import { byNumber } from './portal-invoices.ts'
import { enrol } from './processes.ts'
import { findRow, note, setRow } from './rows.ts'

/** Due rows of one kind, those that never failed or those that did: each kind has an index of its own. */
const due = async (tx: Tx, kind: keyof Places, limit: number): Promise<InvoiceCells[]> =>
  (await tx.all(
    `SELECT id, next_attempt_at FROM invoice
      WHERE ${isDue[kind]} AND next_attempt_at <= ? ORDER BY next_attempt_at, id LIMIT ?`,
    tx.now,
    limit
  )) as InvoiceCells[]

const lend = async (tx: Tx, id: number, until: Instant): Promise<Loan> =>
  loanOf(
    (await tx.one(
      `UPDATE invoice SET loan_until = ?, loan_owner = ?, attempt = attempt + 1 WHERE id = ?
        RETURNING *, (SELECT body FROM event WHERE invoice_id = invoice.id) AS unread`,
      until,
      tx.owner,
      id
    )) as InvoiceCells,
    tx.owner
  )

export const borrow = async (
  tx: Tx,
  limit: number,
  until: Instant,
  most: Places = { untried: limit, again: limit }
): Promise<Loan[]> => {
  await tx.run('UPDATE invoice SET loan_until = NULL WHERE loan_until <= ?', tx.now)
  const found = [...(await due(tx, 'untried', most.untried)), ...(await due(tx, 'again', most.again))]
    .sort((a, b) => Number(a.next_attempt_at) - Number(b.next_attempt_at) || a.id - b.id)
    .slice(0, limit)
  if (found.length > 0) await enrol(tx)
  const loans: Loan[] = []
  for (const { id } of found) loans.push(await lend(tx, id, until))
  return loans
}

export const nextDueAt = async (tx: Tx): Promise<Instant | null> => {
  const earliest = [
    await tx.one(`SELECT min(next_attempt_at) AS at FROM invoice WHERE ${isDue.untried}`),
    await tx.one(`SELECT min(next_attempt_at) AS at FROM invoice WHERE ${isDue.again}`),
    await tx.one(
      `SELECT min(loan_until) AS at FROM invoice WHERE next_attempt_at IS NOT NULL AND loan_until IS NOT NULL`
    )
  ].map(instantOf)
  const known = earliest.filter(at => at !== null)
  return known.length === 0 ? null : Math.min(...known)
}

export const hasten = async (tx: Tx, latest: Instant): Promise<void> => {
  const { now } = tx
  for (const kind of ['untried', 'again'] as const)
    await tx.run(
      `UPDATE invoice SET next_attempt_at = ?, since = CASE WHEN since < ? THEN since ELSE ? END WHERE id IN (
        SELECT id FROM invoice WHERE ${isDue[kind]} AND next_attempt_at > ?
          AND (next_attempt_at > ? AND (state = 'delivered' OR code IS NOT NULL OR received_at > ?)
            OR code IS NULL AND next_attempt_at <= received_at))`,
      now,
      now,
      now,
      now,
      latest,
      now
    )
}

/** The row of a loan that still holds. */
const lent = (tx: Tx, { id, attempt }: Loan): Promise<KeptRow | undefined> =>
  findRow(tx, 'id = ? AND attempt = ? AND loan_until > ?', id, attempt, tx.now)

export const attach = async (tx: Tx, loan: Loan, document: Document): Promise<boolean> => {
  if (!(await lent(tx, loan))) return false
  await setRow(tx, loan.id, { document })
  await note(tx, loan.id, 'pdf fetched', { bytes: document.bytes })
  return true
}

/** Answers a number if it is granted: how many creates were let go by now, including this one. */
export const sending = async (
  tx: Tx,
  loan: Loan,
  body: CreateBody
): Promise<'lost' | 'known' | 'unproven' | number> => {
  const kept = await lent(tx, loan)
  if (!kept) return 'lost'
  // What a person has overruled does not count; what the copy has learned of since then does.
  const isThere = (await byNumber(tx, body.invoiceNumber, overruledUpTo(kept))).length > 0
  const permission = send(kept, body, { isThere, ordinal: await countOf(tx, 'told'), owner: tx.owner, now: tx.now })
  if (typeof permission === 'string') return permission
  await setRow(tx, kept.id, permission)
  await note(tx, kept.id, 'sending', { attempt: kept.attempt })
  return countOne(tx, 'sent')
}

export const paying = async (tx: Tx, loan: Loan): Promise<boolean> => {
  const row = await lent(tx, loan)
  if (row?.state !== 'delivered' || row.knownPaidAt !== null) return false
  await setRow(tx, loan.id, { paying: true, sentBy: tx.owner })
  return true
}

export const record = async (tx: Tx, loan: Loan, decision: Decision): Promise<Decision | null> => {
  const row = await lent(tx, loan)
  return row ? conclude(tx, row, decision, false) : null
}

export const doubts = async (tx: Tx, limit: number): Promise<Doubt[]> => {
  const found = await tx.all(`SELECT * FROM invoice WHERE ${isDoubt} ORDER BY sending_at, id LIMIT ?`, tx.now, limit)
  return found.map(cells => doubtOf(cells, tx.owner))
}

export const settle = async (tx: Tx, { id, attempt }: Doubt, decision: Decision): Promise<Decision | null> => {
  const row = await findRow(tx, `id = ? AND attempt = ? AND ${isDoubt}`, id, attempt, tx.now)
  return row ? conclude(tx, row, decision, true) : null
}

const isDue = {
  untried: 'next_attempt_at IS NOT NULL AND loan_until IS NULL AND failures = 0',
  again: 'next_attempt_at IS NOT NULL AND loan_until IS NULL AND failures > 0'
} as const

const isDoubt = `state = 'sending' AND (loan_until IS NULL OR loan_until <= ?)`
