// The operator's word on customers over HTTP, with a real ledger and a real portal sandbox behind it, and nothing else.

import Fastify from 'fastify'
import type { Test } from 'tap'
import customersApi from '../../../plugins/api/customers.ts'
import { createOperatorOnly, createRecognise } from '../../../plugins/api/operator.ts'
import { createClientOf } from '../../../plugins/client.ts'
import problems from '../../../plugins/problems.ts'
import refusals from '../../../plugins/refusals.ts'
import { buildSandbox } from '../../../plugins/sandbox/sandbox.ts'
import { systemClock } from '../../../src/core/clock.ts'
import type { Customer } from '../../../src/core/invoice.ts'
import { createCustomers } from '../../../src/delivery/customers.ts'
import { createLockout } from '../../../src/network/lockout.ts'
import { createBudget } from '../../../src/portal/budget.ts'
import { createPortal } from '../../../src/portal/client.ts'
import { createReader } from '../../../src/portal/reader.ts'
import { mustBePromised } from '../../answers.ts'
import { silent } from '../../src/delivery/delivery.ts'
import { arrivalOf, borrowOne, noon } from '../../src/ledger/fixtures.ts'
import { openMemory } from '../../src/ledger/memory.ts'
import { operatorToken } from '../app.ts'

export const openCustomersApp = async (t: Test) => {
  const portalApp = await buildSandbox({ clock: systemClock, requestsPerMinute: 100_000 })
  t.teardown(() => portalApp.close())
  const clock = { ...systemClock, now: () => noon }
  const portal = createPortal({
    url: `${await portalApp.listen({ port: 0, host: '127.0.0.1' })}/v1`,
    token: 'key',
    timeoutMs: 5000,
    timeZone: 'Europe/Amsterdam',
    clock
  })
  t.teardown(() => portal.close())
  const ledger = openMemory()
  t.teardown(() => ledger.close())
  const { holdings } = ledger
  const budget = createBudget({
    perMinute: 100_000,
    clock,
    takenBefore: 0,
    keep: async () => ({ end: () => {} })
  })
  const reader = createReader({ portal, budget, holdings, clock })
  const rules = { match: 'email', create: false } as const
  const customers = createCustomers({
    ...{ ledger, portal, budget, reader, clock, rules },
    portalTimeoutMs: 5000,
    portalSettleMs: 6000,
    portalSettleInheritedMs: 30_000
  })
  await reader.customers('sweep')

  let woken = 0
  const app = Fastify()
  const clientOf = createClientOf(undefined)
  await app.register(problems)
  await app.register(refusals, { clientOf })
  await app.register(customersApi, {
    ledger,
    customers,
    clock,
    tools: ['acme', 'rival'],
    engine: {
      wake() {
        woken += 1
      }
    },
    operator: createOperatorOnly(
      createRecognise({ token: operatorToken, lockout: createLockout({ clock, log: silent }), clientOf }),
      clientOf
    )
  })
  t.teardown(() => app.close())

  return {
    app,
    ledger,
    sandbox: portalApp.sandbox,
    woken: () => woken,
    ask: async (method: 'GET' | 'PUT' | 'DELETE', url: string, payload?: object) => {
      const headers = { authorization: `Bearer ${operatorToken}` }
      const answer = await app.inject({ method, url, headers, ...(payload ? { payload } : {}) })
      mustBePromised(method, url, answer.statusCode, answer.json())
      return answer
    },
    /** An invoice of this customer is held, because nobody knows whose it is. */
    hold: async (invoiceNumber: string, customer: Partial<Customer>, tool = 'acme') => {
      await ledger.receive(arrivalOf({ invoiceNumber, sourceId: invoiceNumber, customer }, { tool }), noon)
      const loan = await borrowOne(ledger, noon)
      const outcome = await customers.find(loan)
      if (!('kind' in outcome) || outcome.kind !== 'failed') throw new Error('it is known')
      await ledger.record(loan, { to: 'held', code: outcome.code, detail: outcome.detail }, noon)
    }
  }
}
