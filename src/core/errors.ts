// A failure this bridge can name: its code, and what was wrong this time.

import { advice, type Code } from './codes.ts'

/** What is told about one wrong field or setting: of a field never its value, of a setting only where it is no secret. */
export type Problem = { field: string; message: string }

export class BridgeError extends Error {
  override name = 'BridgeError'
  readonly code: Code
  readonly problems: readonly Problem[]
  /** How long the other side asks us to wait, or we ask the caller. */
  readonly retryAfterMs: number | undefined
  /** For how long it makes sense to try again, where that is shorter than usual. */
  readonly tryForMs: number | undefined

  constructor(
    code: Code,
    message: string = advice[code].what,
    {
      problems = [],
      retryAfterMs,
      tryForMs,
      cause
    }: { problems?: readonly Problem[]; retryAfterMs?: number; tryForMs?: number; cause?: unknown } = {}
  ) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.problems = problems
    this.retryAfterMs = retryAfterMs
    this.tryForMs = tryForMs
  }

  /** Read by Fastify when nobody catches this. */
  get statusCode(): number {
    return advice[this.code].status
  }
}

export const isCode = <C extends Code>(error: unknown, code: C): error is BridgeError & { code: C } =>
  error instanceof BridgeError && error.code === code
