import t from 'tap'
import { tool } from '../../../plugins/tools/wefact/index.ts'
import type { PdfBytes } from '../../../src/tools/tool.ts'
import { failure } from '../../fixtures/wefact-api.ts'
import { asking, told, wefact } from './parts.ts'

t.test('a failure with status 200 is what it says', async t => {
  const { ask, connection, world } = await asking(t)
  const refusals = [
    ['De api_key is ongeldig', 'TOOL_UNAUTHORIZED'],
    ['IP 203.0.113.7 has no access to API', 'TOOL_UNAUTHORIZED'],
    ['Er is een storing', 'TOOL_UNREACHABLE']
  ] as const
  for (const [error, code] of refusals) {
    world.answer(failure(error))
    const failed = await ask().catch(failed => failed)
    t.match(failed, { code }, error)
    t.notMatch(failed.message, wefact.key)
    await t.rejects(tool.pdf!(told.invoice, connection), { code })
  }
  world.answer(failure('De factuur is niet gevonden'))
  t.equal(await tool.load!('1', connection), null)
  await t.rejects(ask(), { code: 'TOOL_UNREACHABLE' }, 'a list is never "not found"')
})

t.test('the PDF comes as bytes, or is asked for later', async t => {
  const { world, connection } = await asking(t)
  world.hold('1', 'F-1')
  const { bytes } = (await tool.pdf!(told.invoice, connection)) as PdfBytes
  t.strictSame(bytes, wefact.pdf)

  world.answer({ status: 200, body: { status: 'success', invoice: { Base64: '' } } })
  t.equal(await tool.pdf!(told.invoice, connection), null)
  t.equal(await tool.pdf!({ ...told.invoice, sourceId: null }, connection), null)
})
