// A failure that has a code: which one, and what was wrong this time.

import { advice, type Code } from './codes.ts'

/** What is wrong with a field or setting. Shows a setting's value only if it is not a secret, and never a field's. */
export type Problem = { field: string; message: string }

export class BridgeError extends Error {
  override name = 'BridgeError'
  readonly code: Code
  readonly problems: readonly Problem[]
  /** How long to wait: the other side asks us, or we ask the caller. */
  readonly retryAfterMs: number | undefined
  /** How long to keep trying, if that is shorter than usual. */
  readonly tryForMs: number | undefined
  /** The portal is up all the same. */
  readonly answered: boolean

  constructor(
    code: Code,
    message: string = advice[code].what,
    {
      problems = [],
      retryAfterMs,
      tryForMs,
      answered = false,
      cause
    }: {
      problems?: readonly Problem[]
      retryAfterMs?: number
      tryForMs?: number
      answered?: boolean
      cause?: unknown
    } = {}
  ) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.problems = problems
    this.retryAfterMs = retryAfterMs
    this.tryForMs = tryForMs
    this.answered = answered
  }

  /** Fastify reads this when nothing catches the error. */
  get statusCode(): number {
    return advice[this.code].status
  }
}

export const isCode = <C extends Code>(error: unknown, code: C): error is BridgeError & { code: C } =>
  error instanceof BridgeError && error.code === code
