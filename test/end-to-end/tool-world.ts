// Each accounting tool as a test plays it: a real API with invoices in it, and the signed events that it would send
// about them.

import { readFileSync } from 'node:fs'
import type { Test } from 'tap'
import { timedSignature } from '../../plugins/signatures/timed-signature.ts'
import { systemClock } from '../../src/core/clock.ts'
import { openMoneybird, type SalesInvoice } from '../fixtures/moneybird-api.ts'
import { openStripe, type StripeObject } from '../fixtures/stripe-api.ts'
import { type Answer, type BridgeProcess, operatorToken } from './bridge-process.ts'

export type Issue = {
  number: string
  cents: number
  email?: string
  /** Issued, and final, this many days ago. */
  daysAgo?: number
}

export type Said = 'finalised' | 'paid' | 'voided' | 'unreadable'

export type ToolWorld = {
  name: string
  /** The settings of a bridge that may ask it. */
  env: Record<string, string>
  /** The same, with a token that it refuses. */
  refused: Record<string, string>
  /** From now on it refuses the token that it took, until it is told otherwise. */
  refuse: (refused: boolean) => void
  /** An invoice becomes final, with a customer of its own. */
  issue: (invoice: Issue) => void
  pay: (number: string) => void
  /** Cancels it in this tool's own way. */
  cancel: (number: string) => void
  customerRef: (number: string) => string
  /** Sends what the tool would send about the invoice, as it is now. */
  tell: (bridge: { url: string }, number: string, said: Said) => Promise<Answer>
  /** Of every invoice. */
  pdf: Buffer
}

type Json = Record<string, unknown>

const day = 86_400_000
const now = () => systemClock.now()
const secondsOf = (at: number) => Math.floor(at / 1000)
export const dateOf = (at: number): string =>
  Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO('Europe/Amsterdam').toPlainDate().toString()
export const daysAgo = (days: number): string => dateOf(now() - days * day)

const fixture = (name: string) => JSON.parse(readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url), 'utf8'))

const post = async (url: string, header: string, secret: string, event: Json): Promise<Answer> => {
  const body = JSON.stringify(event)
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', [header]: timedSignature(body, secret, now()) },
    body
  })
  return { status: answer.status, body: (await answer.json()) as Json }
}

/** The operator's API, with a body. */
export const operator = async ({ url }: BridgeProcess, method: string, path: string, json: Json): Promise<Answer> => {
  const answer = await fetch(url + path, {
    method,
    headers: { authorization: `Bearer ${operatorToken}`, 'content-type': 'application/json' },
    body: JSON.stringify(json)
  })
  return { status: answer.status, body: (await answer.json()) as Json }
}

const openStripeWorld = async (t: Test, pdf: Buffer): Promise<ToolWorld> => {
  const stripe = await openStripe(t, { now, pdf })
  const secret = 'whsec_voorbeeldvoorbeeldvoorbeeld'
  const idOf = (number: string) => `in_${number.replaceAll(/\W/g, '')}`
  const invoiceOf = (number: string) => stripe.invoices.get(idOf(number))!
  const types = {
    finalised: 'invoice.finalized',
    unreadable: 'invoice.finalized',
    paid: 'invoice.paid',
    voided: 'invoice.voided'
  }
  let events = 0
  const log = (said: Said, object: StripeObject, at = now()): StripeObject => {
    events += 1
    const { data: _, ...envelope } = fixture('stripe/finalized')
    const event = {
      ...envelope,
      id: `evt_${events}`,
      created: secondsOf(at),
      type: types[said],
      data: { object: structuredClone(object) }
    }
    stripe.events.set(event.id, event)
    return event
  }
  const env = {
    STRIPE_API_URL: stripe.origin,
    STRIPE_API_KEY: stripe.key,
    STRIPE_WEBHOOK_SECRET: secret
  }
  return {
    name: 'stripe',
    env,
    refused: { ...env, STRIPE_API_KEY: 'rk_live_ingetrokken' },
    refuse(refused) {
      stripe.key = refused ? 'rk_live_ander' : env.STRIPE_API_KEY
    },
    pdf,
    issue({ number, cents, email, daysAgo = 0 }) {
      const at = secondsOf(now() - daysAgo * day)
      const object = {
        ...fixture('stripe/finalized').data.object,
        id: idOf(number),
        number,
        created: at,
        effective_at: at,
        due_date: at + 14 * 86_400,
        status_transitions: { finalized_at: at, paid_at: null },
        total: cents,
        customer: `cus_${number}`,
        customer_email: email ?? null,
        metadata: {}
      }
      stripe.invoices.set(object.id, object)
      log('finalised', object, at * 1000)
    },
    pay(number) {
      const invoice = invoiceOf(number)
      invoice.status = 'paid'
      Object.assign(invoice.status_transitions as Json, { paid_at: secondsOf(now()) })
      log('paid', invoice)
    },
    cancel(number) {
      const invoice = invoiceOf(number)
      invoice.status = 'void'
      log('voided', invoice)
    },
    customerRef: number => `cus_${number}`,
    tell(bridge, number, said) {
      const object = { ...invoiceOf(number), ...(said === 'unreadable' ? { total: 'veel' } : {}) }
      const { data: _, ...envelope } = fixture('stripe/finalized')
      const event = { ...envelope, id: `evt_sent_${number}_${said}`, type: types[said], data: { object } }
      return post(`${bridge.url}/webhooks/stripe`, 'stripe-signature', secret, event)
    }
  }
}

