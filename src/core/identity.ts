// Who a customer is, as far as names and e-mail addresses tell. Every comparison, of plain text or of fingerprints,
// follows these rules.

/** Names and e-mail addresses, folded, or the fingerprints of those. An unknown name is ''. */
export type Known = { names: string[]; emails: string[] }

/** The form in which addresses are compared. A plus and what follows it stay: they may mean another mailbox. */
export const emailKey = (email: string): string => email.normalize('NFC').trim().toLowerCase()

/** Legal forms stay: Jansen BV and Jansen VOF are two companies, perhaps with one bookkeeper. */
export const nameKey = (name: string | null): string =>
  (name ?? '').normalize('NFC').toLowerCase().replace(/[.,]/g, '').replace(/\s+/g, ' ').trim()

export const emailKeys = (emails: readonly string[]): string[] => [
  ...new Set(emails.map(emailKey).filter(key => key !== ''))
]

export const isTold = (text: string): boolean => text !== ''

/** Whether the two agree, for names and for addresses; null where either has none. */
const agreeing = (a: Known, b: Known) => ({
  name: agree(a.names.filter(isTold), b.names.filter(isTold)),
  'e-mail address': agree(a.emails, b.emails)
})

const agree = (known: string[], others: string[]): boolean | null =>
  known.length === 0 || others.length === 0 ? null : others.some(text => known.includes(text))

export const isAgreeing = (a: Known, b: Known): boolean => Object.values(agreeing(a, b)).includes(true)

/**
 * What differs, if nothing says that the two are one customer. A reference alone proves little, because two senders may
 * use the same ones. Two are one customer if a name or an address is the same. A missing one, on either side, counts
 * neither for nor against that.
 */
export const differing = (a: Known, b: Known): string[] =>
  isAgreeing(a, b) ? [] : Object.entries(agreeing(a, b)).flatMap(([what, word]) => (word === false ? [what] : []))

/** Those that share a name or address, directly or through a third, are one company. One with neither is left out. */
export const companiesOf = <T extends Known>(all: readonly T[]): T[][] =>
  all
    .filter(({ names, emails }) => names.some(isTold) || emails.length > 0)
    .reduce<T[][]>((companies, one) => {
      const { same = [], others = [] } = Object.groupBy(companies, company =>
        company.some(other => isAgreeing(other, one)) ? 'same' : 'others'
      )
      return [...others, [...same.flat(), one]]
    }, [])
