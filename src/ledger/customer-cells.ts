// How cells of the database read as a tool's customer.

import type { Instant } from '../core/clock.ts'
import type { Contact, Creation, How, ToolCustomer, Unlinked } from '../core/customer.ts'
import { emailPrint, fingerprint, namePrint, refPrint } from '../core/fingerprint.ts'
import { emailKeys, type Known } from '../core/identity.ts'
import { type Customer, nothingKnown } from '../core/invoice.ts'
import type { CustomerFields } from '../core/portal-entry.ts'
import type { Actor } from '../core/row.ts'
import { contactOf } from '../rules/claims.ts'
import type { Cells } from './driver.ts'

/** Invoices that wait for a person to say whose they are. */
export const heldForCustomer = `state = 'held' AND code IN ('CUSTOMER_UNKNOWN', 'CUSTOMER_AMBIGUOUS')`

export const textsIn = (cell: unknown): string[] => JSON.parse(cell as string) as string[]

export const contactIn = (cells: Cells): Contact => JSON.parse(cells.contact as string) as Contact

/** What its link, or the last one that it had, was made for. */
export const madeForIn = (cells: Cells): Known => ({
  names: textsIn(cells.link_names),
  emails: textsIn(cells.link_emails)
})

const actorIn = ({ linked_by: by }: Cells): Actor | null => (typeof by === 'string' ? (JSON.parse(by) as Actor) : null)

export const customerIn = (cells: Cells): ToolCustomer => ({
  id: cells.id as number,
  tool: cells.tool as string,
  ref: cells.ref as string,
  ...contactIn(cells),
  link:
    cells.portal_id === null
      ? null
      : {
          portalId: cells.portal_id as string,
          how: cells.how as How,
          at: cells.linked_at as Instant,
          by: actorIn(cells)
        },
  unlinked: cells.unlinked === null ? null : (JSON.parse(cells.unlinked as string) as Unlinked)
})

export const creationIn = (cells: Cells): Creation => ({
  id: cells.id as number,
  fields: JSON.parse(cells.fields as string) as CustomerFields,
  answer: cells.answer as string | null
})

/** Tells whether a contact changed, not what it was. */
export const factsOf = ({ name, emails, address, zipCode, city, countryCode }: Contact): string =>
  fingerprint(JSON.stringify([name, emailKeys(emails).sort(), address, zipCode, city, countryCode]))

/** A reference alone takes nothing away, neither from what came before nor from what an older invoice says. */
export const tellsNothing = (contact: Contact): boolean => factsOf(contact) === factsOf(nothingKnown)

/** Whether an invoice says anything new about a customer. */
export const isNewsOf = (known: Cells | undefined, contact: Contact): boolean =>
  known === undefined || (known.facts !== factsOf(contact) && !tellsNothing(contact))

/**
 * Whether a reference says who it is, as an e-mail address or a name does. A tool's own number says nothing to anyone
 * else, and a person finds an old customer by it.
 */
export const isTelling = (ref: string, { names, emails }: Known): boolean =>
  ref.includes('@') || !/\d|^cst_/.test(ref) || names.includes(namePrint(ref)) || emails.includes(emailPrint(ref))

/** The cells of a customer that is not entered, as if it were. */
export const strangerOf = (tool: string, customer: Customer): Cells => ({
  id: 0,
  tool,
  ref_key: refPrint(customer.ref),
  contact: JSON.stringify(contactOf(customer)),
  name_key: namePrint(customer.name),
  names: JSON.stringify([namePrint(customer.name)]),
  given_id: null,
  portal_id: null,
  how: null,
  link_names: '[]',
  link_emails: '[]',
  refused: '[]',
  gone_id: null
})
