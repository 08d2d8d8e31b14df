// How a command asks a running bridge: where that is, who asks, how the answer is read, and what a refusal looks like.

import { parseArgs } from 'node:util'
import got, { HTTPError, ParseError, RequestError } from 'got'
import type { z } from 'zod'
import { type Environment, readTimeZone } from '../config.ts'
import { attempt } from '../core/attempt.ts'
import { advice, type Code } from '../core/codes.ts'
import { BridgeError } from '../core/errors.ts'
import { Problem } from '../view/answers.ts'
import {
  type Answer,
  commandLineAgent,
  type Endpoint,
  endpoints,
  type Operation,
  type Params
} from '../view/endpoints.ts'
import { CommandFailed, type Terminal, WrongUse } from './command.ts'

type Options = NonNullable<NonNullable<Parameters<typeof parseArgs>[0]>['options']>

const askOptions = {
  url: { type: 'string' },
  token: { type: 'string' },
  by: { type: 'string' },
  json: { type: 'boolean', default: false }
} as const satisfies Options

type Asking<O extends Operation> = { params?: Params<O>; query?: Record<string, string>; body?: object; text?: string }

export type Ask = <O extends Operation>(operation: O, asking?: Asking<O>) => Promise<Answer<O>>

const minute = 60_000
const answerWithinMs = minute

/** Reads the arguments of a command that asks a running bridge. `show` prints the lines or, for --json, the answer. */
export const parseAsk = <O extends Options = Record<never, never>>(
  args: string[],
  { env, print }: Pick<Terminal, 'env' | 'print'>,
  { options, positionals = 0, usage }: { options?: O; positionals?: number; usage: string }
) => {
  const parsed = parseArgs({ args, options: { ...askOptions, ...options }, allowPositionals: true })
  // A script whose variable is empty means none of these.
  if (parsed.positionals.length !== positionals || parsed.positionals.includes(''))
    throw new WrongUse(`Usage: factuurbrug ${usage}`)
  const values = parsed.values as ReturnType<
    typeof parseArgs<{ options: O & typeof askOptions; allowPositionals: true }>
  >['values'] & { url?: string; token?: string; by?: string; json: boolean }
  const token = values.token ?? env.OPERATOR_TOKEN
  if (!token) throw new WrongUse('Who is asking? Give --token, or set OPERATOR_TOKEN.')
  const url = bridgeUrl(env, values.url)
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? ''))
    throw new WrongUse('--url, or FACTUURBRUG_URL: expected an address such as http://127.0.0.1:8080')
  return {
    values,
    positionals: parsed.positionals,
    url,
    timeZone: readTimeZone(env),
    askText: createAskText(url, { token, by: values.by ?? env.USER ?? '' }),
    ask: createAsk(url, { token, by: values.by ?? env.USER ?? '' }, usage, options),
    show: (answer: object, lines: string) => print(values.json ? JSON.stringify(answer, null, 2) : lines)
  }
}

/** One option with a text for each name. */
export const textOptions = <Name extends string>(names: Name[]) =>
  Object.fromEntries(names.map(name => [name, { type: 'string' }])) as Record<Name, { type: 'string' }>

/** The options of these names that the person gave. */
export const given = (values: Record<string, unknown>, names: string[]): Record<string, string> =>
  Object.fromEntries(names.filter(name => name in values).map(name => [name, String(values[name])]))

export const bridgeUrl = (env: Environment, url?: string): string =>
  (url ?? env.FACTUURBRUG_URL ?? `http://127.0.0.1:${env.PORT || 8080}`).replace(/\/+$/, '')

const createAsk =
  (url: string, { token, by }: { token: string; by: string }, usage: string, options: Options = {}): Ask =>
  async (operation, { params, query, body, text } = {}) => {
    const endpoint: Endpoint = endpoints[operation]
    const { method, path, answer, upload } = endpoint
    const named: Record<string, string> = params ?? {}
    const place = path.replaceAll(/\{(\w+)\}/g, (_, name) => encodeURIComponent(named[name] ?? ''))
    try {
      const answered = await got(url + place, {
        method,
        headers: { ...headersOf({ token, by }), ...(text === undefined ? {} : { 'content-type': upload }) },
        ...(query === undefined ? {} : { searchParams: query }),
        ...(body === undefined ? {} : { json: body }),
        ...(text === undefined ? {} : { body: text }),
        timeout: { request: answerWithinMs },
        retry: { limit: 0 }
      }).json()
      const { error } = answer.safeParse(answered)
      // Not the parsed copy: --json also prints fields that only a newer bridge knows.
      if (error === undefined) return answered as never
      const field = error.issues[0]?.path.join('.') || 'at all'
      throw new CommandFailed(
        `${url} does not answer as a bridge of this version does (${field}). Use the command of its own version.`
      )
    } catch (error) {
      const isMistyped = !isWellFormed(endpoint.query, query) || !isWellFormed(endpoint.body, body)
      // The names of the tools are a list that never changes.
      throw asTyped(refusal(error, url), usage, options, field => isMistyped || field === 'tool')
    }
  }

