import { closeSync, existsSync, openSync } from 'node:fs'
import t from 'tap'
import { samplePdf } from '../../../plugins/intake/sample.ts'
import { createLogger } from '../../../src/commands/serve.ts'
import { BridgeError } from '../../../src/core/errors.ts'
import {
  customerId,
  openSandbox,
  type Printed,
  quick,
  startBridge,
  temporaryFolder,
  until
} from '../../end-to-end/bridge-process.ts'
import { openHouseWith } from './fixtures.ts'

const invoice = {
  invoiceNumber: 'A-0',
  customerId,
  issuedAt: '2026-11-20',
  amount: '121.00',
  pdf: samplePdf('A-0').toString('base64')
}

t.test('the log is lines of JSON, without what an invoice tells of people and money', async t => {
  const { bridge, bring } = await openHouseWith(startBridge, t)
  await bring('A-1', 'delivered', { customerName: 'Kees de Bakker', customerEmail: 'kees@bakker.example' })
  await bring('A-2', 'held', { amount: '-34.56' })
  t.equal(await bridge.kill('SIGTERM'), 0)

  const lines = bridge
    .output()
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as Record<string, unknown>)
  t.match(lines, [
    { msg: /^Server listening/ },
    { msg: 'bridge started', address: bridge.url, tools: ['invoices'] },
    ...Array(lines.length - 4).fill({ msg: /./ }),
    { msg: 'bridge stopping', signal: 'SIGTERM' },
    { msg: 'bridge stopped' }
  ])
  for (const { time } of lines) t.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  t.ok(lines.some(({ msg, invoiceNumber }) => msg === 'invoice delivered' && invoiceNumber === 'A-1'))
  t.notMatch(bridge.output(), /kees|121\.00|amount|34\.56|Bearer|whsec_/i)
})

t.test('a bridge ends in order by SIGINT, too', async t => {
  const { bridge } = await openHouseWith(startBridge, t)

  t.equal(await bridge.kill('SIGINT'), 0)
  t.match(bridge.output(), /"signal":"SIGINT".*"bridge stopped"/s)
})

/** Files that cannot be written; null: a pipe that is closed. */
const unwritable: Record<string, string | null> = {
  'a full disk (ENOSPC)': '/dev/full',
  // Nothing is mapped where its position stands.
  'a broken disk (EIO)': '/proc/self/mem',
  'a pipe whose reader left (EPIPE)': null
}

for (const [what, file] of Object.entries(unwritable)) {
  const skip = file !== null && !existsSync(file) && `this machine has no ${file}`
  t.test(`a log that cannot be written stops neither the service nor its end: ${what}`, { skip }, async t => {
    const { url: portalUrl, handle: portal } = await openSandbox(t)
    const output: Printed = file === null ? 'closed' : openSync(file, 'r+')
    const env = { ...quick, PORTAL_URL: portalUrl, DATA_DIR: temporaryFolder(t), REVEIW: 'true' }
    const bridge = await startBridge(t, env, output)
    if (typeof output === 'number') t.teardown(() => closeSync(output))

    for (const invoiceNumber of ['A-1', 'A-2'])
      t.match(await bridge.send({ ...invoice, invoiceNumber }), { body: { result: 'accepted' } })
    await until(
      () => portal.invoices,
      ({ length }) => length === 2,
      'they were not delivered'
    )
    t.match(await bridge.send({ amount: 'veel' }), { status: 422 })
    t.equal(await bridge.kill('SIGTERM'), 0, 'in order')
    t.equal(bridge.output(), '', 'and nobody saw a line')
  })
}

const pdfUrl = 'https://facturen.example/1.pdf'

t.test('a log that nobody reads stops nothing, either', async t => {
  const { url: portalUrl, handle: portal } = await openSandbox(t)
  const env = { ...quick, PORTAL_URL: portalUrl, DATA_DIR: temporaryFolder(t) }
  const bridge = await startBridge(t, env, 'unread')
  // Two lines each of some 200 bytes: more than a pipe holds.
  const many = Array.from({ length: 300 }, (_, at) => `A-${at}-${'x'.repeat(90)}`)
  await Promise.all(
    many.map(invoiceNumber => bridge.send({ ...invoice, invoiceNumber, amount: '0.00', pdf: '', pdfUrl }))
  )

  await bridge.send({ ...invoice, invoiceNumber: 'B-1' })
  await until(
    () => portal.invoices,
    ({ length }) => length === 1,
    'it was not delivered'
  )
  t.equal(await bridge.kill('SIGTERM'), 0, 'in order')
})

t.test('an error in the log shows what it is and where, never what it carries', async t => {
  const logger = createLogger({ level: 'warn' })
  const serializers = Object.getOwnPropertySymbols(logger).find(({ description }) => description === 'pino.serializers')
  const described = logger[serializers as never] as { err: (error: unknown) => Record<string, unknown> }
  const deep = new Error('a', {
    cause: new Error('b', { cause: new Error('c', { cause: new Error('d', { cause: new Error('e') }) }) })
  })
  const secretive = Object.assign(new BridgeError('LEDGER_UNAVAILABLE'), {
    body: 'amount 121.00',
    options: {}
  })

  t.strictSame(Object.keys(described.err(secretive)), ['type', 'code', 'errcode', 'message', 'stack'])
  t.match(described.err(deep), { cause: { message: 'b', cause: { message: 'c', cause: { message: 'd' } } } })
  t.notMatch(described.err(deep), { cause: { cause: { cause: { cause: { message: 'e' } } } } })
  t.strictSame(described.err('a text that was thrown'), { type: 'string' })
})
