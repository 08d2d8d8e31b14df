// What the tests of Mollie share: its invoice, its events, and a line to a Mollie of the test's own.

import { readFileSync } from 'node:fs'
import type { Test } from 'tap'
import { type Connection, settings } from '../../../../plugins/tools/mollie/settings.ts'
import { openHttp } from '../../../../src/network/http.ts'
import { createLocate, createToolApi } from '../../../../src/tools/api.ts'
import type { ToolInvoice } from '../../../../src/tools/tool.ts'
import { type Entity, type MollieApi, openMollie } from '../../../fixtures/mollie-api.ts'

export const now = Date.UTC(2026, 9, 5, 13)
export const timeZone = 'Europe/Amsterdam'
export const webhookSecret = 'een-geheim-van-mollie'
export const address = 'https://brug.example/webhooks/mollie'

type Json = Record<string, unknown>

const whole = JSON.parse(
  readFileSync(new URL('../../../fixtures/mollie/sales-invoice.json', import.meta.url), 'utf8')
) as Entity

export const entity = (changes: Json = {}): Entity => ({ ...structuredClone(whole), ...changes })

/** As the documents show it in some places: nearly everything is missing. */
export const sparse = (changes: Json = {}): Entity => {
  const { resource, id, mode, profileId, status, recipientIdentifier, createdAt, _links } = entity()
  return { ...{ resource, id, mode, profileId, status, recipientIdentifier, createdAt, _links }, ...changes }
}

export const eventOf = (type: string, embedded?: Json, changes: Json = {}): Buffer =>
  Buffer.from(
    JSON.stringify({
      resource: 'event',
      id: 'event_voorbeeld0001',
      type,
      entityId: 'invoice_voorbeeld0001',
      createdAt: '2026-10-05T12:20:11+00:00',
      ...(embedded ? { _embedded: { entity: embedded } } : {}),
      _links: {
        self: { href: 'https://api.mollie.com/v2/events/event_voorbeeld0001', type: 'application/hal+json' },
        documentation: { href: 'https://docs.mollie.com', type: 'text/html' }
      },
      ...changes
    })
  )

export const invoice: ToolInvoice = {
  invoice: {
    invoiceNumber: 'INV-0000042',
    sourceId: 'invoice_voorbeeld0001',
    customer: {
      ref: 'klant-104',
      portalId: null,
      emails: ['facturen@zonneveld.example'],
      name: 'Atelier Zonneveld',
      address: 'Dijkweg 8',
      zipCode: '1621 AB',
      city: 'Hoorn',
      countryCode: 'NL'
    },
    amountCents: 9680,
    currency: 'EUR',
    issuedAt: '2026-10-05',
    dueAt: '2026-11-04',
    paidAt: null,
    pdfUrl: null
  },
  stage: 'final',
  finalisedAt: Date.UTC(2026, 9, 5, 12, 20, 10),
  collectsItself: false
}

export type Line = { connection: Connection; mollie: MollieApi; slept: number[] }

export const openLine = async (t: Test, env: Record<string, string> = {}): Promise<Line> => {
  const mollie = await openMollie(t, env.MOLLIE_API_KEY)
  const http = openHttp({ allowPrivate: true, timeoutMs: 60_000 })
  t.teardown(() => http.close())
  const slept: number[] = []
  const clock = { now: () => now, monotonic: () => now, sleep: async (ms: number) => void slept.push(ms) }
  const connection = {
    settings: settings.parse({
      MOLLIE_API_URL: mollie.url,
      MOLLIE_API_KEY: mollie.key,
      MOLLIE_WEBHOOK_SECRET: webhookSecret,
      ...env
    }),
    timeZone,
    clock,
    api: createToolApi({ http, clock }),
    locate: createLocate(http)
  }
  return { connection, mollie, slept }
}

/** The same line, as somebody has it who set nothing. */
export const withoutKey = (connection: Connection): Connection => ({ ...connection, settings: settings.parse({}) })
