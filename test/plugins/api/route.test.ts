import Fastify from 'fastify'
import t, { type Test } from 'tap'
import { createRoute } from '../../../plugins/api/route.ts'
import problems from '../../../plugins/problems.ts'

const open = async (t: Test) => {
  const app = Fastify()
  await app.register(problems)
  const route = createRoute(app)
  t.teardown(() => app.close())
  const asked: unknown[] = []
  return { app, route, asked }
}

t.test('a question arrives read: numbers are numbers, and what is left out has its default', async t => {
  const { app, route, asked } = await open(t)
  route('listCustomers', async ({ query, body }) => {
    asked.push([query, body])
    return { customers: [], next: null }
  })
  await app.inject('/api/customers?linked=false&limit=7')
  await app.inject('/api/customers')

  t.strictSame(asked, [
    [{ linked: false, limit: 7 }, undefined],
    [{ limit: 50 }, undefined]
  ])
})

t.test('parts of the address arrive decoded', async t => {
  const { app, route, asked } = await open(t)
  route('caughtUp', async ({ params }, reply) => {
    asked.push(params.tool)
    reply.code(202)
    return { accepted: 0, duplicate: 0, conflict: 0, ignored: 0, unreadable: 0 }
  })

  t.equal((await app.inject('/api/catch-up/acme%3A1%2F2')).statusCode, 202)
  t.strictSame(asked, ['acme:1/2'])
})

t.test('what cannot be read is refused with each problem by its field', async t => {
  const { app, route, asked } = await open(t)
  route('catchUp', async ({ body }) => {
    asked.push(body)
    return { accepted: 0, duplicate: 0, conflict: 0, ignored: 0, unreadable: 0 }
  })
  const fieldsOf = async (payload?: object) => {
    const answer = await app.inject({ method: 'POST', url: '/api/catch-up', ...(payload && { payload }) })
    t.equal(answer.statusCode, 422)
    return answer.json().problems.map(({ field }: { field: string }) => field)
  }

  t.strictSame(await fieldsOf(), ['tool', 'since'])
  t.strictSame(await fieldsOf([]), ['body'])
  t.strictSame(await fieldsOf({ tool: 'acme', since: '2026-02-30', upTo: 1 }), ['since', 'upTo'])
  t.strictSame(asked, [])
})
