import t from 'tap'
import { read, unreadMail } from '../../../../plugins/tools/mailbox/event.ts'

t.test('what is kept of a mail says the same whenever it is read', async t => {
  const said = { problem: 'mail: expected a UBL file', sourceId: 'abc' }
  t.strictSame(read(unreadMail(said, 'INBOX 1 1').body), { kind: 'unreadable', ...said })
})

t.test('whatever stands in what was kept, reading it throws nothing', async t => {
  for (const text of ['', 'null', '[]', '{}', '"x"', '{"problem":1,"sourceId":"a"}', '{"problem":"a"}', '\x00'])
    t.match(read(Buffer.from(text)), { kind: 'unreadable', sourceId: null }, text)
})
