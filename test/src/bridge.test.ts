import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import { type Logger, pino } from 'pino'
import t, { type Test } from 'tap'
import { samplePdf } from '../../plugins/intake/sample.ts'
import { loadTools, settingsOf } from '../../plugins/registry.ts'
import { openBridge, openTools } from '../../src/bridge.ts'
import { readConfig } from '../../src/config.ts'
import { type Clock, systemClock } from '../../src/core/clock.ts'
import { openSqlite } from '../../src/ledger/open.ts'
import { customerId, openSandbox, until } from '../end-to-end/bridge-process.ts'
import { serve, trustTestCertificate } from '../server.ts'
import { handClock } from './portal/hand-clock.ts'

const tools = await loadTools()

const configOf = (env: Record<string, string>) =>
  readConfig(
    {
      PORTAL_TOKEN: 'token',
      // As long as a first start waits before it reads.
      PORTAL_TIMEOUT_MS: '1000',
      PORTAL_SETTLE_MS: '2000',
      PORTAL_URL: 'http://127.0.0.1:9/v1',
      SEND_NOTIFICATION: 'false',
      OPERATOR_TOKEN: 'sixteen characters',
      INTAKE_SECRET: 'sixteen characters',
      ALLOW_PRIVATE_ADDRESSES: 'true',
      PORT: '0',
      ...env
    },
    settingsOf(tools)
  )

const silent = pino({ level: 'silent' })

const open = (env: Record<string, string>, logger: Logger = silent, clock: Clock = systemClock) =>
  openBridge({
    config: configOf(env),
    tools,
    clock,
    random: Math.random,
    logger,
    version: '1.2.3'
  })

const deliverOne = async (t: Test, DATA_DIR: string) => {
  const portal = await openSandbox(t)
  const bridge = await open({ DATA_DIR, PORTAL_URL: portal.url })
  const address = await bridge.start()
  const fields = { invoiceNumber: '1', customerId, issuedAt: '2026-11-20', amount: '1.00', pdf: 'JVBERi0=' }
  const answer = await fetch(`${address}/webhooks/invoices`, {
    method: 'POST',
    headers: { authorization: 'Bearer sixteen characters', 'content-type': 'application/json' },
    body: JSON.stringify(fields)
  })
  t.equal(answer.status, 200)
  await until(
    () => bridge.ledger.find('1'),
    row => row?.state === 'delivered',
    'it was not delivered'
  )
  return { bridge, portal, address }
}

t.test('it starts, delivers, and ends with nothing left open', async t => {
  const DATA_DIR = t.testdir()
  const { bridge, portal, address } = await deliverOne(t, DATA_DIR)
  await bridge.stop()

  t.match(portal.handle.invoices, [{ invoiceNumber: '1' }])
  await t.rejects(fetch(`${address}/health`))
  const ledger = openSqlite({ file: join(DATA_DIR, 'ledger.sqlite') })
  t.match(await ledger.find('1'), { state: 'delivered' }, 'the ledger is free for the next one')
  await ledger.close()
})

t.test('files that no invoice names are removed at start, others stay', async t => {
  const DATA_DIR = t.testdir()
  const first = await open({ DATA_DIR })
  const document = await first.spool.keep(
    (async function* () {
      yield Buffer.from('%PDF-')
    })()
  )
  await first.ledger.receive(
    {
      tool: 'invoices',
      document,
      notify: false,
      test: false,
      invoice: {
        invoiceNumber: '1',
        sourceId: null,
        customer: {
          ref: 'a',
          portalId: null,
          emails: [],
          name: null,
          address: null,
          zipCode: null,
          city: null,
          countryCode: null
        },
        amountCents: 1,
        currency: 'EUR',
        issuedAt: '2026-11-20',
        dueAt: null,
        paidAt: null,
        pdfUrl: null
      }
    },
    systemClock.now()
  )
  await first.stop()
  const orphan = join(DATA_DIR, 'spool', 'orphan.pdf.part')
  writeFileSync(orphan, '%PDF-')

  const second = await open({ DATA_DIR })
  t.teardown(() => second.stop())
  t.notOk(existsSync(orphan))
  t.ok(existsSync(join(DATA_DIR, 'spool', document.file)))
})

