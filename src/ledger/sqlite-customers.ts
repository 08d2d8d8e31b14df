// The tools' customers and their links, on SQLite: see customers.ts for what is promised.

import type { Instant } from '../core/clock.ts'
import { nameKey } from '../core/identity.ts'
import type { PortalCustomer } from '../core/portal-entry.ts'
import type { Cells } from './cells.ts'
import { addKnown, contactOf, judgeClaims, learned } from './claims.ts'
import { creationIn, customerIn, heldForCustomer, isNewsOf, strangerOf } from './customer-cells.ts'
import type { Creation, CustomerFilter, LedgerCustomers, MatchRules, Sighting, Verdict } from './customers.ts'
import type { Database } from './database.ts'
import { emailPrint, emailPrints, namePrint, refPrint } from './fingerprint.ts'
import type { SqliteClaims } from './sqlite-claims.ts'
import { createLinks } from './sqlite-links.ts'
import { createSightings } from './sqlite-sightings.ts'

/** The other halves of the ledger, within the same transaction. */
export type Halves = {
  claims: SqliteClaims
  /** To be judged anew and delivered. `why` is for the history. */
  release: (invoiceId: number, why: string, now: Instant) => void
  enterCustomer: (customer: PortalCustomer, now: Instant) => void
}

export type SqliteCustomers = LedgerCustomers & {
  /** These addresses came to or left a portal customer. */
  addressed: (emails: string[], now: Instant) => void
  /** What names this portal customer was held while nobody there had that id. */
  entered: (portalId: string, now: Instant) => void
}

