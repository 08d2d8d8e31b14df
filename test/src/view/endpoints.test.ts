import t from 'tap'
import { endpoints } from '../../../src/view/endpoints.ts'
import { openApp } from '../../plugins/app.ts'

/** From the tree that Fastify prints. */
const routesOf = (tree: string): string[] => {
  const parts: string[] = []
  return tree.split('\n').flatMap(line => {
    const [, indent = '', part = '', methods = ''] = /^((?:[│ ] {3})*)[├└]── (\S+)(?: \((.+)\))?$/.exec(line) ?? []
    if (part === '') return []
    parts.splice(indent.length / 4, Number.POSITIVE_INFINITY, part)
    return methods
      .split(', ')
      .filter(method => method !== '' && method !== 'HEAD')
      .map(method => `${method} ${parts.join('')}`)
  })
}

t.test('the table has exactly the routes that there are', async t => {
  const { app } = await openApp(t)
  await app.ready()
  const listed = Object.values(endpoints).map(({ method, path }) => `${method} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`)

  t.strictSame(
    routesOf(app.printRoutes({ commonPrefix: false }))
      .filter(route => / \/(api|health)/.test(route) && route !== 'GET /api/openapi.json')
      .toSorted(),
    listed.toSorted()
  )
})

t.test('an address names its parts, and a question each of its fields', async t => {
  for (const [name, { path, ...endpoint }] of Object.entries(endpoints)) {
    t.match(path, /^(\/([a-z-]+|\{\w+\}))+$/, name)
    for (const [field, schema] of Object.entries('query' in endpoint ? endpoint.query.shape : {}))
      t.ok(schema.description, `${name} ${field}`)
  }
})
