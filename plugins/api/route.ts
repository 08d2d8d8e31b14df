// Makes a route for an operation in the table, and keeps its handler for the page: API and page read the request by the
// same schemas, and get the same answer or refusal.

import type { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import type { z } from 'zod'
import { BridgeError, type Problem } from '../../src/core/errors.ts'
import type { Log } from '../../src/core/log.ts'
import type { Actor } from '../../src/core/row.ts'
import {
  type Answer,
  type Endpoint,
  endpoints,
  type Operation,
  type Params,
  type Read
} from '../../src/view/endpoints.ts'

type Asked<O extends Operation> = {
  params: Params<O>
  query: Read<O, 'query'>
  body: Read<O, 'body'>
  log: Log
  actor?: Actor | undefined
  /** A body that is read as it comes in, if the operation takes one. */
  upload?: AsyncIterable<Uint8Array> | undefined
  /** A text body, if the operation takes one. */
  text?: string | undefined
}

/** Only the API answers with a status other than 200, or another type; the page shows the answer itself. */
type Answering = { code: (status: number) => unknown; header?: (name: string, value: string) => unknown }

type Handler<O extends Operation> = (asked: Asked<O>, reply: Answering) => Promise<Answer<O>>

/** A request as it came: nothing in it is validated yet. */
export type Question = {
  params?: unknown
  query?: unknown
  body?: unknown
  log: Log
  actor?: Actor | undefined
  upload?: AsyncIterable<Uint8Array> | undefined
  text?: string | undefined
}

export interface Operations {
  add: <O extends Operation>(operation: O, handler: Handler<O>) => void
  /** Rejects with FIELDS_INVALID when the request cannot be read. */
  ask: <O extends Operation>(operation: O, question: Question, reply?: Answering) => Promise<Answer<O>>
}

export const createOperations = (): Operations => {
  const handlers = new Map<Operation, Handler<never>>()

  return {
    add: (operation, handler) => void handlers.set(operation, handler as Handler<never>),

    async ask<O extends Operation>(
      operation: O,
      { params, query: queried, body: sent, log, actor, upload, text }: Question,
      reply: Answering = { code: () => {} }
    ) {
      const { query, body }: Endpoint = endpoints[operation]
      refuseNul({ ...(params as object), ...(queried as object) })
      const asked = {
        params,
        query: query && read(query, queried ?? {}),
        body: body && read(body, sent ?? {}),
        log,
        actor,
        upload,
        text
      }
      const handler = handlers.get(operation) as Handler<O> | undefined
      if (!handler) throw new Error(`bug: nobody answers ${operation}`)
      return handler(asked as Asked<O>, reply)
    }
  }
}

export const createRoute =
  (app: FastifyInstance, operations: Operations = createOperations()) =>
  <O extends Operation>(operation: O, handler: Handler<O>): void => {
    const { method, path, upload: type }: Endpoint = endpoints[operation]
    operations.add(operation, handler)
    app.route({
      method,
      url: path.replaceAll(/\{(\w+)\}/g, ':$1'),
      handler: ({ params, query, body, log, actor }, reply) =>
        operations.ask(operation, { params, query, body, log, actor: actor ?? undefined, ...rawly(type, body) }, reply)
    })
  }

/** For a name that no tool has: these are the names. */
export const noTool = (names: string[]): BridgeError => {
  const problem = { field: 'tool', message: `expected one of ${names.join(', ')}` }
  return new BridgeError('FIELDS_INVALID', undefined, { problems: [problem] })
}

/** The ledger keeps no NUL in a text, so no text that is asked for can have one. */
const refuseNul = (texts: object): void => {
  const problems = Object.entries(texts)
    .filter(([, text]) => String(text).includes('\0'))
    .map(([field]) => ({ field, message: 'expected no NUL character' }))
  if (problems.length > 0) throw new BridgeError('FIELDS_INVALID', undefined, { problems })
}

/** A body with a type of its own goes to the operation unparsed. */
const rawly = (type: string | undefined, body: unknown): Pick<Question, 'text' | 'upload'> => {
  if (type === undefined || body === undefined) return {}
  return typeof body === 'string' ? { text: body } : { upload: body as Readable }
}

const read = (schema: z.ZodType, input: unknown): unknown => {
  const { success, data, error } = schema.safeParse(input)
  if (success) return data
  throw new BridgeError('FIELDS_INVALID', undefined, { problems: error.issues.flatMap(problemsOf) })
}

const problemsOf = (issue: z.core.$ZodIssue): Problem[] =>
  issue.code === 'unrecognized_keys'
    ? issue.keys.map(field => ({ field, message: 'unknown field' }))
    : [{ field: String(issue.path[0] ?? 'body'), message: issue.message }]
