// Whose customer is it in the portal? A pure function over what the ledger knows, that every ledger shares: it loads the
// claims, asks here, and writes what it is told, in one transaction. A wrong answer puts one company's invoices before
// another, so whatever is not certain is for a person.

import type { Customer } from '../invoice.ts'
import type { CustomerFields } from '../portal/client.ts'
import type { Contact, Creation, How, MatchRules } from './customers.ts'

/** Compared by this: a plus and what follows it stay, because they may be another mailbox. */
export const emailKey = (email: string): string => email.normalize('NFC').trim().toLowerCase()

export const refKey = (ref: string): string => ref.trim().toLowerCase()

/** Legal forms stay: Jansen BV and Jansen VOF are two companies, perhaps with one bookkeeper. */
export const nameKey = (name: string | null): string =>
  (name ?? '').normalize('NFC').toLowerCase().replace(/[.,]/g, '').replace(/\s+/g, ' ').trim()

export const emailKeys = (emails: readonly string[]): string[] => [
  ...new Set(emails.map(emailKey).filter(key => key !== ''))
]

export const contactOf = ({ name, emails, address, zipCode, city, countryCode }: Customer): Contact => ({
  name,
  emails,
  address,
  zipCode,
  city,
  countryCode
})

export type Claims = {
  refKey: string
  contact: Contact
  /** The name on the invoice at hand, and all that this reference was told under. Folded. */
  named: string
  names: string[]
  link: { portalId: string; how: How; names: string[]; isInCopy: boolean } | null
  refused: string[]
  goneId: string | null
  /** Portal customers that have one of its addresses. */
  matches: string[]
  /** Portal customers that another customer of the same tool claims, under another name; `by`: who that is. */
  contested: { portalId: string; by: string }[]
  /** One that is under way, for it or for one of its addresses. */
  creation: Creation | null
}

export type Judged =
  | { kind: 'is'; portalId: string }
  /** A unique match: to be remembered. */
  | { kind: 'match'; portalId: string }
  /** Linked to one that the copy does not hold (any more). */
  | { kind: 'confirm'; portalId: string }
  | { kind: 'creating'; creation: Creation }
  | { kind: 'create'; fields: CustomerFields }
  | { kind: 'unknown' | 'ambiguous'; why: string }

export const judgeClaims = (claims: Claims, rules: MatchRules): Judged => {
  if (claims.link) return judgeLink(claims, claims.link)
  if (claims.creation) return { kind: 'creating', creation: claims.creation }
  return judgeMatches(claims, rules)
}

const judgeLink = (
  claims: Claims,
  { portalId, how, names, isInCopy }: NonNullable<Claims['link']>
): Judged => {
  if (isNothingButAddress(claims) && !names.includes(claims.named))
    return ambiguous(
      'the e-mail address is all that tells this customer, and it was linked under another name'
    )
  if (how === 'email') {
    const doubt = doubtOnMatch(claims, portalId)
    if (doubt) return doubt
  }
  return { kind: isInCopy ? 'is' : 'confirm', portalId }
}

/** What speaks against a link that no person made. That the address has changed does not. */
const doubtOnMatch = (claims: Claims, portalId: string): Judged | null => {
  if (isNothingButAddress(claims) && claims.names.length > 1)
    return ambiguous('the e-mail address is all that tells this customer, and it comes under several names')
  const rival = claims.contested.find(contest => contest.portalId === portalId)
  if (rival)
    return ambiguous(
      `another customer of the tool, ${rival.by}, has the same claim to ${portalId}, under another name`
    )
  const others = claims.matches.filter(id => id !== portalId)
  return others.length === 0
    ? null
    : ambiguous(`it was matched with ${portalId}, and its e-mail address is that of ${others.join(', ')}`)
}

const judgeMatches = (claims: Claims, rules: MatchRules): Judged => {
  const { matches, refused, goneId, contact } = claims
  const [portalId] = matches
  if (portalId !== undefined) {
    if (rules.match === 'off') return unknown(`its e-mail address is that of ${matches.join(', ')}`)
    if (matches.length > 1) return ambiguous(`its e-mail addresses are those of ${matches.join(', ')}`)
    const doubt = doubtOnMatch(claims, portalId)
    if (doubt) return doubt
    if (refused.includes(portalId)) return unknown(`its link to ${portalId} was removed`)
    return { kind: 'match', portalId }
  }
  if (goneId !== null) return unknown(goneFrom(goneId))
  if (!rules.create) return unknown('no portal customer has its e-mail address')
  const fields = fieldsOf(contact)
  if (!fields) return unknown('its name, address or e-mail address is not complete, so it cannot be created')
  if (isNothingButAddress(claims) && claims.names.length > 1)
    return ambiguous('the e-mail address is all that tells this customer, and it comes under several names')
  return { kind: 'create', fields }
}

export const goneFrom = (portalId: string): string =>
  `the portal customer that it was linked to, ${portalId}, does not exist any more`

const unknown = (why: string): Judged => ({ kind: 'unknown', why })
const ambiguous = (why: string): Judged => ({ kind: 'ambiguous', why })

/** Senders without customer numbers: several companies may come under the one reference. */
const isNothingButAddress = ({ refKey, contact }: Claims): boolean =>
  refKey.includes('@') || emailKeys(contact.emails).includes(refKey)

/** What the portal requires of a new customer; null when the tool does not tell it all. */
const fieldsOf = ({ name, emails, address, zipCode, city, countryCode }: Contact): CustomerFields | null => {
  const [companyName, street, zip, town, email] = [name, address, zipCode, city, emails[0]].map(
    text => text?.trim() ?? ''
  )
  if (!companyName || !street || !zip || !town || !email) return null
  const fields = { companyName, address: street, zipCode: zip, city: town, primaryEmail: email }
  if (!countryCode?.trim()) return fields
  const country = countryCode.trim().toUpperCase()
  return /^[A-Z]{2}$/.test(country) ? { ...fields, countryCode: country } : null
}
