// A mail that nobody can read, and that a person was done with: when there is news of it, and when there is none.

import t, { type Test } from 'tap'
import { mail, openMailServer, pdfFile } from '../../../fixtures/mailbox.ts'
import { openMemory } from '../../../src/ledger/memory.ts'
import { handClock } from '../../../src/portal/hand-clock.ts'
import { openCatchUp } from './parts.ts'

const raw = mail({ files: [pdfFile('1')] })

const open = async (t: Test, options: Parameters<typeof openMailServer>[1] = {}) => {
  const server = await openMailServer(t, options)
  const clock = handClock()
  const ledger = openMemory({ defer: queueMicrotask })
  t.teardown(() => ledger.close())
  const catchUp = await openCatchUp(t, { env: server.env, ledger, clock })
  t.teardown(() => catchUp.stop())
  const put = (folder = 'INBOX') => server.put(raw, { folder, at: new Date(clock.now()) })
  const read = (since = clock.now()) => catchUp.ask('mailbox', since)
  const row = async () => (await ledger.list({ limit: 2 })).rows[0]!
  return {
    server,
    put,
    read,
    /** As a person moves it, in any mail program. */
    moveBack() {
      server.folder('Niet gelezen')?.messages.pop()
      put()
    },
    dismiss: async () => ledger.act((await row()).invoiceNumber, 'dismiss', clock.now()),
    /** What became of it, and how often it was held. */
    async outcome() {
      const { invoiceNumber, state } = await row()
      const { history } = (await ledger.find(invoiceNumber))!
      return [state, history.filter(({ event }) => event === 'held').length]
    }
  }
}

t.test('dismissed and moved back, it is held again each time, and says why', async t => {
  const { server, put, read, moveBack, dismiss, outcome } = await open(t)
  put()
  await read()
  t.strictSame(await outcome(), ['held', 1])

  for (const times of [2, 3]) {
    await dismiss()
    moveBack()
    await read()
    t.strictSame(await outcome(), ['held', times])
  }
  t.equal(server.mails('Niet gelezen')?.length, 1)
})

t.test('a mail that comes twice is held once, and dismissed once', async t => {
  const { server, put, read, dismiss, outcome } = await open(t)
  put()
  put()
  await read()
  t.strictSame(await outcome(), ['held', 1])
  await dismiss()

  await read()
  t.strictSame(await outcome(), ['dismissed', 1])
  t.equal(server.mails('Niet gelezen')?.length, 2)
})

t.test('where the bridge ends between keeping it and moving it, it stays dismissed', async t => {
  const { server, put, read, dismiss, outcome } = await open(t, { without: ['MOVE'] })
  put()
  server.cuts = command => command === 'UID COPY'
  await t.rejects(read(), { code: 'TOOL_UNREACHABLE' })
  t.strictSame(await outcome(), ['held', 1])
  t.equal(server.mails('INBOX')?.length, 1)
  await dismiss()
  server.cuts = () => false

  await read()
  t.strictSame(await outcome(), ['dismissed', 1])
  t.strictSame(server.mails('INBOX'), [])
})

t.test('read again for the time when it came, it stays dismissed; a ledger that lost it holds it', async t => {
  const { server, put, read, dismiss, outcome } = await open(t)
  put()
  await read()
  await dismiss()
  t.match(await read(0), { unreadable: 1 })
  t.strictSame(await outcome(), ['dismissed', 1])

  const other = await open(t)
  other.server.make('Niet gelezen')
  other.put('Niet gelezen')
  await other.read(0)
  t.strictSame(await other.outcome(), ['held', 1])
  await other.dismiss()
  other.moveBack()
  await other.read()
  t.strictSame(await other.outcome(), ['held', 2])
  t.equal(server.mails('Niet gelezen')?.length, 1)
})
