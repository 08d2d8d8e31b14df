// A request that was refused at the address of a tool: who sent it and what was wrong, never what was in it.

import type { Instant } from './clock.ts'
import type { Code } from './codes.ts'
import type { Problem } from './errors.ts'

/** Requests that are alike: how many there were, since when, and the last one. */
export type Refusal = {
  tool: string
  /** Its network: an IPv4 address, or a /64. */
  client: string
  /** Its sender was proven, so what it brought is missing. */
  isAuthentic: boolean
  code: Code
  /** Of an authentic request, if that much could be read. */
  invoiceNumber: string | null
  problems: readonly Problem[]
  requests: number
  since: Instant
  at: Instant
}

export type RefusalFilter = {
  /** A part of the invoice number, in any case. */
  q?: string | undefined
  tool?: string | undefined
  isAuthentic?: boolean | undefined
  limit: number
  cursor?: string | undefined
}

export type RefusalPage = { refusals: Refusal[]; next: string | null }
