// Describes the API for machines: makes an OpenAPI document from the table of endpoints and the schemas of the answers.

import { z } from 'zod'
import * as answers from '../../src/view/answers.ts'
import { type Endpoint, endpoints } from '../../src/view/endpoints.ts'

type JsonSchema = z.core.JSONSchema.JSONSchema

const names = z.registry<{ id: string }>()
for (const [id, schema] of Object.entries(answers)) names.add(schema, { id })

const refTo = (name: string) => `#/components/schemas/${name}`

/** `input`: describes a request as the client writes it, and leaves answers open to more fields. */
const options = {
  io: 'input',
  uri: refTo,
  // The pattern would only repeat the format.
  override: ({ jsonSchema }: { jsonSchema: JsonSchema }) => {
    if (jsonSchema.format !== undefined) delete jsonSchema.pattern
  }
} as const

const plain = ({ $schema: _, $id: __, ...schema }: JsonSchema): JsonSchema => schema

const schemas = Object.fromEntries(
  Object.entries(z.toJSONSchema(names, options).schemas).map(([name, schema]) => [name, plain(schema)])
)

const described = (description: string, schema: z.ZodType, type = 'application/json') => ({
  description,
  content: { [type]: { schema: { $ref: refTo(names.get(schema)?.id ?? '') } } }
})

const refusals: Record<number, string> = {
  401: 'The operator token is missing or wrong.',
  403: 'The token is OPERATOR_READ_TOKEN, which changes nothing.',
  404: 'There is none.',
  409: 'What is asked conflicts with what is known; `detail` says why.',
  422: 'A field cannot be read, or names what does not exist; `problems` says which.',
  429: 'Too many wrong tokens.',
  502: 'The portal or the tool has to be asked, and does not answer or refuses its token.',
  503: 'The ledger cannot be read or written now.'
}

const operatorRefusals = [401, 429, 503]

const refusalsOfLogin = (method: Endpoint['method']): number[] =>
  method === 'GET' ? operatorRefusals : [...operatorRefusals, 403]

const pathParameters: Record<string, string> = {
  invoiceNumber: 'Percent-encoded. Case and surrounding white space do not matter.',
  tool: 'The name of a tool.',
  ref: "The tool's own id of its customer, percent-encoded. Case does not matter."
}

const parametersOf = ({ path, query }: Endpoint) => {
  const { properties = {} } = query ? z.toJSONSchema(query, options) : {}
  return [
    ...[...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
      name,
      in: 'path',
      required: true,
      description: pathParameters[name],
      schema: { type: 'string' }
    })),
    ...Object.entries(properties).map(([name, property]) => {
      const { description, ...schema } = property as JsonSchema
      return { name, in: 'query', description, schema }
    })
  ]
}

const bodyOf = ({ body, upload }: Endpoint) => {
  if (upload)
    return { requestBody: { required: true, content: { [upload]: { schema: { contentMediaType: upload } } } } }
  if (!body) return {}
  const schema = plain(z.toJSONSchema(body, options))
  return { requestBody: { required: 'required' in schema, content: { 'application/json': { schema } } } }
}

const responsesOf = ({ method, answer, also, refusals: own, isPublic, contentType }: Endpoint) => {
  const done = method === 'GET' ? 'What was asked for.' : 'Done: as it is now.'
  const answered = Object.entries({ 200: done, ...also }).map(([status, text]) => [
    status,
    described(text, answer, contentType)
  ])
  const refused = [...own, ...(isPublic ? [] : refusalsOfLogin(method))].map(status => [
    status,
    described(refusals[status] ?? '', answers.Problem, 'application/problem+json')
  ])
  return Object.fromEntries([...answered, ...refused]) as Record<string, ReturnType<typeof described>>
}

const operation = (operationId: string, endpoint: Endpoint) => ({
  operationId,
  summary: endpoint.summary,
  parameters: parametersOf(endpoint),
  ...bodyOf(endpoint),
  responses: responsesOf(endpoint),
  ...(endpoint.isPublic ? { security: [] } : {})
})

const paths: Record<string, Record<string, ReturnType<typeof operation>>> = {}
for (const [operationId, endpoint] of Object.entries(endpoints))
  paths[endpoint.path] = { ...paths[endpoint.path], [endpoint.method.toLowerCase()]: operation(operationId, endpoint) }

/** `url`: where clients reach the bridge. */
export const openapiAt = (url: string) => ({
  openapi: '3.1.0',
  info: {
    title: 'Factuurbrug',
    version: '1',
    summary: 'What the bridge holds, and what a person says about it.',
    license: { name: 'MIT', identifier: 'MIT' }
  },
  servers: [{ url }],
  security: [{ operator: [] }],
  paths,
  components: {
    securitySchemes: { operator: { type: 'http', scheme: 'bearer', description: 'OPERATOR_TOKEN' } },
    schemas
  }
})
