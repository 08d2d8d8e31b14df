// Figures for Prometheus, on a port of their own. Counted by tool, state and code; nothing personal.

import Fastify, { type FastifyInstance } from 'fastify'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Decision } from '../src/core/row.ts'
import type { Ledger } from '../src/ledger/ledger.ts'
import type { BudgetState } from '../src/portal/budget.ts'
import type { Result } from '../src/tools/receiver.ts'
import { noJsonSchemas } from './json-schemas.ts'
import problems, { sendNotFound } from './problems.ts'

export type Metrics = {
  received: (tool: string, result: Result) => void
  recorded: (tool: string, decision: Decision, tookMs: number) => void
  portalAnswered: (call: string, status: number, tookMs: number) => void
  /** The listener that shows them; the caller chooses its port. */
  app: () => FastifyInstance
}

const seconds = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]

export type MetricsOptions = { ledger: Ledger; budget: () => BudgetState }

export const createMetrics = ({ ledger, budget }: MetricsOptions): Metrics => {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })

  const counter = <Label extends string>(name: string, labelNames: Label[], help: string) =>
    new Counter({ name, help, labelNames, registers })
  const histogram = <Label extends string>(name: string, labelNames: Label[], help: string) =>
    new Histogram({ name, help, labelNames, buckets: seconds, registers })
  const gauge = (name: string, help: string, value: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(value())
      }
    })

  const events = counter('factuurbrug_events_total', ['tool', 'result'], 'Authentic events, by what they were.')
  const deliveries = counter(
    'factuurbrug_attempts_total',
    ['tool', 'to', 'code'],
    'Attempts at delivery, by how they ended.'
  )
  const attemptSeconds = histogram(
    'factuurbrug_attempt_seconds',
    ['to'],
    'Time from borrowing an invoice to recording what became of it.'
  )
  const portalRequests = counter(
    'factuurbrug_portal_requests_total',
    ['call', 'status'],
    'Requests that the portal answered.'
  )
  const portalSeconds = histogram(
    'factuurbrug_portal_request_seconds',
    ['call'],
    'How long the portal takes to answer.'
  )
  new Gauge({
    name: 'factuurbrug_invoices',
    help: 'Invoices in the ledger, by tool, state and code.',
    labelNames: ['tool', 'state', 'code'],
    registers,
    async collect() {
      this.reset()
      for (const { tool, state, code, invoices } of await ledger.tally())
        this.set({ tool, state, code: code ?? '' }, invoices)
    }
  })
  gauge(
    'factuurbrug_portal_budget_taken',
    "Slots of the portal's budget of requests a minute that are taken now, or rest.",
    () => budget().taken
  )
  gauge('factuurbrug_portal_budget', 'Requests a minute that the portal allows.', () => budget().perMinute)

  return {
    received: (tool, result) => events.inc({ tool, result }),
    recorded(tool, decision, tookMs) {
      deliveries.inc({ tool, to: decision.to, code: ('code' in decision && decision.code) || '' })
      attemptSeconds.observe({ to: decision.to }, tookMs / 1000)
    },
    portalAnswered(call, status, tookMs) {
      portalRequests.inc({ call, status: String(status) })
      portalSeconds.observe({ call }, tookMs / 1000)
    },
    app() {
      const app = Fastify({ logger: false, schemaController: noJsonSchemas, frameworkErrors: sendNotFound })
      app.register(problems)
      app.get('/metrics', async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()))
      return app
    }
  }
}
