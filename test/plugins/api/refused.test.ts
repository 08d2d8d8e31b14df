// From a request that is refused to the operator who looks for it.

import t from 'tap'
import { openApp, secret } from '../app.ts'

t.test('who says that 0042 was sent is right, and the operator sees why it never arrived', async t => {
  const { ask, receive, app } = await openApp(t)
  const refused = async (query = '') => (await ask('GET', `/api/refused${query}`)).json().refused
  t.strictSame(await refused(), [])

  await receive('2026-0041', { amount: '121,00', customerName: 'Bakkerij Kees', cheese: 'old' })
  await receive('2026-0042', { amount: '121,00', customerName: 'Bakkerij Kees', cheese: 'old' })
  await receive('2026-0042', { amount: '121,00', customerName: 'Bakkerij Kees', cheese: 'old' })
  await app.inject({
    method: 'POST',
    url: '/webhooks/invoices',
    remoteAddress: '2001:db8:1:2::3',
    headers: { authorization: 'Bearer not the secret', 'content-type': 'application/json' },
    payload: { invoiceNumber: '2026-0042' }
  })

  const found = await refused('?q=0042')
  t.match(found, [
    {
      tool: 'invoices',
      address: '127.0.0.1',
      authentic: true,
      code: 'FIELDS_INVALID',
      invoiceNumber: '2026-0042',
      requests: 2,
      problems: [{ field: 'amount' }, { field: 'another field', message: /^unknown/ }]
    }
  ])
  t.equal(found.length, 1)
  t.match(await refused('?authentic=false'), [
    { code: 'NOT_AUTHENTIC', address: '2001:db8:1:2::/64', invoiceNumber: null, requests: 1 }
  ])
  t.equal((await refused()).length, 3)
  t.notMatch(JSON.stringify(await refused()), /Kees|121,00|cheese/, 'never what was in it')
})

t.test('one that is too large, or of no type that is read, is found by its sender', async t => {
  const { ask, app } = await openApp(t)
  const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/xml' }
  await app.inject({ method: 'POST', url: '/webhooks/invoices', headers, payload: '<invoice/>' })

  t.match((await ask('GET', '/api/refused')).json().refused, [
    { authentic: true, code: 'TYPE_UNSUPPORTED', invoiceNumber: null, problems: [] }
  ])
})
