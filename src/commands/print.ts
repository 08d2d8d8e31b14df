// Invoices as lines of a terminal, with times in the portal's zone.

import { formatPaidAt } from '../core/invoice.ts'

export type ShownInvoice = {
  invoiceNumber: string
  tool: string
  state: string
  code: string | null
  advice: { what: string; operator: string } | null
  customer: { ref: string; portalId: string | null; name: string | null }
  amount: string
  currency: string
  issuedAt: string
  dueAt: string | null
  paidAt: string | null
  portalId: string | null
  receivedAt: string
  deliveredAt: string | null
  nextAttemptAt: string | null
  attempts: number
  notify: boolean
  test: boolean
  wouldSend?: Record<string, unknown> | null
  /** From here on of one invoice only. */
  detail?: string | null
  paused?: string | null
  portalCustomer?: { id: string; name: string | null; how: How | null } | null
  pdf?: { bytes: number | null; url: string | null }
  conflict?: Facts | null
  history?: ShownEntry[]
}

type How = 'invoice' | 'person' | 'email' | 'created'
export type Facts = {
  from: string
  customer: string | null
  amount: string | null
  currency: string | null
  issuedAt: string | null
}
type ShownEntry = { at: string; event: string } & Record<string, unknown>

export const table = (rows: string[][]): string => {
  const widths =
    rows[0]?.map((_, column) => Math.max(...rows.map(row => [...(row[column] ?? '')].length))) ?? []
  return rows
    .map(row =>
      row
        .map((cell, column) => pad(cell, widths[column] ?? 0))
        .join('  ')
        .trimEnd()
    )
    .join('\n')
}

const pad = (cell: string, width: number): string => cell + ' '.repeat(Math.max(0, width - [...cell].length))

export const invoiceTable = (invoices: ShownInvoice[]): string =>
  table([
    ['number', 'state', 'code', 'amount', 'issued', 'tool', 'portal', 'customer'],
    ...invoices.map(invoice => [
      invoice.invoiceNumber,
      invoice.state,
      invoice.code ?? '-',
      `${invoice.amount} ${invoice.currency}`,
      invoice.issuedAt,
      invoice.tool,
      invoice.portalId ?? '-',
      invoice.customer.name ?? invoice.customer.ref
    ])
  ])

export const invoiceLines = (invoice: ShownInvoice, timeZone: string): string => {
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
    ...(invoice.history ? ['history', ...invoice.history.map(entry => historyLine(entry, timeZone))] : [])
  ].join('\n')
}

const localTime = (at: string, timeZone: string): string =>
  formatPaidAt(Temporal.Instant.from(at).epochMilliseconds, timeZone)

/** Where no other time stands beside it. */
export const zonedTime = (at: string, timeZone: string): string => `${localTime(at, timeZone)} ${timeZone}`

/** A sentence with instants in it, as it is to be read. */
export const withZonedTimes = (text: string, timeZone: string): string =>
  text.replace(/\b\d{4}-\d\d-\d\dT[\d:.]+Z/g, at => zonedTime(at, timeZone))

const yesOrNo = (is: boolean): string => (is ? 'yes' : 'no')

/** Where the tool knows it by the portal's id only, there is nothing else to tell. */
const customerOf = ({ customer: { name, ref, portalId } }: ShownInvoice): string =>
  [name, ref === portalId && name ? null : ref].filter(Boolean).join(', ')

const found: Record<How, string> = {
  invoice: 'the invoice names it',
  person: 'by a link',
  email: 'by the e-mail address',
  created: 'created by the bridge'
}

const portalCustomerOf = ({ portalCustomer }: ShownInvoice): string | null => {
  if (!portalCustomer) return null
  const { id, name, how } = portalCustomer
  return `${id}, ${name ?? 'which the portal is not known to hold'}${how ? ` (${found[how]})` : ''}`
}

const pdfOf = ({ pdf }: ShownInvoice): string =>
  [pdf?.bytes ? `${pdf.bytes} bytes` : null, pdf?.url ? `from ${pdf.url}` : null].filter(Boolean).join(', ')

const indented = (entries: [string, unknown][]): string =>
  table(entries.filter(([, value]) => value !== null).map(([name, value]) => [`  ${name}`, String(value)]))

const sideBySide = (invoice: ShownInvoice, other: Facts): string =>
  table([
    ['conflict', 'this one', 'the other'],
    ['  from', invoice.tool, other.from],
    ['  customer', likeOther(invoice, other.customer), other.customer ?? '-'],
    [
      '  amount',
      `${invoice.amount} ${invoice.currency}`,
      `${other.amount ?? '-'} ${other.currency ?? ''}`.trim()
    ],
    ['  issued', invoice.issuedAt, other.issuedAt ?? '-']
  ])

export const factsLine = ({ from, customer, amount, currency, issuedAt }: Facts): string =>
  `${amount ?? '-'} ${currency ?? ''}, issued ${issuedAt ?? '-'}, for ${customer ?? '-'}, from ${from}`

/** The portal's id beside the portal's, the tool's beside the tool's. */
const likeOther = ({ customer, portalCustomer }: ShownInvoice, other: string | null): string =>
  other?.startsWith('cst_') ? (portalCustomer?.id ?? customer.ref) : customer.ref

/** What would be sent stands above. */
const historyLine = ({ at, event, wouldSend: _, ...detail }: ShownEntry, timeZone: string): string => {
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