t.test('a folder that cannot be one stops the start by its name', async t => {
  const folder = t.testdir({ file: '' })
  await t.rejects(open({ DATA_DIR: join(folder, 'file', 'data') }), { code: 'LEDGER_UNREADABLE' })
  mkdirSync(join(folder, 'data'))
  writeFileSync(join(folder, 'data', 'spool'), 'not a folder')
  await t.rejects(open({ DATA_DIR: join(folder, 'data') }), { code: 'LEDGER_UNREADABLE' })
})

t.test('a ledger of another portal stops the start', async t => {
  const DATA_DIR = t.testdir()
  const { bridge } = await deliverOne(t, DATA_DIR)
  await bridge.stop()
  const another = await openSandbox(t)

  await t.rejects(open({ DATA_DIR, PORTAL_URL: another.url }), { code: 'PORTAL_CHANGED' })
})

t.test('two bridges never share a folder', async t => {
  const DATA_DIR = t.testdir()
  const bridge = await open({ DATA_DIR })
  t.teardown(() => bridge.stop())

  await t.rejects(open({ DATA_DIR }), { code: 'LEDGER_IN_USE' })
})

t.test('only tools that are set up are opened, each with its own settings', async t => {
  t.strictSame(openTools(configOf({ INTAKE_SECRET: '' }), tools), [])
})

t.test('numbers that an earlier version kept apart are told at start and in health, by number', async t => {
  const folder = t.testdir()
  const packed = new URL('../fixtures/ledger/3530aca.sqlite.gz', import.meta.url)
  writeFileSync(join(folder, 'ledger.sqlite'), gunzipSync(readFileSync(packed)))
  const lines: object[] = []
  const logger = pino({ level: 'warn' }, { write: line => void lines.push(JSON.parse(line)) })
  const bridge = await open({ DATA_DIR: folder }, logger)
  t.teardown(() => bridge.stop())

  t.match(lines, [{ invoices: ['2026\u20111'], msg: /^numbers that only look different/ }])
  const { checks } = (await bridge.app.inject('/health')).json()
  t.match(checks.numbers, [{ status: 'warn', observedValue: 1, output: /^2026\u20111: kept beside/ }])
})

t.test('what health warns of reaches ALERT_URL of a bridge that runs', async t => {
  trustTestCertificate()
  const posted: { code: string; text: string }[] = []
  const owner = await serve(
    t,
    async (request, response) => {
      posted.push(JSON.parse(await text(request)))
      response.end()
    },
    { secure: true }
  )
  const clock = handClock()
  const env = { DATA_DIR: t.testdir(), INTAKE_SECRET: '', ALERT_URL: `${owner.origin}/` }
  const bridge = await open(env, silent, clock)
  t.teardown(() => bridge.stop())
  await bridge.start()

  const warnings = await until(
    // What writes to a disk is not done when the clock says so.
    async () => {
      await clock.advance(60_000)
      return posted.filter(({ code }) => code === 'WARNING').map(({ text }) => text)
    },
    texts => texts.some(text => text.startsWith('Factuurbrug: no tool is set up')),
    'nobody was told'
  )
  t.equal(warnings.filter(text => text.includes('no tool is set up')).length, 1)
})

t.test('a bridge that is stopped gives signs of life until its last delivery has ended', async t => {
  trustTestCertificate()
  const portal = await openSandbox(t)
  const asked: ServerResponse[] = []
  const files = await serve(t, (_, response) => void asked.push(response), { secure: true })
  const clock = handClock()
  const bridge = await open({ DATA_DIR: t.testdir(), PORTAL_URL: portal.url }, silent, clock)
  await bridge.start()
  const fields = { invoiceNumber: '1', customerId, issuedAt: '2026-11-20', amount: '1.00', pdfUrl: `${files.origin}/` }
  await bridge.app.inject({
    method: 'POST',
    url: '/webhooks/invoices',
    headers: { authorization: 'Bearer sixteen characters' },
    payload: fields
  })
  await until(
    async () => {
      await clock.advance(1000)
      return asked
    },
    ([response]) => response !== undefined,
    'nobody fetched the PDF'
  )

  const stopped = bridge.stop()
  const stoppedAt = clock.now()
  await until(
    async () => {
      await clock.advance(1000)
      return bridge.ledger.holdings.lastBeat()
    },
    at => Number(at) > stoppedAt,
    'it gave no sign of life'
  )
  asked[0]?.end(samplePdf('1'))
  await stopped
  t.match(portal.handle.invoices, [{ invoiceNumber: '1' }])
})
