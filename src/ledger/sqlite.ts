// The ledger on SQLite: one machine, one owner. Writes that are asked for in the same turn of the event loop share
// one transaction, and so one fsync, with a savepoint for each; while a commit runs, the next ones gather.

import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import { type Instant, isoInstant } from '../clock.ts'
import { BridgeError, type Code } from '../errors.ts'
import { type Invoice, numberKey } from '../invoice.ts'
import type { Document } from '../spool.ts'
import { type Cells, doubtOf, historyOf, keptOf, loanOf, rowOf } from './cells.ts'
import { openDatabase } from './database.ts'
import type {
  Action,
  Arrival,
  CreateBody,
  Decision,
  Doubt,
  Filter,
  Ledger,
  Loan,
  Override,
  Received,
  Row,
  State,
  Summary,
  Tally,
  Unreadable
} from './ledger.ts'
import { createCustomers } from './sqlite-customers.ts'
import { createHoldings } from './sqlite-holdings.ts'
import { judge, judgeVoided, mergeArrival, type Ruling, rule } from './states.ts'

export type SqliteOptions = {
  /** A path, or `:memory:`. */
  file: string
  /** An open database to use instead; it stays open when the ledger is closed. */
  database?: DatabaseSync
  /** Of that database; a file has its own. */
  identity?: string
  /** Runs a function after what is waiting now; the turn in which writes gather. */
  defer?: (flush: () => void) => void
}

