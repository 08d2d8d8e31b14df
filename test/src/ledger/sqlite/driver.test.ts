import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { setImmediate } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { openSqlite } from '../../../../src/ledger/open.ts'
import { arrivalOf, minute, noon, rowOf, stateOf } from '../fixtures.ts'

const other = join(import.meta.dirname, 'other-process.ts')

/** Another process, and what it says first. */
const start = async (t: Test, part: string, file: string): Promise<{ child: ChildProcess; said: unknown }> => {
  const child = spawn(process.execPath, [other, part, file], { env: {}, stdio: ['pipe', 'pipe', 'inherit'] })
  t.teardown(() => child.kill('SIGKILL'))
  const [line] = await once(createInterface(child.stdout), 'line')
  return { child, said: JSON.parse(line) }
}

const numbered = (invoiceNumber: string) => arrivalOf({ invoiceNumber })

t.test('one file has one owner', async t => {
  const file = join(t.testdir(), 'ledger.sqlite')
  const ledger = openSqlite({ file })

  t.throws(() => openSqlite({ file }), { code: 'LEDGER_IN_USE' })
  t.match(await start(t, 'open', file), { said: 'LEDGER_IN_USE' })
  t.throws(() => openSqlite({ file }), { code: 'LEDGER_IN_USE' }, 'and to be refused takes nothing from the owner')
  t.match(await start(t, 'open', file), { said: 'LEDGER_IN_USE' })
  t.match(await ledger.receive(numbered('A'), noon), { result: 'accepted' })

  await ledger.close()
  t.match(await start(t, 'open', file), { said: 'opened' })
})

t.test('a killed owner leaves what it acknowledged: its loans end, its doubts stay', async t => {
  const file = join(t.testdir(), 'ledger.sqlite')
  const { child, said } = await start(t, 'own', file)
  t.equal(said, 'owned')
  t.throws(() => openSqlite({ file }), { code: 'LEDGER_IN_USE' })

  child.kill('SIGKILL')
  await once(child, 'exit')
  const ledger = openSqlite({ file })
  t.teardown(() => ledger.close())

  t.match(await rowOf(ledger, 'in doubt'), { state: 'sending', body: { invoiceNumber: 'in doubt' } })
  const lent = await ledger.borrow(9, noon, noon + minute)
  t.match(lent, [{ invoice: { invoiceNumber: 'on loan' }, attempt: 2 }])
  t.equal(lent.length, 1)
  t.equal(await ledger.sentBeside(), 1, 'what was let go stands beside it, too')
})

t.test('a ledger that a newer bridge wrote is left alone', async t => {
  const file = join(t.testdir(), 'ledger.sqlite')
  await openSqlite({ file }).close()
  const addToVersion = (more: number) => {
    const db = new DatabaseSync(file)
    const { user_version: version } = db.prepare('PRAGMA user_version').get() as { user_version: number }
    db.exec(`PRAGMA user_version = ${version + more}`)
    db.close()
  }
  addToVersion(1)

  t.throws(() => openSqlite({ file }), { code: 'LEDGER_TOO_NEW' })

  addToVersion(-1)
  await t.resolves(openSqlite({ file }).close(), 'and not kept in use')
})

t.test('a ledger that cannot be opened says so, and can be once that is mended', async t => {
  const cases: [why: string, breakIt: (file: string) => void, mend: (file: string) => void][] = [
    ['its folder is missing', () => {}, file => mkdirSync(join(file, '..'))],
    ['it is no database', file => write(file, 'not a database, but long enough to look'), file => rmSync(file)],
    ['its lock is no database', file => write(`${file}.lock`, 'nor is this'), file => rmSync(`${file}.lock`)],
    ['it is a folder', file => mkdirSync(file, { recursive: true }), file => rmSync(file, { recursive: true })],
    ['a table is missing', file => breakTable(file), file => rmSync(file)]
  ]
  for (const [index, [why, breakIt, mend]] of cases.entries()) {
    t.test(why, async t => {
      const file = join(t.testdir(), `folder-${index}`, 'ledger.sqlite')
      breakIt(file)

      t.throws(() => openSqlite({ file }), { code: 'LEDGER_UNREADABLE' })

      mend(file)
      await t.resolves(openSqlite({ file }).close())
    })
  }
})

