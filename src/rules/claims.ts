// Which portal customer is it? A pure function over what the ledger knows, shared by every ledger: the ledger loads the
// claims, asks here, and writes the answer, in one transaction. A wrong answer shows one company's invoices to another,
// so whatever is not certain is left to a person.

import type { Contact, Creation, How, MatchRules, Verdict } from '../core/customer.ts'
import { hiddenBy } from '../core/fingerprint.ts'
import { differing, emailKey, emailKeys, isTold, type Known } from '../core/identity.ts'
import type { Customer } from '../core/invoice.ts'
import type { CustomerFields, PortalCustomer } from '../core/portal-entry.ts'

export const contactOf = (customer: Customer): Contact => {
  const { name, emails, address, zipCode, city, countryCode } = customer
  return { name, emails, address, zipCode, city, countryCode }
}

export type Claims = {
  refKey: string
  contact: Contact
  /** The name, '' if there is none, and the addresses on the invoice at hand. As fingerprints, like all below. */
  named: string
  emails: string[]
  /** The name and the addresses that came last with its reference, and all names that ever did. */
  told: Known
  names: string[]
  /** `madeFor` includes what the link has learned since. */
  link: { portalId: string; how: How; madeFor: Known; isInCopy: boolean } | null
  refused: string[]
  goneId: string | null
  /** Portal customers that have one of its addresses. */
  matches: string[]
  /** Portal customers that another customer of the same tool claims, under another name; `by`: its id in the ledger. */
  contested: { portalId: string; by: number }[]
  /** A creation that is under way, for it or for one of its addresses. */
  creation: Creation | null
  /** The portal was asked for exactly this customer, answered, and does not show it. The answer may be forgotten. */
  unmade: { answer: string | null } | null
}

export const judgeClaims = (claims: Claims, rules: MatchRules): Verdict => {
  if (claims.link) return judgeLink(claims, claims.link)
  if (claims.creation) return { kind: 'creating', creation: claims.creation }
  return judgeMatches(claims, rules)
}

type Link = NonNullable<Claims['link']>

const judgeLink = (claims: Claims, link: Link): Verdict => {
  const { portalId, how, isInCopy } = link
  const doubt = doubtOnReference(claims, link) ?? (how === 'email' ? doubtOnMatch(claims, portalId) : null)
  return doubt ?? { kind: isInCopy ? 'is' : 'confirm', portalId }
}

/** Why the link may not be meant for the invoice at hand. */
const doubtOnReference = (claims: Claims, { portalId, madeFor }: Link): Verdict | null => {
  if (!isNothingButAddress(claims))
    return doubtOnTwo(claims, madeFor, others => `its reference was linked to ${portalId} for ${others}`)
  return madeFor.names.length === 0 || madeFor.names.includes(claims.named)
    ? null
    : ambiguous('only the e-mail address identifies this customer, and it was linked under another name')
}

/** Why the invoice at hand may be for another customer than the one known under its reference. */
const doubtOnTwo = ({ named, emails }: Claims, known: Known, words: (others: string) => string): Verdict | null => {
  const others = differing(known, { names: [named], emails }).map(what => `another ${what}`)
  return others.length === 0
    ? null
    : ambiguous(`${words(others.join(' and '))}: it may be another customer with the same reference`)
}

// A link remembers only so many of the latest names and addresses: a sender may make up new ones for ever.
const knownMax = 100

export const addKnown = (...all: Known[]): Known => {
  const latest = (prints: string[]) => [...new Set(prints.toReversed())].slice(0, knownMax).toReversed()
  return { names: latest(all.flatMap(({ names }) => names)), emails: latest(all.flatMap(({ emails }) => emails)) }
}

/**
 * What the link counts as made for from now on, after an invoice that it holds for. So a customer may change its name
 * this year and its address the next. Null: nothing is new.
 */
export const learned = (claims: Claims): Known | null => {
  const { named, emails, link } = claims
  if (!link) return null
  const names = isTold(named) || isNothingButAddress(claims) ? [named] : []
  const { madeFor } = link
  const isKnown = (known: string[], told: string[]) => told.every(print => known.includes(print))
  if (isKnown(madeFor.names, names) && isKnown(madeFor.emails, emails)) return null
  return addKnown(madeFor, { names, emails })
}

