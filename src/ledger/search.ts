// Finds invoices by any part of their number, customer's name or e-mail address. Each ending of a number leads to its
// invoice: whatever begins an ending is a part of the whole. Names and addresses are stored once for all invoices that
// have them, and their endings lead there. On any database a range of one index answers that, in no particular order.
// No sender waits for it: texts are entered some seconds later (`makeSearchable`), and the newest invoices are looked
// through as they are (listing.ts).

import type { Invoice } from '../core/invoice.ts'
import { formatAmount, numberKey } from '../core/invoice.ts'
import { amongAll, type Cell, type Cells, inChunks, insert, insertMany, marksOf, type Tx } from './driver.ts'
import { countOf, setCount } from './facts.ts'

/** Shorter parts are in nearly every text. */
export const partCharactersMin = 3

// What comes later in a text is not found: people do not search for it, and a name can have ten thousand characters.
const textCharactersMax = 100

// A longer part of a name is compared with the whole name, once this much of it has led there. Numbers are short.
const endingCharactersMax = 16

/** How texts are compared: as numbers are, without accents, and no further than their beginning. */
export const searchKey = (text: string): string => {
  const key = numberKey(text).normalize('NFD').replace(/\p{M}/gu, '').trim()
  return [...key].slice(0, textCharactersMax).join('')
}

const isText = (text: string): boolean => [...text].length >= partCharactersMin

/** What an invoice is found by. */
export const textsOf = ({ invoiceNumber, customer }: Pick<Invoice, 'invoiceNumber' | 'customer'>): string[] => {
  const texts = [invoiceNumber, customer.name ?? '', ...customer.emails].map(searchKey)
  return [...new Set(texts.filter(isText))]
}

/** An amount as people search for it, in either notation and with or without decimals. No text begins with a blank. */
export const amountKey = (amount: string): string => {
  const [whole = '', decimals = ''] = amount.replace(',', '.').split('.')
  return ` ${whole}.${decimals.padEnd(2, '0')}`
}

export const amountKeyOf = ({ amountCents, currency }: Pick<Invoice, 'amountCents' | 'currency'>): string =>
  amountKey(formatAmount(amountCents, currency))

/** What leads to an invoice besides its number, which never changes. */
export const entriesOf = ({ customer, ...facts }: Invoice): string[] => [
  ...textsOf({ invoiceNumber: '', customer }),
  amountKeyOf(facts)
]

/** Asks for the ids of invoices of this amount. */
export const havingAmount = (amount: string): { sql: string; values: Cell[] } => ({
  sql: `SELECT used.invoice_id AS id FROM search_text AS whole
    JOIN search_use AS used ON used.text_id = whole.id WHERE whole.text = ?`,
  values: [amountKey(amount)]
})

const endingsOf = (text: string, charactersMax: number): string[] => {
  const characters = [...text]
  const starts = Math.max(0, characters.length - partCharactersMin + 1)
  const endings = Array.from({ length: starts }, (_, at) => characters.slice(at, at + charactersMax).join(''))
  return [...new Set(endings)]
}

const endingsOfNumber = (invoiceNumber: string): string[] => endingsOf(searchKey(invoiceNumber), textCharactersMax)

/** None for an amount, which is found only as a whole. */
const endingsOfText = (text: string): string[] => (text.startsWith(' ') ? [] : endingsOf(text, endingCharactersMax))

/** Asks for the ids of invoices that have this part in their number, or in one of their texts. */
export const having = (part: string): { sql: string; values: Cell[] } => {
  const key = searchKey(part)
  const beginning = [...key].slice(0, endingCharactersMax).join('')
  const isWhole = beginning === key
  const sql = `SELECT invoice_id AS id FROM search_number WHERE ending >= ? AND ending < ?
    UNION ALL SELECT used.invoice_id AS id FROM search_ending AS found
    JOIN search_use AS used ON used.text_id = found.text_id
    ${isWhole ? '' : 'JOIN search_text AS whole ON whole.id = found.text_id'}
    WHERE found.ending >= ? AND found.ending < ? ${isWhole ? '' : `AND whole.text LIKE ? ESCAPE '\\'`}`
  const values = [key, after(key), beginning, after(beginning), ...(isWhole ? [] : [likePart(key)])]
  return { sql, values }
}

/** Sorts after every text with this beginning. */
const after = (beginning: string): string => `${beginning}\u{10ffff}`

/** For LIKE … ESCAPE '\'. */
export const likePart = (text: string): string => `%${text.replaceAll(/[\\%_]/g, sign => `\\${sign}`)}%`

const idsOf = async (tx: Tx, texts: readonly string[]): Promise<Map<string, number>> => {
  const found = await amongAll(tx, texts, marks => `SELECT id, text FROM search_text WHERE text IN (${marks})`)
  return new Map(found.map(({ id, text }) => [text as string, id as number]))
}

