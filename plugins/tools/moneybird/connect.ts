// The webhook as it is registered at Moneybird: made, mended, looked at. Its address and events cannot be changed there,
// and its secret is shown once, when it is made: so a wrong one is replaced, and the old one switched off, not deleted,
// because what it still has to send again then comes. https://developer.moneybird.com/api/webhooks

import { z } from 'zod'
import { BridgeError, isCode } from '../../../src/core/errors.ts'
import type { Finding, Registration } from '../../../src/tools/tool.ts'
import { ask, hasPdf, listIn, pageOfInvoices, unreachable } from './api.ts'
import { parseInvoice } from './invoice.ts'
import { isSigningSecret, type MoneybirdConnection } from './settings.ts'

const singleEvents = ['sales_invoice_updated', 'sales_invoice_destroyed']

/** Always named: what holds without any has changed over time. */
export const enabledEvents = ['sales_invoice_state_changed', ...singleEvents]

// Moneybird may list a group by its name or by its members.
const states = ['open', 'pending_payment', 'reminded', 'late', 'paid', 'uncollectible']
const neededEvents = [...states.map(state => `sales_invoice_state_changed_to_${state}`), ...singleEvents]

const Webhook = z.object({
  id: z.string(),
  url: z.string(),
  enabled_events: z.array(z.string()).nullish(),
  deactivated_at: z.string().nullish(),
  last_http_status: z.coerce.string().nullish().catch(null)
})
type Webhook = z.output<typeof Webhook>

const Made = z.object({ secret: z.string().refine(isSigningSecret) })

export const connect = async (address: string, connection: MoneybirdConnection): Promise<Registration> => {
  const webhooks = await listWebhooks(connection)
  const here = webhooks.filter(({ url }) => isAt(url, address))
  const elsewhere = webhooks
    .filter(
      webhook => isOn(webhook) && !isAt(webhook.url, address) && pathOf(webhook.url) === pathOf(address)
    )
    .map(
      ({ url }) =>
        `Another webhook leads to ${originOf(url)}: delete it in Moneybird if that was this bridge.`
    )

  const { secrets = [], tokens = [] } = connection.settings.MONEYBIRD_WEBHOOK_SECRET ?? {}
  // Without a secret nobody can believe what the existing one sends.
  const believed = secrets.length + tokens.length === 0 ? [] : here.filter(isComplete)
  const existing = believed.find(isOn) ?? believed[0]
  if (existing) return { lines: [...(await mend(existing, address, connection)), ...elsewhere], secrets: {} }

  const secret = await create(address, connection)
  const replaced = here.filter(isOn)
  for (const webhook of replaced) await switchWebhook(webhook, 'deactivate', connection)
  return {
    lines: [
      `The webhook was registered at ${address}.`,
      ...replaced.map(
        () => 'The one before it was switched off: its events were others, or its secret is not set.'
      ),
      ...elsewhere
    ],
    // The one before it may still have to send again. Tokens go: what is signed needs none.
    secrets: { MONEYBIRD_WEBHOOK_SECRET: [secret, ...secrets].join(',') }
  }
}

const mend = async (
  webhook: Webhook,
  address: string,
  connection: MoneybirdConnection
): Promise<string[]> => {
  const mended = isOn(webhook) ? [] : ['Mended: it was switched off.']
  if (!isOn(webhook)) await switchWebhook(webhook, 'activate', connection)
  return [
    ...mended,
    `The webhook is registered at ${address}.`,
    'Its secret cannot be shown again. If events are refused, unset MONEYBIRD_WEBHOOK_SECRET and connect once more.'
  ]
}

const create = async (address: string, connection: MoneybirdConnection): Promise<string> => {
  const json = { url: address, enabled_events: enabledEvents }
  const answer = await ask(connection, 'webhooks.json', { method: 'POST', json }).catch(error => {
    if (!isCode(error, 'TOOL_UNREACHABLE')) throw error
    const advice =
      'the bridge has to answer 200 there: start the bridge there, once without MONEYBIRD_WEBHOOK_SECRET'
    const reason = `${(error as Error).message}; ${advice}`
    throw new BridgeError('TOOL_UNREACHABLE', reason, { cause: error })
  })
  const { data: made } = Made.safeParse(answer.json)
  if (made === undefined) throw unreachable(`webhooks.json answered ${answer.status}, without a secret`)
  return made.secret
}