/** Why a link that no person made may be wrong. A changed address is no reason. */
const doubtOnMatch = (claims: Claims, portalId: string): Verdict | null => {
  if (isNothingButAddress(claims) && claims.names.length > 1)
    return ambiguous('only the e-mail address identifies this customer, and it comes under several names')
  const rival = claims.contested.find(contest => contest.portalId === portalId)
  if (rival)
    return ambiguous(
      `another customer of the tool, ${mentionOf(rival.by)}, has the same claim to ${portalId}, under another name`
    )
  const others = claims.matches.filter(id => id !== portalId)
  return others.length === 0
    ? null
    : ambiguous(`it was matched with ${portalId}, and its e-mail address is that of ${others.join(', ')}`)
}

const judgeMatches = (claims: Claims, rules: MatchRules): Verdict => {
  const { matches, refused, goneId, contact } = claims
  const [portalId] = matches
  // The match is for the name and addresses that came last, perhaps with another invoice.
  const other = doubtOnTwo(claims, claims.told, others => `its reference last came with ${others}`)
  if (other && !isNothingButAddress(claims)) return other
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
    return ambiguous('only the e-mail address identifies this customer, and it comes under several names')
  if (claims.unmade) return { kind: 'unmade', why: notMade(claims.unmade.answer) }
  return { kind: 'create', fields }
}

const notShown = 'the portal was asked to create it, and shows no customer with its name and e-mail address'

const notMade = (answer: string | null): string => (answer === null ? notShown : `${notShown}: ${answer}`)

/**
 * Why the portal's answer to a create may name another customer. `before`: what the copy knew under that id. It may be
 * the new one, which a reading saw before its answer came.
 */
export const doubtOnAnswer = (
  sent: CustomerFields,
  { id, primaryEmail }: PortalCustomer,
  before: PortalCustomer | null
): string | null => {
  const answer = `the portal answered with ${id}`
  const asked = emailKey(sent.primaryEmail)
  const shown = emailKey(primaryEmail ?? '')
  if (isTold(shown) && shown !== asked) return `${answer}, which has another e-mail address`
  if (before === null) return isTold(shown) ? null : `${answer}, which shows no e-mail address`
  if (emailKey(before.primaryEmail ?? '') === asked) return null
  return `${answer}, which was there before, without this e-mail address`
}

const mention = /\{customer (\d+)\}/g

/**
 * Who another customer is stays out of an invoice's history, which is kept as long as that invoice: see `withMentions`.
 */
const mentionOf = (id: number): string => `{customer ${id}}`

export const mentionedIn = (text: string): number[] => [...text.matchAll(mention)].map(([, id]) => Number(id))

/** The text for a person, with who each mentioned customer is, as far as that is still known. */
export const withMentions = (text: string, whoIs: (id: number) => string): string =>
  text.replaceAll(mention, (_, id) => whoIs(Number(id)))

export const goneFrom = (portalId: string): string =>
  `the portal customer that it was linked to, ${portalId}, no longer exists`

const unknown = (why: string): Verdict => ({ kind: 'unknown', why })
const ambiguous = (why: string): Verdict => ({ kind: 'ambiguous', why })

/** Of senders without customer numbers: several companies may share one reference. A hidden one may have been such. */
const isNothingButAddress = ({ refKey, contact }: Claims): boolean =>
  refKey.includes('@') || refKey.startsWith(hiddenBy) || emailKeys(contact.emails).includes(refKey)

/** What the portal requires of a new customer; null if the tool does not give all of it. */
export const fieldsOf = ({ name, emails, address, zipCode, city, countryCode }: Contact): CustomerFields | null => {
  const [companyName, street, zip, town, email] = [name, address, zipCode, city, emails[0]].map(
    text => text?.trim() ?? ''
  )
  if (!companyName || !street || !zip || !town || !email) return null
  const fields = { companyName, address: street, zipCode: zip, city: town, primaryEmail: email }
  if (!countryCode?.trim()) return fields
  const country = countryCode.trim().toUpperCase()
  return /^[A-Z]{2}$/.test(country) ? { ...fields, countryCode: country } : null
}