const write = (file: string, text: string) => {
  mkdirSync(join(file, '..'), { recursive: true })
  writeFileSync(file, text.repeat(100))
}

const breakTable = (file: string) => {
  mkdirSync(join(file, '..'))
  const db = new DatabaseSync(file)
  db.exec('PRAGMA user_version = 1')
  db.close()
}

t.test('while another process holds the write lock', async t => {
  const file = join(t.testdir(), 'ledger.sqlite')
  const ledger = openSqlite({ file })
  await ledger.receive(numbered('before'), noon)
  const { child, said } = await start(t, 'lock', file)
  t.equal(said, 'locked')

  const asked = performance.now()
  await t.rejects(ledger.receive(numbered('during'), noon), { code: 'LEDGER_UNAVAILABLE' })
  await t.rejects(ledger.beat(noon), { code: 'LEDGER_UNAVAILABLE' })
  t.ok(performance.now() - asked < 1000, 'it is said at once')
  t.strictSame(await stateOf(ledger, 'before'), ['waiting', null], 'and reading goes on')
  await ledger.close()
  t.throws(() => openSqlite({ file }), { code: 'LEDGER_IN_USE' }, 'nor can it be opened')

  child.stdin?.write('let go')
  await once(child, 'exit')
  const again = openSqlite({ file })
  t.teardown(() => again.close())
  t.equal(await again.find('during'), null)
  t.match(await again.receive(numbered('during'), noon), { result: 'accepted' })
})

const hasPrlimit = spawnSync('prlimit', ['--version']).status === 0

t.test(
  'a full disk refuses, keeps nothing by halves, and is no trouble once there is room',
  { skip: !hasPrlimit },
  async t => {
    const file = join(t.testdir(), 'ledger.sqlite')
    const { said } = await start(t, 'fill', file)

    const { kept, refusals, beat, rows, after } = said as Record<string, string[]>
    t.ok(kept!.length > 5)
    t.strictSame(refusals, Array(3).fill('LEDGER_UNAVAILABLE'))
    t.equal(beat, 'LEDGER_UNAVAILABLE')
    t.strictSame(rows, kept)
    t.equal(after, 'accepted')
    const ledger = openSqlite({ file })
    t.teardown(() => ledger.close())
    t.strictSame((await ledger.list({ limit: 10_000 })).rows.map(row => row.invoiceNumber).reverse(), [
      ...kept!,
      'after'
    ])
  }
)

/** A ledger whose turns come when the test says so. */
const openStepwise = (file: string) => {
  const turns: (() => void)[] = []
  const ledger = openSqlite({ file, defer: flush => void turns.push(flush) })
  return { ledger, turns }
}

t.test('what is asked in one turn is one transaction, and nobody hears of it before that is kept', async t => {
  const { ledger, turns } = openStepwise(':memory:')
  let heard = 0
  const asked = ['A', 'B', 'C'].map(number => ledger.receive(numbered(number), noon).then(() => heard++))

  t.equal(turns.length, 1)
  t.strictSame((await ledger.list({ limit: 9 })).rows, [])
  t.equal(heard, 0)

  turns.shift()?.()
  await Promise.all(asked)
  t.equal(heard, 3)
  t.equal((await ledger.list({ limit: 9 })).rows.length, 3)
  t.equal(turns.length, 0)

  const next = ledger.receive(numbered('D'), noon)
  turns.shift()?.()
  t.match(await next, { result: 'accepted' }, 'and the next turn works like the first')
})

t.test('one bad event fails alone, wholly, and the others are kept', async t => {
  const { ledger, turns } = openStepwise(':memory:')
  const circular = numbered('circular')
  circular.invoice.customer = circular.invoice as never
  const halfway = { ...numbered('halfway'), notify: 1n as never } // its row can be written, its history cannot

  const asked = Promise.allSettled([
    ledger.receive(numbered('first'), noon),
    ledger.receive(circular, noon),
    ledger.receive(halfway, noon),
    ledger.act('nobody', 'dismiss', noon),
    ledger.receive({ ...numbered('no tool'), tool: null as never }, noon),
    ledger.receive(numbered('last'), noon)
  ])
  turns.shift()?.()

  t.match(await asked, [
    { status: 'fulfilled' },
    { status: 'rejected', reason: TypeError },
    { status: 'rejected', reason: TypeError },
    { status: 'rejected', reason: { code: 'INVOICE_NOT_FOUND' } },
    { status: 'rejected', reason: { code: 'ERR_SQLITE_ERROR' } },
    { status: 'fulfilled' }
  ])
  const { rows } = await ledger.list({ limit: 9 })
  t.strictSame(
    rows.map(row => row.invoiceNumber),
    ['last', 'first']
  )
  t.match(await ledger.summary(), { waiting: 2 })
})

