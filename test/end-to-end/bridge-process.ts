// A real bridge in a process of its own, as an owner would run it; and the sandbox in this one.

import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildSandbox, type SandboxOptions } from '../../plugins/sandbox/sandbox.ts'
import { freePort } from '../../src/commands/free-port.ts'
import { systemClock } from '../../src/core/clock.ts'
import { mustBePromised } from '../answers.ts'

export const secret = 'whsec_c2VjcmV0IG9mIHRoZSBlbmQtdG8tZW5kIHRlc3Q='
export const operatorToken = 'an operator token for tests'

/** A customer that every sandbox has. */
export const customerId = 'cst_bakkerijdevos1'

const main = new URL('../../bin/factuurbrug.js', import.meta.url).pathname

export type Disposable = { teardown: (step: () => unknown) => void }

export const temporaryFolder = (t: Disposable): string => {
  const folder = mkdtempSync(join(tmpdir(), 'factuurbrug-test-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

export const openSandbox = async (t: Disposable, options: Partial<SandboxOptions> = {}) => {
  const app = await buildSandbox({
    clock: systemClock,
    random: Math.random,
    requestsPerMinute: 100_000,
    ...options
  })
  const address = await app.listen({ host: '127.0.0.1', port: 0 })
  t.teardown(() => app.close())
  return { handle: app.sandbox, url: `${address}/v1`, address, close: () => app.close() }
}

export type Answer = { status: number; body: Record<string, unknown> }

/** A bridge as the world sees it. */
export type Reached = {
  url: string
  api: <T>(method: string, path: string, body?: unknown) => Promise<T>
  /** A JSON event to the generic intake, by the secret as bearer token. */
  send: (fields: Record<string, unknown>, headers?: Record<string, string>) => Promise<Answer>
  /** The same with any body. */
  post: (body: string | FormData | URLSearchParams, headers?: Record<string, string>) => Promise<Answer>
}

export type BridgeProcess = Reached & {
  pid: number
  /** Everything it printed, both streams. */
  output: () => string
  /** Resolves once it is gone, to the exit code; null when a signal ended it. */
  ended: Promise<number | null>
  /** Answers the same. */
  kill: (signal: NodeJS.Signals) => Promise<number | null>
}

export const reachedAt = (url: string): Reached => {
  const post: Reached['post'] = async (body, headers = {}) => {
    const answer = await fetch(`${url}/webhooks/invoices`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}`, ...headers },
      body
    })
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
  }
  return {
    url,
    post,
    send: (fields, headers = {}) => post(JSON.stringify(fields), { 'content-type': 'application/json', ...headers }),
    api: async (method, path, body) => {
      const json = body === undefined ? {} : { 'content-type': 'application/json' }
      const answer = await fetch(url + path, {
        method,
        headers: { authorization: `Bearer ${operatorToken}`, ...json },
        ...(body === undefined ? {} : { body: JSON.stringify(body) })
      })
      const told = (await answer.json()) as never
      mustBePromised(method, path, answer.status, told)
      return told
    }
  }
}

/** The settings of every bridge of a test, unless it has others. */
export const usual = {
  PORTAL_TOKEN: 'token',
  SEND_NOTIFICATION: 'false',
  OPERATOR_TOKEN: operatorToken,
  INTAKE_SECRET: secret,
  ALLOW_PRIVATE_ADDRESSES: 'true',
  RETRY_FIRST_MS: '50'
}

/** Small times, so that a doubt settles within a second or two. */
export const quick = {
  PORTAL_TIMEOUT_MS: '1000',
  PORTAL_SETTLE_MS: '2100',
  PORTAL_REQUESTS_PER_MINUTE: '10000'
}

/** What becomes of what it prints: read, left in the pipe, or the pipe is closed; or a file that is open. */
export type Printed = 'read' | 'unread' | 'closed' | number

/** Starts it and waits until it is healthy. The same folder and port may be used again after a kill. */
export const startBridge = async (
  t: Disposable,
  env: Record<string, string>,
  printed: Printed = 'read'
): Promise<BridgeProcess> => {
  const stream = typeof printed === 'number' ? printed : 'pipe'
  const port = env.PORT ?? String(await freePort())
  const child = spawn(process.execPath, [main, 'serve'], {
    cwd: tmpdir(),
    env: {
      PATH: process.env.PATH ?? '',
      // As `npm start` and the image have it.
      MALLOC_ARENA_MAX: '1',
      NODE_OPTIONS: '--max-semi-space-size=1',
      PORT: port,
      ...usual,
      ...env
    },
    stdio: ['ignore', stream, stream]
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    if (printed === 'closed') stream?.destroy()
    if (printed === 'read')
      stream?.on('data', chunk => {
        output += chunk
      })
  }
  // What it printed last may be read only after it is gone, but nobody reads `unread` to its end.
  const ended = once(child, printed === 'unread' ? 'exit' : 'close').then(([code]) => code as number | null)
  const kill = (signal: NodeJS.Signals) => {
    child.kill(signal)
    return ended
  }
  t.teardown(() => kill('SIGKILL'))
  const url = `http://127.0.0.1:${port}`
  if (!(await becomesHealthy(child, url))) {
    await ended
    throw new Error(`the bridge did not start: ${output}`)
  }
  return {
    ...reachedAt(url),
    pid: child.pid ?? 0,
    output: () => output,
    ended,
    kill
  }
}

/** False: it ended. */
const becomesHealthy = async (child: ChildProcess, url: string): Promise<boolean> => {
  while (child.exitCode === null && child.signalCode === null) {
    try {
      const answer = await fetch(`${url}/health`)
      await answer.body?.cancel()
      if (answer.ok) return true
    } catch {
      // Not listening yet. It needs the processor more than we do.
      await systemClock.sleep(40)
    }
  }
  return false
}

/** Asks again until it holds: for what another process does at its own pace, however slow the machine. */
export const until = async <T>(
  ask: () => T | Promise<T>,
  holds: (value: T) => boolean,
  what: string,
  withinMs = 120_000
): Promise<T> => {
  const giveUpAt = systemClock.monotonic() + withinMs
  for (;;) {
    const value = await ask()
    if (holds(value)) return value
    if (systemClock.monotonic() > giveUpAt) throw new Error(`${what}: ${JSON.stringify(value)?.slice(0, 2000)}`)
    await systemClock.sleep(40)
  }
}
