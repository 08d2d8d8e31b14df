// What an answer of 200 rests on: the PDF, its folder and the ledger are on the disk by then. Watched where the disk is
// asked, at the file handles and at the driver of the database, so that one of them left out is found.

import { fstatSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync, StatementSync } from 'node:sqlite'
import t, { type Test } from 'tap'
import { openApp } from '../app.ts'
import { bearer, fields, json, multipart, pdf, type Sent, signed } from './intake.ts'

/** Notes each sync by inode, and each commit, in the order in which they end. */
const watchDisk = async (t: Test) => {
  const events: (number | 'commit')[] = []
  const databases = new Set<DatabaseSync>()
  const handle = await open(import.meta.filename)
  await handle.close()
  const handles = Object.getPrototypeOf(handle) as FileHandle
  const { sync, datasync } = handles
  const watched = (step: FileHandle['sync']) =>
    async function (this: FileHandle) {
      const { ino } = fstatSync(this.fd)
      await step.call(this)
      events.push(ino)
    }
  const { prepare } = DatabaseSync.prototype
  const { run } = StatementSync.prototype
  handles.sync = watched(sync)
  handles.datasync = watched(datasync)
  DatabaseSync.prototype.prepare = function (...args) {
    databases.add(this)
    return prepare.apply(this, args)
  }
  StatementSync.prototype.run = function (this: StatementSync, ...args: Parameters<typeof run>) {
    const answer = run.apply(this, args)
    if (this.sourceSQL === 'COMMIT') events.push('commit')
    return answer
  } as typeof run
  t.teardown(() => {
    Object.assign(handles, { sync, datasync })
    DatabaseSync.prototype.prepare = prepare
    StatementSync.prototype.run = run
  })
  return { events, databases }
}

const openBridge = async (t: Test) => {
  const disk = await watchDisk(t)
  const DATA_DIR = t.testdir()
  const bridge = await openApp(t, { DATA_DIR })
  const spool = join(DATA_DIR, 'spool')
  const post = ({ headers, body }: Sent) =>
    bridge.app.inject({ method: 'POST', url: '/webhooks/invoices', headers, payload: body })
  disk.events.length = 0
  const inodeOf = (path: string) => statSync(path).ino
  return { ...bridge, ...disk, spool, post, inodeOf, log: inodeOf(join(DATA_DIR, 'ledger.sqlite-wal')) }
}

const secret = 'a secret of the senders'
const withCustomer = { ...fields, customerId: 'cst_1' }

for (const [how, prove] of Object.entries({ bearer, signed })) {
  t.test(`file, folder and ledger are synced before the 200, in that order, ${how}`, async t => {
    const { clock, events, spool, post, inodeOf, log } = await openBridge(t)
    const shapes = {
      multipart: await multipart(withCustomer, { pdf }),
      JSON: json({ ...withCustomer, invoiceNumber: '2', pdf: pdf.toString('base64') })
    }
    for (const [shape, sent] of Object.entries(shapes)) {
      const before = readdirSync(spool)
      events.length = 0

      t.equal((await post(prove(sent, secret, clock.now()))).statusCode, 200, shape)

      const atAnswer = events.slice()
      const [file = ''] = readdirSync(spool).filter(name => !before.includes(name))
      t.strictSame(readFileSync(join(spool, file)), pdf)
      t.strictSame(atAnswer, [inodeOf(join(spool, file)), inodeOf(spool), 'commit', log], shape)
    }
  })
}

t.test('what SQLite does not sync at each commit it syncs before it writes over it', async t => {
  const { databases } = await openBridge(t)

  const asked = [...databases].filter(database => database.location()?.endsWith('ledger.sqlite'))
  t.equal(asked.length, 1)
  for (const database of asked) {
    t.strictSame({ ...database.prepare('PRAGMA synchronous').get() }, { synchronous: 1 }, 'NORMAL')
    t.strictSame({ ...database.prepare('PRAGMA journal_mode').get() }, { journal_mode: 'wal' })
  }
})

t.test('for what is not proven, or cannot be read, nobody waits for the disk', async t => {
  const { clock, events, spool, post } = await openBridge(t)
  const good = await multipart(withCustomer, { pdf })
  const cases: [what: string, sent: Sent, status: number][] = [
    ['forged', signed(good, 'another secret, as long', clock.now()), 401],
    ['forged JSON', signed(json({ ...withCustomer, pdf: pdf.toString('base64') }), 'no secret', clock.now()), 401],
    ['not understood', signed(await multipart({ ...withCustomer, x: '1' }, { pdf }), secret, clock.now()), 422],
    ['no PDF', bearer(await multipart(withCustomer, { pdf: Buffer.from('<html>') }), secret), 422]
  ]
  for (const [what, sent, status] of cases) {
    t.equal((await post(sent)).statusCode, status, what)
    t.strictSame(events, [], what)
    t.strictSame(readdirSync(spool), [], what)
  }
})
