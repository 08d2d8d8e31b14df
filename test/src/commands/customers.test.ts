import t from 'tap'
import { asking, factuurbrug } from '../../command-line.ts'
import { openCustomersApp } from '../../plugins/api/customers-app.ts'

t.test('customers are listed with their links, and so are those of the portal', async t => {
  const { app, ledger, hold } = await openCustomersApp(t)
  const person = asking(await app.listen({ port: 0, host: '127.0.0.1' }))
  t.match(await factuurbrug(['customers'], person), { code: 0, stdout: 'No customers.\n' })
  await hold('1', { ref: 'a', name: null, emails: [] })
  await hold('2', { ref: 'b', name: 'Kees', emails: ['kees@a.example', 'k@a.example'] })
  await ledger.customers.link({ tool: 'acme', ref: 'b' }, 'cst_bakkerijdevos1', 0)

  const [all, unlinked, first, json, portal, none] = await Promise.all([
    factuurbrug(['customers'], person),
    factuurbrug(['customers', '--linked', 'false'], person),
    factuurbrug(['customers', '--limit', '1'], person),
    factuurbrug(['customers', '--linked=true', '--json'], person),
    factuurbrug(['customers', '--portal', '--q', 'vos'], person),
    factuurbrug(['customers', '--portal', '--q', 'nobody'], person)
  ])

  t.match(all, {
    code: 0,
    stdout: new RegExp(
      [
        '^tool +ref +name +e-mail +portal +called +linked by',
        'acme +b +Kees +kees@a\\.example, k@a\\.example +cst_bakkerijdevos1 +Bakkerij De Vos +person',
        'acme +a +- +- +- +- +-\n$'
      ].join('\n')
    )
  })
  t.match(unlinked.stdout, /^tool .*\nacme +a .*\n$/)
  t.match(first.stdout, /\nacme +b .*\nMore: add --cursor 2\n$/)
  t.match(JSON.parse(json.stdout), { customers: [{ ref: 'b' }], next: null })
  t.match(portal.stdout, /^id .*\ncst_bakkerijdevos1 +Bakkerij De Vos +administratie@\S+ +Utrecht\n$/)
  t.equal(none.stdout, 'No customers.\n')
})

t.test('filters of the one list are not taken for the other', async t => {
  const person = asking('http://127.0.0.1:9')

  for (const args of [['--portal', '--linked', 'true'], ['--linked='], ['who']])
    t.match(await factuurbrug(['customers', ...args], person), {
      code: 2,
      stderr: /^Usage: factuurbrug customers /
    })
})
