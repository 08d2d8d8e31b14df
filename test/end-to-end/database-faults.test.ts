// What can happen to the database while a bridge runs: one thing after the other, to the same bridge. The clock of its
// machine is an hour wrong throughout.

import pg from 'pg'
import { Webhook } from 'standardwebhooks'
import t from 'tap'
import { samplePdf } from '../../plugins/intake/sample.ts'
import { startPostgres } from '../postgres.ts'
import {
  customerId,
  openSandbox,
  operatorToken,
  quick,
  secret,
  sha256,
  startBridge,
  temporaryFolder,
  until
} from './bridge-process.ts'

const server = await startPostgres()
const url = await server.database()
const portal = await openSandbox(t)
const bridge = await startBridge(t, {
  ...quick,
  PORTAL_URL: portal.url,
  DATABASE_URL: url,
  DATABASE_TIMEOUT_MS: '3000',
  DATA_DIR: temporaryFolder(t),
  NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent('const at = Date.now; Date.now = () => at() + 3600000')}`
})

const administer = async <T>(step: (client: pg.Client) => Promise<T>): Promise<T> => {
  const client = new pg.Client(url)
  await client.connect()
  try {
    return await step(client)
  } finally {
    await client.end()
  }
}
const run = (sql: string) => administer(client => client.query(sql))
const count = async (table: string): Promise<number> =>
  Number((await run(`SELECT count(*) AS rows FROM ${table}`)).rows[0].rows)

let sent = 0

/** Signed at the right time. */
const send = async (invoiceNumber: string, more: object = {}) => {
  const pdf = samplePdf(invoiceNumber).toString('base64')
  const body = JSON.stringify({ invoiceNumber, customerId, issuedAt: '2026-11-20', amount: '121.00', pdf, ...more })
  const id = `msg_${++sent}`
  const now = new Date()
  const answer = await fetch(`${bridge.url}/webhooks/invoices`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
      'webhook-signature': new Webhook(secret).sign(id, now, body)
    },
    body
  })
  const told = (await answer.json()) as Record<string, unknown>
  return { status: answer.status, retryAfter: answer.headers.get('retry-after'), ...told }
}

const kept = { status: 200, result: 'accepted' }
const refused = { status: 503, retryAfter: /^\d+$/, code: 'LEDGER_UNAVAILABLE' }

const isHealthy = async (): Promise<boolean> => (await fetch(`${bridge.url}/health`)).ok

const delivered = (number: string) =>
  until(
    () => portal.handle.invoices.find(({ invoiceNumber }) => invoiceNumber === number),
    found => found !== undefined,
    `${number} was not delivered`
  )

t.test('a machine whose clock is an hour wrong takes what is signed now, and delivers it', async t => {
  t.match(await send('C-1'), kept)
  t.match(await delivered('C-1'), { sha256: sha256(samplePdf('C-1')) })
})

t.test('a text that the database cannot keep is refused at the door', async t => {
  t.match(await send('N-1\0'), { status: 422, problems: [{ field: 'invoiceNumber' }] })
  t.match(await send('N-1', { customerName: 'a\0b' }), { status: 422, problems: [{ field: 'customerName' }] })
  const ask = async (path: string) => {
    const answer = await fetch(bridge.url + path, { headers: { authorization: `Bearer ${operatorToken}` } })
    return { status: answer.status, ...((await answer.json()) as object) }
  }
  t.match(await ask('/api/invoices/N-1%00'), { status: 422, problems: [{ field: 'invoiceNumber' }] })
  t.match(await ask('/api/invoices?q=a%00'), { status: 422, problems: [{ field: 'q' }] })
  t.match(await ask('/api/portal/customers?q=%00'), { status: 422, problems: [{ field: 'q' }] })
})

t.test('a disk of the database that is full: nothing is acknowledged, and nothing is half there', async t => {
  await run(`CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION USING ERRCODE = 'disk_full', MESSAGE = 'could not extend file'; END $$`)
  await run('CREATE TRIGGER full_disk BEFORE INSERT ON document_chunk EXECUTE FUNCTION full_disk()')
  const chunks = await count('document_chunk')
  t.match(await send('D-1'), refused)
  t.equal(await count('document_chunk'), chunks)
  await run('DROP TRIGGER full_disk ON document_chunk')

  await run(`CREATE CONSTRAINT TRIGGER full_disk AFTER INSERT ON invoice DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION full_disk()`)
  t.match(await send('D-1'), refused, 'at the commit')
  t.equal(await count(`invoice WHERE key = 'd-1'`), 0)
  await run('DROP TRIGGER full_disk ON invoice')

  t.match(await send('D-1'), kept)
  t.match(await delivered('D-1'), { sha256: sha256(samplePdf('D-1')) })
})

t.test('whoever holds the database up for too long: it waits, then 503', async t => {
  await administer(async client => {
    await client.query('BEGIN; LOCK TABLE invoice')
    t.match(await send('W-1'), refused)
  })
  t.match(await send('W-1'), kept)
  await delivered('W-1')
})

t.test('the database is lost and comes back: nothing acknowledged is lost, all goes on by itself', async t => {
  t.match(await send('L-1'), kept)
  await server.restart('immediate', async () => {
    t.match(await send('L-2'), refused)
    await until(isHealthy, healthy => !healthy, 'health does not know')
  })
  await until(isHealthy, healthy => healthy, 'it did not go on')
  t.match(await send('L-2'), kept)
  await delivered('L-1')
  await delivered('L-2')
})

t.test('a newer release migrates beside it: it works on, or ends in words where it cannot', async t => {
  await run(`INSERT INTO migration VALUES (98, '098-more.sql')`)
  t.match(await send('M-1'), kept)
  await delivered('M-1')
  await until(
    () => bridge.api<Record<string, number>>('GET', '/api/summary'),
    ({ waiting, sending }) => waiting === 0 && sending === 0,
    'what was sent was not recorded'
  )

  await run(`INSERT INTO migration VALUES (99, '099-other.breaking.sql')`)
  t.match(await send('M-2'), refused)
  // By itself: a signal could come when the process no longer handles signals.
  t.equal(await bridge.ended, 1)
  t.match(bridge.output(), 'LEDGER_TOO_NEW: the ledger has version 99')
})

t.test('each was sent once, and the password told to nobody', async t => {
  t.strictSame(portal.handle.invoices.map(({ invoiceNumber }) => invoiceNumber).toSorted(), [
    ...['C-1', 'D-1', 'L-1', 'L-2', 'M-1', 'W-1']
  ])
  t.equal(portal.handle.counts.calls.create, 6)
  t.notMatch(bridge.output(), /only-for-tests/)
})
