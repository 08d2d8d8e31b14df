// Links of the tools' customers: what each was made for, how a person makes one, and what ends one.

import type { How, LinkLine, ToolCustomer, Unlinked } from '../core/customer.ts'
import { BridgeError, isCode, type Problem } from '../core/errors.ts'
import { emailPrints, namePrint } from '../core/fingerprint.ts'
import { companiesOf, isAgreeing, isTold, type Known } from '../core/identity.ts'
import type { Invoice } from '../core/invoice.ts'
import type { Actor } from '../core/row.ts'
import { addKnown } from '../rules/claims.ts'
import { customerIn, heldForCustomer, madeForIn, textsIn } from './customer-cells.ts'
import { customerById, customerByRef, emailsOf } from './customer-claims.ts'
import { endLoans, releaseOf } from './customer-waiting.ts'
import type { Cells, Tx } from './driver.ts'
import { hasCustomer, loseCustomer, portalCustomer } from './portal-customers.ts'
import { releaseRow } from './rows.ts'
import { insertCustomer } from './sightings.ts'

/** Invoices that say the same about their customer. */
type Waiting = Known & { called: string; ids: number[]; numbers: string[] }

// At most this many different names and addresses under one reference; one customer comes with few.
const waitingMax = 100

const nobody: Known = { names: [], emails: [] }

export const learnLink = (tx: Tx, id: number, { names, emails }: Known): Promise<void> =>
  tx.run(
    'UPDATE customer SET link_names = ?, link_emails = ? WHERE id = ?',
    JSON.stringify(names),
    JSON.stringify(emails),
    id
  )

export const setLink = async (
  tx: Tx,
  id: number,
  { portalId, how, madeFor, actor }: { portalId: string; how: How; madeFor: Known; actor?: Actor | undefined }
): Promise<void> => {
  const refused = textsIn((await customerById(tx, id)).refused).filter(taken => taken !== portalId)
  await tx.run(
    `UPDATE customer SET portal_id = ?, how = ?, linked_at = ?, linked_by = ?, refused = ?, gone_id = NULL WHERE id = ?`,
    portalId,
    how,
    tx.now,
    actor ? JSON.stringify(actor) : null,
    JSON.stringify(refused),
    id
  )
  await learnLink(tx, id, madeFor)
}

/** What the invoices that are held for their customer say about it: a person who links it has looked at that. */
const waitingFor = async (tx: Tx, { tool, ref_key: ref }: Cells): Promise<Waiting[]> => {
  const found = await tx.all(
    `SELECT id, invoice FROM invoice WHERE customer_ref = ? AND tool = ? AND ${heldForCustomer} ORDER BY id`,
    ref as string,
    tool as string
  )
  const waiting = new Map<string, Waiting>()
  for (const { id, invoice } of found) {
    const { invoiceNumber, customer } = JSON.parse(invoice as string) as Invoice
    const { name, emails } = customer
    const contact = JSON.stringify([name, emails])
    const called = name ?? emails[0] ?? ''
    const alike = waiting.get(contact) ?? {
      names: [namePrint(name)],
      emails: emailPrints(emails),
      called,
      ids: [],
      numbers: []
    }
    if (alike.ids.length === 0 && waiting.size === waitingMax) continue
    waiting.set(contact, alike)
    alike.ids.push(id as number)
    alike.numbers.push(invoiceNumber)
  }
  return [...waiting.values()]
}

const portalsOwn = async (tx: Tx, portalId: string): Promise<Known> => {
  const customer = await portalCustomer(tx, portalId)
  if (!customer) return nobody
  const { companyName, primaryEmail } = customer
  return { names: [namePrint(companyName)], emails: emailPrints(primaryEmail === null ? [] : [primaryEmail]) }
}

/** What an earlier link was made for, if it led to the same portal customer. Otherwise it may be another customer. */
const madeForBefore = (row: Cells, portalId: string): Known => {
  const before = row.portal_id ?? row.gone_id ?? textsIn(row.refused).at(-1)
  return before === portalId ? madeForIn(row) : nobody
}

/** If several companies wait under one reference, it is for the one that the portal or an earlier link describes. */
const oneOf = (companies: Waiting[][], known: Known, portalId: string): Waiting[] => {
  const agreeing = companies.filter(company => company.some(waiting => isAgreeing(waiting, known)))
  if (agreeing.length === 1) return agreeing[0]!
  throw new BridgeError('STATE_CONFLICT', refusal(companies, agreeing.length, portalId))
}

