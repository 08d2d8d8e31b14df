import t from 'tap'
import { openApp, operatorToken } from './app.ts'

t.test('a request without a body is one, whatever type it names', async t => {
  const { ask, receive, path } = await openApp(t)
  await receive('A-1')
  const headers = { authorization: `Bearer ${operatorToken}`, 'content-type': 'application/json' }

  t.match(await ask('POST', `${path('A-1')}/dismiss`, { headers }), { statusCode: 200 })
  t.match((await ask('POST', '/api/invoices/deliver', { headers })).json(), {
    status: 422,
    problems: [{ field: 'filter' }]
  })
  t.match(await ask('POST', `${path('A-1')}/deliver`, { headers, payload: '{' }), { statusCode: 422 })
})
