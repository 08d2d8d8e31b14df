// What a person says about a row: the table of states rules (states.ts), and that is written.

import { BridgeError } from '../core/errors.ts'
import type { Acted, Action, State } from '../core/row.ts'
import {
  arrivalCells,
  dismissedCells,
  type InvoiceCells,
  keptOf,
  overridesOf,
  rowOf,
  shownIn,
  waitingCells
} from './cells.ts'
import { hasOpenConflict, keepConflict, latestConflict, settleConflicts } from './conflicts.ts'
import type { Tx } from './driver.ts'
import { note, rowOfNumber, setRow } from './rows.ts'
import { type Ruling, rule } from './states.ts'

/** The facts that lose stay, too: they may be sent again, perhaps with another PDF than when they were taken before. */
const take = async (tx: Tx, row: InvoiceCells): Promise<void> => {
  const { id } = row
  const taken = await latestConflict(tx, id)
  await keepConflict(tx, id, { ...keptOf(row), notify: row.notify === 1, test: row.test === 1 })
  await setRow(tx, id, arrivalCells(taken, tx.now))
  await settleConflicts(tx, id)
}

type Released = Extract<Ruling, { kind: 'release' }>

const release = (tx: Tx, row: InvoiceCells, ruling: Released): Promise<void> => {
  const granted = new Set([...overridesOf(row), ...ruling.overrides])
  // A loan that runs goes on: it is being delivered now.
  const isLent = row.state === 'waiting' && row.loan_until !== null
  return setRow(tx, row.id, {
    ...(isLent ? {} : waitingCells(tx.now)),
    ...(row.code === 'REVIEW' ? { released: releasedIn(row) } : {}),
    overrides: JSON.stringify([...granted])
  })
}

const obey = async (tx: Tx, row: InvoiceCells, ruling: Ruling): Promise<void> => {
  const { id } = row
  switch (ruling.kind) {
    case 'nothing':
      return
    case 'release':
      return release(tx, row, ruling)
    case 'dismiss':
      return setRow(tx, id, dismissedCells('BY_OPERATOR', tx.now))
    case 'clear':
      if (row.code !== 'INVOICE_CONFLICT' && (await hasOpenConflict(tx, id)))
        return setRow(tx, id, { code: 'INVOICE_CONFLICT' })
      await setRow(tx, id, { code: null, voided: 0 })
      return settleConflicts(tx, id)
    case 'settle':
      if (row.code === 'INVOICE_CONFLICT') await setRow(tx, id, { code: null })
      return settleConflicts(tx, id)
    case 'take':
      return take(tx, row)
    case 'keep':
      await setRow(tx, id, waitingCells(tx.now))
      return settleConflicts(tx, id)
  }
}

export const act = async (
  tx: Tx,
  invoiceNumber: string,
  action: Action,
  words: { absent?: boolean } = {}
): Promise<Acted> => {
  const row = await rowOfNumber(tx, invoiceNumber)
  if (!row) throw new BridgeError('INVOICE_NOT_FOUND')
  const ruling = rule(keptOf(row), action, { hasConflict: await hasOpenConflict(tx, row.id), ...words })
  if (!ruling) throw new BridgeError('STATE_CONFLICT', refusal(action, row.state as State))
  if (ruling.kind === 'nothing') return { ...rowOf(row), changed: false }
  await obey(tx, row, ruling)
  await note(tx, row.id, `operator: ${action}`, words.absent ? { absent: true } : {})
  return { ...rowOf((await rowOfNumber(tx, invoiceNumber)) as InvoiceCells), changed: true }
}

const refusal = (action: Action, state: State): string => {
  if (state === 'sending')
    return 'it is in doubt whether this invoice was created; wait until that is settled'
  if (action === 'deliver') return 'it is delivered already'
  return `there is nothing to ${action} while it is ${state}`
}

/** What a person has seen, and not what came since. */
const releasedIn = (row: InvoiceCells): string | null => {
  const shown = shownIn(row)
  return shown && JSON.stringify(shown)
}