export const openSqlite = (options: SqliteOptions): Ledger => {
  const { file, database, identity = file, defer = setImmediate } = options
  const db = openDatabase({
    file,
    database,
    defer,
    // The process that held these loans is dead: this one owns the file now. What it was sending stays in doubt.
    atOpen: 'UPDATE invoice SET loan_until = NULL WHERE loan_until IS NOT NULL'
  })
  const { one, all, run, write, close } = db

  const note = (invoiceId: number, at: Instant, event: string, detail: object = {}): void => {
    run(
      'INSERT INTO history (invoice_id, at, event, detail) VALUES (?, ?, ?, ?)',
      invoiceId,
      at,
      event,
      JSON.stringify(detail)
    )
  }

  /** What the portal tells of a row that was delivered, by its id there or by its number. */
  const holdings = createHoldings(db, {
    addressed: (emails, now) => customers.addressed(emails, now),
    entered(entry, isNew, now) {
      const row = one('SELECT * FROM invoice WHERE portal_id = ?', entry.id)
      if (row) {
        if (entry.paidAt !== null && row.known_paid_at === null) knowPaid(row.id as number, entry.paidAt)
        if (row.code === 'DELETED_IN_PORTAL') reappear(row, entry.paidAt ?? row.known_paid_at, now)
        return
      }
      const other = isNew && entry.invoiceNumber !== null ? byKey(numberKey(entry.invoiceNumber)) : undefined
      if (other?.state !== 'delivered' || overridesOf(other).includes('INVOICE_CONFLICT')) return
      set(other.id as number, { code: 'PORTAL_DUPLICATE', forgotten: 0 })
      note(other.id as number, now, 'found twice', { code: 'PORTAL_DUPLICATE', also: entry.id })
    },
    lost(portalId, now) {
      const row = one('SELECT * FROM invoice WHERE portal_id = ?', portalId)
      if (!row || row.code === 'DELETED_IN_PORTAL') return
      set(row.id as number, {
        code: 'DELETED_IN_PORTAL',
        next_attempt_at: null,
        loan_until: null,
        forgotten: 0
      })
      note(row.id as number, now, 'gone from the portal', { code: 'DELETED_IN_PORTAL' })
    }
  })

  /** It was only not visible yet: what its loss stopped goes on. */
  const reappear = (row: Cells, knownPaidAt: SQLInputValue | undefined, now: Instant): void =>
    set(row.id as number, {
      code: hasConflict(row.id as number) ? 'INVOICE_CONFLICT' : null,
      ...payingCells(keptOf(row).invoice.paidAt, knownPaidAt, now)
    })

  const customers = createCustomers(db, {
    release(id, why, now) {
      set(id, waitingCells(now))
      note(id, now, 'released', { why })
    },
    enterCustomer: holdings.enterCustomer
  })

  const knowPaid = (id: number, at: Instant): void =>
    set(id, { known_paid_at: at, paying: 0, next_attempt_at: null, loan_until: null })

  const byKey = (key: string): Cells | undefined => one('SELECT * FROM invoice WHERE key = ?', key)

  const set = (id: number, values: Cells): void => {
    const names = Object.keys(values)
    run(
      `UPDATE invoice SET ${names.map(name => `${name} = ?`).join(', ')} WHERE id = ?`,
      ...Object.values(values),
      id
    )
  }

  const hasConflict = (id: number): boolean =>
    one('SELECT 1 FROM conflict WHERE invoice_id = ? AND settled = 0', id) !== undefined

  const insert = (arrival: Arrival, now: Instant): Received => {
    const { tool, invoice, document, notify, test } = arrival
    const due = dueOf(arrival, now)
    const { id } = one(
      `INSERT INTO invoice (key, tool, invoice, customer_ref, document_file, document_bytes, document_sha256, notify, test,
        state, received_at, since, next_attempt_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'waiting', ?, ?, ?) RETURNING id`,
      numberKey(invoice.invoiceNumber),
      tool,
      JSON.stringify(invoice),
      refKey(invoice.customer.ref),
      document?.file ?? null,
      document?.bytes ?? null,
      document?.sha256 ?? null,
      Number(notify),
      Number(test),
      now,
      due,
      due
    ) as { id: number }
    note(id, now, 'received', { tool, notify, ...(due > now ? { notBefore: due } : {}) })
    return { result: 'accepted', changed: true, unused: [] }
  }

  /** Puts other facts into a row that is not in the portal, to be judged anew. */
  const replace = (row: Cells, arrival: Arrival, now: Instant): void => {
    const { tool, invoice, document, notify, test } = arrival
    set(row.id as number, {
      tool,
      invoice: JSON.stringify(invoice),
      customer_ref: refKey(invoice.customer.ref),
      ...documentCells(document),
      notify: Number(notify),
      test: Number(test),
      overrides: '[]',
      body: null,
      voided: 0,
      ...waitingCells(dueOf(arrival, now))
    })
  }

  const conflictOf = (id: number, arrival: Arrival): Cells | undefined =>
    one('SELECT * FROM conflict WHERE invoice_id = ? AND facts = ?', id, factsOf(arrival))

  /** Other facts that are known: a person has decided about them, or is going to. */
  const repeatConflict = (known: Cells, arrival: Arrival): Received => {
    if (known.settled === 1)
      return { result: 'conflict', changed: false, unused: documents(arrival.document) }
    const merged = mergeArrival(JSON.parse(known.arrival as string) as Arrival, arrival)
    run('UPDATE conflict SET arrival = ? WHERE id = ?', JSON.stringify(merged), known.id as number)
    return { result: 'conflict', changed: false, unused: dropped([arrival.document], merged.document) }
  }

  const receiveConflict = (row: Cells, arrival: Arrival, now: Instant): Received => {
    const id = row.id as number
    run(
      'INSERT INTO conflict (invoice_id, facts, arrival, received_at) VALUES (?, ?, ?, ?)',
      id,
      factsOf(arrival),
      JSON.stringify(arrival),
      now
    )
    note(id, now, 'conflict received', { tool: arrival.tool, facts: JSON.parse(factsOf(arrival)) })
    // What comes beside a row that was emptied is personal again.
    if (row.state === 'delivered') set(id, { code: 'INVOICE_CONFLICT', forgotten: 0 })
    else if (row.state !== 'sending') set(id, heldCells('INVOICE_CONFLICT'))
    return { result: 'conflict', changed: true, unused: [] }
  }

  const voidRow = (row: Cells, how: 'dismiss' | 'note' | 'keep', now: Instant): void => {
    const id = row.id as number
    if (how === 'dismiss') set(id, dismissedCells('VOIDED_IN_TOOL', now))
    else if (how === 'note') set(id, { code: 'VOIDED_IN_TOOL', forgotten: 0 })
    else set(id, { voided: 1 })
    note(id, now, 'voided in the tool')
  }

  const voidSource = (tool: string, sourceId: string, now: Instant): boolean => {
    const row = one(`SELECT * FROM invoice WHERE tool = ? AND invoice ->> '$.sourceId' = ?`, tool, sourceId)
    if (!row) return false
    const judgement = judgeVoided(keptOf(row))
    if (judgement.kind === 'void') voidRow(row, judgement.now, now)
    return true
  }

  const keepUnreadable = ({ tool, invoiceNumber, body, problem }: Unreadable, now: Instant): boolean => {
    if (byKey(numberKey(invoiceNumber))) return false
    insert(
      { tool, invoice: unknownInvoice(invoiceNumber, now), document: null, notify: false, test: false },
      now
    )
    const { id } = byKey(numberKey(invoiceNumber)) as { id: number }
    run('INSERT INTO event VALUES (?, ?)', id, body)
    set(id, heldCells('EVENT_UNREADABLE'))
    note(id, now, 'held', { code: 'EVENT_UNREADABLE', detail: problem })
    return true
  }

  const receive = (arrival: Arrival, now: Instant): Received => {
    const row = byKey(numberKey(arrival.invoice.invoiceNumber))
    if (!row) return insert(arrival, now)
    const id = row.id as number
    const kept = keptOf(row)
    const judgement = judge(kept, arrival)
    if (judgement.kind === 'replace' || judgement.kind === 'conflict') {
      const known = conflictOf(id, arrival)
      if (known) return repeatConflict(known, arrival)
    }
    switch (judgement.kind) {
      case 'nothing':
        return { result: 'duplicate', changed: false, unused: documents(arrival.document) }
      case 'void':
        voidRow(row, judgement.now, now)
        return { result: 'accepted', changed: true, unused: documents(arrival.document) }
      case 'merge': {
        set(id, {
          invoice: JSON.stringify(judgement.invoice),
          ...documentCells(judgement.document),
          // Whoever has it on loan knows less: it is lent again with all there is.
          ...(row.state === 'waiting' ? { loan_until: null } : {}),
          // It waited to be collected: now it is paid.
          ...(row.state === 'waiting' && kept.invoice.paidAt === null && judgement.invoice.paidAt !== null
            ? { next_attempt_at: now, since: Math.min(Number(row.since), now) }
            : {}),
          ...(row.state === 'delivered' ? payingCells(judgement.invoice.paidAt, row.known_paid_at, now) : {}),
          ...(judgement.released ? waitingCells(now) : {})
        })
        note(id, now, 'merged', judgement.released ? { released: row.code } : {})
        return {
          result: 'duplicate',
          changed: true,
          unused: dropped([arrival.document, kept.document], judgement.document)
        }
      }
      case 'replace':
        replace(row, arrival, now)
        if (hasConflict(id)) set(id, heldCells('INVOICE_CONFLICT'))
        note(id, now, 'corrected', { notify: arrival.notify, replaced: JSON.parse(factsOf(kept)) })
        return { result: 'accepted', changed: true, unused: documents(kept.document) }
      case 'conflict':
        return receiveConflict(row, arrival, now)
    }
  }

  const borrow = (limit: number, now: Instant, until: Instant): Loan[] => {
    run('UPDATE invoice SET loan_until = NULL WHERE loan_until <= ?', now)
    return all(
      `UPDATE invoice SET loan_until = ?, attempt = attempt + 1 WHERE id IN (
         SELECT id FROM invoice INDEXED BY invoice_due
         WHERE next_attempt_at IS NOT NULL AND loan_until IS NULL AND next_attempt_at <= ?
         ORDER BY next_attempt_at, id LIMIT ?
       ) RETURNING *, (SELECT body FROM event WHERE invoice_id = invoice.id) AS unread`,
      until,
      now,
      limit
    )
      .sort((a, b) => Number(a.next_attempt_at) - Number(b.next_attempt_at) || Number(a.id) - Number(b.id))
      .map(loanOf)
  }

  /** The row of a loan that still holds. */
  const onLoan = (loan: Loan, now: Instant): Cells | undefined =>
    one('SELECT * FROM invoice WHERE id = ? AND attempt = ? AND loan_until > ?', loan.id, loan.attempt, now)

  const sending = (loan: Loan, body: CreateBody, now: Instant): 'granted' | 'lost' | 'known' => {
    const row = onLoan(loan, now)
    if (row?.state !== 'waiting') return 'lost'
    const there = holdings.idsUnder(numberKey(body.invoiceNumber))
    if (there.length > 0 && !overridesOf(row).includes('INVOICE_CONFLICT')) return 'known'
    set(loan.id, {
      state: 'sending',
      code: null,
      body: JSON.stringify(body),
      ever_sent: 1,
      told: holdings.told(),
      next_attempt_at: null,
      sending_at: now
    })
    note(loan.id, now, 'sending', { attempt: loan.attempt })
    return 'granted'
  }

  const paying = (loan: Loan, now: Instant): boolean => {
    const row = onLoan(loan, now)
    if (row?.state !== 'delivered' || row.known_paid_at !== null) return false
    set(loan.id, { paying: 1 })
    return true
  }

  const deliver = (
    row: Cells,
    { holding, how, code }: Extract<Decision, { to: 'delivered' }>,
    now: Instant
  ): void => {
    const id = row.id as number
    const { paidAt } = keptOf(row).invoice
    // What is recorded as known is what was sent, or what the portal says.
    const sent =
      how === 'created' && row.body !== null ? (JSON.parse(row.body as string) as CreateBody).paidAt : null
    const knownPaidAt = sent === null ? holding.paidAt : paidAt
    set(id, {
      ...endCells,
      state: 'delivered',
      code: hasConflict(id) ? 'INVOICE_CONFLICT' : code,
      portal_id: holding.id,
      delivered_at: now,
      finished_at: now,
      failures: 0,
      tried_ms: 0,
      known_paid_at: knownPaidAt,
      ...payingCells(paidAt, knownPaidAt, now)
    })
    holdings.enter(holding, { read: null, own: how === 'created' }, now)
    const twice = holdings.idsUnder(row.key as string).length > 1
    if (twice && !overridesOf(row).includes('INVOICE_CONFLICT')) set(id, { code: 'PORTAL_DUPLICATE' })
  }

  const wait = (row: Cells, { at, code, spent }: Extract<Decision, { to: 'waiting' }>, now: Instant): void =>
    set(row.id as number, {
      loan_until: null,
      next_attempt_at: at,
      ...(row.state === 'delivered' ? {} : { state: 'waiting', code, sending_at: null }),
      ...(spent
        ? { failures: Number(row.failures) + 1, tried_ms: Number(row.tried_ms) + Math.max(0, at - now) }
        : {})
    })

  const conclude = (row: Cells, decision: Decision, now: Instant): void => {
    const id = row.id as number
    const conflict = hasConflict(id)
    switch (decision.to) {
      case 'delivered':
        deliver(row, decision, now)
        break
      case 'waiting':
        wait(row, decision, now)
        // A pause that goes on is not worth a line each time.
        if (!decision.spent && (row.code === decision.code || row.state === 'delivered')) return
        break
      case 'held':
        set(id, {
          ...heldCells(decision.code),
          body: decision.wouldSend ? JSON.stringify(decision.wouldSend) : (row.body ?? null)
        })
        break
      case 'dismissed':
        set(id, dismissedCells(decision.code, now))
        break
      case 'doubt':
        set(id, { loan_until: null })
        break
      case 'paid':
        knowPaid(id, keptOf(row).invoice.paidAt ?? now)
        holdings.enter(decision.holding, { read: null, own: false }, now)
        break
      case 'unpaid':
        set(id, { loan_until: null, next_attempt_at: null, code: decision.code })
        break
    }
    noteDecision(id, decision, now)
    // What was kept while it was in doubt is judged now: other facts under this number need a person.
    if (
      conflict &&
      (decision.to === 'waiting' || decision.to === 'held' || decision.to === 'dismissed') &&
      row.state !== 'delivered'
    ) {
      set(id, heldCells('INVOICE_CONFLICT'))
      note(id, now, 'held', { code: 'INVOICE_CONFLICT' })
    }
    concludeVoided(row, decision, now)
  }

  const noteDecision = (id: number, decision: Decision, now: Instant): void => {
    // In history `at` is when it happened; the holding is the copy's.
    const { to, at: nextAttemptAt, holding, ...detail } = { at: undefined, holding: undefined, ...decision }
    const portalId = holding?.id
    note(id, now, to === 'doubt' ? 'answer unknown' : to, { ...detail, portalId, nextAttemptAt })
  }

  /** Voided while it was in doubt: judged now. */
  const concludeVoided = (row: Cells, decision: Decision, now: Instant): void => {
    if (row.voided !== 1 || decision.to === 'doubt') return
    const id = row.id as number
    if (decision.to === 'delivered') set(id, { code: 'VOIDED_IN_TOOL' })
    else if (row.state !== 'delivered') set(id, dismissedCells('VOIDED_IN_TOOL', now))
    set(id, { voided: 0 })
    note(id, now, 'voided in the tool')
  }

  const record = (loan: Loan, decision: Decision, now: Instant): boolean => {
    const row = onLoan(loan, now)
    if (!row) return false
    conclude(row, decision, now)
    return true
  }

  const doubts = (now: Instant, limit: number): Doubt[] =>
    all(
      `SELECT * FROM invoice INDEXED BY invoice_sending
       WHERE state = 'sending' AND (loan_until IS NULL OR loan_until <= ?) ORDER BY sending_at, id LIMIT ?`,
      now,
      limit
    ).map(doubtOf)

  const settle = ({ id, attempt }: Doubt, decision: Decision, now: Instant): boolean => {
    const row = one(
      `SELECT * FROM invoice WHERE id = ? AND attempt = ? AND state = 'sending' AND (loan_until IS NULL OR loan_until <= ?)`,
      id,
      attempt,
      now
    )
    if (!row) return false
    conclude(row, decision, now)
    return true
  }

  const settleConflict = (row: Cells, ruling: 'take' | 'keep', now: Instant): void => {
    const id = row.id as number
    if (ruling === 'take') {
      const other = one(
        'SELECT arrival FROM conflict WHERE invoice_id = ? AND settled = 0 ORDER BY id DESC',
        id
      )
      const kept = keptOf(row)
      const mine: Arrival = { ...kept, notify: row.notify === 1, test: row.test === 1 }
      // The facts that lose may be sent again, too; a person has decided about them. Had they been taken before, their
      // PDF may be another one now.
      run(
        `INSERT INTO conflict (invoice_id, facts, arrival, received_at, settled) VALUES (?, ?, ?, ?, 1)
          ON CONFLICT DO UPDATE SET arrival = excluded.arrival`,
        id,
        factsOf(mine),
        JSON.stringify(mine),
        now
      )
      replace(row, JSON.parse(other?.arrival as string) as Arrival, now)
    } else {
      set(id, waitingCells(now))
    }
    run('UPDATE conflict SET settled = 1 WHERE invoice_id = ?', id)
  }

  const obey = (row: Cells, ruling: Ruling, now: Instant): void => {
    const id = row.id as number
    switch (ruling.kind) {
      case 'nothing':
        return
      case 'release': {
        const granted = new Set(overridesOf(row))
        if (ruling.override) granted.add(ruling.override)
        // A loan that runs goes on: it is being delivered now.
        if (row.state === 'waiting' && row.loan_until !== null) return
        set(id, { ...waitingCells(now), overrides: JSON.stringify([...granted]) })
        return
      }
      case 'dismiss':
        set(id, dismissedCells('BY_OPERATOR', now))
        return
      case 'clear':
        set(id, { code: null })
        run('UPDATE conflict SET settled = 1 WHERE invoice_id = ?', id)
        return
      case 'take':
      case 'keep':
        settleConflict(row, ruling.kind, now)
    }
  }

  const act = (invoiceNumber: string, action: Action, now: Instant): Row => {
    const row = byKey(numberKey(invoiceNumber))
    if (!row) throw new BridgeError('INVOICE_NOT_FOUND')
    const ruling = rule(keptOf(row), action, hasConflict(row.id as number))
    if (!ruling) throw new BridgeError('STATE_CONFLICT', refusal(action, row.state as State))
    obey(row, ruling, now)
    if (ruling.kind !== 'nothing') note(row.id as number, now, `operator: ${action}`)
    return rowOf(byKey(numberKey(invoiceNumber))!)
  }

  const list = ({ state, code, tool, q, limit, cursor }: Filter): { rows: Row[]; next: string | null } => {
    const where: string[] = []
    const values: SQLInputValue[] = []
    const also = (condition: string, ...more: SQLInputValue[]) => {
      where.push(condition)
      values.push(...more)
    }
    // The narrowest filter leads to the rows; the plus keeps SQLite from walking a wider one's index instead.
    const wide = q || code ? '+' : ''
    if (state) also(`${wide}state = ?`, state)
    if (code) also(q ? '+code = ?' : 'code = ?', code)
    if (tool) also(`${wide}tool = ?`, tool)
    if (q)
      also(
        `id IN (SELECT id FROM invoice WHERE key >= ? AND key < ?
          UNION ALL SELECT id FROM invoice WHERE customer_ref = ?)`,
        numberKey(q),
        `${numberKey(q)}\u{10ffff}`,
        refKey(q)
      )
    if (cursor) also('id < ?', Number(cursor))
    const found = all(
      `SELECT * FROM invoice ${where.length > 0 ? `WHERE ${where.join(' AND ')}` : ''} ORDER BY id DESC LIMIT ?`,
      ...values,
      limit + 1
    )
    const page = found.slice(0, limit)
    return { rows: page.map(rowOf), next: found.length > limit ? String(page.at(-1)?.id) : null }
  }

  const tally = (): Tally[] =>
    all('SELECT tool, state, code, invoices FROM tally WHERE invoices > 0').map(cells => ({
      tool: cells.tool as string,
      state: cells.state as State,
      code: (cells.code as string) === '' ? null : (cells.code as Code),
      invoices: cells.invoices as number
    }))

  const summary = (): Summary => {
    const counts: Summary = {
      waiting: 0,
      sending: 0,
      delivered: 0,
      held: 0,
      dismissed: 0,
      attention: 0,
      oldestWaitingAt: instant(
        one(`SELECT min(since) AS at FROM invoice INDEXED BY invoice_waiting_since WHERE state = 'waiting'`)
      ),
      oldestSendingAt: instant(
        one(`SELECT min(sending_at) AS at FROM invoice INDEXED BY invoice_sending WHERE state = 'sending'`)
      )
    }
    for (const { state, code, invoices } of tally()) {
      counts[state] += invoices
      if (state === 'held' || (state === 'delivered' && code !== null)) counts.attention += invoices
    }
    return counts
  }

  const forget = (before: Instant, limit: number): Document[] => {
    const rows = all(
      `SELECT * FROM invoice WHERE finished_at < ? AND forgotten = 0 AND next_attempt_at IS NULL
        AND NOT (state = ? AND code IS NOT NULL) LIMIT ?`,
      before,
      'delivered',
      limit
    )
    return rows.flatMap(row => {
      const id = row.id as number
      const { invoice, document } = keptOf(row)
      const { ref, portalId } = invoice.customer
      const empty = { emails: [], name: null, address: null, zipCode: null, city: null, countryCode: null }
      const bare: Invoice = { ...invoice, pdfUrl: null, customer: { ref, portalId, ...empty } }
      const others = all('SELECT arrival FROM conflict WHERE invoice_id = ?', id)
      run('DELETE FROM history WHERE invoice_id = ?', id)
      run('DELETE FROM event WHERE invoice_id = ?', id)
      run('UPDATE conflict SET arrival = ?, settled = 1 WHERE invoice_id = ?', '{}', id)
      set(id, { invoice: JSON.stringify(bare), ...documentCells(null), forgotten: 1 })
      return documents(
        document,
        ...others.map(({ arrival }) => (JSON.parse(arrival as string) as Partial<Arrival>).document ?? null)
      )
    })
  }

  return {
    receive: (arrival, now) => write(() => receive(arrival, now)),
    voidSource: (tool, sourceId, now) => write(() => voidSource(tool, sourceId, now)),
    keepUnreadable: (event, now) => write(() => keepUnreadable(event, now)),
    isKnown: async invoiceNumber => byKey(numberKey(invoiceNumber)) !== undefined,
    toolStart: async tool => instant(one('SELECT start AS at FROM tool WHERE name = ?', tool)),
    startTool: (tool, at) => write(() => run('INSERT OR IGNORE INTO tool VALUES (?, ?, ?)', tool, at, at)),
    askedTo: async tool => instant(one('SELECT asked_to AS at FROM tool WHERE name = ?', tool)),
    setAskedTo: (tool, at) => write(() => run('UPDATE tool SET asked_to = ? WHERE name = ?', at, tool)),
    borrow: (limit, now, until) => write(() => borrow(limit, now, until)),
    attach: (loan, document, now) =>
      write(() => {
        if (!onLoan(loan, now)) return false
        set(loan.id, documentCells(document))
        note(loan.id, now, 'pdf fetched', { bytes: document.bytes })
        return true
      }),
    sending: (loan, body, now) => write(() => sending(loan, body, now)),
    paying: (loan, now) => write(() => paying(loan, now)),
    record: (loan, decision, now) => write(() => record(loan, decision, now)),
    doubts: async (now, limit) => doubts(now, limit),
    settle: (doubt, decision, now) => write(() => settle(doubt, decision, now)),
    holdings,
    customers,
    identity: db.identity ?? identity,
    act: (invoiceNumber, action, now) => write(() => act(invoiceNumber, action, now)),
    forget: (before, limit) => write(() => forget(before, limit)),
    beat: now =>
      write(() => run('INSERT INTO heartbeat VALUES (1, ?) ON CONFLICT DO UPDATE SET at = excluded.at', now)),

    async nextDueAt() {
      const due = instant(
        one(
          `SELECT min(next_attempt_at) AS at FROM invoice INDEXED BY invoice_due
           WHERE next_attempt_at IS NOT NULL AND loan_until IS NULL`
        )
      )
      const loan = instant(
        one(
          `SELECT min(loan_until) AS at FROM invoice INDEXED BY invoice_loan
           WHERE next_attempt_at IS NOT NULL AND loan_until IS NOT NULL`
        )
      )
      return due === null || loan === null ? (due ?? loan) : Math.min(due, loan)
    },

    async find(invoiceNumber) {
      const row = byKey(numberKey(invoiceNumber))
      if (!row) return null
      const history = all(
        'SELECT at, event, detail FROM history WHERE invoice_id = ? ORDER BY id',
        row.id as number
      )
      return { ...rowOf(row), history: history.map(historyOf) }
    },

    list: async filter => list(filter),
    summary: async () => summary(),
    tally: async () => tally(),

    async documents() {
      const own = all('SELECT document_file AS file FROM invoice WHERE document_file IS NOT NULL')
      const beside = all(
        `SELECT arrival ->> '$.document.file' AS file FROM conflict WHERE settled = 0 AND file IS NOT NULL`
      )
      return new Set([...own, ...beside].map(({ file }) => file as string))
    },

    close
  }
}

