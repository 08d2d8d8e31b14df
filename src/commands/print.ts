// Invoices as lines of a terminal.

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
  history?: ({ at: string; event: string } & Record<string, unknown>)[]
}

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

export const invoiceLines = (invoice: ShownInvoice): string => {
  const facts: [string, string | null][] = [
    ['number', invoice.invoiceNumber],
    ['state', [invoice.state, invoice.code].filter(Boolean).join(' ')],
    ['what', invoice.advice?.what ?? null],
    ['do', invoice.advice?.operator ?? null],
    ['amount', `${invoice.amount} ${invoice.currency}`],
    [
      'customer',
      [invoice.customer.name, invoice.customer.ref, invoice.customer.portalId].filter(Boolean).join(', ')
    ],
    ['issued', invoice.issuedAt],
    ['due', invoice.dueAt],
    ['paid', invoice.paidAt],
    ['from', `${invoice.tool}${invoice.test ? ' (a test)' : ''}`],
    ['portal mails', invoice.notify ? 'yes' : 'no'],
    ['portal id', invoice.portalId],
    ['received', invoice.receivedAt],
    ['delivered', invoice.deliveredAt],
    ['next attempt', invoice.nextAttemptAt],
    ['attempts', String(invoice.attempts)]
  ]
  const lines = facts
    .filter(([, value]) => value !== null && value !== '')
    .map(([name, value]) => [name, value ?? ''])
  return [
    table(lines),
    ...(invoice.wouldSend ? ['would send', indented(Object.entries(invoice.wouldSend))] : []),
    ...(invoice.history ? ['history', ...invoice.history.map(historyLine)] : [])
  ].join('\n')
}

const indented = (entries: [string, unknown][]): string =>
  table(entries.filter(([, value]) => value !== null).map(([name, value]) => [`  ${name}`, String(value)]))

const historyLine = ({ at, event, ...detail }: { at: string; event: string }): string => {
  const facts = Object.entries(detail)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}: ${typeof value === 'object' ? JSON.stringify(value) : value}`)
  return `  ${at}  ${event}${facts.length > 0 ? `  (${facts.join(', ')})` : ''}`
}
