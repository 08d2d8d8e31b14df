// What the portal holds, on SQLite: see holdings.ts for what is promised.

import type { Instant } from '../core/clock.ts'
import { emailKey } from '../core/identity.ts'
import { numberKey, parseAmount } from '../core/invoice.ts'
import type { PortalCustomer, PortalInvoice } from '../core/portal-entry.ts'
import type { Cells } from './cells.ts'
import type { Database } from './database.ts'
import { emailPrint } from './fingerprint.ts'
import { type CopyState, emptyCopy, type Holdings, type Memory } from './holdings.ts'

export type Entered = {
  /** The copy did not have it. */
  isNew: boolean
  /** No reading had shown it before: it was only told by an answer. */
  isFirstSight: boolean
  /** The copy has others of its number. */
  isOneOfMany: boolean
}

/** What the invoices' half of the ledger does when the portal tells of one of its rows. */
export type Told = {
  entered: (entry: PortalInvoice, what: Entered, now: Instant) => void
  lost: (portalId: string, now: Instant) => void
  /** These e-mail addresses, as fingerprints, came to or left a portal customer. */
  addressed: (emails: string[], now: Instant) => void
  /** A portal customer came in that the copy did not have. */
  customerEntered: (portalId: string, now: Instant) => void
}

export type SqliteHoldings = Holdings & {
  /** Within a transaction of the invoices' half. */
  enter: (entry: PortalInvoice, how: { read: number | null; own: boolean }, now: Instant) => void
  idsUnder: (key: string) => string[]
  told: () => number
  /** Whether the copy had this id when it had been told so much. */
  knewBy: (id: string, told: number) => boolean
  /** One more create is let go; answers how many that makes. */
  countSent: () => number
  enterCustomer: (customer: PortalCustomer, now: Instant) => void
}

// Longer than a minute by more than any request takes: a slot that may still count.
const slotMsMax = 90_000

