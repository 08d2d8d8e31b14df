// Which PDF in a mail belongs to which invoice in it.

/**
 * The PDF with the same name, else the only one; null when there is none. `others`: the mail's other invoices, none of
 * which may lose its PDF to this one.
 */
export const pdfFor = <Part extends { fileName: string }>(
  xml: Part,
  pdfs: Part[],
  others: Part[] = []
): Part | null | 'ambiguous' => {
  const named = pdfs.filter(pdf => isNamedAs(xml, pdf))
  const free = pdfs.filter(pdf => !others.some(other => isNamedAs(other, pdf)))
  const candidates = named.length > 0 ? named : free
  const isOthersSure = others.every(other => pdfs.some(pdf => isNamedAs(other, pdf)))
  if (candidates.length > 1 || (candidates === free && free.length > 0 && !isOthersSure)) return 'ambiguous'
  return candidates[0] ?? null
}

const isNamedAs = (one: { fileName: string }, other: { fileName: string }): boolean =>
  baseName(one.fileName) !== '' && baseName(one.fileName) === baseName(other.fileName)

const baseName = (fileName: string): string =>
  fileName
    .normalize('NFC')
    .trim()
    .toLowerCase()
    .replace(/\.(pdf|xml)$/, '')
    .replace(/[._ -]?ubl$/, '')
