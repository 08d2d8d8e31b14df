import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { asking, factuurbrug } from '../../command-line.ts'
import { openCustomersApp } from '../../plugins/api/customers-app.ts'

t.test('links are read from a file and printed; bad lines are named', async t => {
  const { app, hold } = await openCustomersApp(t)
  await hold('1', { ref: 'a' })
  const person = asking(await app.listen({ port: 0, host: '127.0.0.1' }))
  const file = join(t.testdir(), 'links.csv')
  const read = (text: string) => {
    writeFileSync(file, text)
    return factuurbrug(['links', '--import', file], person)
  }

  t.match(await read('tool,ref,portalId\nacme,a,me\n'), { code: 1, stderr: /^line 2: portalId: expected[^\n]*\n$/ })
  t.match(await read('tool,ref,portalId\nacme,a,cst_bakkerijdevos1\n'), {
    code: 0,
    stdout: '1 links, 1 of them new.\n'
  })
  t.match(await factuurbrug(['links'], person), {
    code: 0,
    stdout: /^tool,ref,portalId,name,emails\r?\nacme,a,cst_bakkerijdevos1,/
  })
  t.match(JSON.parse((await factuurbrug(['links', '--json'], person)).stdout), {
    links: [{ tool: 'acme', ref: 'a', portalId: 'cst_bakkerijdevos1' }]
  })
  t.match(await factuurbrug(['links', '--import', '/none'], person), {
    code: 1,
    stderr: 'Cannot read the file /none.\n'
  })
})
