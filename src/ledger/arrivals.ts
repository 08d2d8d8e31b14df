// What comes in: loads what is known, lets the rules judge (rules/arriving.ts), and writes their answer.

import { formerKey, isSame, numberKey } from '../core/invoice.ts'
import type { Arrival, Received } from '../core/row.ts'
import {
  asKept,
  contest,
  contestAgain,
  correct,
  enter,
  isCopy,
  isUnsent,
  judge,
  toldUnderAnother
} from '../rules/arriving.ts'
import { type Arriving, type Changes, documents, dropped } from '../rules/kept.ts'
import { bringsUnusedPdf, merge, mergeArrival, type Repeat } from '../rules/repeating.ts'
import {
  type Contested,
  isPastKnownVoid,
  isRestored,
  isStillVoided,
  latestVoid,
  pastOlderVoid,
  restore,
  voidAsTold,
  voidedAs,
  voidedBy,
  voidIt
} from '../rules/voiding.ts'
import type { KeptRow } from './cells.ts'
import { findConflict, hasOpenConflict, keepConflict } from './conflicts.ts'
import type { Cells, Tx } from './driver.ts'
import { apply, findRow, insertRow, note, rowOfNumber } from './rows.ts'
import { datedVoid, rememberCopy, rememberDatedVoid, rememberVoid, rowsOfSource, toldBefore } from './sources.ts'

/**
 * `ownId`: the first row that its tool brought. `copyId`: the one that another tool brought. `voided`: as which its tool
 * voided it before, unless that is taken back now.
 */
type Found = { isKnown: boolean; ownId: number | null; copyId: number | null; voided: Arrival | null }

/** What may keep an event from being a new invoice, asked in one statement: most are new, and nothing does. */
const lookUp = async (tx: Tx, arrival: Arrival): Promise<Found> => {
  const { tool, invoice } = arrival
  const { invoiceNumber, sourceId } = invoice
  const found = (await tx.one(
    `SELECT (SELECT id FROM invoice WHERE key IN (?, ?) LIMIT 1) AS known,
      (SELECT id FROM invoice WHERE tool = ? AND source_id = ? ORDER BY id LIMIT 1) AS own,
      (SELECT invoice_id FROM copied_source WHERE tool = ? AND source_id = ?) AS copy,
      coalesce((SELECT '' FROM voided_source WHERE tool = ? AND source_id = ?),
        (SELECT revision FROM dated_void WHERE tool = ? AND source_id = ?)) AS voided`,
    numberKey(invoiceNumber),
    formerKey(invoiceNumber),
    ...[tool, sourceId],
    ...[tool, sourceId],
    ...[tool, sourceId],
    ...[tool, sourceId]
  )) as Cells
  return {
    isKnown: found.known !== null,
    ownId: found.own as number | null,
    copyId: found.copy as number | null,
    voided: voidedAs(arrival, found.voided as string | null)
  }
}

const enterNew = async (
  tx: Tx,
  arrival: Arrival,
  { ownId, copyId, voided }: Omit<Found, 'isKnown'>
): Promise<Received> => {
  const firstId = ownId ?? copyId
  const first = firstId === null ? undefined : await findRow(tx, 'id = ?', firstId)
  const known = { before: first?.invoice.invoiceNumber ?? null, isVoided: voided !== null }
  const entered = enter(voided ?? arrival, known, tx.now)
  const id = await insertRow(tx, arrival.invoice.invoiceNumber, entered)
  await apply(tx, id, { set: {}, lines: entered.lines })
  return entered.received
}

const write = async (tx: Tx, { id }: KeptRow, { received, ...changes }: Arriving): Promise<Received> => {
  await apply(tx, id, changes)
  return received
}

/**
 * Other facts that are already known: a person has decided on them, or will; if the tool voided them and takes that
 * back since, they will decide anew. Null when the facts are not known.
 */
