// What the documentation does not mention, but a portal may do all the same. Each is a setting, and each has been seen
// in some portal. The defaults are what the documentation shows.

import { z } from 'zod'

// Longer than any clock is ever set back.
const clockBackMsMax = 24 * 60 * 60_000

export const lists = ['whole', 'half', 'empty', 'one-page'] as const

export const spellings = ['as-sent', 'spaced', 'cut', 'escaped', 'zeros'] as const
export type Spelling = (typeof spellings)[number]

export const ways = {
  /** What the list of invoices shows: all, every second one, none, or always the first page (then of customers too). */
  list: z.enum(lists),
  /** How the number of an invoice is stored. */
  spelling: z.enum(spellings),
  /** Whether an answer about an invoice has its number. */
  tellsNumbers: z.boolean(),
  /** Whether an id finds its invoice. Otherwise the answer is 404. */
  findsById: z.boolean(),
  /** Whether objects and pages have the shape of the framework's resources: under `data`, with `links` and `meta`. */
  wrapped: z.boolean(),
  /** Whether an invoice that is created as paid stays paid. */
  keepsPaidAt: z.boolean(),
  /** How far behind the clock is that dates `createdAt`. */
  clockBackMs: z.int().min(0).max(clockBackMsMax)
}

export const documented = {
  list: 'whole',
  spelling: 'as-sent',
  tellsNumbers: true,
  findsById: true,
  wrapped: false,
  keepsPaidAt: true,
  clockBackMs: 0
} as const

const cutLength = 6

export const spelled = (invoiceNumber: string, spelling: Spelling): string => {
  switch (spelling) {
    case 'as-sent':
      return invoiceNumber
    case 'spaced':
      return invoiceNumber.replaceAll('-', ' ')
    case 'cut':
      return invoiceNumber.slice(0, cutLength)
    case 'escaped':
      return invoiceNumber.replaceAll('&', '&amp;').replaceAll('-', '&#45;')
    case 'zeros':
      return invoiceNumber.padStart(12, '0')
  }
}