export const createCustomers = (
  db: Database,
  { claims, release, enterCustomer }: Halves
): SqliteCustomers => {
  const { one, all, run, write } = db
  const { byRef, byId, having, claimsOf } = claims

  const releaseOf = ({ tool, ref_key: ref }: Cells, why: string, now: Instant): number => {
    const found = all(
      `SELECT id FROM invoice INDEXED BY invoice_customer_ref
        WHERE customer_ref = ? AND tool = ? AND ${heldForCustomer} ORDER BY id`,
      ref as string,
      tool as string
    )
    for (const { id } of found) release(id as number, why, now)
    return found.length
  }

  const releaseAll = (now: Instant): number => {
    const found = ['CUSTOMER_UNKNOWN', 'CUSTOMER_AMBIGUOUS'].flatMap(code =>
      all(
        `SELECT id FROM invoice INDEXED BY invoice_code WHERE code = ? AND state = 'held' ORDER BY id`,
        code
      )
    )
    const ids = found.map(({ id }) => id as number).sort((a, b) => a - b)
    for (const id of ids) release(id, 'all are judged anew', now)
    return ids.length
  }

  /** What it rests on has changed: nothing of it may be sent before it is judged again. */
  const endLoans = ({ tool, ref_key: ref }: Cells, but = 0): void =>
    run(
      `UPDATE invoice INDEXED BY invoice_customer_ref SET loan_until = NULL
        WHERE customer_ref = ? AND tool = ? AND state = 'waiting' AND loan_until IS NOT NULL AND id <> ?`,
      ref as string,
      tool as string,
      but
    )

  const addressed: SqliteCustomers['addressed'] = (emails, now) => {
    for (const customer of having(emails)) {
      // A match that was unique may not be so any more; a person's word stays what it is.
      if (customer.how === 'email') endLoans(customer)
      releaseOf(customer, 'the portal changed', now)
    }
  }

  const entered: SqliteCustomers['entered'] = (portalId, now) => {
    for (const customer of all('SELECT * FROM customer WHERE given_id = ?', portalId))
      releaseOf(customer, 'the portal changed', now)
  }

  const { insert, see } = createSightings(db, { claims, endLoans, releaseOf })
  const links = createLinks(db, { claims, insert, endLoans, release, releaseOf })

  /** `confirmed`: the portal has just told of this one. */
  const judge = (
    sighting: Sighting,
    rules: MatchRules,
    now: Instant,
    confirmed: string | null = null
  ): Verdict => {
    const row = see(sighting, now)
    const { portalId } = sighting.customer
    if (portalId !== null) return { kind: 'is', portalId }
    const claims = claimsOf(row, sighting.customer)
    const judged = judgeClaims(claims, rules)
    if (judged.kind === 'is') {
      const madeFor = learned(claims)
      if (madeFor) links.learn(row.id as number, madeFor)
    }
    if (judged.kind !== 'match' || judged.portalId !== confirmed) return judged
    const madeFor = addKnown(claims.told, { names: [claims.named], emails: claims.emails })
    links.set(row.id as number, { portalId: confirmed, how: 'email', madeFor }, now)
    return { kind: 'is', portalId: confirmed }
  }

  /** Without entering anything: where nothing is news there is nothing to enter, and of a test nothing is kept. */
  const judgeUnseen = ({ tool, customer, test }: Sighting, rules: MatchRules): Verdict | null => {
    const known = byRef(tool, customer.ref)
    const { portalId } = customer
    if (
      !test &&
      (isNewsOf(known, contactOf(customer)) || (portalId !== null && known?.given_id !== portalId))
    )
      return null
    if (portalId !== null) return { kind: 'is', portalId }
    const claims = claimsOf(known ?? strangerOf(tool, customer), customer)
    const judged = judgeClaims(claims, rules)
    return judged.kind === 'is' && !test && learned(claims) ? null : judged
  }

  const confirmMatch = (
    sighting: Sighting,
    found: PortalCustomer,
    rules: MatchRules,
    now: Instant
  ): Verdict => {
    enterCustomer(found, now)
    if (!sighting.test) return judge(sighting, rules, now, found.id)
    const judged = judgeUnseen(sighting, rules)
    if (judged === null) throw new Error('bug: of a test nothing is entered')
    return judged.kind === 'match' && judged.portalId === found.id ? { ...judged, kind: 'is' } : judged
  }

  const beginCreate = (sighting: Sighting, rules: MatchRules, now: Instant): Creation | null => {
    const verdict = judge(sighting, rules, now)
    if (verdict.kind !== 'create') return null
    const { id } = byRef(sighting.tool, sighting.customer.ref) as Cells
    return creationIn(
      one(
        'INSERT INTO customer_creation (customer_id, email, fields, at) VALUES (?, ?, ?, ?) RETURNING *',
        id as number,
        emailPrint(verdict.fields.primaryEmail),
        JSON.stringify(verdict.fields),
        now
      ) as Cells
    )
  }

  const endCreation = ({ id }: Creation): Cells | undefined => {
    const creation = one('DELETE FROM customer_creation WHERE id = ? RETURNING customer_id', id)
    return creation && byId(creation.customer_id as number)
  }

  /** For the name it was created under, which its reference may have to itself or not. */
  const linkCreated = (row: Cells, portalId: string, { fields }: Creation, now: Instant): void => {
    const madeFor = {
      names: [namePrint(fields.companyName)],
      emails: emailPrints([fields.primaryEmail])
    }
    links.set(row.id as number, { portalId, how: 'created', madeFor }, now)
    releaseOf(row, 'the customer was created', now)
  }

  const created = (creation: Creation, customer: PortalCustomer, now: Instant): void => {
    enterCustomer(customer, now)
    const row = endCreation(creation)
    if (row) linkCreated(row, customer.id, creation, now)
  }

  const settleCreation = (creation: Creation, now: Instant): string | null => {
    const row = endCreation(creation)
    if (!row) return null
    const { primaryEmail, companyName } = creation.fields
    const same = all(
      'SELECT id, entry FROM portal_customer WHERE email = ?',
      emailPrint(primaryEmail)
    ).filter(
      ({ entry }) =>
        nameKey((JSON.parse(entry as string) as PortalCustomer).companyName) === nameKey(companyName)
    )
    const portalId = same.length === 1 ? (same[0]?.id as string) : null
    if (portalId !== null) linkCreated(row, portalId, creation, now)
    return portalId
  }

  const list = ({ linked, limit, cursor }: CustomerFilter) => {
    const where = { all: '', linked: 'AND portal_id IS NOT NULL', unlinked: `AND ${needsLink}` }
    const which = linked === undefined ? 'all' : linked ? 'linked' : 'unlinked'
    const found = all(
      `SELECT * FROM customer WHERE id < ? ${where[which]} ORDER BY id DESC LIMIT ?`,
      cursor === undefined ? Number.MAX_SAFE_INTEGER : Number(cursor),
      limit + 1
    )
    const page = found.slice(0, limit)
    return { customers: page.map(customerIn), next: found.length > limit ? String(page.at(-1)?.id) : null }
  }

  return {
    addressed,
    entered,
    judge: async (sighting, rules, now) =>
      judgeUnseen(sighting, rules) ?? (await write(() => judge(sighting, rules, now))),
    confirmMatch: (sighting, found, rules, now) => write(() => confirmMatch(sighting, found, rules, now)),
    beginCreate: (sighting, rules, now) => write(() => beginCreate(sighting, rules, now)),
    created: (creation, customer, now) => write(() => created(creation, customer, now)),
    notCreated: creation => write(() => void endCreation(creation)),
    answered: ({ id }, answer) =>
      write(() => run('UPDATE customer_creation SET answer = ? WHERE id = ?', answer, id)),
    settleCreation: (creation, now) => write(() => settleCreation(creation, now)),
    link: ({ tool, ref }, portalId, now) => write(() => links.link(tool, ref, portalId, now)),
    unlink: ({ tool, ref }) => write(() => links.unlink(tool, ref)),
    lost: portalId => write(() => links.lost(portalId)),
    releaseWaiting: (who, now) =>
      write(() =>
        who === 'all'
          ? releaseAll(now)
          : releaseOf({ tool: who.tool, ref_key: refPrint(who.ref) }, 'judged anew', now)
      ),
    find: async ({ tool, ref }) => {
      const row = byRef(tool, ref)
      return row ? customerIn(row) : null
    },
    list: async filter => list(filter)
  }
}

// Where the invoices name the portal's id themselves, no link is missing.
const needsLink = 'portal_id IS NULL AND given_id IS NULL'
