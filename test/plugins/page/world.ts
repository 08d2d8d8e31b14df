// A bridge with a portal sandbox behind it, both on real ports of this process, for a browser to look at.

import { pino } from 'pino'
import { samplePdf, signedSample } from '../../../plugins/intake/sample.ts'
import { loadTools, settingsOf } from '../../../plugins/registry.ts'
import { buildSandbox } from '../../../plugins/sandbox/sandbox.ts'
import { openBridge } from '../../../src/bridge.ts'
import { readConfig } from '../../../src/config.ts'
import { systemClock } from '../../../src/core/clock.ts'

export const token = 'an operator token for the page'
const secret = 'a secret of the senders'

export type World = Awaited<ReturnType<typeof openWorld>>

/** What a test gives, or a command. */
export type Ground = { teardown: (end: () => unknown) => void; testdir: () => string }

export const openWorld = async (t: Ground, env: Record<string, string> = {}) => {
  const sandbox = await buildSandbox({ clock: systemClock, requestsPerMinute: 100_000 })
  t.teardown(() => sandbox.close())
  const portal = await sandbox.listen({ host: '127.0.0.1', port: 0 })
  const tools = await loadTools()
  const config = readConfig(
    {
      PORTAL_TOKEN: 'token',
      PORTAL_URL: `${portal}/v1`,
      PORTAL_REQUESTS_PER_MINUTE: '100000',
      PORTAL_TIMEOUT_MS: '1000',
      PORTAL_SETTLE_MS: '2000',
      SEND_NOTIFICATION: 'false',
      OPERATOR_TOKEN: token,
      INTAKE_SECRET: secret,
      PORT: '0',
      DATA_DIR: t.testdir(),
      ...env
    },
    settingsOf(tools)
  )
  const logger = pino({ level: 'silent' })
  const bridge = await openBridge({ config, tools, clock: systemClock, random: Math.random, logger, version: '1.2.3' })
  t.teardown(() => bridge.stop())
  const address = await bridge.start()

  const send = async (fields: Record<string, unknown>): Promise<string> => {
    const body = {
      issuedAt: '2026-11-20',
      amount: '121.00',
      pdf: samplePdf(String(fields.invoiceNumber)).toString('base64'),
      ...fields
    }
    const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/json' }
    const answer = await fetch(`${address}/webhooks/invoices`, { method: 'POST', headers, body: JSON.stringify(body) })
    return answer.text()
  }

  return {
    ...bridge,
    address,

    sandbox: sandbox.sandbox,
    customers: sandbox.sandbox.customers,
    send,
    signedSample
  }
}
