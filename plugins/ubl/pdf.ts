// Which PDF belongs to which invoice of a mail: one that is attached, or the one in the UBL file.

type Named = { fileName: string }

/** `fileName`: the UBL file's. `embeddedPdf`: the only one in it. */
type Ubl = Named & { invoiceNumber: string; embeddedPdf: Buffer | null }

/**
 * The attached PDF with the same name, else the one with the number in its name. If no name says which it is, the one
 * in the UBL file, else the only one that is attached. Null: there is none, or more than one candidate. `others`: the
 * mail's other invoices, none of which may lose its PDF to this one.
 */
export const pdfFor = <Part extends Named>(ubl: Ubl, attached: Part[], others: Named[] = []): Part | Buffer | null => {
  const free = attached.filter(pdf => !others.some(other => isNamedAs(other, pdf)))
  const named = attached.filter(pdf => isNamedAs(ubl, pdf))
  // One name may have the numbers of two invoices in it.
  const numbered = others.length > 0 ? [] : free.filter(pdf => isNumbered(ubl.invoiceNumber, pdf))
  const [fitting, ...moreFitting] = named.length > 0 ? named : numbered
  if (fitting && moreFitting.length === 0) return fitting
  if (fitting || ubl.embeddedPdf) return ubl.embeddedPdf
  const isOthersSure = others.every(other => attached.some(pdf => isNamedAs(other, pdf)))
  const [only, ...more] = free
  return only && more.length === 0 && isOthersSure ? only : null
}

const isNamedAs = (one: Named, other: Named): boolean => baseName(one) !== '' && baseName(one) === baseName(other)

const baseName = ({ fileName }: Named): string =>
  plain(fileName)
    .replace(/\.(pdf|xml)$/, '')
    .replace(/[._ -]?ubl$/, '')

// Shorter ones are in dates and versions.
const numberCharactersMin = 3

// What file systems take. To search a name of a megabyte takes seconds.
const nameCharactersMax = 255

/** However its letters and digits are separated. It may not be a part of a longer number or word. */
const isNumbered = (invoiceNumber: string, { fileName }: Named): boolean => {
  const characters = plain(invoiceNumber).match(/[\p{L}\p{N}]/gu) ?? []
  if (characters.length < numberCharactersMin || fileName.length > nameCharactersMax) return false
  const alike = (character = '') => (/\p{N}/u.test(character) ? '\\p{N}' : '\\p{L}')
  const number = characters.join('[^\\p{L}\\p{N}]*')
  return new RegExp(`(?<!${alike(characters[0])})${number}(?!${alike(characters.at(-1))})`, 'u').test(plain(fileName))
}

const plain = (text: string): string => text.normalize('NFC').trim().toLowerCase()