/** If this is refused all the same, it is not how it was typed: the bridge cannot do what it asks. */
const isWellFormed = (schema: z.ZodObject | undefined, sent: object | undefined): boolean =>
  schema === undefined || schema.safeParse(sent ?? {}).success

const headersOf = ({ token, by }: { token: string; by: string }) => ({
  authorization: `Bearer ${token}`,
  'user-agent': commandLineAgent,
  'factuurbrug-operator': encodeURIComponent(by)
})

/** Asks for an answer that is plain text. */
const createAskText =
  (url: string, who: { token: string; by: string }) =>
  async (operation: Operation): Promise<string> => {
    try {
      const options = { headers: headersOf(who), timeout: { request: answerWithinMs }, retry: { limit: 0 } }
      return await got(url + endpoints[operation].path, options).text()
    } catch (error) {
      throw asTyped(refusal(error, url), '', {}, () => false)
    }
  }

/** The API names its own fields; the person who typed the command knows options and arguments. */
const asTyped = (error: unknown, usage: string, options: Options, isUse: (field: string) => boolean): unknown => {
  if (!(error instanceof BridgeError)) return error
  switch (error.code) {
    case 'FIELDS_INVALID': {
      const nameOf = (field: string) => {
        if (/^line \d+$/.test(field)) return field
        return field in options ? `--${field}` : (typedAs[field] ?? `<${field}>`)
      }
      const problems = error.problems.map(({ field, message }) => `${nameOf(field)}: ${message}`)
      if (problems.length === 0) return error
      return error.problems.some(({ field }) => isUse(field))
        ? new WrongUse([...problems, `Usage: factuurbrug ${usage}`].join('\n'))
        : new CommandFailed(problems.join('\n'))
    }
    case 'NOT_LOGGED_IN':
      return new CommandFailed(`${error.code}: OPERATOR_TOKEN in .env or --token is not the bridge's.`)
    case 'TOO_MANY_REQUESTS':
      return new CommandFailed(
        `${error.code}: too many wrong tokens came from here. Wait ${waitOf(error)}, then correct OPERATOR_TOKEN in .env or --token.`
      )
    default:
      return error
  }
}

const waitOf = ({ retryAfterMs = minute }: BridgeError): string => `${Math.ceil(retryAfterMs / 1000)} s`

// The API has another name for this argument.
const typedAs: Record<string, string> = { portalId: '<cst_…>' }

/** Turns a refusal of the other side into an error of ours. */
export const refusal = (error: unknown, url: string): unknown => {
  if (error instanceof HTTPError || error instanceof ParseError) {
    const problem = readProblem(error.response.body)
    const pause = Number(error.response.headers['retry-after']) * 1000
    const retryAfterMs = Number.isFinite(pause) ? { retryAfterMs: pause } : {}
    if (problem)
      return new BridgeError(problem.code, problem.detail, { problems: problem.problems ?? [], ...retryAfterMs })
    return new CommandFailed(
      `${url} answered ${error.response.statusCode}, which is not an answer of a bridge. --url says where it is.`
    )
  }
  if (error instanceof RequestError)
    return new CommandFailed(`No bridge answers at ${url} (${error.code}). Is it running? --url says where.`)
  return error
}

const Refusal = Problem.pick({ code: true, detail: true, problems: true })

const readProblem = (body: unknown): (z.infer<typeof Refusal> & { code: Code }) | undefined => {
  const { data } = Refusal.safeParse(typeof body === 'string' ? attempt(() => JSON.parse(body)) : body)
  return data && Object.hasOwn(advice, data.code) ? { ...data, code: data.code as Code } : undefined
}
