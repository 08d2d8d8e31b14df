// Which known name a misspelt one was meant to be.

/** How many typos to allow for in a name of so many letters and digits. */
export type SlipsMax = (letters: number) => number

// With more than two typos the guess is as likely wrong as right.
const two: SlipsMax = () => 2

/** Only letters and digits count, in any case: `invoice_number` and `InvoiceNumber` are the same name. */
export const nearest = (name: string, known: readonly string[], slipsMax: SlipsMax = two): string | undefined => {
  const [best] = known
    .map(candidate => ({
      candidate,
      slips: slipsBetween(plain(name), plain(candidate)),
      most: slipsMax(plain(candidate).length)
    }))
    .filter(({ slips, most }) => slips <= most)
    .sort((a, b) => a.slips - b.slips)
  return best?.candidate
}

const plain = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '')

/** Characters inserted, omitted or replaced, and neighbours swapped: the optimal string alignment. */
const slipsBetween = (a: string, b: string): number => {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (const [line, letter] of [...a].entries()) {
    const row = [line + 1]
    for (let column = 1; column <= b.length; column += 1) {
      const isSame = letter === b[column - 1]
      const swapped = line > 0 && column > 1 && letter === b[column - 2] && a[line - 1] === b[column - 1]
      row.push(
        Math.min(
          (row[column - 1] ?? 0) + 1,
          (last[column] ?? 0) + 1,
          (last[column - 1] ?? 0) + (isSame ? 0 : 1),
          swapped ? (beforeLast[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY
        )
      )
    }
    beforeLast = last
    last = row
  }
  return last[b.length] ?? 0
}
