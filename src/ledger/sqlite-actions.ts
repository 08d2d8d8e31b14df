// What a person says about a row, on SQLite: the table of states rules (states.ts), and that is written.

import type { Instant } from '../core/clock.ts'
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
import type { SqliteConflicts } from './sqlite-conflicts.ts'
import type { SqliteRows } from './sqlite-rows.ts'
import { type Ruling, rule } from './states.ts'

type Around = { rows: SqliteRows; conflicts: SqliteConflicts }

export const createActions = ({ rows: { byNumber, set, note }, conflicts }: Around) => {
  /** The facts that lose stay, too: they may be sent again, perhaps with another PDF than when they were taken before. */
  const take = (row: InvoiceCells, now: Instant): void => {
    const { id } = row
    const taken = conflicts.latest(id)
    conflicts.keep(id, { ...keptOf(row), notify: row.notify === 1, test: row.test === 1 }, now)
    set(id, arrivalCells(taken, now))
    conflicts.settle(id)
  }

  const obey = (row: InvoiceCells, ruling: Ruling, now: Instant): void => {
    const { id } = row
    switch (ruling.kind) {
      case 'nothing':
        return
      case 'release': {
        const granted = new Set([...overridesOf(row), ...ruling.overrides])
        // A loan that runs goes on: it is being delivered now.
        const isLent = row.state === 'waiting' && row.loan_until !== null
        const seen = row.code === 'REVIEW' ? { released: releasedIn(row) } : {}
        return set(id, {
          ...(isLent ? {} : waitingCells(now)),
          ...seen,
          overrides: JSON.stringify([...granted])
        })
      }
      case 'dismiss':
        return set(id, dismissedCells('BY_OPERATOR', now))
      case 'clear':
        if (row.code !== 'INVOICE_CONFLICT' && conflicts.isOpen(id))
          return set(id, { code: 'INVOICE_CONFLICT' })
        set(id, { code: null, voided: 0 })
        return conflicts.settle(id)
      case 'settle':
        if (row.code === 'INVOICE_CONFLICT') set(id, { code: null })
        return conflicts.settle(id)
      case 'take':
        return take(row, now)
      case 'keep':
        set(id, waitingCells(now))
        return conflicts.settle(id)
    }
  }

  const act = (
    invoiceNumber: string,
    action: Action,
    now: Instant,
    words: { absent?: boolean } = {}
  ): Acted => {
    const row = byNumber(invoiceNumber)
    if (!row) throw new BridgeError('INVOICE_NOT_FOUND')
    const ruling = rule(keptOf(row), action, { hasConflict: conflicts.isOpen(row.id), ...words })
    if (!ruling) throw new BridgeError('STATE_CONFLICT', refusal(action, row.state as State))
    obey(row, ruling, now)
    if (ruling.kind !== 'nothing')
      note(row.id, now, `operator: ${action}`, words.absent ? { absent: true } : {})
    return { ...rowOf(byNumber(invoiceNumber)!), changed: ruling.kind !== 'nothing' }
  }

  return { act }
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
