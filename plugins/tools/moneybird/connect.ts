// Makes and mends the webhook registered at Moneybird. Its address and events cannot be changed there, and its secret
// is shown only once, when it is made. So a wrong one is replaced, and the old one is switched off, not deleted: then
// Moneybird still sends what it has to send again. https://developer.moneybird.com/api/webhooks

import { z } from 'zod'
import { isCode } from '../../../src/core/errors.ts'
import { unreachable } from '../../../src/tools/api.ts'
import type { Registration } from '../../../src/tools/tool.ts'
import { ask, listIn } from './api.ts'
import { type Connection, isSigningSecret } from './settings.ts'

const singleEvents = ['sales_invoice_updated', 'sales_invoice_destroyed']

/** Always named: the default has changed over time. */
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

export const connect = async (address: string, connection: Connection): Promise<Registration> => {
  const webhooks = await listWebhooks(connection)
  const here = webhooks.filter(({ url }) => isAt(url, address))
  const elsewhere = webhooks
    .filter(webhook => isOn(webhook) && !isAt(webhook.url, address) && pathOf(webhook.url) === pathOf(address))
    .map(({ url }) => `Another webhook leads to ${originOf(url)}: delete it in Moneybird if that was this bridge.`)

  const { secrets = [], tokens = [] } = connection.settings.MONEYBIRD_WEBHOOK_SECRET ?? {}
  // Without a secret the bridge cannot believe what the existing one sends.
  const believed = secrets.length + tokens.length === 0 ? [] : here.filter(isComplete)
  const existing = believed.find(isOn) ?? believed[0]
  if (existing) return { lines: [...(await mend(existing, address, connection)), ...elsewhere], secrets: {} }

  const secret = await create(address, connection)
  const replaced = here.filter(isOn)
  for (const webhook of replaced) await switchWebhook(webhook, 'deactivate', connection)
  return {
    lines: [
      `The webhook was registered at ${address}.`,
      ...replaced.map(() => 'The one before it was switched off: it had other events, or its secret is not set.'),
      ...elsewhere
    ],
    // The webhook before it may still have events to send again. Tokens go: a signed event needs none.
    secrets: { MONEYBIRD_WEBHOOK_SECRET: [secret, ...secrets].join(',') }
  }
}

const mend = async (webhook: Webhook, address: string, connection: Connection): Promise<string[]> => {
  const mended = isOn(webhook) ? [] : ['Mended: it was switched off.']
  if (!isOn(webhook)) await switchWebhook(webhook, 'activate', connection)
  return [
    ...mended,
    `The webhook is registered at ${address}.`,
    'Its secret cannot be shown again. If events are refused, unset MONEYBIRD_WEBHOOK_SECRET and connect once more.'
  ]
}

const create = async (address: string, connection: Connection): Promise<string> => {
  const json = { url: address, enabled_events: enabledEvents }
  const answer = await ask(connection, 'webhooks.json', { method: 'POST', json }).catch(error => {
    if (!isCode(error, 'TOOL_UNREACHABLE')) throw error
    const advice = 'the bridge has to answer 200 there: start the bridge there, once without MONEYBIRD_WEBHOOK_SECRET'
    throw unreachable(`${(error as Error).message}; ${advice}`, { cause: error })
  })
  const { data: made } = Made.safeParse(answer.json)
  if (made === undefined) throw unreachable(`webhooks.json answered ${answer.status}, without a secret`)
  return made.secret
}

const switchWebhook = async ({ id }: Webhook, to: 'activate' | 'deactivate', connection: Connection) => {
  const { status } = await ask(connection, `webhooks/${encodeURIComponent(id)}/${to}.json`, { method: 'PATCH' })
  if (status === 404) throw unreachable('the webhook was deleted while it was being mended')
}

export const listWebhooks = async (connection: Connection): Promise<Webhook[]> => {
  const { data } = z.array(Webhook).safeParse(listIn(await ask(connection, 'webhooks.json'), 'webhooks.json'))
  if (data === undefined) throw unreachable('webhooks.json cannot be read')
  return data
}

export const isOn = ({ deactivated_at: at }: Webhook): boolean => at === null || at === undefined

/** A name stands for itself and, as a group, for every name that begins with it. */
export const isComplete = ({ enabled_events: enabled }: Webhook): boolean =>
  neededEvents.every(event => enabled?.some(name => event === name || event.startsWith(`${name}_`)))

const originOf = (url: string): string | undefined => URL.parse(url)?.origin
const pathOf = (url: string): string | undefined => URL.parse(url)?.pathname
/** A login or a query may have been added. */
export const isAt = (url: string, address: string): boolean =>
  originOf(url) === originOf(address) && pathOf(url) === pathOf(address)
