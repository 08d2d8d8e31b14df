// Two bridges on one database, each with a folder of its own, as two machines have it.

import type { ServerResponse } from 'node:http'
import { Webhook } from 'standardwebhooks'
import t, { type Test } from 'tap'
import { samplePdf } from '../../plugins/intake/sample.ts'
import type { Sandbox } from '../../plugins/sandbox/sandbox.ts'
import { invoiceMail, openMailServer, pdfOf } from '../fixtures/mailbox.ts'
import { startPostgres } from '../postgres.ts'
import { serve } from '../server.ts'
import {
  type BridgeProcess,
  customerId,
  openSandbox,
  quick,
  secret,
  sha256,
  startBridge,
  temporaryFolder,
  until
} from './bridge-process.ts'
import { daysAgo } from './tool-world.ts'

const server = await startPostgres()

type Summary = Record<string, number>

const startTwo = async (t: Test, env: Record<string, string>): Promise<[BridgeProcess, BridgeProcess]> => {
  const shared = { ...quick, PORTAL_SETTLE_INHERITED_MS: '3000', DATABASE_URL: await server.database(), ...env }
  const start = () => startBridge(t, { ...shared, DATA_DIR: temporaryFolder(t) })
  return Promise.all([start(), start()])
}

const event = (invoiceNumber: string) => ({
  invoiceNumber,
  customerId,
  issuedAt: '2026-11-20',
  amount: '121.00',
  pdf: samplePdf(invoiceNumber).toString('base64')
})

const sendSigned = (bridge: BridgeProcess, invoiceNumber: string) => {
  const body = JSON.stringify(event(invoiceNumber))
  const id = `msg_${invoiceNumber}`
  const now = new Date()
  return bridge.post(body, {
    authorization: '',
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': new Webhook(secret).sign(id, now, body)
  })
}

const numbersIn = ({ invoices }: Sandbox) => invoices.map(({ invoiceNumber }) => invoiceNumber)

const isSettled = ({ waiting, sending }: Summary) => waiting === 0 && sending === 0

t.test('what one machine acknowledged before it died another one delivers, once, with its PDF', async t => {
  const { handle: portal, url } = await openSandbox(t)
  const [a, b] = await startTwo(t, { PORTAL_URL: url, REVIEW: 'true' })
  t.match(await sendSigned(a, 'D-1'), { status: 200, body: { result: 'accepted' } })
  t.match(await sendSigned(b, 'D-1'), { status: 200, body: { result: 'duplicate' } })
  await until(
    () => b.api<Summary>('GET', '/api/summary'),
    ({ held }) => held === 1,
    'it was not judged'
  )
  await a.kill('SIGKILL')
  await b.api('POST', '/api/invoices/D-1/deliver')
  await until(() => b.api<Summary>('GET', '/api/summary'), isSettled, 'it was not delivered')

  t.match(portal.invoices, [{ invoiceNumber: 'D-1', sha256: sha256(samplePdf('D-1')) }])
  t.equal(portal.counts.calls.create, 1)
  t.equal(await b.kill('SIGTERM'), 0)
})

t.test('one dies in the middle: the other goes on, nothing is lost or twice, and the budget holds', async t => {
  const perMinute = 40
  const { handle: portal, url } = await openSandbox(t, { requestsPerMinute: perMinute })
  const [a, b] = await startTwo(t, { PORTAL_URL: url, PORTAL_REQUESTS_PER_MINUTE: String(perMinute) })
  const numbers = Array.from({ length: 20 }, (_, at) => `S-${at}`)
  const answers = await Promise.all(numbers.map((number, at) => sendSigned(at % 2 === 0 ? a : b, number)))
  t.ok(answers.every(({ status }) => status === 200))
  await until(
    () => portal.invoices.length,
    delivered => delivered >= 5,
    'deliveries did not begin'
  )
  await a.kill('SIGKILL')
  await until(() => b.api<Summary>('GET', '/api/summary'), isSettled, 'not everything was delivered', 150_000)

  t.strictSame(numbersIn(portal).toSorted(), numbers.toSorted())
  for (const { invoiceNumber, sha256: found } of portal.invoices)
    t.equal(found, sha256(samplePdf(invoiceNumber)), invoiceNumber)
  t.equal(portal.counts.statuses[429] ?? 0, 0, 'the portal never had to refuse')
  t.equal(await b.kill('SIGTERM'), 0)
})

