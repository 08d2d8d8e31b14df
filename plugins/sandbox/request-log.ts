// What clients asked the portal: every call is counted, the latest ones are listed.

import type { Clock, Instant } from '../../src/core/clock.ts'

export const calls = ['create', 'list', 'get', 'pay', 'customers', 'other'] as const

/** `get`: one invoice or the link to its PDF. `other`: the vendor's bills, and unknown addresses. */
export type Call = (typeof calls)[number]

export type LoggedRequest = {
  readonly method: string
  readonly path: string
  readonly call: Call
  /** Null for a call that is not about an invoice, or that was refused before its invoice was known. */
  invoiceNumber: string | null
  readonly at: Instant
  /** Null while there is no answer; it stays so when the connection was destroyed instead. */
  status: number | null
}

export type Counts = {
  requests: number
  calls: Record<Call, number>
  /** Counted by the status of the answer. */
  statuses: Record<number, number>
}

export const loggedRequestsMax = 1_000

export const createRequestLog = (clock: Clock) => {
  const requests: LoggedRequest[] = []
  const counts: Counts = {
    requests: 0,
    calls: { create: 0, list: 0, get: 0, pay: 0, customers: 0, other: 0 },
    statuses: {}
  }

  return {
    requests: requests as readonly LoggedRequest[],
    counts: counts as Readonly<Counts>,

    open(method: string, path: string, call: Call): LoggedRequest {
      const request: LoggedRequest = { method, path, call, invoiceNumber: null, at: clock.now(), status: null }
      if (requests.push(request) > loggedRequestsMax) requests.shift()
      counts.requests++
      counts.calls[call]++
      return request
    },

    answered(request: LoggedRequest, status: number) {
      request.status = status
      counts.statuses[status] = (counts.statuses[status] ?? 0) + 1
    }
  }
}

export type RequestLog = ReturnType<typeof createRequestLog>