/** Whoever has it on loan may no longer write. */
const endCells = { loan_until: null, next_attempt_at: null, sending_at: null }

const heldCells = (code: Code): Cells => ({
  ...endCells,
  state: 'held',
  code,
  finished_at: null,
  forgotten: 0
})

const dismissedCells = (code: Code, now: Instant): Cells => ({
  ...endCells,
  state: 'dismissed',
  code,
  finished_at: now
})

/** When it may be delivered: at once, unless the tool is about to collect it by itself. */
const dueOf = ({ notBefore, invoice }: Arrival, now: Instant): Instant =>
  invoice.paidAt === null ? Math.max(now, notBefore ?? now) : now

/** Of an event that could not be read nothing is known but its own number. */
const unknownInvoice = (invoiceNumber: string, now: Instant): Invoice => ({
  invoiceNumber,
  sourceId: null,
  customer: {
    ref: 'unknown',
    portalId: null,
    emails: [],
    name: null,
    address: null,
    zipCode: null,
    city: null,
    countryCode: null
  },
  amountCents: 0,
  currency: 'EUR',
  issuedAt: isoInstant(now).slice(0, 10),
  dueAt: null,
  paidAt: null,
  pdfUrl: null
})

/** To be judged anew and delivered: due at once, with a fresh count. */
const waitingCells = (now: Instant): Cells => ({
  ...endCells,
  state: 'waiting',
  code: null,
  since: now,
  next_attempt_at: now,
  finished_at: null,
  forgotten: 0,
  failures: 0,
  tried_ms: 0
})

