// The invoices that the portal holds: holdings.ts says what is promised. The column `told` is an invoice's ordinal.

import type { Instant } from '../core/clock.ts'
import { numberKey, parseAmount } from '../core/invoice.ts'
import type { PortalInvoice } from '../core/portal-entry.ts'
import type { CreateBody } from '../core/row.ts'
import * as delivered from './delivered.ts'
import { type Cells, insert, type Tx } from './driver.ts'
import { countOf, countOne } from './facts.ts'
import { comparedCells, mayEqual } from './may-equal.ts'

/** Used in transactions of the invoices' half, too. */
export const enter = async (
  tx: Tx,
  entry: PortalInvoice,
  { read, own }: { read: number | null; own: boolean }
): Promise<void> => {
  const known = await tx.one('SELECT told, seen_by, entry FROM portal_invoice WHERE id = ?', entry.id)
  // The answer to a write may give only the id: what the copy knows stays.
  const whole = known ? filled(entry, entryOf(known)) : entry
  const key = whole.invoiceNumber === null ? null : numberKey(whole.invoiceNumber)
  await insert(
    tx,
    'portal_invoice',
    {
      id: entry.id,
      key,
      entry: JSON.stringify(whole),
      ...comparedCells(whole),
      created_at: whole.createdAt,
      told: known ? Number(known.told) : await countOne(tx, 'told'),
      seen_by: read ?? 0,
      own: Number(own)
    },
    `ON CONFLICT (id) DO UPDATE SET key = excluded.key, entry = excluded.entry, customer_id = excluded.customer_id,
      amount_cents = excluded.amount_cents, issued_at = excluded.issued_at, created_at = excluded.created_at,
      seen_by = CASE WHEN excluded.seen_by > portal_invoice.seen_by THEN excluded.seen_by ELSE portal_invoice.seen_by END,
      own = CASE WHEN excluded.own = 1 THEN 1 ELSE portal_invoice.own END,
      unfound_at = CASE WHEN excluded.seen_by = 0 THEN NULL ELSE portal_invoice.unfound_at END`
  )
  const isOneOfMany = key !== null && (await idsUnder(tx, key)).length > 1
  const isFirstSight = read !== null && known?.seen_by === 0
  await delivered.entered(tx, entry, { isNew: known === undefined, isFirstSight, isOneOfMany })
}

export const learn = async (tx: Tx, entries: readonly PortalInvoice[], read: number | null): Promise<void> => {
  for (const entry of entries) await enter(tx, entry, { read, own: false })
}

/** The id stays known: an answer that names it does not name what was just made. */
export const lose = async (tx: Tx, id: string): Promise<void> => {
  const gone = await tx.one('DELETE FROM portal_invoice WHERE id = ? RETURNING id, told', id)
  if (gone) await insert(tx, 'portal_invoice_gone', { ...gone }, 'ON CONFLICT (id) DO NOTHING')
  await delivered.lost(tx, id)
}

export const has = async (tx: Tx, id: string): Promise<boolean> =>
  (await tx.one('SELECT 1 AS found FROM portal_invoice WHERE id = ?', id)) !== undefined

/** Whether the copy knew this id when that was its last ordinal, even if the invoice is gone since. */
export const knewBy = async (tx: Tx, id: string, ordinal: number): Promise<boolean> => {
  const knownIn = (table: string) => tx.one(`SELECT 1 AS found FROM ${table} WHERE id = ? AND told <= ?`, id, ordinal)
  return ((await knownIn('portal_invoice')) ?? (await knownIn('portal_invoice_gone'))) !== undefined
}

export const unfound = async (tx: Tx, id: string): Promise<PortalInvoice | null> => {
  const known = await tx.one('SELECT entry, seen_by, unfound_at FROM portal_invoice WHERE id = ?', id)
  if (!known) return null
  if (known.unfound_at !== null && Number(known.seen_by) > Number(known.unfound_at)) return entryOf(known)
  if (known.unfound_at === null)
    await tx.run('UPDATE portal_invoice SET unfound_at = ? WHERE id = ?', await countOf(tx, 'reads'), id)
  return null
}

export const unfoundSince = async (tx: Tx): Promise<Instant | null | undefined> => {
  const found = await tx.all(
    'SELECT created_at FROM portal_invoice WHERE unfound_at IS NOT NULL AND seen_by <= unfound_at'
  )
  if (found.length === 0) return undefined
  const dated = found.map(({ created_at }) => created_at as Instant | null).filter(at => at !== null)
  return dated.length < found.length ? null : Math.min(...dated)
}

/** All under a number that the copy first learned of after that ordinal, except what another row was delivered as. */
const under = async (tx: Tx, key: string, after: number): Promise<Cells[]> => {
  const sql = `SELECT id, entry, told FROM portal_invoice AS found WHERE key = ? ${isNoOthers} ORDER BY told`
  return (await tx.all(sql, key, key)).filter(cells => Number(cells.told) > after)
}

