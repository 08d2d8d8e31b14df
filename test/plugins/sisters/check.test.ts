import t from 'tap'
import { tool } from '../../../plugins/tools/wefact/index.ts'
import { asking, wefact } from './parts.ts'

t.test('check tells of an invoice that cannot be read, and of a PDF that is none', async t => {
  const { world, connection } = await asking(t)
  world.hold('1', 'F-1', { AmountIncl: 'veel' })
  t.match(await tool.check!(null, connection), [{ ok: true }, { ok: false, what: 'invoice', found: /^AmountIncl/ }])
  wefact.invoices = []
  world.hold('1', 'F-1')
  wefact.pdf = Buffer.from('<html>')
  t.match(await tool.check!(null, connection), [{ ok: true }, { ok: true }, { ok: false, what: 'PDF' }])
})
