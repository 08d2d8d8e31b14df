import t from 'tap'
import { asking, factuurbrug } from '../../command-line.ts'
import { openCustomersApp } from '../../plugins/api/customers-app.ts'
import { stateOf } from '../ledger/fixtures.ts'

t.test('a person links a customer, its invoice goes on, and the link is taken back', async t => {
  const { app, ledger, hold } = await openCustomersApp(t)
  const person = asking(await app.listen({ port: 0, host: '127.0.0.1' }))
  await hold('1', { ref: 'Cus 1/2', name: 'Kees' })

  t.match(await factuurbrug(['link', 'acme', 'cus 1/2', 'cst_bakkerijdevos1'], person), {
    code: 0,
    stderr: '',
    stdout: /^tool .*\nacme +Cus 1\/2 +Kees .* cst_bakkerijdevos1 +Bakkerij De Vos +person\n$/
  })
  t.strictSame(await stateOf(ledger, '1'), ['waiting', null])
  const unlinked = await factuurbrug(['unlink', 'acme', 'Cus 1/2', '--json'], person)
  t.equal(unlinked.code, 0)
  t.match(JSON.parse(unlinked.stdout), { ref: 'Cus 1/2', link: null })
  t.match(await factuurbrug(['unlink', 'acme', 'Cus 1/2'], person), {
    code: 1,
    stdout: '',
    stderr: /^There is no link for acme Cus 1\/2\. /
  })
})

t.test('what does not exist is not linked', async t => {
  const { app } = await openCustomersApp(t)
  const person = asking(await app.listen({ port: 0, host: '127.0.0.1' }))

  const [typo, name, tool, nobody, few, empty] = await Promise.all([
    factuurbrug(['link', 'acme', '1', 'cst_typo'], person),
    factuurbrug(['link', 'acme', '1', 'De Vos'], person),
    factuurbrug(['link', 'acmee', '1', 'cst_bakkerijdevos1'], person),
    factuurbrug(['unlink', 'acme', '1'], person),
    factuurbrug(['link', 'acme', '1'], person),
    factuurbrug(['link', 'acme', '', 'cst_bakkerijdevos1'], person)
  ])

  t.match(typo, { code: 1, stdout: '', stderr: '<cst_…>: the portal holds no such customer\n' })
  t.match(name, {
    code: 2,
    stdout: '',
    stderr: /^<cst_…>: expected the portal's id of a customer, cst_…\nUsage: factuurbrug link <tool> <ref> <cst_…>\n$/
  })
  t.match(tool, { code: 2, stderr: /^<tool>: expected one of acme, rival\nUsage/ })
  t.match(nobody, { code: 1, stderr: /^There is no link for acme 1\. `factuurbrug customers --linked true`/ })
  for (const wrong of [few, empty])
    t.match(wrong, { code: 2, stderr: 'Usage: factuurbrug link <tool> <ref> <cst_…>\n' })
})
