import { createRequire } from 'node:module'
import Fastify from 'fastify'
import t from 'tap'
import { noJsonSchemas } from '../../plugins/json-schemas.ts'
import { openApp } from './app.ts'

t.test('the app loads no compiler for JSON schemas', async t => {
  await openApp(t)

  const loaded = Object.keys(createRequire(import.meta.url).cache)
  t.notSame(
    loaded.filter(file => file.endsWith('/fastify/fastify.js')),
    []
  )
  t.strictSame(
    loaded.filter(file => /\/(ajv|fast-json-stringify)-compiler\//.test(file)),
    []
  )
})

t.test('a route with a JSON schema does not start', async t => {
  const app = Fastify({ schemaController: noJsonSchemas })
  t.teardown(() => app.close())
  app.get('/', { schema: { querystring: { type: 'object' } } }, async () => 'never')

  await t.rejects(async () => app.ready(), /bug: a route has a JSON schema/)
})
