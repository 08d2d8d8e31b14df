// Prints invoices as lines for a terminal, with times in the portal's zone.

import { formatPaidAt } from '../core/invoice.ts'
import type { Facts, HistoryEntry, Invoice, WholeInvoice } from '../view/answers.ts'

/** Columns of equal width. A cell that is null shows a dash. */
export const table = (rows: (string | null | undefined)[][]): string => {
  const cells = rows.map(row => row.map(cell => [...(cell ?? '-')]))
  const widths = cells[0]?.map((_, column) => Math.max(...cells.map(row => row[column]?.length ?? 0))) ?? []
  return cells
    .map(row => row.map((cell, column) => cell.join('') + ' '.repeat(widths[column]! - cell.length)))
    .map(row => row.join('  ').trimEnd())
    .join('\n')
}

/** One page of a list, and how to see the next one. */
export const pageOf = (lines: string, next: string | null): string =>
  next === null ? lines : `${lines}\nMore: add --cursor ${next}`

export const invoiceTable = (invoices: Invoice[]): string =>
  table([
    ['number', 'state', 'code', 'amount', 'issued', 'tool', 'portal', 'customer'],
    ...invoices.map(invoice => [
      invoice.invoiceNumber,
      invoice.state,
      invoice.code,
      `${invoice.amount} ${invoice.currency}`,
      invoice.issuedAt,
      invoice.tool,
      invoice.portalId,
      invoice.customer.name ?? invoice.customer.ref
    ])
  ])

export const invoiceLines = (invoice: WholeInvoice, timeZone: string): string => {
  const time = (at: string | null) => at && localTime(at, timeZone)
  const facts: [string, string | null | undefined][] = [
    ['number', invoice.invoiceNumber],
    ['state', [invoice.state, invoice.code].filter(Boolean).join(' ')],
    ['why', invoice.detail],
    ['what', invoice.advice?.what],
    ['do', invoice.advice?.operator],
    ['paused', invoice.paused],
    ['amount', `${invoice.amount} ${invoice.currency}`],
    ['customer', customerOf(invoice)],
    ['in portal', portalCustomerOf(invoice)],
    ['issued', invoice.issuedAt],
    ['due', invoice.dueAt],
    ['paid', time(invoice.paidAt)],
    ['pdf', pdfOf(invoice)],
    ['from', `${invoice.tool}${invoice.test ? ' (a test)' : ''}`],
    ['portal mails', yesOrNo(invoice.notify)],
    ['portal id', invoice.portalId],
    ['received', time(invoice.receivedAt)],
    ['delivered', time(invoice.deliveredAt)],
    ['next attempt', time(invoice.nextAttemptAt)],
    ['attempts', String(invoice.attempts)],
    ['times in', timeZone]
  ]
  const lines = facts.flatMap(([name, value]) => (value ? [[name, value]] : []))
  return [
    table(lines),
    ...(invoice.wouldSend ? ['would send', indented(Object.entries(invoice.wouldSend))] : []),
    ...(invoice.conflict ? [sideBySide(invoice, invoice.conflict)] : []),
    ...(invoice.history.length > 0 ? ['history'] : []),
    ...invoice.history.map(entry => historyLine(entry, timeZone))
  ].join('\n')
}

const localTime = (at: string, timeZone: string): string =>
  formatPaidAt(Temporal.Instant.from(at).epochMilliseconds, timeZone)

/** For a time that stands alone. */
export const zonedTime = (at: string, timeZone: string): string => `${localTime(at, timeZone)} ${timeZone}`

/** Turns the instants in a sentence into local times. */
export const withZonedTimes = (text: string, timeZone: string): string =>
  text.replace(/\b\d{4}-\d\d-\d\dT[\d:.]+Z/g, at => zonedTime(at, timeZone))

export const yesOrNo = (is: boolean): string => (is ? 'yes' : 'no')

/** If the tool knows only the portal's id, the reference would repeat it. */
const customerOf = ({ customer: { name, ref, portalId } }: Invoice): string =>
  [name, ref === portalId && name ? null : ref].filter(Boolean).join(', ')

const found = {
  invoice: 'the invoice names it',
  person: 'by a link',
  email: 'by the e-mail address',
  created: 'created by the bridge'
}

const portalCustomerOf = ({ portalCustomer }: WholeInvoice): string | null => {
  if (!portalCustomer) return null
  const { id, name, how } = portalCustomer
  return `${id}, ${name ?? 'which the bridge does not know in the portal'}${how ? ` (${found[how]})` : ''}`
}

const pdfOf = ({ pdf }: WholeInvoice): string =>
  [pdf.bytes ? `${pdf.bytes} bytes` : null, pdf.url ? `from ${pdf.url}` : null].filter(Boolean).join(', ')

const indented = (entries: [string, unknown][]): string =>
  table(entries.filter(([, value]) => value !== null).map(([name, value]) => [`  ${name}`, String(value)]))

const sideBySide = (invoice: WholeInvoice, other: Facts): string =>
  table([
    ['conflict', 'this one', 'the other'],
    ['  from', invoice.tool, other.from],
    ['  customer', likeOther(invoice, other.customer), other.customer],
    ['  amount', `${invoice.amount} ${invoice.currency}`, `${other.amount ?? '-'} ${other.currency ?? ''}`.trim()],
    ['  issued', invoice.issuedAt, other.issuedAt]
  ])

export const factsLine = ({ from, customer, amount, currency, issuedAt }: Facts): string =>
  `${amount ?? '-'} ${currency ?? ''}, issued ${issuedAt ?? '-'}, for ${customer ?? '-'}, from ${from}`

/** Compares the portal's id with the portal's, and the tool's with the tool's. */
const likeOther = ({ customer, portalCustomer }: WholeInvoice, other: string | null): string =>
  other?.startsWith('cst_') ? (portalCustomer?.id ?? customer.ref) : customer.ref

/** Without `wouldSend`, which is printed above. */
const historyLine = ({ at, event, wouldSend: _, ...detail }: HistoryEntry, timeZone: string): string => {
  const facts = factsIn(detail, timeZone)
  return `  ${localTime(at, timeZone)}  ${event}${facts === '' ? '' : `  (${facts})`}`
}

const factsIn = (detail: object, timeZone: string): string =>
  Object.entries(detail)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}: ${shownFact(value, timeZone)}`)
    .join(', ')

const shownFact = (value: unknown, timeZone: string): string => {
  if (typeof value === 'boolean') return yesOrNo(value)
  if (typeof value === 'object' && value !== null) return `{${factsIn(value, timeZone)}}`
  return /^\d{4}-\d\d-\d\dT\S+Z$/.test(String(value)) ? localTime(String(value), timeZone) : String(value)
}
