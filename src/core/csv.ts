// Tables as text that spreadsheets read and write: fields between commas, or semicolons as in much of Europe.

/** A row, and the line it begins on. */
export type CsvRow = { line: number; fields: string[] }

/** Undefined if a quote is never closed. Skips empty lines. */
export const parseCsv = (text: string): CsvRow[] | undefined => {
  const plain = text.replace(/^\ufeff/, '')
  const [first = ''] = plain.split(/\r?\n/, 1)
  const between = first.includes(';') && !first.includes(',') ? ';' : ','
  const rows: CsvRow[] = []
  let [line, begunIn] = [1, 1]
  let fields: string[] = []
  let field = ''
  let isQuoted = false
  const end = () => {
    fields.push(field)
    field = ''
  }
  const endRow = () => {
    end()
    if (fields.some(text => text.trim() !== ''))
      rows.push({ line: begunIn, fields: fields.map(text => unguarded(text.trim())) })
    fields = []
    begunIn = line
  }
  for (let at = 0; at < plain.length; at += 1) {
    const character = plain[at] as string
    if (character === '\n') line += 1
    if (isQuoted) {
      if (character !== '"') field += character
      else if (plain[at + 1] === '"') {
        field += '"'
        at += 1
      } else isQuoted = false
    } else if (character === '"' && field.trim() === '') {
      field = ''
      isQuoted = true
    } else if (character === between) end()
    else if (character === '\n') endRow()
    else field += character
  }
  if (isQuoted) return undefined
  endRow()
  return rows
}

export const formatCsv = (rows: readonly (readonly string[])[]): string =>
  rows.map(fields => `${fields.map(field => quoted(guarded(field))).join(',')}\r\n`).join('')

const quoted = (field: string): string => (/[",;\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)

/** Keeps a sender's text plain text where a spreadsheet would run it as a formula. */
const guarded = (field: string): string => (/^'*[=+\-@\t\r]/.test(field) ? `'${field}` : field)

const unguarded = (field: string): string => (/^'+[=+\-@\t\r]/.test(field) ? field.slice(1) : field)
