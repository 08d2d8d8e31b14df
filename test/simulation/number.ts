// When two ways to write an invoice number are one number, by the simulation's own understanding: the judge must not
// share a mistake with what it judges.

const dashes = ['\u2010', '\u2011', '\u2012', '\u2013', '\u2014', '\u2212', '\uff0d']
const spaces = ['\u00a0', '\u2007', '\u202f', '\u3000']

export const keyOf = (number: string): string => {
  let key = number
  for (const dash of dashes) key = key.replaceAll(dash, '-')
  for (const space of spaces) key = key.replaceAll(space, ' ')
  return key.trim().toLowerCase()
}

/** The same number, as another person might write it. */
export const writings: readonly ((number: string) => string)[] = [
  number => number.toLowerCase(),
  number => ` ${number} `,
  number => number.replaceAll('-', '\u2011'),
  number => number.replaceAll('-', '\u2013')
]
