import t from 'tap'
import { tool } from '../../../../plugins/tools/wefact/index.ts'
import { openAs, wefact } from '../../sisters/parts.ts'
import { openAsked } from '../asked-contract.ts'

t.test('WeFact is asked with its own key, and its refusal names that variable', async t => {
  const { ask } = await openAsked(t, { tool, open: openAs('WEFACT') })
  await ask()
  t.equal(wefact.forms[0]?.api_key, wefact.key)
  wefact.key = 'een-andere-sleutel'
  await t.rejects(ask(), { code: 'TOOL_UNAUTHORIZED', message: /WeFact refuses WEFACT_KEY/ })
})
