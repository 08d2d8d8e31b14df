import t from 'tap'
import { tool } from '../../../../plugins/tools/e-boekhouden/index.ts'
import { fetchPdf } from '../../../../src/delivery/pdf.ts'
import { openSpool } from '../../../../src/ledger/spool.ts'
import type { PdfAddress } from '../../../../src/tools/tool.ts'
import { asking, eBoekhouden, told } from './parts.ts'

const sessionsIn = (requests: string[]) => requests.filter(request => request === 'POST /v1/session').length

t.test('one session serves many questions, and one that ended is replaced once', async t => {
  const { ask, world, connection, pass } = await asking(t)
  world.hold('1', 'A-1')
  await ask()
  await tool.load!('1', connection)
  t.equal(sessionsIn(eBoekhouden.server.requests), 1)

  pass(3_600_000)
  t.equal((await ask()).length, 1)
  t.equal(sessionsIn(eBoekhouden.server.requests), 2, 'before it ended by itself')

  eBoekhouden.endSessions()
  t.equal((await ask()).length, 1)
  t.equal(sessionsIn(eBoekhouden.server.requests), 3)
  eBoekhouden.token = 'een-andere-sleutel'
  eBoekhouden.endSessions()
  await t.rejects(ask(), { code: 'TOOL_UNAUTHORIZED' })
  t.equal(sessionsIn(eBoekhouden.server.requests), 4, 'and not without end')
})

t.test('a list says of a customer its id alone; the relation is asked for with the invoice', async t => {
  const { ask, world, connection } = await asking(t)
  world.hold('1', 'A-1', { reference: 'cst_voorbeeld04' })
  world.hold('2', 'A-2', { relationId: 105 })

  t.match(await ask(), [
    { invoice: { customer: { ref: '104', portalId: 'cst_voorbeeld04', emails: [], name: null } } },
    {}
  ])
  t.notOk(eBoekhouden.server.requests.some(request => request.includes('/relation/')))
  t.match(await tool.load!('2', connection), { invoice: { customer: { ref: '105', emails: [] } } }, 'one that is gone')
  eBoekhouden.relations.set('105', { id: 7 })
  await t.rejects(tool.load!('2', connection), { code: 'TOOL_UNREACHABLE' }, "another's")
})

t.test('the PDF is read from an address that is asked for anew, without the token', async t => {
  const { world, connection, http } = await asking(t)
  world.hold('1', 'A-1')
  world.hold('2', 'A-2', { urlPdfFile: null })
  const spool = openSpool(t.testdir(), { bytesMax: 1000 })

  const { url, ...others } = (await tool.pdf!({ ...told.invoice, sourceId: '1' }, connection)) as PdfAddress
  t.strictSame(others, {})
  t.match(await fetchPdf(url, { http, spool, timeoutMs: 60_000 }), { bytes: eBoekhouden.pdf.length })
  t.equal(await tool.pdf!({ ...told.invoice, sourceId: '2' }, connection), null, 'not yet')
  t.equal(await tool.pdf!({ ...told.invoice, sourceId: null }, connection), null)
})
