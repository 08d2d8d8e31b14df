// What the tests of Moneybird share: its events, and a line to its API.

import { readFileSync } from 'node:fs'
import type { Test } from 'tap'
import { enabledEvents } from '../../../../plugins/tools/moneybird/connect.ts'
import { type Connection, settings } from '../../../../plugins/tools/moneybird/settings.ts'
import { openHttp } from '../../../../src/network/http.ts'
import { createLocate, createToolApi, parseDigits } from '../../../../src/tools/api.ts'
import { type MoneybirdApi, openMoneybird, type SalesInvoice, type Webhook } from '../../../fixtures/moneybird-api.ts'
import { serve } from '../../../server.ts'

export const now = Date.UTC(2026, 10, 20, 11)
export const timeZone = 'Europe/Amsterdam'

export const event = (name: string): Buffer =>
  readFileSync(new URL(`../../../fixtures/moneybird/${name}.json`, import.meta.url))

/** Of an event, as the bridge reads it: numbers are their digits. */
export const entity = (name: string, changes: object = {}): SalesInvoice => ({
  ...(parseDigits(event(name).toString()) as { entity: SalesInvoice }).entity,
  ...changes
})

export type OpenConnection = { connection: Connection; moneybird: MoneybirdApi; slept: number[] }

/** The line's clock is Moneybird's; whoever sleeps on it is woken at once, and that late. */
export const openLine = async (t: Test, env: Record<string, string> = {}): Promise<OpenConnection> => {
  const moneybird = await openMoneybird(t, now)
  const http = openHttp({ allowPrivate: true, timeoutMs: 60_000 })
  t.teardown(() => http.close())
  const slept: number[] = []
  const clock = {
    now: () => moneybird.now,
    monotonic: () => moneybird.now,
    sleep: async (ms: number) => {
      slept.push(ms)
      moneybird.now += ms
    }
  }
  const connection = {
    settings: settings.parse({
      MONEYBIRD_API_TOKEN: moneybird.token,
      MONEYBIRD_ADMINISTRATION_ID: moneybird.administration,
      MONEYBIRD_API_URL: moneybird.url,
      ...env
    }),
    timeZone,
    clock,
    api: createToolApi({ http, clock }),
    locate: createLocate(http)
  }
  return { connection, moneybird, slept }
}

export const oldSecret = 'cd'.repeat(32)
export const token = 'voorbeeldtoken0000000001'
export const path = '/webhooks/moneybird'

/** A bridge, as far as Moneybird asks it. */
export const openBridge = async (t: Test, status = 200) => {
  const { origin, requests } = await serve(t, (_request, response) => response.writeHead(status).end())
  return { address: `${origin}${path}`, requests }
}

export const webhook = (url: string, changes: Partial<Webhook> = {}): Webhook => ({
  id: '410000000000000020',
  url,
  enabled_events: enabledEvents,
  last_http_status: 200,
  last_http_body: '{"result":"accepted"}',
  token,
  deactivated_at: null,
  ...changes
})
