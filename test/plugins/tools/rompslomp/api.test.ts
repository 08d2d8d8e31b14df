import t from 'tap'
import { hasPdf } from '../../../../plugins/tools/rompslomp/api.ts'
import { tool } from '../../../../plugins/tools/rompslomp/index.ts'
import { fetchPdf } from '../../../../src/delivery/pdf.ts'
import { openSpool } from '../../../../src/ledger/spool.ts'
import type { PdfAddress } from '../../../../src/tools/tool.ts'
import { openAsked } from '../asked-contract.ts'
import { asking, open, rompslomp, told } from './parts.ts'

t.test("another's company is no empty list", async t => {
  const { ask } = await openAsked(t, { tool, open }, { ROMPSLOMP_COMPANY_ID: '2' })

  await t.rejects(ask(), { code: 'TOOL_UNREACHABLE', message: /ROMPSLOMP_COMPANY_ID/ })
})

t.test('the PDF needs the token; JSON in its place, with status 200, is asked for again', async t => {
  const { world, connection, http } = await asking(t)
  world.hold('1', 'A-1')
  world.hold('2', 'A-2', { status: 'concept' })
  const spool = openSpool(t.testdir(), { bytesMax: 1000 })
  const fetched = async (sourceId: string) => {
    const { url, ...others } = (await tool.pdf!({ ...told.invoice, sourceId }, connection)) as PdfAddress
    return fetchPdf(url, { http, spool, timeoutMs: 60_000, ...others })
  }

  t.match(await fetched('1'), { bytes: rompslomp.pdf.length })
  await t.rejects(fetched('2'), { code: 'PDF_UNREACHABLE' })
  t.equal(await hasPdf('1', connection), true)
  t.equal(await hasPdf('2', connection), false)
  t.equal(await tool.pdf!({ ...told.invoice, sourceId: null }, connection), null)
})
