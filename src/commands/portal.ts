// The portal's documented calls, from the command line. Reading and marking paid speak to the portal itself; creating
// goes through the bridge's intake, so that the ledger knows of it.

import { openAsBlob } from 'node:fs'
import { basename } from 'node:path'
import { parseArgs } from 'node:util'
import got from 'got'
import { secretOf, settings } from '../../plugins/intake/senders.ts'
import { readSettings, readTimeZone } from '../config.ts'
import type { Clock } from '../core/clock.ts'
import { BridgeError, isCode } from '../core/errors.ts'
import { formatAmount, parsePaidAt } from '../core/invoice.ts'
import type { PortalInvoice } from '../core/portal-entry.ts'
import { createPortal, type PortalAsTold } from '../portal/client.ts'
import type { PortalBill } from '../portal/schemas.ts'
import { shownPortalInvoice } from '../view/shown-invoice.ts'
import { bridgeUrl, refusal } from './ask.ts'
import { type Command, CommandFailed, type Terminal, WrongUse } from './command.ts'
import { portalFacts } from './portal-facts.ts'
import { table, yesOrNo } from './print.ts'

const usage = `Usage: factuurbrug portal <what>
  bills                      what the portal bills its owner
  invoices                   all customer invoices
  invoice <inv_…>            one customer invoice, with everything that the portal says about it
  create --number <nr> --customer <cst_…> --amount <121.00> --issued <2026-11-20> --pdf <file>
         [--paid <2026-11-20>] [--notify true|false] [--url <bridge>]
  mark-paid <inv_…> [--paid <2026-11-20>]
  facts                      how this portal answers, without a name or a number: for an issue`

const options = {
  json: { type: 'boolean', default: false },
  url: { type: 'string' },
  number: { type: 'string' },
  customer: { type: 'string' },
  amount: { type: 'string' },
  issued: { type: 'string' },
  paid: { type: 'string' },
  notify: { type: 'string' },
  pdf: { type: 'string' }
} as const

type Values = ReturnType<typeof parse>['values']

const parse = (args: string[]) => parseArgs({ args, options, allowPositionals: true })

const timeoutMs = 30_000

// Three million invoices. A portal that never says `last page` must not keep us for ever.
const pagesMax = 200_000

const takesId = ['invoice', 'mark-paid']

type Asked = { portal: PortalAsTold; id: string; values: Values; terminal: Terminal; timeZone: string }

export const run: Command = async (args, terminal) => {
  const { values, positionals } = parse(args)
  const [what = '', id = '', ...more] = positionals
  if (more.length > 0 || (id === '') === takesId.includes(what)) throw new WrongUse(usage)
  // Such an address would be that of all invoices.
  if (/^\.+$/.test(id)) throw new WrongUse(usage)
  if (what === 'create') return create(values, terminal)
  const call = Object.hasOwn(calls, what) ? calls[what] : undefined
  if (!call && what !== 'facts') throw new WrongUse(usage)
  const { env, clock } = terminal
  if (!env.PORTAL_TOKEN) throw new CommandFailed('Set PORTAL_TOKEN to the API key of the portal.')
  const timeZone = readTimeZone(env)
  const url = env.PORTAL_URL || 'https://api.mijnklantportaal.nl/v1'
  if (what === 'facts') return facts(url, env.PORTAL_TOKEN, { values, terminal })
  const portal = createPortal({ url, token: env.PORTAL_TOKEN, timeoutMs, timeZone, clock })
  try {
    return await call!({ portal, id, values, terminal, timeZone })
  } finally {
    portal.close()
  }
}

/** All pages, in the portal's order. Waits if the portal asks for a pause. */
async function* pages<T>(page: (number: number) => Promise<{ items: T[]; more: boolean }>, clock: Clock) {
  for (let number = 1; number <= pagesMax; ) {
    try {
      const { items, more } = await page(number)
      yield* items
      if (!more) return
      number += 1
    } catch (error) {
      if (!(error instanceof BridgeError) || error.code !== 'PORTAL_BUSY') throw error
      await clock.sleep(error.retryAfterMs ?? 60_000)
    }
  }
}

type Page<T> = (number: number) => Promise<{ items: T[]; more: boolean }>
type Table<T> = { none: string; head: string[]; row: (item: T) => (string | null)[]; shown?: (item: T) => object }

const list = async <T>(
  page: Page<T>,
  { none, head, row, shown = item => item as object }: Table<T>,
  { values, terminal: { clock, print } }: Asked
): Promise<number> => {
  const found = await Array.fromAsync(pages(page, clock))
  const lines = found.length === 0 ? none : table([head, ...found.map(row)])
  print(values.json ? JSON.stringify(found.map(shown), null, 2) : lines)
  return 0
}

