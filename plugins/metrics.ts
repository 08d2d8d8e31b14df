// Figures for Prometheus, on a port of their own. Counted by tool, state and code; nothing personal.

import Fastify, { type FastifyInstance } from 'fastify'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Decision } from '../src/core/row.ts'
import type { Ledger } from '../src/ledger/ledger.ts'
import type { BudgetState } from '../src/portal/budget.ts'
import type { Result } from '../src/tools/receiver.ts'

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

  const events = new Counter({
    name: 'factuurbrug_events_total',
    help: 'Authentic events, by what they were.',
    labelNames: ['tool', 'result'],
    registers
  })
  const deliveries = new Counter({
    name: 'factuurbrug_attempts_total',
    help: 'Attempts at delivery, by how they ended.',
    labelNames: ['tool', 'to', 'code'],
    registers
  })
  const attemptSeconds = new Histogram({
    name: 'factuurbrug_attempt_seconds',
    help: 'Time from borrowing an invoice to recording what became of it.',
    labelNames: ['to'],
    buckets: seconds,
    registers
  })
  const portalRequests = new Counter({
    name: 'factuurbrug_portal_requests_total',
    help: 'Requests that the portal answered.',
    labelNames: ['call', 'status'],
    registers
  })
  const portalSeconds = new Histogram({
    name: 'factuurbrug_portal_request_seconds',
    help: 'How long the portal takes to answer.',
    labelNames: ['call'],
    buckets: seconds,
    registers
  })
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

  new Gauge({
    name: 'factuurbrug_portal_budget_taken',
    help: "Slots of the portal's budget of requests a minute that are taken now, or rest.",
    registers,
    collect() {
      this.set(budget().taken)
    }
  })
  new Gauge({
    name: 'factuurbrug_portal_budget',
    help: 'Requests a minute that the portal allows.',
    registers,
    collect() {
      this.set(budget().perMinute)
    }
  })

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
      const app = Fastify({ logger: false })
      app.get('/metrics', async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()))
      return app
    }
  }
}