/** What the next syncs of files do: each step is called in place of one. */
const syncs = async (t: Test, steps: (() => Promise<void>)[]) => {
  const handle = await open(import.meta.filename)
  await handle.close()
  const handles = Object.getPrototypeOf(handle) as FileHandle
  const { datasync } = handles
  handles.datasync = function () {
    const step = steps.shift()
    return step ? step() : datasync.call(this)
  }
  t.teardown(() => Object.assign(handles, { datasync }))
}

t.test('nobody hears of what is not synced, and the process goes on meanwhile', async t => {
  const file = join(t.testdir(), 'ledger.sqlite')
  const ledger = openSqlite({ file })
  t.teardown(() => ledger.close())
  const disk = Promise.withResolvers<void>()
  const begun = Promise.withResolvers<void>()
  await syncs(t, [
    () => {
      begun.resolve()
      return disk.promise
    }
  ])
  const heard: string[] = []

  const asked = [
    ledger.receive(numbered('A'), noon).then(() => heard.push('A')),
    begun.promise.then(() => ledger.find('A')).then(() => heard.push('found'))
  ]
  await begun.promise
  await setImmediate()
  t.strictSame(heard, [], 'neither who wrote nor who reads')

  disk.resolve()
  await Promise.all(asked)
  t.strictSame(heard, ['A', 'found'])
})

t.test('after a sync that failed the log is trusted no more, until the file itself is synced', async t => {
  const file = join(t.testdir(), 'ledger.sqlite')
  const ledger = openSqlite({ file })
  t.teardown(() => ledger.close())
  const fail = () => Promise.reject(Object.assign(new Error('EIO'), { code: 'EIO' }))
  const logBytes = () => statSync(`${file}-wal`).size
  await ledger.receive(numbered('A'), noon)
  t.ok(logBytes() > 0)

  await syncs(t, [fail])
  t.match(await ledger.receive(numbered('B'), noon), { result: 'accepted' }, 'it stands in the file')
  t.equal(logBytes(), 0)
  await ledger.receive(numbered('C'), noon)
  t.ok(logBytes() > 0, 'and the log is trusted again')

  const reader = new DatabaseSync(file)
  reader.exec('BEGIN; SELECT * FROM invoice')
  await syncs(t, [fail])
  await t.rejects(ledger.receive(numbered('D'), noon), { code: 'LEDGER_UNAVAILABLE' }, 'somebody reads the file')
  await t.rejects(ledger.receive(numbered('D'), noon), { code: 'LEDGER_UNAVAILABLE' }, 'and still does')
  reader.close()
  t.match(await ledger.receive(numbered('D'), noon), { result: 'duplicate' }, 'it comes back by itself')
})

t.test('a turn stays short: what is more than a batch goes into the next ones', async t => {
  const { ledger, turns } = openStepwise(':memory:')
  const asked = Array.from({ length: 2500 }, (_, index) => ledger.receive(numbered(`${index}`), noon))

  const waiting: number[] = []
  while (turns.length > 0) {
    turns.shift()?.()
    waiting.push((await ledger.summary()).waiting)
  }

  t.strictSame(waiting, [1000, 2000, 2500])
  await Promise.all(asked)
})

t.test('what was asked before closing is kept, and a turn that comes late does no harm', async t => {
  const file = join(t.testdir(), 'ledger.sqlite')
  const { ledger, turns } = openStepwise(file)
  const asked = Promise.all(Array.from({ length: 1500 }, (_, index) => ledger.receive(numbered(`${index}`), noon)))

  await ledger.close()
  await asked
  for (const turn of turns) turn()

  const again = openSqlite({ file })
  t.teardown(() => again.close())
  t.match(await again.summary(), { waiting: 1500 })
})
