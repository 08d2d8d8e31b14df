// Makes and mends the webhook registered at Stripe. https://docs.stripe.com/api/webhook_endpoints

import { z } from 'zod'
import { BridgeError } from '../../../src/core/errors.ts'
import { unreachable } from '../../../src/tools/api.ts'
import type { Registration } from '../../../src/tools/tool.ts'
import { apiVersion, ask, list } from './api.ts'
import { eventTypes } from './event.ts'
import type { Connection } from './settings.ts'

const Endpoint = z.object({ id: z.string(), url: z.string(), status: z.string(), enabled_events: z.array(z.string()) })
export type Endpoint = z.output<typeof Endpoint>

export const where = 'Developers > Webhooks in the Dashboard of Stripe'

export const connect = async (address: string, connection: Connection): Promise<Registration> => {
  refuseInTheClear(address, connection)
  const existing = ours(await readEndpoints(connection), address)
  if (existing === undefined) return create(address, connection)

  const wrong = mistakesIn(existing, address)
  if (wrong.length > 0) {
    const form = { url: address, disabled: 'false', ...eventFields }
    const mended = await ask(connection, `webhook_endpoints/${encodeURIComponent(existing.id)}`, { form })
    if (mended === null) throw unreachable('the webhook was deleted while it was being mended')
  }
  return {
    lines: [
      ...wrong.map(mistake => `Mended: ${mistake}.`),
      `The webhook is registered at ${address}.`,
      ...(connection.settings.STRIPE_WEBHOOK_SECRET
        ? []
        : [`Its signing secret is under ${where}: set it as STRIPE_WEBHOOK_SECRET.`])
    ],
    secrets: {}
  }
}

/**
 * Stripe's own answer would be a 400 with no text that could be shown. If Stripe is a test double, any address will do.
 */
const refuseInTheClear = (address: string, { settings }: Connection) => {
  if (address.startsWith('https:') || settings.STRIPE_TEST_MODE || settings.STRIPE_API_URL.startsWith('http:')) return
  const message = 'expected the address at which Stripe reaches the bridge; it begins with https://'
  throw new BridgeError('CONFIG_INVALID', undefined, { problems: [{ field: 'PUBLIC_URL', message }] })
}

const eventFields = Object.fromEntries(eventTypes.map((type, index) => [`enabled_events[${index}]`, type]))

const create = async (address: string, connection: Connection): Promise<Registration> => {
  const form = { url: address, api_version: apiVersion, description: 'Factuurbrug', ...eventFields }
  const { data: made } = z
    .object({ secret: z.string() })
    .safeParse(await ask(connection, 'webhook_endpoints', { form }))
  if (made === undefined) throw unreachable(`Stripe answered without a signing secret; look under ${where}`)
  return { lines: [`The webhook was registered at ${address}.`], secrets: { STRIPE_WEBHOOK_SECRET: made.secret } }
}

export const readEndpoints = async (connection: Connection): Promise<Endpoint[]> => {
  const endpoints = await Array.fromAsync(list(connection, 'webhook_endpoints'))
  const { data } = z.array(Endpoint).safeParse(endpoints)
  if (data === undefined) throw unreachable('/v1/webhook_endpoints cannot be read')
  return data
}

/** The one at this address, or the only one that leads to a bridge, which has moved since. */
export const ours = (endpoints: Endpoint[], address: string): Endpoint | undefined => {
  const bridges = endpoints.filter(({ url }) => URL.parse(url)?.pathname.endsWith('/webhooks/stripe'))
  return endpoints.find(({ url }) => url === address) ?? (bridges.length === 1 ? bridges[0] : undefined)
}

export const mistakesIn = ({ url, status, enabled_events: events }: Endpoint, address: string): string[] => [
  ...(url === address ? [] : [`it led to ${URL.parse(url)?.origin ?? 'another address'}`]),
  ...(status === 'enabled' ? [] : ['it was disabled']),
  ...(events.toSorted().join() === eventTypes.toSorted().join() ? [] : ['it sent other events than the bridge takes'])
]
