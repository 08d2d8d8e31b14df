// The webhook registered at Mollie. Mollie shows its secret only once, when it is made: if the secret is not known, or
// anything else is wrong, a new webhook replaces it. https://docs.mollie.com/reference/create-webhook

import { z } from 'zod'
import { BridgeError } from '../../../src/core/errors.ts'
import { unreachable } from '../../../src/tools/api.ts'
import type { Registration } from '../../../src/tools/tool.ts'
import { ask, modeOf, pagesOf } from './api.ts'
import { eventTypes } from './event.ts'
import { type Connection, isApiKey } from './settings.ts'

const Webhook = z.object({ id: z.string(), url: z.string(), status: z.string(), eventTypes: z.array(z.string()) })
export type Webhook = z.output<typeof Webhook>

export const where = 'Developers > Webhooks in the Dashboard of Mollie'

export const connect = async (address: string, connection: Connection): Promise<Registration> => {
  refuseWhatMollieWould(address, connection)
  const webhooks = ours(await readWebhooks(connection), address)
  const good = webhooks.find(webhook => mistakesIn(webhook, address).length === 0)
  if (good && connection.settings.MOLLIE_WEBHOOK_SECRET)
    return { lines: [`The webhook is registered at ${address}.`], secrets: {} }

  const secret = await create(address, connection)
  for (const webhook of webhooks) await remove(webhook, connection)
  const replaced = webhooks.map(webhook => mistakesIn(webhook, address)[0] ?? 'nobody knew its secret')
  return {
    lines: [...replaced.map(mistake => `Replaced a webhook: ${mistake}.`), `The webhook was registered at ${address}.`],
    secrets: { MOLLIE_WEBHOOK_SECRET: secret }
  }
}

/** Mollie's own answer would say less. If Mollie is a test double, any address will do. */
const refuseWhatMollieWould = (address: string, { settings }: Connection): void => {
  const problems: { field: string; message: string }[] = []
  if (isApiKey(settings.MOLLIE_API_KEY)) {
    const message = `expected an access token, access_…: an API key cannot register webhooks; or make one under ${where}`
    problems.push({ field: 'MOLLIE_API_KEY', message })
  }
  if (!address.startsWith('https:') && !settings.MOLLIE_API_URL.startsWith('http:')) {
    const message = 'expected the address at which Mollie reaches the bridge; it begins with https://'
    problems.push({ field: 'PUBLIC_URL', message })
  }
  if (problems.length > 0) throw new BridgeError('CONFIG_INVALID', undefined, { problems })
}

const create = async (address: string, connection: Connection): Promise<string> => {
  const json = { name: 'Factuurbrug', url: address, eventTypes, ...modeOf(connection.settings) }
  const { status, json: made } = await ask(connection, 'webhooks', { method: 'POST', json })
  const { data } = z.object({ webhookSecret: z.string().min(1) }).safeParse(made)
  if (data === undefined) throw unreachable(`webhooks answered ${status}, without a secret; look under ${where}`)
  return data.webhookSecret
}

const remove = async ({ id }: Webhook, connection: Connection): Promise<void> => {
  const mode = modeOf(connection.settings)
  const path = `webhooks/${encodeURIComponent(id)}`
  await ask(connection, path, { method: 'DELETE', ...(mode.testmode ? { json: mode } : {}) })
}

export const readWebhooks = async (connection: Connection): Promise<Webhook[]> => {
  const pages = await Array.fromAsync(pagesOf('webhooks', connection))
  const { data } = z.array(Webhook).safeParse(pages.flat())
  if (data === undefined) throw unreachable('webhooks cannot be read')
  return data.filter(({ status }) => status !== 'deleted')
}

/** Those at this address, or the only one that leads to a bridge, which has moved since. */
export const ours = (webhooks: Webhook[], address: string): Webhook[] => {
  const here = webhooks.filter(({ url }) => url === address)
  const bridges = webhooks.filter(({ url }) => URL.parse(url)?.pathname.endsWith('/webhooks/mollie'))
  return here.length > 0 || bridges.length > 1 ? here : bridges
}

export const mistakesIn = ({ url, status, eventTypes: types }: Webhook, address: string): string[] => [
  ...(url === address ? [] : [`it led to ${URL.parse(url)?.origin ?? 'another address'}`]),
  ...(status === 'enabled' ? [] : [status === 'blocked' ? 'Mollie had blocked it' : 'it was switched off']),
  ...(types.includes('*') || eventTypes.every(type => types.includes(type)) ? [] : ['it did not send all events'])
]
