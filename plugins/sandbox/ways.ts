// What the documentation does not speak of, and a portal may do all the same: each is a setting, and each has been seen in
// some portal. The defaults are what the documentation shows.

import { z } from 'zod'

// Longer than any clock is ever set back.
const clockBackMsMax = 24 * 60 * 60_000

export const lists = ['whole', 'half', 'empty', 'one-page'] as const

export const spellings = ['as-sent', 'spaced', 'cut', 'escaped', 'zeros'] as const
export type Spelling = (typeof spellings)[number]

export const ways = {
  /** What the list of invoices shows: all, every second one, none, or the first page whichever is asked for, as of customers then. */
  list: z.enum(lists),
  /** How the number of an invoice is stored. */
  spelling: z.enum(spellings),
  /** Whether an answer about an invoice tells its number. */
  tellsNumbers: z.boolean(),
  /** Whether one invoice is found by its id. Else it is said not to be there. */
  findsById: z.boolean(),
  /** Whether objects and pages come as the framework's resources have them: below `data`, with `links` and `meta`. */
  wrapped: z.boolean(),
  /** Whether an invoice that is created as paid is paid. */
  keepsPaidAt: z.boolean(),
  /** How far the clock stands back by which `createdAt` is written. */
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
