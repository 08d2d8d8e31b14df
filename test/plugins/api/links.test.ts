import t from 'tap'
import { operatorToken } from '../../end-to-end/bridge-process.ts'
import { openCustomersApp } from './customers-app.ts'

t.test('links go into a table and come back; with one bad line nothing is done', async t => {
  const { app, ask, hold, ledger } = await openCustomersApp(t)
  await hold('1', { ref: 'a', name: '=cmd()', emails: ['a@a.example'] })
  await hold('2', { ref: 'b', name: 'Anna, "the best"', emails: [] })
  const headers = { authorization: `Bearer ${operatorToken}`, 'factuurbrug-operator': 'Kees' }
  const put = async (payload: string, type = 'text/csv') =>
    (
      await app.inject({ method: 'PUT', url: '/api/links', headers: { ...headers, 'content-type': type }, payload })
    ).json()
  const table = async () => (await app.inject({ url: '/api/links', headers })).payload
  const linked = async () => (await ask('GET', '/api/customers?linked=true')).json().customers

  t.equal(await table(), 'tool,ref,portalId,name,emails\r\n')
  const bad = await put(
    [
      'tool;ref;portalId',
      'acme;a;cst_bakkerijdevos1',
      'none;a;cst_bakkerijdevos1',
      'acme;b;bakkerij',
      'acme;;cst_x',
      'acme;A;cst_bakkerijdevos1'
    ].join('\n')
  )
  t.strictSame(
    bad.problems.map(({ field }: { field: string }) => field),
    ['line 3', 'line 4', 'line 5', 'line 6']
  )
  t.match(await put('tool,ref,portalId\nacme,a,cst_bakkerijdevos1\nacme,b,cst_nobody'), {
    problems: [{ field: 'line 3', message: 'the bridge knows no cst_nobody in the portal' }]
  })
  t.match(await put('number,amount\n1,2'), { problems: [{ field: 'line 1' }] })
  t.match(await put('a,"b'), { problems: [{ field: 'line 1' }] })
  t.match(await put(`tool,ref,portalId\n${'acme,a,cst_x\n'.repeat(1001)}`), { problems: [{ message: /at most 1000/ }] })
  t.strictSame(await linked(), [], 'nothing half-done')

  t.strictSame(await put('PortalId,Ref,Tool\ncst_bakkerijdevos1,a,acme\ncst_bakkerijdevos1,b,acme'), {
    links: 2,
    changed: 2
  })
  t.match((await linked())[0], { link: { how: 'person', by: { by: 'Kees', via: 'api' } } })
  t.match((await ledger.find('1'))?.history.at(-1), { event: 'released', by: 'Kees' })
  const written = await table()
  t.equal(
    written,
    [
      'tool,ref,portalId,name,emails',
      'acme,b,cst_bakkerijdevos1,"Anna, ""the best""",',
      "acme,a,cst_bakkerijdevos1,'=cmd(),a@a.example",
      ''
    ].join('\r\n')
  )
  t.strictSame(await put(written), { links: 2, changed: 0 }, 'what was exported is imported without a change')
})

t.test('customers are found by a part of what is known of them', async t => {
  const { ask, hold } = await openCustomersApp(t)
  await hold('1', { ref: 'debtor-17', name: 'Café Kees', emails: ['k@a.example'] })
  await hold('2', { ref: 'debtor-18', name: 'Anna', emails: ['anna@b.example'] })
  const found = async (q: string) =>
    (await ask('GET', `/api/customers?q=${encodeURIComponent(q)}`))
      .json()
      .customers.map(({ ref }: { ref: string }) => ref)

  t.strictSame(await found('cafe'), ['debtor-17'])
  t.strictSame(await found('B.EXAMPLE'), ['debtor-18'])
  t.strictSame(await found('debtor'), ['debtor-18', 'debtor-17'])
  t.strictSame(await found('nobody'), [])
})