const receiveAgain = async (tx: Tx, kept: KeptRow, arrival: Arrival): Promise<Received | null> => {
  const { id } = kept
  const known = await findConflict(tx, id, arrival)
  if (!known) return null
  const isAskedAnew = isRestored(kept, arrival) || isPastKnownVoid(kept, arrival)
  if (isAskedAnew) return receiveConflict(tx, kept, arrival, false)
  await apply(tx, id, { set: pastOlderVoid(kept, arrival), lines: [] })
  if (known.isSettled) return contestAgain(arrival, null)
  const merged = mergeArrival(known.kept, arrival)
  if (!isSame(merged, known.kept)) {
    await keepConflict(tx, id, merged)
    await note(tx, id, 'conflict merged')
  }
  return contestAgain(arrival, merged)
}

/** What a person has to decide about first. */
const contestedBy = async (tx: Tx, { id }: KeptRow, { tool, invoice }: Arrival): Promise<Contested> => ({
  before: await toldBefore(tx, { id, tool, sourceId: invoice.sourceId }),
  hasConflict: await hasOpenConflict(tx, id)
})

const receiveCorrection = async (tx: Tx, kept: KeptRow, arrival: Arrival): Promise<Received> =>
  write(tx, kept, correct(kept, arrival, await contestedBy(tx, kept, arrival), tx.now))

const receiveConflict = async (tx: Tx, kept: KeptRow, arrival: Arrival, isVoided: boolean): Promise<Received> => {
  await keepConflict(tx, kept.id, arrival)
  return write(tx, kept, contest(kept, arrival, isVoided))
}

/** Whether that changed any. */
const voidAll = async (tx: Tx, found: KeptRow[], rule: (kept: KeptRow) => Changes | null): Promise<boolean> => {
  const judged = found.map(kept => ({ id: kept.id, changes: rule(kept) }))
  for (const { id, changes } of judged) if (changes) await apply(tx, id, changes)
  return judged.some(({ changes }) => changes !== null)
}

/**
 * Another invoice has its number, so its facts wait beside that, or are still to come. Of a tool that restores it would
 * have to be known how late it was. Answers whether a person was told.
 */
const voidBeside = async (tx: Tx, { id }: KeptRow, arrival: Arrival): Promise<boolean> => {
  const { tool, invoice, restores } = arrival
  const { sourceId, revision } = invoice
  if (sourceId === null) return false
  if (restores) {
    if (revision !== undefined) await rememberDatedVoid(tx, tool, sourceId, revision)
    return false
  }
  if (!(await rememberVoid(tx, tool, sourceId))) return false
  const isAsked = (await findConflict(tx, id, arrival))?.isSettled === false
  if (isAsked) await apply(tx, id, { set: {}, lines: [voidedBy(tool)] })
  return isAsked
}

/** Of a copy that is met by this void: a later one may be remembered, or count for another number. */
const latestWord = async (tx: Tx, own: KeptRow[], arrival: Arrival): Promise<Arrival> => {
  const remembered = await datedVoid(tx, arrival.tool, arrival.invoice.sourceId)
  return latestVoid(own, voidedAs(arrival, remembered) ?? arrival)
}

/**
 * Without the tool's own id, only the number says which invoice it is. What nothing came of yet is kept all the same: a
 * copy of it may follow by another way, and is then known.
 */
const receiveVoided = async (tx: Tx, arrival: Arrival): Promise<Received> => {
  const { tool, invoice, document } = arrival
  const { invoiceNumber, sourceId } = invoice
  const row = await rowOfNumber(tx, invoiceNumber)
  const named = row?.tool === tool && row.invoice.sourceId === null ? [row] : []
  const own = sourceId === null ? named : await rowsOfSource(tx, tool, sourceId)
  if (row === undefined) {
    await voidAll(tx, own, kept => voidAsTold(kept, arrival, tx.now))
    return enterNew(tx, arrival, { ownId: null, copyId: null, voided: arrival })
  }
  const copies = own.every(({ id }) => id !== row.id) && isCopy(row, arrival) ? [row] : []
  for (const copy of copies) await rememberCopy(tx, copy, arrival)
  const voided = [...own, ...copies]
  const met = copies.length > 0 ? await latestWord(tx, own, arrival) : arrival
  const changed =
    voided.length === 0
      ? await voidBeside(tx, row, arrival)
      : await voidAll(tx, voided, kept => voidAsTold(kept, copies.includes(kept) ? met : arrival, tx.now))
  return { result: changed ? 'accepted' : 'duplicate', changed, unused: documents(document) }
}

