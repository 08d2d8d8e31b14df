import t from 'tap'
import { check } from '../../../../plugins/tools/e-boekhouden/check.ts'
import { asking, eBoekhouden } from './parts.ts'

t.test('check tells of an invoice that cannot be read, is none yet, or whose relation is another', async t => {
  const { world, connection } = await asking(t)
  world.hold('1', 'A-1', { totalIncl: undefined })
  t.match(await check(null, connection), [{ ok: true }, { ok: false, what: 'invoice', found: /^totalIncl/ }])
  eBoekhouden.invoices = [eBoekhouden.invoice(1, { urlPdfFile: null })]
  t.match(await check(null, connection), [{ ok: true }, { ok: true, found: /no PDF yet/ }])
  eBoekhouden.invoices = [eBoekhouden.invoice(1)]
  eBoekhouden.relations.set('104', { id: 7 })
  t.match(await check(null, connection), [{ ok: true }, { ok: false, what: 'invoice' }, {}])
})
