// A whole bridge on a clock in the test's hand, asked without a network. It never starts, so nothing is delivered.

import type { InjectOptions } from 'fastify'
import { pino } from 'pino'
import type { Test } from 'tap'
import { loadTools, settingsOf } from '../../plugins/registry.ts'
import { openBridge } from '../../src/bridge.ts'
import { readConfig } from '../../src/config.ts'
import { mustBePromised } from '../answers.ts'
import { handClock } from '../src/portal/hand-clock.ts'

export const operatorToken = 'an operator token for tests'
export const secret = 'a secret of the senders'

export type AppLine = Record<string, unknown> & { level: number; msg: string }

export const openApp = async (t: Test, env: Record<string, string> = {}) => {
  const clock = handClock()
  const tools = await loadTools()
  const config = readConfig(
    {
      PORTAL_TOKEN: 'token',
      PORTAL_URL: 'http://127.0.0.1:9/v1',
      SEND_NOTIFICATION: 'false',
      OPERATOR_TOKEN: operatorToken,
      INTAKE_SECRET: secret,
      PORT: '0',
      DATA_DIR: t.testdir(),
      ...env
    },
    settingsOf(tools)
  )
  const lines: AppLine[] = []
  const logger = pino({ level: 'debug', base: null }, { write: line => void lines.push(JSON.parse(line)) })
  const bridge = await openBridge({ config, tools, clock, random: Math.random, logger, version: '1.2.3' })
  t.teardown(() => bridge.stop())

  const ask = async (method: 'GET' | 'POST', url: string, options: Omit<InjectOptions, 'method' | 'url'> = {}) => {
    const headers = { authorization: `Bearer ${operatorToken}` }
    const answer = await bridge.app.inject({ method, url, headers, ...options })
    mustBePromised(method, url, answer.statusCode, answer.json())
    return answer
  }

  return {
    ...bridge,
    clock,
    lines,
    ask,
    path: (invoiceNumber: string) => `/api/invoices/${encodeURIComponent(invoiceNumber)}`,
    receive: async (invoiceNumber: string, fields: Record<string, unknown> = {}) =>
      bridge.app.inject({
        method: 'POST',
        url: '/webhooks/invoices',
        headers: { authorization: `Bearer ${secret}` },
        payload: {
          invoiceNumber,
          customerId: 'cst_1',
          issuedAt: '2026-11-20',
          amount: '121.00',
          pdfUrl: 'https://facturen.example/1.pdf',
          ...fields
        }
      })
  }
}
