// Links of the tools' customers, on SQLite: what each was made for, a person's word, and what ends one.

import type { Instant } from '../clock.ts'
import type { Known } from '../identity.ts'
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
  releaseOf: (customer: Cells, why: string, now: Instant) => void
}

// Enough to know by what name and address it is told: invoices of one customer tell the same.
const waitingMax = 100

export const createLinks = (
  { all, run }: Pick<Database, 'all' | 'run'>,
  { claims: { byRef, byId, emailsOf }, insert, endLoans, releaseOf }: Around
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
  const waitingFor = ({ tool, ref_key: ref }: Cells): Known => {
    const found = all(
      `SELECT invoice ->> '$.customer.name' AS name, invoice -> '$.customer.emails' AS emails
        FROM invoice INDEXED BY invoice_customer_ref WHERE customer_ref = ? AND tool = ? AND ${heldForCustomer} LIMIT ?`,
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
    const row = byRef(tool, ref) ?? insert(tool, ref, now)
    set(row.id as number, { portalId, how: 'person', madeFor: madeForBy(row, portalId) }, now)
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

  return { set, learn, link, unlink, lost }
}

// What it was made for stays: another link may be for somebody else.
const noLink = 'portal_id = NULL, how = NULL, linked_at = NULL'
