import t from 'tap'
import { BridgeError } from '../../../src/core/errors.ts'
import { bad, good, lookAt } from '../../../src/tools/finding.ts'

t.test('a refusal is an answer; a bug is none', async t => {
  t.strictSame(await lookAt('token', async () => good('is valid')), {
    what: 'token',
    ok: true,
    found: 'is valid'
  })
  t.strictSame(await lookAt('token', async () => bad('is none')), {
    what: 'token',
    ok: false,
    found: 'is none'
  })
  const refused = async () => {
    throw new BridgeError('TOOL_UNAUTHORIZED', 'refuses it')
  }
  t.strictSame(await lookAt('token', refused), {
    what: 'token',
    ok: false,
    found: 'TOOL_UNAUTHORIZED: refuses it'
  })
  const bug = async () => {
    throw new TypeError('bug')
  }
  await t.rejects(lookAt('token', bug), { name: 'TypeError' })
})