t.test('a process that froze in the middle of two deliveries sends neither again when it wakes', async t => {
  const { handle: portal, url } = await openSandbox(t)
  const held: ServerResponse[] = []
  let holds = true
  const pdfs = await serve(t, (_request, response) => {
    if (holds) held.push(response)
    else response.end(samplePdf('F-1'))
  })
  const settings = {
    ...quick,
    PORTAL_URL: url,
    PORTAL_SETTLE_INHERITED_MS: '3000',
    DATABASE_URL: await server.database()
  }
  const a = await startBridge(t, { ...settings, DATA_DIR: temporaryFolder(t) })
  const { pdf: _, ...withoutPdf } = event('F-1')
  t.match(await a.send({ ...withoutPdf, pdfUrl: `${pdfs.origin}/F-1.pdf` }), { status: 200 })
  await until(
    () => held.length,
    asked => asked === 1,
    'its PDF was not asked for'
  )
  // It has left to its last byte: what becomes of a create whose process freezes before that depends on the portal.
  portal.fault({ on: { invoiceNumber: 'F-2', call: 'create' }, fault: 'slow', ms: 600_000 })
  t.match(await sendSigned(a, 'F-2'), { status: 200 })
  await until(
    () => portal.invoices.length,
    stored => stored === 1,
    'it was not sent'
  )
  process.kill(a.pid, 'SIGSTOP')

  holds = false
  for (const response of held) response.end(samplePdf('F-1'))
  const b = await startBridge(t, { ...settings, DATA_DIR: temporaryFolder(t) })
  await until(() => b.api<Summary>('GET', '/api/summary'), isSettled, 'the other one does not go on', 150_000)
  process.kill(a.pid, 'SIGCONT')

  t.match(await sendSigned(a, 'F-3'), { status: 200 })
  await until(() => b.api<Summary>('GET', '/api/summary'), isSettled, 'they do not go on', 150_000)
  t.equal(await a.kill('SIGTERM'), 0)
  t.equal(await b.kill('SIGTERM'), 0)
  t.strictSame(numbersIn(portal).toSorted(), ['F-1', 'F-2', 'F-3'])
  t.equal(portal.counts.calls.create, 3)
})

t.test('a mailbox whose reader dies in the middle: another one goes on, and each invoice is there once', async t => {
  const { handle: portal, url } = await openSandbox(t)
  const mailbox = await openMailServer(t)
  const env = { ...quick, ...mailbox.env, PORTAL_URL: url, DATABASE_URL: await server.database() }
  const start = () => startBridge(t, { ...env, PORTAL_SETTLE_INHERITED_MS: '3000', DATA_DIR: temporaryFolder(t) })
  const a = await start()
  await until(mailbox.listening, listening => listening === 1, 'it does not listen')
  const b = await start()
  const numbers = Array.from({ length: 20 }, (_, at) => `M-${at}`)
  for (const number of numbers) mailbox.put(invoiceMail({ number, issuedAt: daysAgo(0) }), { at: new Date() })
  const read = () => mailbox.mails('Verwerkt')?.length ?? 0
  // At an answer that it would get, so that it is not through before the test sees how far it is.
  mailbox.cuts = () => {
    if (read() < 7) return false
    mailbox.cuts = () => false
    void a.kill('SIGKILL')
    return true
  }
  await a.ended
  t.equal(read(), 7)

  await b.api('POST', '/api/catch-up', { tool: 'mailbox', since: daysAgo(1) })
  await until(
    () => b.api<Summary>('GET', '/api/summary'),
    summary => summary.delivered === numbers.length,
    'not all are delivered'
  )
  t.strictSame(numbersIn(portal).toSorted(), numbers.toSorted())
  for (const { invoiceNumber, sha256: found } of portal.invoices)
    t.equal(found, sha256(pdfOf(invoiceNumber ?? '')), String(invoiceNumber))
  t.equal(portal.counts.calls.create, numbers.length)
  t.strictSame([read(), mailbox.mails('INBOX'), mailbox.mails('Niet gelezen')], [numbers.length, [], []])
  t.equal(await b.kill('SIGTERM'), 0)
})

t.test('without the database nothing is acknowledged and health fails; nor does a bridge start', async t => {
  const { url } = await openSandbox(t)
  const env = { PORTAL_URL: url, DATABASE_TIMEOUT_MS: '20000', DATABASE_URL: await server.database() }
  const bridge = await startBridge(t, { ...env, DATA_DIR: temporaryFolder(t) })
  await server.stop()

  t.match(await sendSigned(bridge, 'N-1'), { status: 503, body: { code: 'LEDGER_UNAVAILABLE' } })
  const isFailing = async () => (await fetch(`${bridge.url}/health`)).status === 503
  t.ok(await until(isFailing, failing => failing, 'health does not know'))
  const starting = startBridge(t, { ...env, DATA_DIR: temporaryFolder(t) })
  await t.rejects(starting, /LEDGER_UNREADABLE: the database at 127\.0\.0\.1:\d+ cannot be used: .*ECONNREFUSED/)
  await t.rejects(starting, { message: /^((?!only-for-tests).)*$/s })
  t.notMatch(bridge.output(), /only-for-tests/)
})

t.test('once another server has taken over, a bridge waits for no delivery before it ends', async t => {
  const { handle: portal, url } = await openSandbox(t)
  const other = await startPostgres()
  const env = { PORTAL_URL: url, DATABASE_URL: await other.database() }
  const bridge = await startBridge(t, { ...env, DATA_DIR: temporaryFolder(t) })
  portal.fault({ on: { invoiceNumber: 'R-1', call: 'create' }, fault: 'slow', ms: 600_000 })
  t.match(await sendSigned(bridge, 'R-1'), { status: 200 })
  await until(
    () => portal.invoices.length,
    stored => stored === 1,
    'it was not sent'
  )
  await other.replace()

  await Promise.all([until(() => sendSigned(bridge, 'R-2').catch(() => null), isGone, 'it goes on'), bridge.ended])
  t.equal(await bridge.ended, 1)
  const lines = bridge
    .output()
    .split('\n')
    .filter(line => line.startsWith('{'))
  const at = (said: string) => Date.parse(lines.map(line => JSON.parse(line)).find(({ msg }) => msg === said)?.time)
  t.ok(at('bridge stopped') - at('bridge stopping') < 15_000)
  t.match(bridge.output(), /LEDGER_REPLACED/)
})

const isGone = (answer: unknown): boolean => answer === null