export const createHoldings = (
  { one, all, run, write }: Database,
  { entered, lost, addressed, customerEntered }: Told
): SqliteHoldings => {
  const fact = <T>(name: string): T | null => {
    const cells = one('SELECT value FROM fact WHERE name = ?', name)
    return cells ? (JSON.parse(cells.value as string) as T) : null
  }
  const setFact = (name: string, value: unknown): void =>
    run(
      'INSERT INTO fact VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
      name,
      JSON.stringify(value)
    )
  // Slots are dated by a clock of their own, which nobody can set and which stands still between two processes: where it
  // stood when this process's monotonic clock began.
  let slotsFrom: number | undefined
  const copy = (): CopyState => ({ ...emptyCopy, ...fact<Partial<CopyState>>('copy') })
  const told = (): number => fact<number>('told') ?? 0
  const nextTold = (): number => {
    const next = told() + 1
    setFact('told', next)
    return next
  }

  const enter: SqliteHoldings['enter'] = (entry, { read, own }, now) => {
    const known = one('SELECT told, seen_by, entry FROM portal_invoice WHERE id = ?', entry.id)
    // The answer to a write may tell no more than the id: what is known stays known.
    const whole = known ? filled(entry, entryOf(known)) : entry
    const key = whole.invoiceNumber === null ? null : numberKey(whole.invoiceNumber)
    run(
      `INSERT INTO portal_invoice
          (id, key, entry, customer_id, amount_cents, issued_at, created_at, told, seen_by, own)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET key = excluded.key, entry = excluded.entry, customer_id = excluded.customer_id,
        amount_cents = excluded.amount_cents, issued_at = excluded.issued_at, created_at = excluded.created_at,
        seen_by = max(seen_by, excluded.seen_by), own = max(own, excluded.own),
        unfound_at = CASE WHEN excluded.seen_by = 0 THEN NULL ELSE unfound_at END`,
      entry.id,
      key,
      JSON.stringify(whole),
      whole.customerId,
      whole.amountCents,
      whole.issuedAt,
      whole.createdAt,
      (known?.told as number | undefined) ?? nextTold(),
      read ?? 0,
      Number(own)
    )
    const isOneOfMany = key !== null && idsUnder(key).length > 1
    const isFirstSight = read !== null && known?.seen_by === 0
    entered(entry, { isNew: known === undefined, isFirstSight, isOneOfMany }, now)
  }

  const lose = (id: string, now: Instant): void => {
    run('DELETE FROM portal_invoice WHERE id = ?', id)
    lost(id, now)
  }

  const memory = (): Partial<Memory> => fact<Partial<Memory>>('memory') ?? {}
  const remember = (news: Partial<Memory>): void => setFact('memory', { ...memory(), ...news })

  const countSent = (): number => {
    const sent = (memory().sent ?? 0) + 1
    remember({ sent })
    return sent
  }

  const reads = (): number => fact<number>('reads') ?? 0

  const unfound = (id: string): PortalInvoice | null => {
    const known = one('SELECT entry, seen_by, unfound_at FROM portal_invoice WHERE id = ?', id)
    if (!known) return null
    if (known.unfound_at !== null && Number(known.seen_by) > Number(known.unfound_at)) return entryOf(known)
    if (known.unfound_at === null) run('UPDATE portal_invoice SET unfound_at = ? WHERE id = ?', reads(), id)
    return null
  }

  const unfoundSince = (): Instant | null | undefined => {
    const found = all(
      `SELECT created_at FROM portal_invoice INDEXED BY portal_invoice_unfound
        WHERE unfound_at IS NOT NULL AND seen_by <= unfound_at`
    ).map(({ created_at }) => created_at as Instant | null)
    if (found.length === 0) return undefined
    const dated = found.filter(at => at !== null)
    return dated.length < found.length ? null : Math.min(...dated)
  }

  const strangers: Holdings['strangers'] = async ({ invoiceNumber, customerId, amount, issuedAt }, told) => {
    const key = numberKey(invoiceNumber)
    return all(
      `SELECT entry FROM portal_invoice AS found WHERE customer_id = ? AND amount_cents = ? AND issued_at = ?
          AND (${isNobodys} AND told > ? OR ${isAnothersByThisNumber})`,
      customerId,
      parseAmount(amount) ?? null,
      issuedAt,
      told,
      key,
      key
    ).map(entryOf)
  }

  const idsUnder = (key: string): string[] =>
    all(`SELECT id FROM portal_invoice AS found WHERE key = ? ${isNoOthers} ORDER BY told`, key, key).map(
      ({ id }) => id as string
    )

  const count = (table: 'portal_invoice' | 'portal_customer'): number =>
    one(`SELECT count(*) AS entries FROM ${table}`)?.entries as number

  /** Answers the addresses that it brought and took away. */
  const keepCustomer = (customer: PortalCustomer, read: number, now: Instant): string[] => {
    const before = one('SELECT email FROM portal_customer WHERE id = ?', customer.id)
    const email = emailPrint(customer.primaryEmail ?? '') || null
    run(
      `INSERT INTO portal_customer VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET email = excluded.email,
        entry = excluded.entry, seen_by = excluded.seen_by WHERE seen_by <= excluded.seen_by`,
      customer.id,
      email,
      JSON.stringify(customer),
      read
    )
    if (before === undefined) customerEntered(customer.id, now)
    if (before?.email === email) return []
    return [before?.email as string | null | undefined, email].filter(key => typeof key === 'string')
  }

  const learnCustomers = (seen: readonly PortalCustomer[], read: number, now: Instant): void => {
    const news = seen.flatMap(customer => keepCustomer(customer, read, now))
    const gone = all('DELETE FROM portal_customer WHERE seen_by < ? RETURNING email', read)
    news.push(...gone.map(({ email }) => email).filter(email => typeof email === 'string'))
    if (news.length > 0) addressed(news, now)
  }

  const enterCustomer = (customer: PortalCustomer, now: Instant): void => {
    const news = keepCustomer(customer, reads(), now)
    if (news.length > 0) addressed(news, now)
  }

  const customers = (): PortalCustomer[] =>
    all('SELECT entry FROM portal_customer ORDER BY id').map(
      ({ entry }) => JSON.parse(entry as string) as PortalCustomer
    )

  return {
    enter,
    enterCustomer,
    idsUnder,
    told,
    knewBy: (id, by) => one('SELECT 1 FROM portal_invoice WHERE id = ? AND told <= ?', id, by) !== undefined,
    countSent,
    copy: async () => copy(),
    setCopy: change => write(() => setFact('copy', { ...copy(), ...change })),
    learn: (entries, read, now) =>
      write(() => {
        for (const entry of entries) enter(entry, { read, own: false }, now)
      }),
    lose: (id, now) => write(() => lose(id, now)),
    deliveredSince: async (ids, since) =>
      ids.filter(
        id => one('SELECT 1 FROM invoice WHERE portal_id = ? AND delivered_at >= ?', id, since) !== undefined
      ),
    has: async id => one('SELECT 1 FROM portal_invoice WHERE id = ?', id) !== undefined,
    unfound: id => write(() => unfound(id)),
    unfoundSince: async () => unfoundSince(),
    byNumber: async invoiceNumber => {
      const key = numberKey(invoiceNumber)
      return all(
        `SELECT entry FROM portal_invoice AS found WHERE key = ? ${isNoOthers} ORDER BY told`,
        key,
        key
      ).map(entryOf)
    },
    strangers,
    beginRead: () =>
      write(() => {
        const read = reads() + 1
        setFact('reads', read)
        return { read, told: told() }
      }),
    unseen: async (begun, since, limit) =>
      all(
        since === null
          ? 'SELECT id FROM portal_invoice WHERE seen_by < ? AND told <= ? LIMIT ?'
          : 'SELECT id FROM portal_invoice WHERE created_at >= ? AND seen_by < ? AND told <= ? LIMIT ?',
        ...(since === null ? [] : [since]),
        begun.read,
        begun.told,
        limit
      ).map(({ id }) => id as string),
    newest: async (before = Number.MAX_SAFE_INTEGER) =>
      (one(
        `SELECT created_at FROM portal_invoice INDEXED BY portal_invoice_created
          WHERE created_at IS NOT NULL AND told <= ? ORDER BY created_at DESC LIMIT 1`,
        before
      )?.created_at ?? null) as Instant | null,
    ownSince: async (since, limit) =>
      all(
        `SELECT id FROM portal_invoice INDEXED BY portal_invoice_own
          WHERE own = 1 AND created_at >= ? ORDER BY told DESC LIMIT ?`,
        since ?? 0,
        limit
      ).map(({ id }) => id as string),
    latest: async limit =>
      all('SELECT id FROM portal_invoice ORDER BY told DESC LIMIT ?', limit).map(({ id }) => id as string),
    size: async () => count('portal_invoice'),

    learnCustomers: (seen, read, now) => write(() => learnCustomers(seen, read, now)),
    learnCustomer: (customer, now) => write(() => enterCustomer(customer, now)),
    customer: async id => {
      const cells = one('SELECT entry FROM portal_customer WHERE id = ?', id)
      return cells ? (JSON.parse(cells.entry as string) as PortalCustomer) : null
    },
    customersSize: async () => count('portal_customer'),
    customerIds: async () => all('SELECT id FROM portal_customer ORDER BY id').map(({ id }) => id as string),
    customersIntegrated: async () =>
      customers()
        .filter(({ integration }) => integration !== null)
        .map(({ id }) => id),
    searchCustomers: async (q, limit) => {
      const wanted = emailKey(q)
      return customers()
        .filter(
          ({ id, companyName, primaryEmail }) =>
            id.toLowerCase() === wanted ||
            [companyName, primaryEmail].some(text => emailKey(text ?? '').includes(wanted))
        )
        .slice(0, limit)
    },

    lastBeat: async () => (one('SELECT at FROM heartbeat')?.at ?? null) as Instant | null,
    memory: async () => memory(),
    remember: news => write(() => remember(news)),

    async slotsTaken() {
      // Counted back from the last one taken, not from now: what the clock did since then cannot free a slot.
      const last = one('SELECT max(taken_at) AS at FROM slot')?.at as Instant | null | undefined
      if (last === null || last === undefined) return 0
      return one('SELECT count(*) AS slots FROM slot WHERE taken_at > ?', last - slotMsMax)?.slots as number
    },
    takeSlot: at =>
      write(() => {
        slotsFrom ??= ((one('SELECT max(taken_at) AS at FROM slot')?.at ?? 0) as number) - at
        const takenAt = Math.round(slotsFrom + at)
        run('DELETE FROM slot WHERE taken_at <= ?', takenAt - slotMsMax)
        run('INSERT INTO slot VALUES (?)', takenAt)
      })
  }
}

// No row was delivered as it, and the row that has its number is not known to stand there as another one.
const isNobodys = `NOT EXISTS (SELECT 1 FROM invoice WHERE portal_id = found.id)
          AND NOT EXISTS (SELECT 1 FROM invoice WHERE key = found.key AND state <> 'delivered')`

// The portal gave this number the id of an invoice that it held before.
const isAnothersByThisNumber =
  'key = ? AND EXISTS (SELECT 1 FROM invoice WHERE portal_id = found.id AND invoice.key <> ?)'

// A portal that spells numbers otherwise may give one row's invoice the number of another row.
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

const entryOf = (cells: Cells): PortalInvoice => JSON.parse(cells.entry as string) as PortalInvoice
