import { createConfig, lintFromString } from '@redocly/openapi-core'
import t from 'tap'
import { openapiAt } from '../../../plugins/api/openapi.ts'
import * as answers from '../../../src/view/answers.ts'
import { endpoints } from '../../../src/view/endpoints.ts'
import { openApp } from '../app.ts'

const document = openapiAt('https://facturen.example')

t.test('an independent linter finds nothing wrong with it, by all that it recommends', async t => {
  const config = await createConfig({ extends: ['recommended'] })
  const lint = async (document: object) => {
    const source = JSON.stringify(document)
    const found = await lintFromString({ source, absoluteRef: '/openapi.json', config })
    return found.map(({ ruleId, location }) => `${ruleId} ${location[0]?.pointer}`)
  }

  t.strictSame(await lint(document), [
    // Anybody may ask for health, and is refused nothing.
    'operation-4xx-response #/paths/~1health/get/responses'
  ])
  const { servers: _, ...without } = document
  t.match(await lint(without), [/^no-empty-servers/, /^operation-4xx/], 'it does look')
})

t.test('it says where the bridge is: as it is set, or else as it was asked', async t => {
  const serversOf = async (env: Record<string, string>, headers = {}) => {
    const { app } = await openApp(t, env)
    const answer = await app.inject({ url: '/api/openapi.json', headers })
    t.equal(answer.statusCode, 200)
    return answer.json().servers
  }
  const headers = { host: 'brug.example:8443' }

  t.strictSame(await serversOf({ PUBLIC_URL: 'https://facturen.example' }, headers), document.servers)
  t.strictSame(await serversOf({ FLY_APP_NAME: 'brug' }, headers), [{ url: 'https://brug.fly.dev' }])
  t.strictSame(await serversOf({}, headers), [{ url: 'http://brug.example:8443' }])
})

t.test('each operation and each answer stands in it by its own name', async t => {
  const operations = Object.values(document.paths).flatMap(path => Object.values(path))
  t.strictSame(operations.map(({ operationId }) => operationId).toSorted(), Object.keys(endpoints).toSorted())
  t.strictSame(Object.keys(document.components.schemas).toSorted(), Object.keys(answers).toSorted())
  for (const [, name = ''] of JSON.stringify(document).matchAll(/"\$ref":"([^"]*)"/g))
    t.ok(name.split('#/components/schemas/')[1] ?? '' in answers, name)
})

t.test('an answer may grow; what is sent may not', async t => {
  const { Invoice, HistoryEntry } = document.components.schemas
  t.notOk('additionalProperties' in Invoice!)
  t.strictSame(HistoryEntry?.additionalProperties, {}, 'each event has its own facts')
  t.match(document.paths['/api/catch-up']?.post, {
    requestBody: {
      required: true,
      content: {
        'application/json': {
          schema: {
            additionalProperties: false,
            required: ['tool', 'since'],
            properties: { since: { type: 'string', format: 'date' } }
          }
        }
      }
    }
  })
  t.match(document.paths['/api/invoices/{invoiceNumber}/deliver']?.post, {
    requestBody: { required: false },
    responses: { 200: {}, 404: {}, 409: {}, 401: {} }
  })
})

t.test('filters are described one by one, with what they may be', async t => {
  const { parameters } = document.paths['/api/invoices']!.get!
  t.match(parameters, [
    {
      name: 'state',
      in: 'query',
      schema: { enum: ['waiting', 'sending', 'delivered', 'held', 'dismissed'] }
    },
    { name: 'code' },
    { name: 'tool' },
    { name: 'q' },
    { name: 'amount' },
    { name: 'since', schema: { type: 'string', format: 'date' } },
    { name: 'until' },
    { name: 'limit', schema: { type: 'integer', minimum: 1, maximum: 200, default: 50 } },
    { name: 'cursor' }
  ])
})

t.test('only what anybody may ask has no login', async t => {
  for (const [path, operations] of Object.entries(document.paths))
    for (const operation of Object.values(operations)) t.equal('security' in operation, path === '/health', path)
})
