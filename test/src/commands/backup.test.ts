import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import t from 'tap'
import { samplePdf } from '../../../plugins/intake/sample.ts'
import { factuurbrug } from '../../command-line.ts'
import { customerId, openSandbox, quick, startBridge, temporaryFolder, until } from '../../end-to-end/bridge-process.ts'

const open = async (t: Parameters<typeof startBridge>[0]) => {
  const { handle: portal, url } = await openSandbox(t)
  const folder = temporaryFolder(t)
  const start = (DATA_DIR: string) =>
    startBridge(t, { ...quick, PORTAL_SETTLE_INHERITED_MS: '2100', DATA_DIR, PORTAL_URL: url })
  return { portal, folder, start }
}

type Bridge = Awaited<ReturnType<typeof startBridge>>

const send = (bridge: Bridge, invoiceNumber: string, more = {}) =>
  bridge.send({
    invoiceNumber,
    customerId,
    issuedAt: '2026-11-20',
    amount: '121.00',
    pdf: samplePdf(invoiceNumber).toString('base64'),
    ...more
  })

const becomes = (bridge: Bridge, invoiceNumber: string, wanted: string) =>
  until(
    () => bridge.api<{ state: string }>('GET', `/api/invoices/${invoiceNumber}`),
    ({ state }) => state === wanted,
    `${invoiceNumber} is not ${wanted}`
  )

t.test('a back-up is whole while the bridge takes invoices in, and names no PDF that it lacks', async t => {
  const { folder, start } = await open(t)
  const data = join(folder, 'data')
  const bridge = await start(data)
  await send(bridge, 'A-1', { currency: 'USD' })
  let isOver = false
  const sending = (async () => {
    for (let number = 0; !isOver; number += 1)
      await send(bridge, `H-${number}`, number % 3 ? { currency: 'USD' } : {}).catch(() => {})
  })()
  for (let copy = 0; copy < 3; copy += 1) {
    const file = join(folder, `copy-${copy}.sqlite`)
    const { code, stdout, stderr } = await factuurbrug(['backup', file, '--json'], {
      env: { DATA_DIR: data }
    })
    t.match({ code, stderr }, { code: 0, stderr: '' })
    const told = JSON.parse(stdout)
    const db = new DatabaseSync(file)
    t.match(db.prepare('PRAGMA integrity_check').all(), [{ integrity_check: 'ok' }])
    t.match(db.prepare('SELECT count(*) AS invoices FROM invoice').get(), { invoices: told.invoices })
    const named = db.prepare('SELECT document_file AS file FROM invoice WHERE document_file IS NOT NULL').all()
    db.close()
    t.strictSame(readdirSync(`${file}.spool`).sort(), named.map(({ file }) => file).sort())
    t.strictSame([told.documents, told.missing], [named.length, []])
    t.ok(named.length > 0)
    t.notOk(existsSync(`${file}.part`))
  }
  isOver = true
  await sending
})

for (const [where, putBack] of Object.entries({
  'in a new folder': (folder: string, data: string) => renameSync(data, join(folder, 'former')),
  'in the folder of before, minus the database': (_: string, data: string) => {
    for (const name of ['ledger.sqlite', 'ledger.sqlite-wal', 'ledger.sqlite-shm'])
      rmSync(join(data, name), { force: true })
    rmSync(join(data, 'spool'), { recursive: true })
  }
}))
  t.test(`put back ${where}, seconds old, the portal is read before anything is created`, async t => {
    const { portal, folder, start } = await open(t)
    const [data, file] = [join(folder, 'data'), join(folder, 'copy.sqlite')]
    const before = await start(data)
    await send(before, 'A-1')
    await becomes(before, 'A-1', 'delivered')
    await send(before, 'A-2', { currency: 'USD' })
    await becomes(before, 'A-2', 'held')
    t.match(await factuurbrug(['backup', file], { env: { DATA_DIR: data } }), {
      code: 0,
      stdout: /2 invoices; .*copy\.sqlite\.spool: 2 PDFs/
    })
    t.equal(await before.kill('SIGTERM'), 0)
    putBack(folder, data)
    mkdirSync(data, { recursive: true })
    cpSync(file, join(data, 'ledger.sqlite'))
    cpSync(`${file}.spool`, join(data, 'spool'), { recursive: true })
    portal.add({ customerId, invoiceNumber: 'A-3', issuedAt: '2026-11-20', amount: '121.00' })

    const bridge = await start(data)
    t.match(bridge.output(), /"copied":true.*the ledger may have been rolled back/)
    await send(bridge, 'A-1')
    await send(bridge, 'A-3')
    await becomes(bridge, 'A-3', 'delivered')
    t.strictSame(portal.invoices.map(({ invoiceNumber }) => invoiceNumber).sort(), ['A-1', 'A-3'])
    await bridge.kill('SIGTERM')

    const again = await start(data)
    t.notMatch(again.output(), /"copied":true/, 'from then on it is itself')
  })

t.test('nothing is written over, and nothing is left of what fails', async t => {
  const { folder, start } = await open(t)
  const data = join(folder, 'data')
  await (await start(data)).kill('SIGTERM')
  const file = join(folder, 'copy.sqlite')
  const backUp = (...args: string[]) => factuurbrug(['backup', ...args], { env: { DATA_DIR: data } })

  writeFileSync(file, 'mine')
  t.match(await backUp(file), { code: 1, stderr: /copy\.sqlite already exists/ })
  rmSync(file)
  mkdirSync(`${file}.spool`)
  t.match(await backUp(file), { code: 1, stderr: /copy\.sqlite\.spool already exists/ })
  rmSync(`${file}.spool`, { recursive: true })
  mkdirSync(`${file}.part`)
  t.match(await backUp(file), { code: 1, stderr: /another back-up is running, or one was interrupted/ })
  rmSync(`${file}.part`, { recursive: true })

  t.match(await backUp(), { code: 2 })
  t.match(await backUp(join(folder, 'nowhere', 'copy')), { code: 1, stderr: /ENOENT/ })
  t.match(await factuurbrug(['backup', file], { env: { DATA_DIR: folder } }), {
    code: 1,
    stderr: /LEDGER_UNREADABLE: cannot copy/
  })
  t.strictSame(readdirSync(folder), ['data'])

  t.match(await backUp(file), { code: 0, stderr: '' }, 'a bridge need not run')
})
