// The promise under fire: a portal that fails a quarter of the creates in every way it can, a bridge that is killed
// again and again; by choice its data folder is deleted, or rolled back, half-way, and every webhook sent once more.

import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Sandbox } from '../../plugins/sandbox/sandbox.ts'
import { freePort } from '../../src/commands/free-port.ts'
import { systemClock } from '../../src/core/clock.ts'
import { type BridgeProcess, openSandbox, startBridge, temporaryFolder, until } from '../end-to-end/bridge-process.ts'
import { type Bench, invoice } from './bench.ts'

const faults = ['fail-before', 'fail-after', 'lost', 'reset-before', 'garbage', 'garbage-json', '429', '503'] as const
const senders = 8

// A sender whose event was not taken waits a little; otherwise its tries would keep the processes from starting again.
const againMs = 100

// Thousands of doubts, one after the other: each is asked for once more before it is believed.
export const restMs = 30 * 60_000

const faultSometimes = (handle: Sandbox, invoiceNumber: string): void => {
  if (Math.random() >= 0.25 || handle.faults.length >= 500) return
  const fault = faults[Math.floor(Math.random() * faults.length)] ?? 'lost'
  handle.fault({ on: { invoiceNumber, call: 'create' }, fault, ms: 1000 })
}

/**
 * Sends each until it is acknowledged, as a sender does; a process that was killed meanwhile throws. A quarter of the
 * creates will fail, in one way or another.
 */
export const sendAll = async (
  numbers: string[],
  handle: Sandbox,
  send: (number: string) => Promise<boolean>
): Promise<void> => {
  const rest = [...numbers]
  const sendOne = async (number: string): Promise<void> => {
    while (!(await send(number).catch(() => false))) await systemClock.sleep(againMs)
  }
  await Promise.all(
    Array.from({ length: senders }, async () => {
      for (let number = rest.pop(); number !== undefined; number = rest.pop()) {
        faultSometimes(handle, number)
        await sendOne(number)
      }
    })
  )
}

export const storm: Bench = async (t, { invoices, kills, how, order }) => {
  const { handle, url } = await openSandbox(t, { order: order as 'newest', keepPdfs: false })
  const customer = handle.customers[0]?.id ?? ''
  const folder = temporaryFolder(t)
  const env = {
    DATA_DIR: join(folder, 'data'),
    PORT: String(await freePort()),
    PORTAL_URL: url,
    PORTAL_REQUESTS_PER_MINUTE: '100000',
    PORTAL_TIMEOUT_MS: '500',
    PORTAL_SETTLE_MS: '1500',
    WORKER_CONCURRENCY: '8'
  }
  const numbers = Array.from({ length: invoices }, (_, index) => `S-${(index * 7919) % invoices}`)
  let bridge: BridgeProcess = await startBridge(t, env)
  const sendEach = (): Promise<void> =>
    sendAll(numbers, handle, async number => (await bridge.send(invoice(number, customer))).status === 200)

  const startedAt = performance.now()
  const sending = [sendEach()]
  for (let kill = 1; kill <= kills; kill += 1) {
    const enough = Math.floor((invoices * kill) / (kills + 1))
    await until(
      () => handle.invoices.length,
      stored => stored >= Math.min(enough, invoices - 1) || Math.random() < 0.001,
      'deliveries between two kills',
      restMs
    )
    await bridge.kill('SIGKILL')
    if (kill === Math.ceil(kills / 3) && how === 'rollback')
      cpSync(env.DATA_DIR, join(folder, 'copy'), { recursive: true })
    if (kill === Math.ceil(kills / 2) && how !== 'kill') {
      rmSync(env.DATA_DIR, { recursive: true })
      if (how === 'rollback') cpSync(join(folder, 'copy'), env.DATA_DIR, { recursive: true })
      sending.push(sendEach())
    }
    bridge = await startBridge(t, env)
  }
  await Promise.all(sending)
  await until(
    () => bridge.api<{ waiting: number; sending: number; held: number }>('GET', '/api/summary'),
    ({ waiting, sending }) => waiting + sending === 0,
    'rest',
    restMs
  )
  const times = Map.groupBy(handle.invoices, stored => stored.invoiceNumber)
  const lost = numbers.filter(number => !times.has(number)).length
  const twice = [...times.values()].filter(stored => stored.length > 1).length
  const tookS = Math.round((performance.now() - startedAt) / 1000)
  const { held } = await bridge.api<{ held: number }>('GET', '/api/summary')
  return [
    {
      what: `${invoices.toLocaleString('en')} invoices, ${kills} kills, how: ${how}, order: ${order}`,
      figure: `${lost} lost, ${twice} twice`,
      beside: `${held} held; ${handle.counts.calls.create} creates, ${handle.counts.calls.list} list pages, ${tookS} s`
    }
  ]
}