const openMoneybirdWorld = async (t: Test, pdf: Buffer): Promise<ToolWorld> => {
  const moneybird = await openMoneybird(t, now())
  moneybird.pdf = pdf
  const secret = '0123456789abcdef'.repeat(4)
  const ids = new Map<string, string>()
  const last = new Map<string, SalesInvoice>()
  const invoiceOf = (number: string) => last.get(number)!
  const changed = (invoice: SalesInvoice) => {
    invoice.updated_at = new Date(now()).toISOString()
  }
  const actions = {
    finalised: 'sales_invoice_state_changed_to_open',
    unreadable: 'sales_invoice_state_changed_to_open',
    paid: 'sales_invoice_state_changed_to_paid',
    voided: 'sales_invoice_destroyed'
  }
  const contactOf = (number: string) => `9${ids.get(number)}`
  const env = {
    MONEYBIRD_API_URL: moneybird.url,
    MONEYBIRD_API_TOKEN: moneybird.token,
    MONEYBIRD_ADMINISTRATION_ID: moneybird.administration,
    MONEYBIRD_WEBHOOK_SECRET: secret
  }
  return {
    name: 'moneybird',
    env,
    refused: { ...env, MONEYBIRD_API_TOKEN: 'ingetrokken-token' },
    refuse(refused) {
      moneybird.token = refused ? 'een-ander-token' : env.MONEYBIRD_API_TOKEN
    },
    pdf,
    issue({ number, cents, email = '', daysAgo = 0 }) {
      ids.set(number, String(410000000000001000n + BigInt(ids.size)))
      const { entity } = fixture('moneybird/open')
      const at = now() - daysAgo * day
      const contact = { ...entity.contact, id: contactOf(number), email, send_invoices_to_email: email }
      const invoice: SalesInvoice = {
        ...entity,
        id: ids.get(number),
        contact_id: contactOf(number),
        contact,
        invoice_id: number,
        invoice_date: dateOf(at),
        due_date: dateOf(at + 14 * day),
        total_price_incl_tax: (cents / 100).toFixed(2),
        updated_at: new Date(at).toISOString()
      }
      moneybird.invoices.push(invoice)
      last.set(number, invoice)
    },
    pay(number) {
      const invoice = invoiceOf(number)
      Object.assign(invoice, { state: 'paid', paid_at: dateOf(now()) })
      changed(invoice)
    },
    cancel(number) {
      moneybird.invoices.splice(moneybird.invoices.indexOf(invoiceOf(number)), 1)
    },
    customerRef: contactOf,
    tell(bridge, number, said) {
      const invoice = invoiceOf(number)
      const isGone = said === 'voided'
      const event = {
        ...fixture('moneybird/open'),
        administration_id: moneybird.administration,
        entity_id: invoice.id,
        state: invoice.state,
        action: actions[said],
        entity: isGone ? null : { ...invoice, ...(said === 'unreadable' ? { total_price_incl_tax: 'veel' } : {}) }
      }
      return post(`${bridge.url}/webhooks/moneybird`, 'moneybird-signature', secret, event)
    }
  }
}

export const toolWorlds: Record<string, (t: Test, pdf: Buffer) => Promise<ToolWorld>> = {
  stripe: openStripeWorld,
  moneybird: openMoneybirdWorld
}
