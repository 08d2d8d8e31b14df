// Who a customer is, as far as it is told: by names and by e-mail addresses. Whatever is compared, plain or as fingerprints,
// is compared by these rules.

/** Names and e-mail addresses, folded, or as fingerprints of that. A name that is not told is ''. */
export type Known = { names: string[]; emails: string[] }

/** Compared by this: a plus and what follows it stay, because they may be another mailbox. */
export const emailKey = (email: string): string => email.normalize('NFC').trim().toLowerCase()

/** Legal forms stay: Jansen BV and Jansen VOF are two companies, perhaps with one bookkeeper. */
export const nameKey = (name: string | null): string =>
  (name ?? '').normalize('NFC').toLowerCase().replace(/[.,]/g, '').replace(/\s+/g, ' ').trim()

export const emailKeys = (emails: readonly string[]): string[] => [
  ...new Set(emails.map(emailKey).filter(key => key !== ''))
]

export const isTold = (text: string): boolean => text !== ''

/** Of each whether the two agree; null where one of them says nothing. */
const agreeing = (a: Known, b: Known) => ({
  name: agree(a.names.filter(isTold), b.names.filter(isTold)),
  'e-mail address': agree(a.emails, b.emails)
})

const agree = (known: string[], told: string[]): boolean | null =>
  known.length === 0 || told.length === 0 ? null : told.some(text => known.includes(text))

export const isAgreeing = (a: Known, b: Known): boolean => Object.values(agreeing(a, b)).includes(true)

/**
 * What is another, where nothing says that the two are one customer. A reference alone proves little: two senders may number
 * alike. They are one where a name or an address is the same; what is missing, here or there, speaks neither for that nor
 * against it.
 */
export const differing = (a: Known, b: Known): string[] =>
  isAgreeing(a, b)
    ? []
    : Object.entries(agreeing(a, b)).flatMap(([what, word]) => (word === false ? [what] : []))

/** Those that share a name or an address, also by a third, are one company. Who tells neither is none. */
export const companiesOf = <T extends Known>(all: readonly T[]): T[][] =>
  all
    .filter(({ names, emails }) => names.some(isTold) || emails.length > 0)
    .reduce<T[][]>((companies, one) => {
      const { same = [], others = [] } = Object.groupBy(companies, company =>
        company.some(other => isAgreeing(other, one)) ? 'same' : 'others'
      )
      return [...others, [...same.flat(), one]]
    }, [])
