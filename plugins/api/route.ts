// Makes a route for an operation of the table: reads the question by its schemas, and types the answer by its own.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { BridgeError, type Problem } from '../../src/core/errors.ts'
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
  log: FastifyRequest['log']
}

export const createRoute =
  (app: FastifyInstance) =>
  <O extends Operation>(operation: O, handler: (asked: Asked<O>, reply: FastifyReply) => Promise<Answer<O>>): void => {
    const { method, path, query, body }: Endpoint = endpoints[operation]
    app.route({
      method,
      url: path.replaceAll(/\{(\w+)\}/g, ':$1'),
      handler: async ({ params, query: queried, body: sent, log }, reply) => {
        const asked = { params, query: query && read(query, queried), body: body && read(body, sent ?? {}), log }
        return handler(asked as Asked<O>, reply)
      }
    })
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