const switchWebhook = async (
  { id }: Webhook,
  to: 'activate' | 'deactivate',
  connection: MoneybirdConnection
) => {
  const { status } = await ask(connection, `webhooks/${encodeURIComponent(id)}/${to}.json`, {
    method: 'PATCH'
  })
  if (status === 404) throw unreachable('the webhook was deleted while it was being mended')
}

const listWebhooks = async (connection: MoneybirdConnection): Promise<Webhook[]> => {
  const { data } = z.array(Webhook).safeParse(listIn(await ask(connection, 'webhooks.json'), 'webhooks.json'))
  if (data === undefined) throw unreachable('webhooks.json cannot be read')
  return data
}

const isOn = ({ deactivated_at: at }: Webhook): boolean => at === null || at === undefined

/** A name stands for itself and, as a group, for all that begins with it. */
const isComplete = ({ enabled_events: enabled }: Webhook): boolean =>
  neededEvents.every(event => enabled?.some(name => event === name || event.startsWith(`${name}_`)))

const originOf = (url: string): string | undefined => URL.parse(url)?.origin
const pathOf = (url: string): string | undefined => URL.parse(url)?.pathname
/** A login or a query may have been added. */
const isAt = (url: string, address: string): boolean =>
  originOf(url) === originOf(address) && pathOf(url) === pathOf(address)

export const check = async (address: string | null, connection: MoneybirdConnection): Promise<Finding[]> => {
  const token = await attempt('API token', async () => {
    const { invoices } = await pageOfInvoices(connection, { perPage: 1 })
    return { ok: true, found: 'reads the invoices of the administration', invoice: invoices[0] }
  })
  const findings = [token]
  if (address !== null) findings.push(await attempt('webhook', () => checkWebhook(address, connection)))
  if (token.ok) findings.push(...(await checkInvoice(token.invoice, connection)))
  return findings.map(({ ok, what, found }) => ({ ok, what, found }))
}

type Attempted = { ok: boolean; found: string; invoice?: unknown }

const attempt = async (what: string, look: () => Promise<Attempted>): Promise<Finding & Attempted> => {
  try {
    return { what, ...(await look()) }
  } catch (error) {
    if (!(error instanceof BridgeError)) throw error
    return { ok: false, what, found: error.message }
  }
}

const checkWebhook = async (address: string, connection: MoneybirdConnection): Promise<Attempted> => {
  const here = (await listWebhooks(connection)).filter(({ url }) => isAt(url, address))
  const webhook = here.find(one => isOn(one) && isComplete(one)) ?? here.find(isOn) ?? here[0]
  const bad = (found: string) => ({ ok: false, found: `${found}: run \`factuurbrug connect moneybird\`` })
  if (!webhook) return bad(`none is registered at ${address}`)
  if (connection.settings.MONEYBIRD_WEBHOOK_SECRET === undefined)
    return bad('registered, but MONEYBIRD_WEBHOOK_SECRET is not set')
  if (!isOn(webhook)) return bad('it is switched off')
  if (!isComplete(webhook)) return bad('it sends other events than the bridge takes')
  const { last_http_status: status } = webhook
  if (!status) return { ok: true, found: 'registered and switched on; nothing was sent yet' }
  return { ok: status === '200', found: `registered and switched on; we last answered ${status}` }
}

const checkInvoice = async (invoice: unknown, connection: MoneybirdConnection): Promise<Finding[]> => {
  if (invoice === undefined) return [{ ok: true, what: 'invoice', found: 'there is no final one yet' }]
  const reading = parseInvoice(invoice, connection)
  if ('problem' in reading) return [{ ok: false, what: 'invoice', found: reading.problem }]
  const { sourceId, invoiceNumber } = reading.told.invoice
  const pdf = await attempt('PDF', async () => {
    const ok = await hasPdf(sourceId ?? '', connection)
    return { ok, found: ok ? 'Moneybird answers with a link to it' : 'Moneybird gives no link to it' }
  })
  return [{ ok: true, what: 'invoice', found: `${invoiceNumber} can be read` }, pdf]
}
