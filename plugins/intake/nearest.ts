// Which known name a misspelt one was meant to be.

// More than two slips, and the guess is as likely wrong as right.
const slipsMax = 2

/** `invoice_number` and `InvoiceNumber` are one step away from nothing: only letters and digits count. */
export const nearest = (name: string, known: readonly string[]): string | undefined => {
  const [best] = known
    .map(candidate => ({ candidate, slips: slipsBetween(plain(name), plain(candidate)) }))
    .sort((a, b) => a.slips - b.slips)
  return best && best.slips <= slipsMax ? best.candidate : undefined
}

const plain = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '')

/** The Levenshtein distance: characters to insert, leave out or exchange. */
const slipsBetween = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (const [line, letter] of [...a].entries()) {
    let left = line + 1
    row = row.map((above, column) => {
      if (column === 0) return left
      const diagonal = row[column - 1] ?? 0
      left = Math.min(left + 1, above + 1, diagonal + (letter === b[column - 1] ? 0 : 1))
      return left
    })
  }
  return row[b.length] ?? 0
}
