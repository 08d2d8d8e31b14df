// The ledger on SQLite: one machine, one owner. Its parts are put together here, and here each promise of the contract
// becomes one transaction. Writes that are asked for in the same turn of the event loop share one, and so one fsync, with a
// savepoint for each; while a commit runs, the next ones gather.

import { randomUUID } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import { openDatabase } from './database.ts'
import type { Ledger } from './ledger.ts'
import { openSentBeside, type SentBeside } from './sent-beside.ts'
import { createActions } from './sqlite-actions.ts'
import { createArrivals } from './sqlite-arrivals.ts'
import { createClaims } from './sqlite-claims.ts'
import { createConflicts } from './sqlite-conflicts.ts'
import { createCustomers } from './sqlite-customers.ts'
import { createDelivered } from './sqlite-delivered.ts'
import { createEndings } from './sqlite-endings.ts'
import { createHoldings } from './sqlite-holdings.ts'
import { createLoans } from './sqlite-loans.ts'
import { createReading } from './sqlite-reading.ts'
import { createRetention } from './sqlite-retention.ts'
import { createRows } from './sqlite-rows.ts'
import { createTools } from './sqlite-tools.ts'

export type SqliteOptions = {
  /** A path, or `:memory:`. */
  file: string
  /** An open database to use instead; it stays open when the ledger is closed. */
  database?: DatabaseSync
  /** Of that database; a file has its own. */
  identity?: string
  /** What counts beside that database; a file has its own. */
  beside?: SentBeside
  /** How this process calls itself: what another one sent it has inherited. */
  owner?: string
  /** Runs a function after what is waiting now; the turn in which writes gather. */
  defer?: (flush: () => void) => void
}

export const openSqlite = (options: SqliteOptions): Ledger => {
  const { file, database, identity = file, owner = randomUUID(), defer = setImmediate } = options
  const beside =
    options.beside ?? (database || file === ':memory:' ? undefined : openSentBeside(`${file}.sent`))
  const db = openDatabase({
    file,
    database,
    defer,
    // The process that held these loans is dead: this one owns the file now. What it was sending stays in doubt.
    atOpen: 'UPDATE invoice SET loan_until = NULL WHERE loan_until IS NOT NULL'
  })
  const { run, write, close } = db

  let uncounted: string | null = null
  const count = async (creates: number): Promise<void> => {
    try {
      await beside?.raise(creates)
      uncounted = null
    } catch (error) {
      uncounted = reasonOf(error)
      throw error
    }
  }

  const rows = createRows(db)
  const conflicts = createConflicts(db)
  const delivered = createDelivered({ rows, conflicts })
  const holdings = createHoldings(db, {
    entered: delivered.entered,
    lost: delivered.lost,
    addressed: (emails, now) => customers.addressed(emails, now),
    customerEntered: (portalId, now) => customers.entered(portalId, now)
  })
  const claims = createClaims(db)
  const customers = createCustomers(db, {
    claims,
    release: rows.release,
    enterCustomer: holdings.enterCustomer
  })

  const tools = createTools(db)
  const arrivals = createArrivals(db, { rows, conflicts })
  const endings = createEndings({ rows, conflicts, delivered, holdings, owner })
  const loans = createLoans(db, { rows, holdings, endings, owner })
  const actions = createActions({ rows, conflicts })
  const reading = createReading(db, { rows })
  const retention = createRetention(db, { rows, conflicts, claims })

  return {
    receive: (arrival, now) => write(() => arrivals.receive(arrival, now)),
    voidSource: (tool, sourceId, now) => write(() => arrivals.voidSource(tool, sourceId, now)),
    keepUnreadable: (event, now) => write(() => arrivals.keepUnreadable(event, now)),
    numbersAlike: async () => reading.numbersAlike(),
    isKnown: async invoiceNumber => rows.byNumber(invoiceNumber) !== undefined,

    toolStart: async tool => tools.startOf(tool),
    startTool: (tool, at) => write(() => tools.start(tool, at)),
    askedTo: async tool => tools.askedTo(tool),
    setAskedTo: (tool, at) => write(() => tools.setAskedTo(tool, at)),

    borrow: (limit, now, until, most) => write(() => loans.borrow(limit, now, until, most)),
    nextDueAt: async () => loans.nextDueAt(),
    attach: (loan, document, now) => write(() => loans.attach(loan, document, now)),
    async sending(loan, body, now) {
      const answer = await write(() => loans.sending(loan, body, now))
      if (typeof answer !== 'number') return answer
      await count(answer)
      return 'granted'
    },
    paying: (loan, now) => write(() => loans.paying(loan, now)),
    record: (loan, decision, now) => write(() => loans.record(loan, decision, now)),
    doubts: async (now, limit) => loans.doubts(now, limit),
    settle: (doubt, decision, now) => write(() => loans.settle(doubt, decision, now)),

    act: (invoiceNumber, action, now, words) => write(() => actions.act(invoiceNumber, action, now, words)),

    find: async invoiceNumber => reading.find(invoiceNumber),
    list: async filter => reading.list(filter),
    summary: async () => reading.summary(),
    tally: async () => reading.tally(),

    hasten: (now, latest) => write(() => loans.hasten(now, latest)),
    beat: now =>
      write(() => run('INSERT INTO heartbeat VALUES (1, ?) ON CONFLICT DO UPDATE SET at = excluded.at', now)),
    forget: (before, limit) => write(() => retention.forget(before, limit)),
    documents: async () => retention.documents(),

    identity: db.identity ?? identity,
    sentBeside: async () => beside?.read(),
    uncounted: () => uncounted,
    customers,
    holdings,
    async close() {
      await close()
      await beside?.close()
    }
  }
}

/** The system's own word, such as EACCES or ENOSPC. */
const reasonOf = (error: unknown): string => {
  const { cause = error } = error as { cause?: unknown }
  return (cause as { code?: string }).code ?? String(cause)
}