/** Once, whichever comes: some senders make a PDF anew each time they send. Answers whether it was news. */
const noteUnusedPdf = async (tx: Tx, kept: KeptRow, arrival: Arrival): Promise<boolean> => {
  const event = 'another pdf came, and was not used'
  if (!bringsUnusedPdf(kept, arrival)) return false
  if (await tx.one('SELECT 1 AS said FROM history WHERE invoice_id = ? AND event = ?', kept.id, event)) return false
  await note(tx, kept.id, event)
  return true
}

const receiveRepeat = async (tx: Tx, kept: KeptRow, arrival: Arrival, repeat: Repeat): Promise<Received> => {
  const isNoted = await noteUnusedPdf(tx, kept, arrival)
  switch (repeat.kind) {
    case 'nothing':
      return { result: 'duplicate', changed: isNoted, unused: dropped([arrival.document], kept.document) }
    case 'merge':
      return write(tx, kept, merge(kept, arrival, repeat, tx.now))
    case 'restore':
      return write(tx, kept, restore(kept, arrival, repeat, await contestedBy(tx, kept, arrival), tx.now))
  }
}

/**
 * What another tool brought first turns out to be this tool's invoice, too. So what the tool said of it until now, by
 * its id alone or under another number, is also about this row.
 */
const receiveMet = async (tx: Tx, arrival: Arrival, received: Received, voided: Arrival | null): Promise<Received> => {
  const { tool, invoice } = arrival
  const row = (await rowOfNumber(tx, invoice.invoiceNumber)) as KeptRow
  const told = (await rowsOfSource(tx, tool, invoice.sourceId as string)).filter(({ id }) => id !== row.id)
  const elsewhere = told.filter(row => isStillVoided(row, arrival))
  if (voided || elsewhere.length > 0) {
    const word = latestVoid(elsewhere, voided ?? arrival)
    const changed = await voidAll(tx, [row], kept => voidAsTold(kept, word, tx.now))
    return { ...received, changed: changed || received.changed }
  }
  const [second, first] = isUnsent(row) ? [row, told[0]] : [told[0], row]
  const doubled = first && second && toldUnderAnother(second, first.invoice.invoiceNumber)
  if (!doubled) return received
  await apply(tx, second.id, doubled)
  return { ...received, result: 'conflict', changed: true }
}

export const receive = async (tx: Tx, arrival: Arrival): Promise<Received> => {
  if (arrival.voided) return receiveVoided(tx, arrival)
  const found = await lookUp(tx, arrival)
  if (!found.isKnown) return enterNew(tx, arrival, found)
  const kept = (await rowOfNumber(tx, arrival.invoice.invoiceNumber)) as KeptRow
  const judgement = judge(kept, asKept(arrival, kept.invoice), found.copyId === kept.id)
  if (judgement.kind === 'replace')
    return (await receiveAgain(tx, kept, arrival)) ?? receiveCorrection(tx, kept, arrival)
  if (judgement.kind === 'conflict')
    return (await receiveAgain(tx, kept, arrival)) ?? receiveConflict(tx, kept, arrival, found.voided !== null)
  const received = await receiveRepeat(tx, kept, arrival, judgement)
  const isMet = await rememberCopy(tx, kept, arrival)
  return isMet ? receiveMet(tx, arrival, received, found.voided) : received
}

export const voidSource = async (tx: Tx, tool: string, sourceId: string): Promise<boolean> => {
  const found = await rowsOfSource(tx, tool, sourceId)
  await voidAll(tx, found, kept => voidIt(kept, tx.now))
  if (found.length > 0) return true
  await rememberVoid(tx, tool, sourceId)
  return false
}
