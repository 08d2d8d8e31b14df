import t from 'tap'
import { check } from '../../../../plugins/tools/rompslomp/check.ts'
import { asking, rompslomp } from './parts.ts'

t.test('check tells of an invoice that cannot be read, and of a PDF that is none', async t => {
  const { world, connection } = await asking(t)
  world.hold('1', 'A-1', { price_with_vat: 'veel' })
  t.match(await check(null, connection), [{ ok: true }, { ok: false, what: 'invoice', found: /^price_with_vat/ }])

  rompslomp.invoices = []
  world.hold('2', 'A-2')
  const { ask } = connection.api
  const api = { ask: async (asked: Parameters<typeof ask>[0]) => ({ ...(await ask(asked)), headers: {} }) }
  t.match((await check(null, { ...connection, api })).at(-1), { ok: false, what: 'PDF' })
})