export const idsUnder = async (tx: Tx, key: string, after = 0): Promise<string[]> =>
  (await under(tx, key, after)).map(idOf)

export const byNumber = async (tx: Tx, invoiceNumber: string, after = 0): Promise<PortalInvoice[]> =>
  (await under(tx, numberKey(invoiceNumber), after)).map(entryOf)

export const strangers = async (
  tx: Tx,
  { invoiceNumber, customerId, amount, issuedAt }: CreateBody,
  after: number
): Promise<PortalInvoice[]> => {
  const key = numberKey(invoiceNumber)
  const { where, values } = mayEqual({ customerId, amountCents: parseAmount(amount) ?? null, issuedAt })
  const found = await tx.all(
    `SELECT entry FROM portal_invoice AS found
      WHERE ${where} AND (${isNobodys} AND told > ? OR ${isAnothersByThisNumber})`,
    ...[...values, after, key, key]
  )
  return found.map(entryOf)
}

export const beginRead = async (tx: Tx): Promise<{ read: number; ordinal: number }> => ({
  read: await countOne(tx, 'reads'),
  ordinal: await countOf(tx, 'told')
})

export const unseen = async (
  tx: Tx,
  begun: { read: number; ordinal: number },
  since: Instant | null,
  limit: number
): Promise<string[]> => {
  const found = await tx.all(
    since === null
      ? `SELECT id FROM portal_invoice WHERE seen_by < ? AND ${isUpTo} LIMIT ?`
      : `SELECT id FROM portal_invoice WHERE created_at >= ? AND seen_by + 0 < ? AND ${isUpTo} LIMIT ?`,
    ...(since === null ? [] : [since]),
    begun.read,
    begun.ordinal,
    limit
  )
  return found.map(idOf)
}

export const newest = async (tx: Tx, upTo = Number.MAX_SAFE_INTEGER): Promise<Instant | null> => {
  const found = await tx.one(
    `SELECT created_at FROM portal_invoice
      WHERE created_at IS NOT NULL AND ${isUpTo} ORDER BY created_at DESC LIMIT 1`,
    upTo
  )
  return (found?.created_at ?? null) as Instant | null
}

export const ownSince = async (tx: Tx, since: Instant | null, limit: number): Promise<string[]> => {
  const found = await tx.all(
    'SELECT id FROM portal_invoice WHERE own = 1 AND created_at >= ? ORDER BY told + 0 DESC LIMIT ?',
    since ?? 0,
    limit
  )
  return found.map(idOf)
}

export const latest = async (tx: Tx, limit: number): Promise<string[]> =>
  (await tx.all('SELECT id FROM portal_invoice ORDER BY told DESC LIMIT ?', limit)).map(idOf)

export const size = async (tx: Tx): Promise<number> =>
  Number((await tx.one('SELECT count(*) AS entries FROM portal_invoice'))?.entries)

export const deliveredSince = async (tx: Tx, ids: string[], since: Instant): Promise<string[]> => {
  const found: string[] = []
  for (const id of ids)
    if (await tx.one('SELECT 1 AS found FROM invoice WHERE portal_id = ? AND delivered_at >= ?', id, since))
      found.push(id)
  return found
}

// As a sum, so that no database walks the index of `told` for it.
const isUpTo = 'told + 0 <= ?'

// No row was delivered as it, and no undelivered row has its number.
const isNobodys = `NOT EXISTS (SELECT 1 FROM invoice WHERE portal_id = found.id)
          AND NOT EXISTS (SELECT 1 FROM invoice WHERE key = found.key AND state <> 'delivered')`

// The portal gave this number the id that another row was delivered as before.
const isAnothersByThisNumber =
  'key = ? AND EXISTS (SELECT 1 FROM invoice WHERE portal_id = found.id AND invoice.key <> ?)'

// A portal that spells numbers differently may give one row's invoice the number of another row.
const isNoOthers = 'AND NOT EXISTS (SELECT 1 FROM invoice WHERE portal_id = found.id AND invoice.key <> ?)'

const filled = (entry: PortalInvoice, known: PortalInvoice): PortalInvoice => ({
  id: entry.id,
  customerId: entry.customerId ?? known.customerId,
  invoiceNumber: entry.invoiceNumber ?? known.invoiceNumber,
  issuedAt: entry.issuedAt ?? known.issuedAt,
  amountCents: entry.amountCents ?? known.amountCents,
  currency: entry.currency ?? known.currency,
  paidAt: entry.paidAt ?? known.paidAt,
  createdAt: entry.createdAt ?? known.createdAt
})

const idOf = ({ id }: Cells): string => id as string

const entryOf = (cells: Cells): PortalInvoice => JSON.parse(cells.entry as string) as PortalInvoice
