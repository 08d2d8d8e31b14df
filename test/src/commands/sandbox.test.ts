import t from 'tap'
import { factuurbrug, factuurbrugUp } from '../../command-line.ts'

t.test('the sandbox stands alone, says how to use it, and ends when asked to', async t => {
  const sandbox = await factuurbrugUp(t, ['sandbox', '--port', '0', '--requests-per-minute', '2'], {
    ready: /Ctrl-C ends it/
  })
  const [, url = ''] = /listens at (\S+) and takes any token/.exec(sandbox.output()) ?? []
  const [, customer = ''] = /A customer to send to: (\S+) /.exec(sandbox.output()) ?? []
  const ask = (path: string) => fetch(url + path, { headers: { authorization: 'Bearer any' } })

  t.match(await (await ask(`/customers/${customer}`)).json(), {
    id: customer,
    companyName: 'Bakkerij De Vos'
  })
  t.match(await (await ask('/customer-invoices')).json(), { data: [] })
  t.equal((await ask('/customer-invoices')).status, 429, 'two a minute were asked for')
  const [, faults = '', fault = ''] = / curl (\S+) .* -d '(.*)'$/m.exec(sandbox.output()) ?? []
  const answer = await fetch(faults, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: fault
  })
  t.match(await answer.json(), { faults: [{ on: { call: 'create' }, fault: 'lost', times: 1 }] })
  t.equal(await sandbox.end('SIGTERM'), 0)
})

t.test('wrong options are named', async t => {
  const wrong = [
    ['--port', '65536'],
    ['--port', 'abc'],
    ['--order', 'backwards'],
    ['--requests-per-minute', '-1']
  ]
  const ended = await Promise.all(wrong.map(options => factuurbrug(['sandbox', ...options])))
  for (const [at, [option = '']] of wrong.entries())
    t.match(ended[at], { code: 2, stdout: '', stderr: new RegExp(option) }, option)
})
