import t from 'tap'
import { tool } from '../../../../plugins/tools/mailbox/index.ts'
import { open } from './parts.ts'

t.test('it has no address, can always be asked, and brings what another tool has made', async t => {
  const { connection } = await open(t)
  t.strictSame([tool.verify, tool.sample, tool.connect, tool.load], [undefined, undefined, undefined, undefined])
  t.equal(tool.missingSecret({} as never), null)
  t.equal(tool.canAsk(connection.settings), true)
  t.equal(tool.isSecondHand, true)
})
