// Makes and mends the webhooks registered in the shop. One for each topic: the invoice that was made, and what becomes
// of its order. The bridge chooses their secret, because it registers them.

import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { isCode } from '../../../src/core/errors.ts'
import { unreachable } from '../../../src/tools/api.ts'
import type { Registration } from '../../../src/tools/tool.ts'
import { ask, listIn } from './api.ts'
import type { Connection } from './settings.ts'

/** The first is the plugin's own, and exists only while the plugin is active. */
export const topics = ['order.invoice-saved', 'order.updated']

const Webhook = z.object({ id: z.int(), status: z.string(), topic: z.string(), delivery_url: z.string() })
export type Webhook = z.output<typeof Webhook>

export const isActive = ({ status }: Webhook): boolean => status === 'active'

/** Wherever the bridge is: a shop has few webhooks, and none but the bridge's leads to such a path. */
export const isBridges = ({ topic, delivery_url: url }: Webhook): boolean =>
  topics.includes(topic) && (URL.parse(url)?.pathname.endsWith('/webhooks/woocommerce') ?? false)

export const listWebhooks = async (connection: Connection): Promise<Webhook[]> => {
  const answer = await ask(connection, 'webhooks', { query: { per_page: '100' } })
  const { data } = z.array(Webhook).safeParse(listIn(answer, 'webhooks'))
  if (data === undefined) throw unreachable('webhooks cannot be read')
  return data
}

export const mend = async ({ id }: Webhook, json: object, connection: Connection): Promise<void> => {
  const { status } = await ask(connection, `webhooks/${id}`, { method: 'POST', json })
  if (status === 404) throw unreachable('the webhook was deleted while it was being mended')
}

export const connect = async (address: string, connection: Connection): Promise<Registration> => {
  const webhooks = await listWebhooks(connection)
  const [known] = connection.settings.WOOCOMMERCE_WEBHOOK_SECRET ?? []
  const secret = known ?? randomBytes(24).toString('hex')
  const lines: string[] = []
  for (const topic of topics) {
    const existing = webhooks.find(webhook => webhook.topic === topic && webhook.delivery_url === address)
    if (!existing) {
      await create({ topic, address, secret }, connection)
      lines.push(`The webhook ${topic} was registered at ${address}.`)
      continue
    }
    // Its secret is never shown, and may be a different one: so it is set again.
    await mend(existing, { status: 'active', secret }, connection)
    if (!isActive(existing)) lines.push(`Mended: the webhook ${topic} was switched off.`)
    lines.push(`The webhook ${topic} is registered at ${address}.`)
  }
  const elsewhere = webhooks.filter(webhook => isBridges(webhook) && webhook.delivery_url !== address)
  for (const { topic, delivery_url: url } of elsewhere)
    lines.push(
      `Another webhook ${topic} leads to ${new URL(url).origin}: delete it in WooCommerce if that was this bridge.`
    )
  return { lines, secrets: known === undefined ? { WOOCOMMERCE_WEBHOOK_SECRET: secret } : {} }
}

type New = { topic: string; address: string; secret: string }

const create = async ({ topic, address, secret }: New, connection: Connection): Promise<void> => {
  const json = { name: 'Factuurbrug', topic, delivery_url: address, secret, status: 'active' }
  const answer = await ask(connection, 'webhooks', { method: 'POST', json }).catch(error => {
    if (!isCode(error, 'TOOL_UNREACHABLE') || topic !== topics[0]) throw error
    const advice = 'is the plugin "PDF Invoices & Packing Slips for WooCommerce" active?'
    throw unreachable(`${(error as Error).message}; ${advice}`, { cause: error })
  })
  if (!Webhook.safeParse(answer.json).success)
    throw unreachable(`webhooks answered ${answer.status}, without a webhook`)
}
