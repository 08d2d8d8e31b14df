// What customers are compared by: fingerprints of their references, names and e-mail addresses. A link has to outlive what is
// personal, and whether two are the same can be told without knowing who they are. See DESIGN.md for what that hides.

import { hash } from 'node:crypto'
import { emailKey, nameKey } from './identity.ts'

export const refKey = (ref: string): string => ref.trim().toLowerCase()

/** In place of a reference that says who it is, once that is forgotten: its fingerprint stands behind it. */
export const hiddenBy = 'sha256:'

// 128 bits: nobody finds two texts that have one.
const characters = 32

/** Nothing has none, and so equals nothing. */
export const fingerprint = (folded: string): string =>
  folded === '' ? '' : hash('sha256', folded).slice(0, characters)

/** Of a hidden reference it is what it was before. */
export const refPrint = (ref: string): string => {
  const key = refKey(ref)
  return isHidden(key) ? key.slice(hiddenBy.length) : fingerprint(key)
}

const isHidden = (key: string): boolean =>
  key.startsWith(hiddenBy) &&
  /^[0-9a-f]+$/.test(key.slice(hiddenBy.length)) &&
  key.length === hiddenBy.length + characters

/** Says nothing to a person, and finds the same customer. */
export const hiddenRef = (ref: string): string => hiddenBy + refPrint(ref)

export const namePrint = (name: string | null): string => fingerprint(nameKey(name))

export const emailPrint = (email: string): string => fingerprint(emailKey(email))

export const emailPrints = (emails: readonly string[]): string[] => [
  ...new Set(emails.map(emailPrint).filter(print => print !== ''))
]
