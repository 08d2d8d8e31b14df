import t from 'tap'
import { stateOf } from '../../src/ledger/fixtures.ts'
import { openCustomersApp } from './customers-app.ts'

const kees = { ref: 'C/17', name: 'Kees', emails: ['kees@a.example'] }
const path = '/api/customers/acme/C%2F17'

t.test('customers are nobody else’s business', async t => {
  const { app } = await openCustomersApp(t)

  for (const [method, url] of [
    ['GET', '/api/customers'],
    ['PUT', path],
    ['DELETE', path],
    ['GET', '/api/portal/customers']
  ] as const)
    t.match((await app.inject({ method, url })).json(), { status: 401, code: 'NOT_LOGGED_IN' })
})

t.test('a customer is listed, linked by its portal id, and its invoice goes on', async t => {
  const { ask, hold, ledger, woken } = await openCustomersApp(t)
  await hold('1', kees)
  t.match((await ask('GET', '/api/customers')).json(), {
    customers: [{ tool: 'acme', ref: 'C/17', name: 'Kees', emails: ['kees@a.example'], link: null }],
    next: null
  })

  const linked = await ask('PUT', path, { portalId: ' cst_bakkerijdevos1 ' })

  t.equal(linked.statusCode, 200)
  const link = {
    portalId: 'cst_bakkerijdevos1',
    name: 'Bakkerij De Vos',
    how: 'person',
    at: '2026-11-20T12:00:00Z'
  }
  t.match(linked.json(), { ref: 'C/17', link })
  t.strictSame(await stateOf(ledger, '1'), ['waiting', null])
  t.equal(woken(), 1)
  t.match((await ask('GET', '/api/customers?linked=true')).json(), { customers: [{ link }] })
  t.strictSame((await ask('GET', '/api/customers?linked=false')).json(), { customers: [], next: null })

  t.match((await ask('DELETE', path)).json(), { ref: 'C/17', link: null })
  t.match((await ask('GET', '/api/customers?linked=true')).json(), { customers: [] })
})

t.test('a link leads from a tool that exists to a customer that exists', async t => {
  const { ask, ledger, sandbox } = await openCustomersApp(t)
  const refused = async (url: string, payload: object, field: string) =>
    t.match((await ask('PUT', url, payload)).json(), { code: 'FIELDS_INVALID', problems: [{ field }] })

  await refused('/api/customers/nobody/1', { portalId: 'cst_bakkerijdevos1' }, 'tool')
  await refused(path, {}, 'portalId')
  await refused(path, { portalId: 'inv_1' }, 'portalId')
  await refused(path, { portalId: 'cst_1', more: 1 }, 'more')
  await refused(path, { portalId: 'cst_typo' }, 'portalId')
  await refused(path, [], 'body')
  t.match((await ask('PUT', path)).json(), { code: 'FIELDS_INVALID' })
  sandbox.fault({ on: { call: 'customers' }, fault: '503' })
  t.match((await ask('PUT', path, { portalId: 'cst_other' })).json(), {
    status: 502,
    code: 'PORTAL_UNREACHABLE'
  })
  t.match((await ask('DELETE', path)).json(), { status: 404, code: 'NOT_FOUND' })
  t.match((await ask('DELETE', '/api/customers/nobody/1')).json(), { code: 'FIELDS_INVALID' })
  t.strictSame((await ledger.customers.list({ limit: 9 })).customers, [])
})

t.test('what waits of a tool that is not set up any more can be linked', async t => {
  const { ask, hold, ledger } = await openCustomersApp(t)
  await hold('1', kees, 'acme:retired')

  t.equal(
    (await ask('PUT', '/api/customers/acme%3Aretired/C%2F17', { portalId: 'cst_bakkerijdevos1' })).statusCode,
    200
  )

  t.strictSame(await stateOf(ledger, '1'), ['waiting', null])
  t.equal((await ask('DELETE', '/api/customers/acme:retired/C%2F17')).statusCode, 200)
})

t.test("the portal's customers are found in the copy, without a request", async t => {
  const { ask, sandbox } = await openCustomersApp(t)
  const before = sandbox.counts.requests

  t.strictSame((await ask('GET', '/api/portal/customers?q=VOS')).json(), {
    customers: [
      {
        id: 'cst_bakkerijdevos1',
        companyName: 'Bakkerij De Vos',
        primaryEmail: 'administratie@bakkerijdevos.example',
        city: 'Utrecht',
        integration: null
      }
    ]
  })
  t.equal((await ask('GET', '/api/portal/customers')).json().customers.length, 3)
  t.equal((await ask('GET', '/api/portal/customers?limit=2')).json().customers.length, 2)
  t.equal(sandbox.counts.requests, before)
})

t.test('a filter that cannot be read is refused by name, and a list has pages', async t => {
  const { ask, hold } = await openCustomersApp(t)
  for (const [url, field] of [
    ['/api/customers?linked=yes', 'linked'],
    ['/api/customers?limit=0', 'limit'],
    ['/api/customers?cursor=x', 'cursor'],
    ['/api/customers?name=x', 'name'],
    ['/api/portal/customers?limit=201', 'limit']
  ] as const)
    t.match((await ask('GET', url)).json(), { status: 422, problems: [{ field }] }, url)

  for (const ref of ['a', 'b']) await hold(ref, { ...kees, ref })
  const { customers, next } = (await ask('GET', '/api/customers?limit=1')).json()
  t.match(customers, [{ ref: 'b' }])
  t.match((await ask('GET', `/api/customers?limit=1&cursor=${next}`)).json(), {
    customers: [{ ref: 'a' }],
    next: null
  })
})