const unlessThere = 'ON CONFLICT DO NOTHING'

/** Answers the id of each text. */
const enterTexts = async (tx: Tx, texts: readonly string[]): Promise<Map<string, number>> => {
  const known = await idsOf(tx, texts)
  const news = texts.filter(text => !known.has(text))
  for (const some of inChunks(news.map(text => ({ text })))) await insertMany(tx, 'search_text', some, unlessThere)
  const entered = await idsOf(tx, news)
  const endings = [...entered].flatMap(([text, id]) => endingsOfText(text).map(ending => ({ ending, text_id: id })))
  for (const some of inChunks(endings)) await insertMany(tx, 'search_ending', some, unlessThere)
  return new Map([...known, ...entered])
}

const dropUnused = async (tx: Tx, id: number, text: string): Promise<void> => {
  if (await tx.one('SELECT 1 AS found FROM search_use WHERE text_id = ? LIMIT 1', id)) return
  for (const some of inChunks(endingsOfText(text)))
    await tx.run(`DELETE FROM search_ending WHERE text_id = ? AND ending IN (${marksOf(some.length)})`, id, ...some)
  await tx.run('DELETE FROM search_text WHERE id = ?', id)
}

/** Sets all that each invoice is found by from now on. All at once: one statement for many, not one for each. */
export const setTexts = async (tx: Tx, textsById: ReadonlyMap<number, readonly string[]>): Promise<void> => {
  const used = await amongAll(
    tx,
    [...textsById.keys()],
    marks => `SELECT invoice_id, text_id, text FROM search_use
      JOIN search_text ON search_text.id = search_use.text_id WHERE search_use.invoice_id IN (${marks})`
  )
  const before = Map.groupBy(used, ({ invoice_id: id }) => id as number)
  const added = [...textsById].map(([id, texts]) => {
    const known = new Set(before.get(id)?.map(({ text }) => text))
    return { id, texts: texts.filter(text => !known.has(text)) }
  })
  const ids = await enterTexts(tx, [...new Set(added.flatMap(({ texts }) => texts))])
  const uses = added.flatMap(({ id, texts }) =>
    texts.map(text => ({ text_id: ids.get(text) as number, invoice_id: id }))
  )
  for (const some of inChunks(uses)) await insertMany(tx, 'search_use', some, unlessThere)
  for (const { invoice_id: id, text_id: textId, text } of used) {
    if (textsById.get(id as number)?.includes(text as string)) continue
    await tx.run('DELETE FROM search_use WHERE text_id = ? AND invoice_id = ?', textId as number, id as number)
    await dropUnused(tx, textId as number, text as string)
  }
}

/** For an invoice whose texts may have changed. */
export const searchAgain = async (tx: Tx, invoiceId: number): Promise<void> => {
  await insert(tx, 'search_again', { invoice_id: invoiceId }, 'ON CONFLICT (invoice_id) DO NOTHING')
}

export const hasUnsearchable = async (tx: Tx): Promise<boolean> => {
  const from = await countOf(tx, 'entered to')
  const isNew = (await tx.one('SELECT 1 AS found FROM invoice WHERE id > ? LIMIT 1', from)) !== undefined
  return isNew || (await tx.one('SELECT 1 AS found FROM search_again LIMIT 1')) !== undefined
}

type Found = { id: number; invoice: Invoice }

const foundIn = (cells: Cells[]): Found[] =>
  cells.map(({ id, invoice }) => ({ id: id as number, invoice: JSON.parse(invoice as string) as Invoice }))

const enterNumbers = async (tx: Tx, found: readonly Found[]): Promise<void> => {
  const endings = found.flatMap(({ id, invoice }) =>
    endingsOfNumber(invoice.invoiceNumber).map(ending => ({ ending, invoice_id: id }))
  )
  for (const some of inChunks(endings)) await insertMany(tx, 'search_number', some, unlessThere)
}

/** Answers how many, at most `limit` of those that are new and as many of those that changed. */
export const makeSearchable = async (tx: Tx, limit: number): Promise<number> => {
  const from = await countOf(tx, 'entered to')
  const again = 'SELECT invoice_id FROM search_again ORDER BY invoice_id LIMIT ?'
  const changed = foundIn(await tx.all(`SELECT id, invoice FROM invoice WHERE id IN (${again})`, limit))
  const added = foundIn(await tx.all('SELECT id, invoice FROM invoice WHERE id > ? ORDER BY id LIMIT ?', from, limit))
  await enterNumbers(tx, added)
  await setTexts(tx, new Map([...changed, ...added].map(({ id, invoice }) => [id, entriesOf(invoice)])))
  for (const { id } of changed) await tx.run('DELETE FROM search_again WHERE invoice_id = ?', id)
  const last = added.at(-1)
  if (last) await setCount(tx, 'entered to', last.id)
  return changed.length + added.length
}
