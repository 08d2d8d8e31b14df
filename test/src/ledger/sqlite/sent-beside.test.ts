import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { openSentBeside } from '../../../../src/ledger/sqlite/sent-beside.ts'

const pathIn = (t: Test) => join(t.testdir(), 'ledger.sqlite.sent')

/** The real one, beside which is counted how often the disk was waited for. */
const watchSync = async (t: Test) => {
  const handle = await open(import.meta.filename)
  const prototype = Object.getPrototypeOf(handle) as typeof handle
  await handle.close()
  return t.capture(prototype, 'sync', prototype.sync)
}

t.test('what was raised stands there for the next process', async t => {
  const path = pathIn(t)
  const beside = openSentBeside(path)
  t.equal(await beside.read(), null, 'where nothing was sent there is none')

  await beside.raise(41)
  await beside.raise(42)
  t.equal(await openSentBeside(path).read(), 42, 'also where that process never ended')
  await beside.close()

  const next = openSentBeside(path)
  await next.raise(43)
  t.equal(await next.read(), 43)
  await next.close()
})

t.test('it is on the disk before anybody hears of it', async t => {
  const synced = await watchSync(t)
  const path = pathIn(t)
  const beside = openSentBeside(path)

  await beside.raise(7)

  t.equal(synced().length, 1)
  t.match(readFileSync(path, 'utf8'), /^0+7$/)
  await beside.close()
})

t.test('raises that are asked for meanwhile share a write; what stands there is not written again', async t => {
  const synced = await watchSync(t)
  const beside = openSentBeside(pathIn(t))

  await Promise.all([1, 2, 4, 3].map(beside.raise))

  t.equal(synced().length, 1)
  t.equal(await beside.read(), 4)
  await beside.raise(4)
  t.equal(synced().length, 0)
  await beside.close()
})

t.test('half a number is none', async t => {
  for (const text of ['', '42', '000000000000004x', '-000000000000042', ' 42             ']) {
    const path = pathIn(t)
    writeFileSync(path, text)
    t.equal(await openSentBeside(path).read(), null, text)
  }
})

t.test('whoever could not be counted is told; the next one tries again', async t => {
  const folder = join(t.testdir(), 'later')
  const beside = openSentBeside(join(folder, 'ledger.sqlite.sent'))
  await t.rejects(beside.raise(1), { code: 'LEDGER_UNAVAILABLE' })

  mkdirSync(folder)
  await beside.raise(2)

  t.equal(await beside.read(), 2)
  await beside.close()
})

t.test('it can be closed where it never could be opened, or was never needed', async t => {
  const unneeded = openSentBeside(pathIn(t))
  await unneeded.close()
  t.equal(await unneeded.read(), null)

  const impossible = openSentBeside(join(t.testdir(), 'nowhere', 'ledger.sqlite.sent'))
  await t.rejects(impossible.raise(1))
  await impossible.close()
})

t.test('a close waits for what is being written', async t => {
  const path = pathIn(t)
  const beside = openSentBeside(path)
  const raised = beside.raise(9)
  await beside.close()

  await raised
  t.equal(await openSentBeside(path).read(), 9)
})