export const link = async (
  tx: Tx,
  { tool, ref }: { tool: string; ref: string },
  portalId: string,
  actor?: Actor
): Promise<ToolCustomer> => {
  const row = (await customerByRef(tx, tool, ref)) ?? (await insertCustomer(tx, tool, ref))
  const id = row.id as number
  const before = madeForBefore(row, portalId)
  const waiting = await waitingFor(tx, row)
  const companies = companiesOf(waiting)
  const meant =
    companies.length > 1 ? oneOf(companies, addKnown(await portalsOwn(tx, portalId), before), portalId) : waiting
  const described = meant.length > 0 ? meant : [{ names: textsIn(row.names), emails: await emailsOf(tx, id) }]
  await setLink(tx, id, { portalId, how: 'person', madeFor: addKnown(before, ...described), actor })
  await endLoans(tx, row)
  const why = `linked to ${portalId}`
  if (meant === waiting) await releaseOf(tx, row, why, actor)
  else for (const invoice of meant.flatMap(({ ids }) => ids)) await releaseRow(tx, invoice, why, actor)
  return customerIn(await customerById(tx, id))
}

/** All or nothing: rejects with FIELDS_INVALID, a problem for each line that fails. Answers how many changed. */
export const linkAll = async (tx: Tx, lines: readonly LinkLine[], actor?: Actor): Promise<number> => {
  const problems: Problem[] = []
  let changed = 0
  for (const { line, tool, ref, portalId } of lines) {
    const known = await customerByRef(tx, tool, ref)
    if (known?.portal_id === portalId && known.how === 'person') continue
    changed += 1
    try {
      if (!(await hasCustomer(tx, portalId)))
        throw new BridgeError('STATE_CONFLICT', `the bridge knows no ${portalId} in the portal`)
      await link(tx, { tool, ref }, portalId, actor)
    } catch (error) {
      if (!isCode(error, 'STATE_CONFLICT')) throw error
      problems.push({ field: `line ${line}`, message: error.message })
    }
  }
  if (problems.length > 0) throw new BridgeError('FIELDS_INVALID', undefined, { problems })
  return changed
}

export const unlink = async (
  tx: Tx,
  { tool, ref }: { tool: string; ref: string },
  actor?: Actor
): Promise<ToolCustomer | null> => {
  const row = await customerByRef(tx, tool, ref)
  if (!row) return null
  if (row.portal_id === null) return customerIn(row)
  const id = row.id as number
  const refused = [...new Set([...textsIn(row.refused), row.portal_id as string])]
  const unlinked: Unlinked = { portalId: row.portal_id as string, at: tx.now, by: actor ?? null }
  await tx.run(
    `UPDATE customer SET ${noLink}, refused = ?, unlinked = ? WHERE id = ?`,
    JSON.stringify(refused),
    JSON.stringify(unlinked),
    id
  )
  await endLoans(tx, row)
  return customerIn(await customerById(tx, id))
}

export const loseLinked = async (tx: Tx, portalId: string): Promise<void> => {
  await loseCustomer(tx, portalId)
  for (const row of await tx.all('SELECT * FROM customer WHERE portal_id = ?', portalId)) {
    await tx.run(`UPDATE customer SET ${noLink}, gone_id = ? WHERE id = ?`, portalId, row.id as number)
    await endLoans(tx, row)
  }
}

// What it was made for stays, because another link may be for another customer.
const noLink = 'portal_id = NULL, how = NULL, linked_at = NULL, linked_by = NULL'

// What a person can take in at a glance.
const shownMax = 5

const listed = (texts: string[], between: string): string =>
  [...texts.slice(0, shownMax), ...(texts.length > shownMax ? [`${texts.length - shownMax} more`] : [])].join(between)

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
    `the invoices held under this reference belong to several companies: ${listed(named, '; ')}; ` +
    `${whose} the name or an e-mail address of ${portalId}. ` +
    `\`dismiss\` the invoices that are not for ${portalId}, and link again; ` +
    'or tell the senders apart (INTAKE_SENDERS), so that each has references of its own'
  )
}
