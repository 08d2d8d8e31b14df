// What the tests of WooCommerce share: its order, and a line to a shop.

import { readFileSync } from 'node:fs'
import type { Test } from 'tap'
import { type Connection, settings } from '../../../../plugins/tools/woocommerce/settings.ts'
import { openHttp } from '../../../../src/network/http.ts'
import { createLocate, createToolApi } from '../../../../src/tools/api.ts'
import type { ToolInvoice } from '../../../../src/tools/tool.ts'
import { key, type Order, openShop, type Shop, type ShopWebhook, secret } from '../../../fixtures/woocommerce-api.ts'

export const now = Date.UTC(2026, 9, 5, 9)
export const timeZone = 'Europe/Amsterdam'
export const webhookSecret = 'een geheim van de winkel'
export const address = 'https://bridge.example/webhooks/woocommerce'

const whole = JSON.parse(
  readFileSync(new URL('../../../fixtures/woocommerce/order.json', import.meta.url), 'utf8')
) as Order

export const order = (changes: object = {}): Order => ({ ...structuredClone(whole), ...changes })
export const event = (changes: object = {}): Buffer => Buffer.from(JSON.stringify(order(changes)))

export const invoice: ToolInvoice = {
  invoice: {
    invoiceNumber: '2026-0117',
    sourceId: '727',
    customer: {
      ref: '26',
      portalId: null,
      emails: ['administratie@devos.example'],
      name: 'Bakkerij De Vos',
      address: 'Dorpsstraat 1',
      zipCode: '8011 AA',
      city: 'Zwolle',
      countryCode: 'NL'
    },
    amountCents: 12100,
    currency: 'EUR',
    issuedAt: '2026-10-05',
    dueAt: null,
    paidAt: Date.UTC(2026, 9, 5, 8, 1, 10),
    pdfUrl: null,
    revision: '2026-10-05T08:01:12'
  },
  stage: 'final',
  finalisedAt: null,
  collectsItself: false
}

export const webhooks = (changes: Partial<ShopWebhook> = {}): ShopWebhook[] =>
  ['order.invoice-saved', 'order.updated'].map((topic, index) => ({
    id: index + 1,
    status: 'active',
    topic,
    delivery_url: address,
    ...changes
  }))

export type Line = { connection: Connection; shop: Shop; slept: number[] }

export const openLine = async (t: Test, env: Record<string, string> = {}): Promise<Line> => {
  const shop = await openShop(t)
  const http = openHttp({ allowPrivate: true, timeoutMs: 60_000 })
  t.teardown(() => http.close())
  const slept: number[] = []
  const clock = { now: () => now, monotonic: () => now, sleep: async (ms: number) => void slept.push(ms) }
  const connection = {
    settings: settings.parse({
      WOOCOMMERCE_URL: shop.url,
      WOOCOMMERCE_KEY: key,
      WOOCOMMERCE_SECRET: secret,
      WOOCOMMERCE_WEBHOOK_SECRET: webhookSecret,
      ...env
    }),
    timeZone,
    clock,
    api: createToolApi({ http, clock }),
    locate: createLocate(http)
  }
  return { connection, shop, slept }
}

/** The same line, as somebody has it who set no keys. */
export const withoutKeys = (connection: Connection): Connection => ({ ...connection, settings: settings.parse({}) })
