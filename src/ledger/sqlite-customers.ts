// The tools' customers and their links, on SQLite: see customers.ts for what is promised.

import type { Instant } from '../clock.ts'
import type { PortalCustomer } from '../portal/schemas.ts'
import type { Cells } from './cells.ts'
import { addKnown, contactOf, judgeClaims, type Known, learned, nameKey } from './claims.ts'
import { creationIn, customerIn, factsOf, madeForIn, strangerOf, textsIn } from './customer-cells.ts'
import type {
  Creation,
  CustomerFilter,
  How,
  LedgerCustomers,
  MatchRules,
  Sighting,
  ToolCustomer,
  Verdict
} from './customers.ts'
import type { Database } from './database.ts'
import { emailPrint, emailPrints, namePrint, refPrint } from './fingerprint.ts'
import { createClaims } from './sqlite-claims.ts'
import { createSightings } from './sqlite-sightings.ts'

/** The other halves of the ledger, within the same transaction. */
export type Halves = {
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

// Enough to know by what name and address it is told: invoices of one customer tell the same.
const waitingMax = 100

const heldFor = `state = 'held' AND code IN ('CUSTOMER_UNKNOWN', 'CUSTOMER_AMBIGUOUS')`

export const createCustomers = (db: Database, { release, enterCustomer }: Halves): SqliteCustomers => {
  const { one, all, run, write } = db
  const claims = createClaims(db)
  const { byRef, byId, having, emailsOf, claimsOf } = claims

  const releaseOf = ({ tool, ref_key: ref }: Cells, why: string, now: Instant): number => {
    const found = all(
      `SELECT id FROM invoice INDEXED BY invoice_customer_ref
        WHERE customer_ref = ? AND tool = ? AND ${heldFor} ORDER BY id`,
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

  const setMadeFor = (id: number, { names, emails }: Known): void =>
    run(
      'UPDATE customer SET link_names = ?, link_emails = ? WHERE id = ?',
      JSON.stringify(names),
      JSON.stringify(emails),
      id
    )

  const setLink = (
    id: number,
    { portalId, how, madeFor }: { portalId: string; how: How; madeFor: Known },
    now: Instant
  ): void => {
    const refused = textsIn(byId(id).refused).filter(taken => taken !== portalId)
    run(
      `UPDATE customer SET portal_id = ?, how = ?, linked_at = ?, refused = ?, gone_id = NULL WHERE id = ?`,
      portalId,
      how,
      now,
      JSON.stringify(refused),
      id
    )
    setMadeFor(id, madeFor)
  }

  const judge = (sighting: Sighting, rules: MatchRules, now: Instant): Verdict => {
    const row = see(sighting, now)
    const { portalId } = sighting.customer
    if (portalId !== null) return { kind: 'is', portalId }
    const claims = claimsOf(row, sighting.customer)
    const judged = judgeClaims(claims, rules)
    if (judged.kind === 'is') {
      const madeFor = learned(claims)
      if (madeFor) setMadeFor(row.id as number, madeFor)
    }
    if (judged.kind !== 'match') return judged
    const madeFor = addKnown(claims.told, { names: [claims.named], emails: claims.emails })
    setLink(row.id as number, { portalId: judged.portalId, how: 'email', madeFor }, now)
    return { kind: 'is', portalId: judged.portalId }
  }

  /** Without entering anything: where nothing is news there is nothing to enter, and of a test nothing is kept. */
  const judgeUnseen = ({ tool, customer, test }: Sighting, rules: MatchRules): Verdict | null => {
    const known = byRef(tool, customer.ref)
    const { portalId } = customer
    const isNews = known?.facts !== factsOf(contactOf(customer))
    if (!test && (isNews || (portalId !== null && known?.given_id !== portalId))) return null
    if (portalId !== null) return { kind: 'is', portalId }
    const claims = claimsOf(known ?? strangerOf(tool, customer), customer)
    const judged = judgeClaims(claims, rules)
    if (judged.kind === 'is' && !test && learned(claims)) return null
    if (judged.kind !== 'match') return judged
    return test ? { kind: 'is', portalId: judged.portalId } : null
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
    setLink(row.id as number, { portalId, how: 'created', madeFor }, now)
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

  /** What the invoices tell that are held for their customer: what a person who links it has looked at. */
  const waitingFor = ({ tool, ref_key: ref }: Cells): Known => {
    const found = all(
      `SELECT invoice ->> '$.customer.name' AS name, invoice -> '$.customer.emails' AS emails
        FROM invoice INDEXED BY invoice_customer_ref WHERE customer_ref = ? AND tool = ? AND ${heldFor} LIMIT ?`,
      ref as string,
      tool as string,
      waitingMax
    )
    return addKnown(
      ...found.map(({ name, emails }) => ({
        names: [namePrint(name as string | null)],
        emails: emailPrints(textsIn(emails))
      }))
    )
  }

  /**
   * For what waits, or else for all that it was told under. What an earlier link was made for is only taken along where that
   * led to the same portal customer: it may be another customer with this reference.
   */
  const madeForBy = (row: Cells, portalId: string): Known => {
    const before = row.portal_id ?? row.gone_id ?? textsIn(row.refused).at(-1)
    const waiting = waitingFor(row)
    const told = { names: textsIn(row.names), emails: emailsOf(row.id as number) }
    const now = waiting.names.length > 0 ? waiting : told
    return before === portalId ? addKnown(madeForIn(row), now) : now
  }

  const link = (tool: string, ref: string, portalId: string, now: Instant): ToolCustomer => {
    const row = byRef(tool, ref) ?? insert(tool, ref)
    setLink(row.id as number, { portalId, how: 'person', madeFor: madeForBy(row, portalId) }, now)
    endLoans(row)
    releaseOf(row, `linked to ${portalId}`, now)
    return customerIn(byId(row.id as number))
  }

  const unlink = (tool: string, ref: string): ToolCustomer | null => {
    const row = byRef(tool, ref)
    if (!row) return null
    if (row.portal_id === null) return customerIn(row)
    const refused = [...new Set([...textsIn(row.refused), row.portal_id as string])]
    run(`UPDATE customer SET ${noLink}, refused = ? WHERE id = ?`, JSON.stringify(refused), row.id as number)
    endLoans(row)
    return customerIn(byId(row.id as number))
  }

  const lost = (portalId: string): void => {
    run('DELETE FROM portal_customer WHERE id = ?', portalId)
    for (const row of all('SELECT * FROM customer WHERE portal_id = ?', portalId)) {
      run(`UPDATE customer SET ${noLink}, gone_id = ? WHERE id = ?`, portalId, row.id as number)
      endLoans(row)
    }
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
    beginCreate: (sighting, rules, now) => write(() => beginCreate(sighting, rules, now)),
    created: (creation, customer, now) => write(() => created(creation, customer, now)),
    notCreated: creation => write(() => void endCreation(creation)),
    answered: ({ id }, answer) =>
      write(() => run('UPDATE customer_creation SET answer = ? WHERE id = ?', answer, id)),
    settleCreation: (creation, now) => write(() => settleCreation(creation, now)),
    link: ({ tool, ref }, portalId, now) => write(() => link(tool, ref, portalId, now)),
    unlink: ({ tool, ref }) => write(() => unlink(tool, ref)),
    lost: portalId => write(() => lost(portalId)),
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

// What it was made for stays: another link may be for somebody else.
const noLink = 'portal_id = NULL, how = NULL, linked_at = NULL'

// Where the invoices name the portal's id themselves, no link is missing.
const needsLink = 'portal_id IS NULL AND given_id IS NULL'
