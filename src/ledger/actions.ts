// What a person says about a row: the rules judge (rules/acting.ts), and what they answer is written.

import { BridgeError } from '../core/errors.ts'
import type { Acted, Action, Arrival, OtherFacts, Row } from '../core/row.ts'
import { obey, refusal, rule } from '../rules/acting.ts'
import { type InvoiceCells, type KeptRow, keptOf, rowOf } from './cells.ts'
import { keepConflict, latestConflict, openConflicts, settleConflicts } from './conflicts.ts'
import type { Tx } from './driver.ts'
import { cellsOfNumber, note, setRow } from './rows.ts'

export const act = async (
  tx: Tx,
  invoiceNumber: string,
  action: Action,
  words: { absent?: boolean } = {}
): Promise<Acted> => {
  const cells = await cellsOfNumber(tx, invoiceNumber)
  if (!cells) throw new BridgeError('INVOICE_NOT_FOUND')
  const kept = keptOf(cells)
  const { id } = kept
  const conflicts = await openConflicts(tx, kept)
  const hasConflict = conflicts.length > 0
  const ruling = rule(kept, action, { hasConflict, ...words })
  if (!ruling) throw new BridgeError('STATE_CONFLICT', refusal(action, kept))
  if (ruling.kind === 'nothing') return { ...rowOf(cells), changed: false, decided: null }

  const isTaken = ruling.kind === 'take'
  const taken = isTaken ? await latestConflict(tx, id) : null
  // The facts that lose stay, too: they may be sent again, perhaps with another PDF than when they were taken before.
  if (isTaken) await keepConflict(tx, id, arrivalOf(kept))
  const { set, settles } = obey(kept, ruling, { hasConflict, taken }, tx.now)
  await setRow(tx, id, set)
  if (settles) await settleConflicts(tx, id)
  await note(tx, id, `operator: ${action}`, words.absent ? { absent: true } : {})

  const before = rowOf(cells)
  const after = rowOf((await cellsOfNumber(tx, invoiceNumber)) as InvoiceCells)
  const decided =
    action === 'dismiss' || !hasConflict
      ? null
      : { won: toldBy(after), lost: isTaken ? [toldBy(before), ...conflicts.slice(0, -1)] : conflicts }
  return { ...after, changed: true, decided }
}

const arrivalOf = ({ tool, invoice, document, notify, test }: KeptRow): Arrival => ({
  tool,
  invoice,
  document,
  notify,
  test
})

const toldBy = ({ tool, customer, amountCents, currency, issuedAt }: Row): OtherFacts => ({
  tool,
  customer: customer.portalId ?? customer.ref,
  amountCents,
  currency,
  issuedAt
})
