// Links of the tools' customers, on SQLite: what each was made for, a person's word, and what ends one.

import type { Instant } from '../core/clock.ts'
import { BridgeError } from '../core/errors.ts'
import { companiesOf, isAgreeing, isTold, type Known } from '../core/identity.ts'
import type { PortalCustomer } from '../core/portal-entry.ts'
import type { Cells } from './cells.ts'
import { addKnown } from './claims.ts'
import { customerIn, heldForCustomer, madeForIn, textsIn } from './customer-cells.ts'
import type { How, ToolCustomer } from './customers.ts'
import type { Database } from './database.ts'
import { emailPrints, namePrint } from './fingerprint.ts'
import type { SqliteClaims } from './sqlite-claims.ts'

type Around = {
  claims: SqliteClaims
  /** A customer that no invoice told of yet. */
  insert: (tool: string, ref: string, now: Instant) => Cells
  endLoans: (customer: Cells) => void
  release: (invoiceId: number, why: string, now: Instant) => void
  releaseOf: (customer: Cells, why: string, now: Instant) => void
}

/** Invoices that tell the same of their customer. */
type Waiting = Known & { called: string; ids: number[]; numbers: string[] }

// So many names and addresses under one reference: one customer has told few.
const waitingMax = 100

const nobody: Known = { names: [], emails: [] }

export const createLinks = (
  { one, all, run }: Pick<Database, 'one' | 'all' | 'run'>,
  { claims: { byRef, byId, emailsOf }, insert, endLoans, release, releaseOf }: Around
) => {
  const learn = (id: number, { names, emails }: Known): void =>
    run(
      'UPDATE customer SET link_names = ?, link_emails = ? WHERE id = ?',
      JSON.stringify(names),
      JSON.stringify(emails),
      id
    )

  const set = (
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
    learn(id, madeFor)
  }

  /** What the invoices tell that are held for their customer: what a person who links it has looked at. */
  const waitingFor = ({ tool, ref_key: ref }: Cells): Waiting[] =>
    all(
      `SELECT invoice ->> '$.customer.name' AS name, invoice -> '$.customer.emails' AS emails,
          json_group_array(id) AS ids, json_group_array(invoice ->> '$.invoiceNumber') AS numbers
        FROM invoice INDEXED BY invoice_customer_ref WHERE customer_ref = ? AND tool = ? AND ${heldForCustomer}
        GROUP BY name, emails ORDER BY min(id) LIMIT ?`,
      ref as string,
      tool as string,
      waitingMax
    ).map(({ name, emails, ids, numbers }) => ({
      names: [namePrint(name as string | null)],
      emails: emailPrints(textsIn(emails)),
      called: (name as string | null) ?? textsIn(emails)[0] ?? '',
      ids: JSON.parse(ids as string) as number[],
      numbers: textsIn(numbers)
    }))

  const portalsOwn = (portalId: string): Known => {
    const cells = one('SELECT entry FROM portal_customer WHERE id = ?', portalId)
    if (!cells) return nobody
    const { companyName, primaryEmail } = JSON.parse(cells.entry as string) as PortalCustomer
    return {
      names: [namePrint(companyName)],
      emails: emailPrints(primaryEmail === null ? [] : [primaryEmail])
    }
  }

  /** What an earlier link was made for, where that led to the same portal customer: else it may be another customer. */
  const madeForBefore = (row: Cells, portalId: string): Known => {
    const before = row.portal_id ?? row.gone_id ?? textsIn(row.refused).at(-1)
    return before === portalId ? madeForIn(row) : nobody
  }

  /** Of several companies that wait under one reference it is for the one that the portal, or an earlier link, tells of. */
  const oneOf = (companies: Waiting[][], row: Cells, portalId: string): Waiting[] => {
    const known = addKnown(portalsOwn(portalId), madeForBefore(row, portalId))
    const agreeing = companies.filter(company => company.some(told => isAgreeing(told, known)))
    if (agreeing.length === 1) return agreeing[0]!
    throw new BridgeError('STATE_CONFLICT', refusal(companies, agreeing.length, portalId))
  }

  const link = (tool: string, ref: string, portalId: string, now: Instant): ToolCustomer => {
    const row = byRef(tool, ref) ?? insert(tool, ref, now)
    const id = row.id as number
    const waiting = waitingFor(row)
    const companies = companiesOf(waiting)
    const meant = companies.length > 1 ? oneOf(companies, row, portalId) : waiting
    const told = meant.length > 0 ? meant : [{ names: textsIn(row.names), emails: emailsOf(id) }]
    set(id, { portalId, how: 'person', madeFor: addKnown(madeForBefore(row, portalId), ...told) }, now)
    endLoans(row)
    const why = `linked to ${portalId}`
    if (meant === waiting) releaseOf(row, why, now)
    else for (const invoice of meant.flatMap(({ ids }) => ids)) release(invoice, why, now)
    return customerIn(byId(id))
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

  return { set, learn, link, unlink, lost }
}

// What it was made for stays: another link may be for somebody else.
const noLink = 'portal_id = NULL, how = NULL, linked_at = NULL'

// What a person can take in at a glance.
const shownMax = 5

const listed = (texts: string[], between: string): string =>
  [...texts.slice(0, shownMax), ...(texts.length > shownMax ? [`${texts.length - shownMax} more`] : [])].join(
    between
  )

const refusal = (companies: Waiting[][], agreeing: number, portalId: string): string => {
  const named = companies.map(company => {
    const called = company.find(({ names }) => names.some(isTold))?.called ?? company[0]!.called
    return `${called} (${listed(
      company.flatMap(({ numbers }) => numbers),
      ', '
    )})`
  })
  const whose = agreeing === 0 ? 'none of them has' : 'more than one of them has'
  return (
    `what is held under this reference is of several companies: ${listed(named, '; ')}; ${whose} the name or an e-mail ` +
    `address of ${portalId}. \`dismiss\` the invoices that are not for ${portalId}, and link again; or tell the senders ` +
    'apart (INTAKE_SENDERS), so that each has references of its own'
  )
}
