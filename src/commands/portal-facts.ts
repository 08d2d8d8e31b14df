// What a real portal shows of its undocumented behaviour: order, page size, statuses, forms of headers and dates. It
// prints nothing of the portal's contents, no name and no number, so that the lines can be pasted into an issue.

import got, { type Response } from 'got'
import { attempt } from '../core/attempt.ts'
import { CommandFailed } from './command.ts'

export type Facts = Record<string, string>

type Entry = Record<string, unknown>
type Answer = { status: number; headers: Response['headers']; json: unknown }

const timeoutMs = 30_000

// An id that no invoice has.
const nobodys = 'inv_nobodyhasthis'

// Far beyond any end.
const farPage = 100_000

export const portalFacts = async (url: string, token: string): Promise<Facts> => {
  const ask = async (path: string): Promise<Answer> => {
    try {
      const answer = await got(`${url}/${path}`, {
        headers: { authorization: `Bearer ${token}`, accept: 'application/json' },
        throwHttpErrors: false,
        followRedirect: false,
        retry: { limit: 0 },
        timeout: { request: timeoutMs }
      })
      return { status: answer.statusCode, headers: answer.headers, json: attempt(() => JSON.parse(answer.body)) }
    } catch (error) {
      throw new CommandFailed(`The portal does not answer (${(error as { code?: string }).code ?? 'no reason given'}).`)
    }
  }
  const first = await ask('customer-invoices')
  const second = await ask('customer-invoices?page=2')
  const far = await ask(`customer-invoices?page=${farPage}`)
  const missing = await ask(`customer-invoices/${nobodys}`)
  const customers = await ask('customers')
  const stranger = await got(`${url}/customer-invoices`, {
    headers: { authorization: 'Bearer not-a-token' },
    throwHttpErrors: false,
    retry: { limit: 0 },
    timeout: { request: timeoutMs }
  }).then(({ statusCode }) => String(statusCode))
  const entries = [...entriesIn(first.json), ...entriesIn(second.json)]
  return {
    'list of invoices': headOf(first),
    'page size': String(entriesIn(first.json).length),
    'second page': `${headOf(second)}, ${entriesIn(second.json).length} entries`,
    'page beyond the end': `${headOf(far)}, ${entriesIn(far.json).length} entries`,
    'around the list': besides(first.json),
    'fields of an invoice': fieldsOf(entries),
    ...Object.fromEntries(ordered.map(field => [`order by ${field}`, orderOf(entries, field)])),
    'unknown invoice': `${headOf(missing)}, fields ${keysOf(missing.json)}`,
    'list of customers': `${headOf(customers)}, ${entriesIn(customers.json).length} entries`,
    'fields of a customer': fieldsOf(entriesIn(customers.json)),
    'wrong token': stranger,
    ...headersOf(first.headers)
  }
}

const ordered = ['createdAt', 'issuedAt', 'invoiceNumber', 'id']

const headOf = ({ status, headers }: Answer): string => `${status}, ${headers['content-type'] ?? 'no type'}`

const isEntry = (value: unknown): value is Entry => typeof value === 'object' && value !== null && !Array.isArray(value)

const entriesIn = (json: unknown): Entry[] => {
  const list = Array.isArray(json) ? json : isEntry(json) ? json.data : undefined
  return Array.isArray(list) ? list.filter(isEntry) : []
}

// If a portal made a field's name from its contents, the name would reveal them: only what looks like a word is
// printed.
const plain = (name: string): string => (/^[A-Za-z][A-Za-z_]{0,39}$/.test(name) ? name : '…')

const keysOf = (json: unknown): string =>
  isEntry(json) ? [...new Set(Object.keys(json).map(plain))].join(', ') || 'none' : 'none'

/** What stands besides the entries, two levels deep. */
const besides = (json: unknown): string => {
  if (!isEntry(json)) return 'nothing'
  const around = Object.entries(json).filter(([name]) => name !== 'data')
  return (
    around.map(([name, value]) => (isEntry(value) ? `${plain(name)}: {${keysOf(value)}}` : plain(name))).join('; ') ||
    'nothing'
  )
}

/** Each with its type; of dates, how they are written. */
const fieldsOf = (entries: Entry[]): string => {
  const kinds = new Map<string, Set<string>>()
  for (const entry of entries)
    for (const [name, value] of Object.entries(entry))
      kinds.getOrInsertComputed(plain(name), () => new Set()).add(kindOf(value))
  return [...kinds].map(([name, kind]) => `${name} (${[...kind].sort().join(' or ')})`).join(', ') || 'none'
}

const kindOf = (value: unknown): string => {
  if (value === null) return 'null'
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\d([T ]|$)/.test(value)) return formOf(value)
  if (typeof value === 'string' && /^-?\d+([.,]\d+)?$/.test(value)) return `digits${/[.,]/.exec(value)?.[0] ?? ''}`
  return Array.isArray(value) ? 'list' : typeof value
}

/** Digits become 9, and letters a: what is left shows how it is written, not what it says. */
const formOf = (text: string): string => text.replace(/\d/g, '9').replace(/[A-SU-Ya-z]/g, 'a')

const orderOf = (entries: Entry[], field: string): string => {
  const values = entries.map(entry => entry[field]).filter(value => typeof value === 'string')
  const pairs = values.slice(1).map((value, at) => Math.sign(value < values[at]! ? -1 : Number(value > values[at]!)))
  const [up, down] = [pairs.includes(1), pairs.includes(-1)]
  if (!up && !down) return 'cannot be determined'
  if (up && down) return 'none'
  return up ? 'rising' : 'falling'
}

/** Those that say how often one may ask. */
const headersOf = (headers: Response['headers']): Facts =>
  Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => /rate|limit|retry/i.test(name))
      .map(([name, value]) => [`header ${name}`, formOf(String(value))])
  )
