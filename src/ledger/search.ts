// Finds invoices by any part of their number, customer's name or e-mail address. Each text stands once, and each of its
// endings leads to it: whatever begins an ending is a part of the text. A range of one index answers that, on any
// database, and in the order of nothing. Nobody who sends an invoice waits for it: texts are entered some seconds later
// (`makeSearchable`), and the newest invoices are looked through as they are (listing.ts).

import type { Invoice } from '../core/invoice.ts'
import { numberKey } from '../core/invoice.ts'
import { type Cell, insert, type Tx } from './driver.ts'
import { countOf, setCount } from './facts.ts'

/** Shorter parts are in nearly every text. */
export const partCharactersMin = 3

// What comes later in a text is not found: nobody searches for that, and a name can have ten thousand characters.
const textCharactersMax = 100

// A longer part is compared with the whole text, once this much of it has led there.
const endingCharactersMax = 16

/** How texts are compared: as numbers are, and without accents. */
export const searchKey = (text: string): string => numberKey(text).normalize('NFD').replace(/\p{M}/gu, '')

const short = (key: string): string => [...key].slice(0, textCharactersMax).join('')

/** What an invoice is found by. */
export const textsOf = ({ invoiceNumber, customer }: Pick<Invoice, 'invoiceNumber' | 'customer'>): string[] => {
  const texts = [invoiceNumber, customer.name ?? '', ...customer.emails].map(text => short(searchKey(text)))
  return [...new Set(texts.filter(text => [...text].length >= partCharactersMin))]
}

const endingsOf = (text: string): string[] => {
  const characters = [...text]
  const starts = characters.length - partCharactersMin + 1
  const endings = Array.from({ length: starts }, (_, at) => characters.slice(at, at + endingCharactersMax).join(''))
  return [...new Set(endings)]
}

/** Asks for the ids of invoices that have this part in one of their texts. */
export const having = (part: string): { sql: string; values: Cell[] } => {
  const key = short(searchKey(part))
  const beginning = [...key].slice(0, endingCharactersMax).join('')
  const isWhole = beginning === key
  const sql = `SELECT used.invoice_id AS id FROM search_ending AS found
    JOIN search_use AS used ON used.text_id = found.text_id
    ${isWhole ? '' : 'JOIN search_text AS whole ON whole.id = found.text_id'}
    WHERE found.ending >= ? AND found.ending < ? ${isWhole ? '' : `AND whole.text LIKE ? ESCAPE '\\'`}`
  const values = [beginning, `${beginning}\u{10ffff}`, ...(isWhole ? [] : [likePart(key)])]
  return { sql, values }
}

/** For LIKE … ESCAPE '\'. */
export const likePart = (text: string): string => `%${text.replaceAll(/[\\%_]/g, sign => `\\${sign}`)}%`

const enterText = async (tx: Tx, text: string): Promise<number> => {
  const known = await tx.one('SELECT id FROM search_text WHERE text = ?', text)
  if (known) return known.id as number
  const { id } = (await insert(tx, 'search_text', { text }, 'RETURNING id')) as { id: number }
  for (const ending of endingsOf(text)) await insert(tx, 'search_ending', { ending, text_id: id })
  return id
}

const dropUnused = async (tx: Tx, id: number, text: string): Promise<void> => {
  if (await tx.one('SELECT 1 AS found FROM search_use WHERE text_id = ? LIMIT 1', id)) return
  for (const ending of endingsOf(text))
    await tx.run('DELETE FROM search_ending WHERE ending = ? AND text_id = ?', ending, id)
  await tx.run('DELETE FROM search_text WHERE id = ?', id)
}

/** From now on the invoice is found by these, and nothing else. */
export const setTexts = async (tx: Tx, invoiceId: number, texts: readonly string[]): Promise<void> => {
  const before = await tx.all(
    `SELECT search_text.id AS id, search_text.text AS text FROM search_use
      JOIN search_text ON search_text.id = search_use.text_id WHERE search_use.invoice_id = ?`,
    invoiceId
  )
  const known = new Map(before.map(({ id, text }) => [text as string, id as number]))
  for (const text of texts)
    if (!known.has(text)) await insert(tx, 'search_use', { text_id: await enterText(tx, text), invoice_id: invoiceId })
  for (const [text, id] of known) {
    if (texts.includes(text)) continue
    await tx.run('DELETE FROM search_use WHERE text_id = ? AND invoice_id = ?', id, invoiceId)
    await dropUnused(tx, id, text)
  }
}

/** What is told of it may have changed. */
export const searchAgain = async (tx: Tx, invoiceId: number): Promise<void> => {
  await insert(tx, 'search_again', { invoice_id: invoiceId }, 'ON CONFLICT (invoice_id) DO NOTHING')
}

export const hasUnsearchable = async (tx: Tx): Promise<boolean> => {
  const from = await countOf(tx, 'searchable to')
  const isNew = (await tx.one('SELECT 1 AS found FROM invoice WHERE id > ? LIMIT 1', from)) !== undefined
  return isNew || (await tx.one('SELECT 1 AS found FROM search_again LIMIT 1')) !== undefined
}

/** Answers how many, at most `limit` of those that are new and as many of those that changed. */
export const makeSearchable = async (tx: Tx, limit: number): Promise<number> => {
  const from = await countOf(tx, 'searchable to')
  const changed = await tx.all(
    `SELECT id, invoice FROM invoice WHERE id IN (SELECT invoice_id FROM search_again ORDER BY invoice_id LIMIT ?)`,
    limit
  )
  const added = await tx.all('SELECT id, invoice FROM invoice WHERE id > ? ORDER BY id LIMIT ?', from, limit)
  for (const { id, invoice } of [...changed, ...added])
    await setTexts(tx, id as number, textsOf(JSON.parse(invoice as string) as Invoice))
  for (const { id } of changed) await tx.run('DELETE FROM search_again WHERE invoice_id = ?', id as number)
  if (added.length > 0) await setCount(tx, 'searchable to', added.at(-1)?.id as number)
  return changed.length + added.length
}