const bills = (asked: Asked): Promise<number> => {
  const table: Table<PortalBill> = {
    none: 'No bills.',
    head: ['id', 'number', 'issued', 'without VAT', 'VAT', 'total', 'paid'],
    row: ({ id, invoiceNumber, issuedAt, subtotalAmount, vatAmount, totalAmount, currency, isPaid }) => [
      ...[id, invoiceNumber, issuedAt, subtotalAmount, vatAmount],
      [totalAmount ?? '-', currency].filter(Boolean).join(' '),
      isPaid === null ? null : yesOrNo(isPaid)
    ]
  }
  return list(number => asked.portal.billsPage(number), table, asked)
}

const invoices = (asked: Asked): Promise<number> => {
  const table: Table<PortalInvoice> = {
    none: 'No invoices.',
    head: ['id', 'number', 'customer', 'amount', 'issued', 'paid'],
    row: ({ id, invoiceNumber, customerId, amountCents, currency, issuedAt, paidAt }) => [
      ...[id, invoiceNumber, customerId],
      amountCents === null ? null : formatAmount(amountCents, currency ?? 'EUR'),
      ...[issuedAt, paidAt === null ? null : 'yes']
    ],
    shown: shownPortalInvoice
  }
  return list(number => asked.portal.invoicesPage(number), table, asked)
}

const invoice = async ({ portal, id, terminal: { print, complain } }: Asked): Promise<number> => {
  const found = await portal.invoiceAsTold(id)
  if (found === null) complain(`The portal holds no invoice ${id}.`)
  else print(found)
  return found === null ? 1 : 0
}

const markPaid = async ({ portal, id, values, terminal, timeZone }: Asked): Promise<number> => {
  const { clock, print, complain } = terminal
  const { paid } = values
  const at = paid === undefined ? clock.now() : parsePaidAt(paid, timeZone)
  if (at === undefined) throw new WrongUse('--paid: expected a date such as 2026-11-20, or an instant with its zone')
  const written = await portal.markPaid(id, at)
  if (written.outcome === 'done') {
    print(values.json ? JSON.stringify(shownPortalInvoice(written.value), null, 2) : `${id} is marked paid.`)
    return 0
  }
  complain(
    written.outcome === 'unknown'
      ? `It is not known whether ${id} was marked (${written.detail}): look with \`portal invoice ${id}\`.`
      : `${written.code}: ${written.detail}`
  )
  return 1
}

const facts = async (
  url: string,
  token: string,
  { values, terminal: { print } }: Pick<Asked, 'values' | 'terminal'>
): Promise<number> => {
  const found = await portalFacts(url.replace(/\/+$/, ''), token)
  print(values.json ? JSON.stringify(found, null, 2) : table(Object.entries(found)))
  return 0
}

const calls: Record<string, (asked: Asked) => Promise<number>> = { bills, invoices, invoice, 'mark-paid': markPaid }

const create = async (values: Values, { env, print, complain }: Terminal): Promise<number> => {
  const { number, customer, amount, issued, paid, notify, pdf } = values
  if (!number || !customer || !amount || !issued || !pdf) throw new WrongUse(usage)
  if (!env.INTAKE_SECRET?.trim()) throw new CommandFailed('Set INTAKE_SECRET to the value that the bridge has.')
  const secret = secretOf(readSettings(env, settings))
  const form = new FormData()
  const fields = {
    invoiceNumber: number,
    customerId: customer,
    amount,
    issuedAt: issued,
    paidAt: paid,
    sendNotification: notify
  }
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) form.set(name, value)
  form.set('pdf', await openPdf(pdf), basename(pdf))
  const url = bridgeUrl(env, values.url)
  try {
    const answer = await got
      .post(`${url}/webhooks/invoices`, {
        body: form,
        headers: { authorization: `Bearer ${secret}` },
        retry: { limit: 0 }
      })
      .json<{ result: string }>()
    print(JSON.stringify(answer))
    if (answer.result !== 'conflict') return 0
    complain(
      `The bridge knows ${number} with other facts, and keeps those. Both are there for you: \`factuurbrug invoice ${number}\` shows them.`
    )
    return 1
  } catch (error) {
    throw asTyped(refusal(error, url))
  }
}

/** The intake names its own fields. What is in the file is no wrong use. */
const asTyped = (error: unknown): unknown => {
  if (!isCode(error, 'FIELDS_INVALID') || error.problems.every(({ field }) => field === 'pdf')) return error
  const problems = error.problems.map(({ field, message }) => `--${typedAs[field] ?? field}: ${message}`)
  return new WrongUse([...problems, usage].join('\n'))
}

const typedAs: Record<string, string> = {
  invoiceNumber: 'number',
  customerId: 'customer',
  issuedAt: 'issued',
  paidAt: 'paid',
  sendNotification: 'notify'
}

const openPdf = async (path: string): Promise<Blob> => {
  try {
    return await openAsBlob(path, { type: 'application/pdf' })
  } catch (cause) {
    throw new CommandFailed(`Cannot read the file ${path}.`, { cause })
  }
}
