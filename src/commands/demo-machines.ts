// Several machines before your eyes: two bridges in separate processes, which share a ledger in a real PostgreSQL. Both
// take invoices, one of them is killed in the middle of its work, and the other goes on.

import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { signedSample } from '../../plugins/intake/sample.ts'
import { buildSandbox } from '../../plugins/sandbox/sandbox.ts'
import { CommandFailed, type Terminal } from './command.ts'

const invoices = 20
const killedAfter = 5

// The other machine notices a death within fifteen seconds, and takes ten to settle what the dead one left.
const deliveredWithinMs = 120_000
const betweenLooksMs = 100

const timeZone = 'Europe/Amsterdam'
const bin = fileURLToPath(new URL('../../bin/factuurbrug.js', import.meta.url))

type Machine = { address: string; child: ChildProcess }

export const runMachines = async (terminal: Terminal, { once: isOnce }: { once: boolean }): Promise<number> => {
  const { clock, random, print, complain, stopped } = terminal
  const ended = stopped()
  const folder = await mkdtemp(join(tmpdir(), 'factuurbrug-demo-'))
  const sandbox = await buildSandbox({ clock, random })
  const held = sandbox.sandbox.invoices
  const machines: Machine[] = []
  const secrets = {
    OPERATOR_TOKEN: randomBytes(16).toString('hex'),
    INTAKE_SECRET: `whsec_${randomBytes(24).toString('base64')}`
  }
  const postgres = await startPostgres(folder)
  try {
    const portal = await sandbox.listen({ host: '127.0.0.1', port: 0 })
    print(`A portal sandbox listens at ${portal}, a PostgreSQL has its files in ${folder}.`)
    for (const name of ['one', 'two']) {
      const env = { ...secrets, ...settings, PORTAL_URL: `${portal}/v1`, DATABASE_URL: postgres.url('postgres') }
      const machine = await startMachine(join(folder, name), env)
      machines.push(machine)
      print(`Machine ${name} listens at ${machine.address}.`)
    }
    const [first, second] = machines as [Machine, Machine]
    print(`Sending ${invoices} invoices, every other one to each machine:`)
    const customerId = sandbox.sandbox.customers[0]!.id
    for (let at = 1; at <= invoices; at += 1) {
      const invoiceNumber = `DEMO-${String(at).padStart(4, '0')}`
      const sample = signedSample({ invoiceNumber, customerId, at: clock.now(), timeZone }, secrets.INTAKE_SECRET)
      const { address } = at % 2 === 1 ? first : second
      const answer = await fetch(`${address}/webhooks/invoices`, { method: 'POST', ...sample })
      if (answer.status !== 200) throw new CommandFailed(`${address} answered ${answer.status}.`)
    }
    print('  each was answered 200: it is in the ledger.')

    const arrive = (count: number) => until(terminal, () => held.length >= count)
    if (!(await arrive(killedAfter))) complain(`Nothing was delivered within ${deliveredWithinMs / 1000} s.`)
    await end(first.child, 'SIGKILL')
    print(`Machine one was killed, with ${held.length} of them in the sandbox.`)
    print('Machine two goes on with what is its own, and after some seconds with what the other one had begun:')
    let printed = 0
    const isDone = await until(terminal, () => {
      if (held.length > printed) print(`  ${held.length} of ${invoices} are in the sandbox`)
      printed = held.length
      return held.length >= invoices
    })
    const numbers = new Set(held.map(({ invoiceNumber }) => invoiceNumber))
    print(`${invoices - numbers.size} are lost, ${held.length - numbers.size} are there twice.`)
    if (!isDone || numbers.size !== invoices || held.length !== invoices) return 1
    if (isOnce) return 0
    print('')
    print('Look at it:')
    print(`  npx factuurbrug invoices --url ${second.address} --token ${secrets.OPERATOR_TOKEN}`)
    print('Ctrl-C ends it and removes its folder.')
    await ended
    return 0
  } finally {
    for (const { child } of machines) await end(child, 'SIGTERM')
    await postgres.server.stop()
    await sandbox.close()
    await rm(folder, { recursive: true, force: true })
  }
}

/** It is a dependency of development, not of the service: `npm ci --omit=dev` leaves it out. */
const startPostgres = async (folder: string) => {
  try {
    const { startEmbeddedPostgres } = await import('./embedded-postgres.ts')
    return await startEmbeddedPostgres(folder, { password: randomBytes(16).toString('hex') })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error
    throw new CommandFailed('Two machines need a PostgreSQL, which comes with `npm ci`, without --omit=dev.')
  }
}

// A machine takes nothing from the real environment, which has other addresses and secrets. Times are short, because a
// sandbox on this machine hides nothing.
const settings = {
  PORT: '0',
  PORTAL_TOKEN: 'demo',
  PORTAL_TIMEOUT_MS: '1000',
  PORTAL_SETTLE_MS: '2000',
  SEND_NOTIFICATION: 'false',
  WORKER_CONCURRENCY: '1'
}

const startMachine = async (folder: string, env: Record<string, string>): Promise<Machine> => {
  await mkdir(folder)
  const child = spawn(process.execPath, [bin, 'serve'], {
    cwd: folder,
    env: { ...env, DATA_DIR: folder },
    stdio: ['ignore', 'pipe', 'inherit']
  })
  for await (const line of createInterface(child.stdout)) {
    const { msg, address } = JSON.parse(line) as { msg?: string; address?: string }
    if (msg !== 'bridge started' || address === undefined) continue
    child.stdout.resume()
    return { address, child }
  }
  throw new CommandFailed('A machine did not start.')
}

const end = async (child: ChildProcess, signal: NodeJS.Signals): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill(signal)
  await exited
}

const until = async ({ clock }: Terminal, holds: () => boolean): Promise<boolean> => {
  const giveUpAt = clock.monotonic() + deliveredWithinMs
  while (!holds()) {
    if (clock.monotonic() > giveUpAt) return false
    await clock.sleep(betweenLooksMs)
  }
  return true
}