/** Wanted against known: what is left to do about being paid. */
const payingCells = (wanted: Instant | null, known: SQLInputValue | undefined, now: Instant): Cells =>
  wanted !== null && known === null ? { next_attempt_at: now, failures: 0, tried_ms: 0, forgotten: 0 } : {}

const overridesOf = (row: Cells): Override[] => JSON.parse(row.overrides as string) as Override[]

const documentCells = (document: Document | null): Cells => ({
  document_file: document?.file ?? null,
  document_bytes: document?.bytes ?? null,
  document_sha256: document?.sha256 ?? null
})

const documents = (...found: (Document | null)[]): Document[] => found.filter(document => document !== null)

const dropped = (found: (Document | null)[], used: Document | null): Document[] =>
  documents(...found).filter(document => document !== used)

const refKey = (ref: string): string => ref.trim().toLowerCase()

const instant = (cells: Cells | undefined): Instant | null => (cells?.at ?? null) as Instant | null

/** What makes a set of facts another one; the text is the key under which it is kept once. */
const factsOf = ({ tool, invoice }: Pick<Arrival, 'tool' | 'invoice'>): string =>
  JSON.stringify({
    tool,
    sourceId: invoice.sourceId,
    customer: invoice.customer.portalId ?? refKey(invoice.customer.ref),
    amountCents: invoice.amountCents,
    currency: invoice.currency,
    issuedAt: invoice.issuedAt
  })

const refusal = (action: Action, state: State): string => {
  if (state === 'sending')
    return 'it is in doubt whether this invoice was created; wait until that is settled'
  if (action === 'deliver') return 'it is delivered already'
  return `there is nothing to ${action} while it is ${state}`
}
