// How a command speaks with a running bridge: where it is, who asks, and what a refusal looks like to a person.

import { parseArgs } from 'node:util'
import got, { HTTPError, ParseError, RequestError } from 'got'
import { type Environment, readTimeZone } from '../config.ts'
import { advice, type Code } from '../core/codes.ts'
import { BridgeError } from '../core/errors.ts'
import { CommandFailed, WrongUse } from './command.ts'

type Options = NonNullable<NonNullable<Parameters<typeof parseArgs>[0]>['options']>

const askOptions = {
  url: { type: 'string' },
  token: { type: 'string' },
  json: { type: 'boolean', default: false }
} as const satisfies Options

export type Ask = <T>(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown) => Promise<T>

const minute = 60_000
const answerWithinMs = minute

/** Arguments of a command that asks a running bridge. */
export const parseAsk = <O extends Options>(
  args: string[],
  { env, options, positionals, usage }: { env: Environment; options?: O; positionals: number; usage: string }
) => {
  const parsed = parseArgs({ args, options: { ...askOptions, ...options }, allowPositionals: true })
  if (parsed.positionals.length !== positionals) throw new WrongUse(`Usage: factuurbrug ${usage}`)
  const values = parsed.values as Record<string, string | boolean | undefined> & { json: boolean }
  const url = bridgeUrl(env, values.url as string | undefined)
  const token = (values.token as string | undefined) ?? env.OPERATOR_TOKEN
  if (!token) throw new WrongUse('Who asks? Give --token, or set OPERATOR_TOKEN.')
  const timeZone = readTimeZone(env)
  return { values, positionals: parsed.positionals, ask: createAsk(url, token, usage, options), timeZone }
}

export const bridgeUrl = (env: Environment, url?: string): string =>
  (url ?? env.FACTUURBRUG_URL ?? `http://127.0.0.1:${env.PORT || 8080}`).replace(/\/+$/, '')

const createAsk =
  (url: string, token: string, usage: string, options: Options = {}): Ask =>
  async (method, path, body) => {
    try {
      return await got(url + path, {
        method,
        headers: { authorization: `Bearer ${token}` },
        ...(body === undefined ? {} : { json: body }),
        timeout: { request: answerWithinMs },
        retry: { limit: 0 }
      }).json()
    } catch (error) {
      throw asTyped(refusal(error, url), usage, options)
    }
  }

/** A refusal is written for senders; whoever typed the command has options and arguments. */
const asTyped = (error: unknown, usage: string, options: Options): unknown => {
  if (!(error instanceof BridgeError)) return error
  switch (error.code) {
    case 'FIELDS_INVALID': {
      const nameOf = (field: string) => (field in options ? `--${field}` : (typedAs[field] ?? `<${field}>`))
      const problems = error.problems.map(({ field, message }) => `${nameOf(field)}: ${message}`)
      return new WrongUse([...problems, `Usage: factuurbrug ${usage}`].join('\n'))
    }
    case 'NOT_LOGGED_IN':
      return new CommandFailed(
        `${error.code}: OPERATOR_TOKEN in .env or --token is another than the bridge's.`
      )
    case 'TOO_MANY_REQUESTS':
      return new CommandFailed(
        `${error.code}: too many wrong tokens came from here. Wait ${waitOf(error)}, then correct OPERATOR_TOKEN in .env or --token.`
      )
    default:
      return error
  }
}

const waitOf = ({ retryAfterMs = minute }: BridgeError): string => `${Math.ceil(retryAfterMs / 1000)} s`

// Arguments that the API calls otherwise.
const typedAs: Record<string, string> = { portalId: '<cst_…>' }

/** What the other side's refusal says, as an error of ours. */
export const refusal = (error: unknown, url: string): unknown => {
  if (error instanceof HTTPError || error instanceof ParseError) {
    const problem = readProblem(error.response.body)
    const pause = Number(error.response.headers['retry-after']) * 1000
    const retryAfterMs = Number.isFinite(pause) ? { retryAfterMs: pause } : {}
    if (problem)
      return new BridgeError(problem.code, problem.detail, {
        problems: problem.problems ?? [],
        ...retryAfterMs
      })
    return new CommandFailed(
      `${url} answered ${error.response.statusCode}, which is not an answer of a bridge. --url says where it is.`
    )
  }
  if (error instanceof RequestError)
    return new CommandFailed(`No bridge answers at ${url} (${error.code}). Is it running? --url says where.`)
  return error
}

type ProblemBody = { code: Code; detail: string; problems?: { field: string; message: string }[] }

const readProblem = (body: unknown): ProblemBody | undefined => {
  try {
    const problem = (typeof body === 'string' ? JSON.parse(body) : body) as Partial<ProblemBody>
    const isKnown = problem.code !== undefined && Object.hasOwn(advice, problem.code)
    return isKnown && problem.detail ? (problem as ProblemBody) : undefined
  } catch {
    return undefined
  }
}

export const invoicePath = (invoiceNumber: string): string =>
  `/api/invoices/${encodeURIComponent(invoiceNumber)}`
