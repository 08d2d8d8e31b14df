// The promise itself: whatever was answered 200 survives a process that dies at any moment, and is delivered once.

import t from 'tap'
import { samplePdf } from '../../plugins/intake/sample.ts'
import { freePort } from '../../src/commands/free-port.ts'
import { systemClock } from '../../src/core/clock.ts'
import type { WholeInvoice } from '../../src/view/answers.ts'
import {
  type BridgeProcess,
  customerId,
  openSandbox,
  quick,
  sha256,
  startBridge,
  temporaryFolder,
  until
} from './bridge-process.ts'

const rounds = 6
const perRound = 6

// The death comes within this time after the latest 200: longer than a delivery takes.
const aliveMsMax = 60

const pdfOf = (invoiceNumber: string) => samplePdf(invoiceNumber)

const event = (invoiceNumber: string) => ({
  invoiceNumber,
  customerId,
  issuedAt: '2026-11-20',
  amount: '121.00',
  pdf: pdfOf(invoiceNumber).toString('base64')
})

/** Sends until the bridge dies; answers what it had acknowledged by then. */
const sendWhileAlive = async (bridge: BridgeProcess, round: number): Promise<string[]> => {
  const acknowledged: string[] = []
  const sends = Array.from({ length: perRound }, async (_, at) => {
    const number = `K-${round}-${at}`
    try {
      const { status } = await bridge.send(event(number))
      if (status === 200) acknowledged.push(number)
    } catch {
      // It died first: nothing was promised.
    }
  })
  await Promise.race(sends)
  await systemClock.sleep(Math.random() * aliveMsMax)
  await bridge.kill('SIGKILL')
  await Promise.all(sends)
  return acknowledged
}

t.test('a bridge that is killed again and again loses nothing it acknowledged, and doubles nothing', async t => {
  const { handle: portal, url } = await openSandbox(t)
  const env = { ...quick, DATA_DIR: temporaryFolder(t), PORTAL_URL: url, PORT: String(await freePort()) }
  const acknowledged: string[] = []
  for (let round = 1; round <= rounds; round += 1) {
    acknowledged.push(...(await sendWhileAlive(await startBridge(t, env), round)))
  }
  const bridge = await startBridge(t, env)
  const summary = await until(
    () => bridge.api<Record<string, number>>('GET', '/api/summary'),
    ({ waiting, sending }) => waiting === 0 && sending === 0,
    'not everything was delivered'
  )

  t.ok(acknowledged.length >= rounds, `${acknowledged.length} were acknowledged`)
  const stored = portal.invoices.map(({ invoiceNumber }) => invoiceNumber)
  t.strictSame(stored.toSorted(), [...new Set(stored)].toSorted(), 'none stands there twice')
  t.strictSame(
    acknowledged.filter(number => !stored.includes(number)),
    [],
    'none is missing'
  )
  t.equal(summary.delivered, stored.length)
  for (const { invoiceNumber, sha256: found } of portal.invoices)
    t.equal(found, sha256(pdfOf(invoiceNumber)), invoiceNumber)
  t.match(await bridge.api<WholeInvoice>('GET', `/api/invoices/${acknowledged[0]}`), { state: 'delivered' })
  t.equal(await bridge.kill('SIGTERM'), 0)
})
