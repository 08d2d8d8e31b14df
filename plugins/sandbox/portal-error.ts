// A refusal in the portal's form: `{code, message}` as documented for 429, with `errors` by field if the posted data
// is at fault.

export type Problems = Record<string, string[]>

const messages: Record<number, string> = {
  400: 'The request cannot be read.',
  401: 'Unauthenticated.',
  403: 'This token may not do this.',
  404: 'Not found.',
  408: 'Request timeout.',
  409: 'Conflict.',
  415: 'Unsupported media type.',
  422: 'The given data was invalid.',
  429: 'Too many requests.',
  500: 'Server error.',
  503: 'Service unavailable.'
}

type Details = {
  message?: string | undefined
  errors?: Problems
  headers?: Record<string, number>
  cause?: unknown
}

export class PortalError extends Error {
  override name = 'PortalError'
  /** Read by Fastify. */
  readonly statusCode: number
  readonly errors: Problems | undefined
  readonly headers: Record<string, number>

  constructor(statusCode: number, { message, errors, headers = {}, cause }: Details = {}) {
    super(message ?? messages[statusCode] ?? 'Error.', cause === undefined ? undefined : { cause })
    this.statusCode = statusCode
    this.errors = errors
    this.headers = headers
  }

  toJSON() {
    return { code: this.statusCode, message: this.message, ...(this.errors && { errors: this.errors }) }
  }
}

/** Turns any error into one of the portal. What Fastify refused keeps its status; everything else is a bug. */
export const asPortalError = (error: unknown): PortalError => {
  if (error instanceof PortalError) return error
  const { statusCode = 500, message } = error as { statusCode?: number; message?: string }
  return statusCode < 500
    ? new PortalError(statusCode, { message, cause: error })
    : new PortalError(500, { cause: error })
}
