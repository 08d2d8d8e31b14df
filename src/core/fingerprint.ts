// What customers are compared by: fingerprints of their references, names and e-mail addresses. A link has to outlive
// personal data, and two customers can be compared without knowing who they are. See DESIGN.md for what that hides.

import { hash } from 'node:crypto'
import { emailKey, nameKey } from './identity.ts'

export const refKey = (ref: string): string => ref.trim().toLowerCase()

/** Replaces a reference that says who it is, once that is forgotten; the fingerprint follows this prefix. */
export const hiddenBy = 'sha256:'

// 128 bits: nobody can find two texts with the same fingerprint.
const characters = 32

/** An empty text has no fingerprint, and so equals nothing. */
export const fingerprint = (folded: string): string =>
  folded === '' ? '' : hash('sha256', folded).slice(0, characters)

/** A hidden reference keeps the fingerprint that it had before. */
export const refPrint = (ref: string): string => {
  const key = refKey(ref)
  return isHidden(key) ? key.slice(hiddenBy.length) : fingerprint(key)
}

const isHidden = (key: string): boolean =>
  key.startsWith(hiddenBy) &&
  /^[0-9a-f]+$/.test(key.slice(hiddenBy.length)) &&
  key.length === hiddenBy.length + characters

/** Tells a person nothing, and still finds the same customer. */
export const hiddenRef = (ref: string): string => hiddenBy + refPrint(ref)

export const namePrint = (name: string | null): string => fingerprint(nameKey(name))

export const emailPrint = (email: string): string => fingerprint(emailKey(email))

export const emailPrints = (emails: readonly string[]): string[] => [
  ...new Set(emails.map(emailPrint).filter(print => print !== ''))
]
