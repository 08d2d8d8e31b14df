// A sandbox, a clock moved by hand, and the forms to send to it.

import type { FastifyInstance } from 'fastify'
import type { Test } from 'tap'
import { asPortalError } from '../../../plugins/sandbox/portal-error.ts'
import { buildSandbox, type SandboxOptions } from '../../../plugins/sandbox/sandbox.ts'
import type { Clock } from '../../../src/core/clock.ts'

export const noon = Date.UTC(2026, 10, 20, 11)

export const authorization = 'Bearer key'

export const vos = 'cst_bakkerijdevos1'

export const pdf = new Blob(['%PDF-1.7\n%%EOF\n'], { type: 'application/pdf' })

export type HandClock = Clock & {
  advance: (ms: number) => void
  /** Resolves once so many sleep. */
  asleep: (count?: number) => Promise<void>
}

export const handClock = (): HandClock => {
  let passedMs = 0
  const sleepers = new Map<() => void, number>()
  let noticed = () => {}
  return {
    now: () => noon + passedMs,
    monotonic: () => passedMs,
    sleep: (ms, signal) =>
      new Promise(resolve => {
        const wake = () => {
          sleepers.delete(wake)
          resolve()
        }
        sleepers.set(wake, passedMs + ms)
        signal?.addEventListener('abort', wake)
        noticed()
      }),
    advance(ms) {
      passedMs += ms
      for (const [wake, until] of sleepers) if (until <= passedMs) wake()
    },
    asleep: (count = 1) =>
      new Promise(resolve => {
        noticed = () => {
          if (sleepers.size >= count) resolve()
        }
        noticed()
      })
  }
}

export const open = async (t: Test, options: Partial<SandboxOptions> = {}) => {
  const clock = handClock()
  const app = await buildSandbox({ clock, ...options })
  t.teardown(() => app.close())
  return { app, clock, sandbox: app.sandbox }
}

export const fields = {
  customerId: vos,
  invoiceNumber: '2026-0042',
  issuedAt: '2026-11-20',
  amount: '121.00',
  sendNotification: 'true'
}

export type Part = string | Blob | (string | Blob)[] | undefined
type Parts = Record<string, Part>

/** The good form, with these parts changed, added, or left out where undefined. */
export const form = (changes: Parts = {}): FormData => {
  const made = new FormData()
  for (const [field, given] of Object.entries({ ...fields, pdf, ...changes } as Parts)) {
    for (const value of Array.isArray(given) ? given : [given]) {
      if (value instanceof Blob) made.append(field, value, 'invoice.pdf')
      else if (value !== undefined) made.append(field, value)
    }
  }
  return made
}

export const create = (app: FastifyInstance, changes: Parts = {}) =>
  app.inject({
    method: 'POST',
    url: '/v1/customer-invoices',
    headers: { authorization },
    payload: form(changes)
  })

export const get = (app: FastifyInstance, url: string) => app.inject({ url, headers: { authorization } })

export const send = (app: FastifyInstance, method: 'POST' | 'PATCH', url: string, payload: object) =>
  app.inject({ method, url, headers: { authorization }, payload })

/** Invoices made by hand, numbered from 1. */
export const fill = (app: FastifyInstance, count: number) => {
  for (let at = 1; at <= count; at++) {
    app.sandbox.add({ customerId: vos, invoiceNumber: String(at), issuedAt: '2026-11-20', amount: '1.00' })
  }
}

export const numbersOf = (body: { data: { invoiceNumber: string }[] }) =>
  body.data.map(({ invoiceNumber }) => invoiceNumber)

/** What is thrown, as the portal would answer it. */
export const refusalOf = (act: () => unknown) => {
  try {
    act()
  } catch (error) {
    return asPortalError(error).toJSON()
  }
  throw new Error('nothing was thrown')
}
