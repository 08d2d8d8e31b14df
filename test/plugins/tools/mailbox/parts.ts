// What the tests of the mailbox share: a line to it, and what it tells.

import { setImmediate } from 'node:timers/promises'
import type { Test } from 'tap'
import { tool } from '../../../../plugins/tools/mailbox/index.ts'
import type { Found } from '../../../../plugins/tools/mailbox/mail.ts'
import { type Connection, settings } from '../../../../plugins/tools/mailbox/settings.ts'
import type { Clock } from '../../../../src/core/clock.ts'
import type { Ledger } from '../../../../src/ledger/ledger.ts'
import { openSpool } from '../../../../src/ledger/spool.ts'
import { openHttp } from '../../../../src/network/http.ts'
import { createLocate, createToolApi } from '../../../../src/tools/api.ts'
import { type CatchUp, createCatchUp } from '../../../../src/tools/catch-up.ts'
import { createToolClient } from '../../../../src/tools/client.ts'
import { createReceiver } from '../../../../src/tools/receiver.ts'
import type { Tool } from '../../../../src/tools/tool.ts'
import { type MailServer, openMailServer } from '../../../fixtures/mailbox.ts'
import { silent } from '../../../src/delivery/delivery.ts'

export const now = Date.UTC(2026, 10, 20, 11)
export const never = new AbortController().signal

export type Box = {
  server: MailServer
  connection: Connection
  /** All that it tells, each with its PDF, if it is fetched. */
  read: (since?: number) => Promise<(Found & { bytes?: Buffer })[]>
}

export const open = async (
  t: Test,
  changed: Record<string, string | undefined> = {},
  options: Parameters<typeof openMailServer>[1] = {}
): Promise<Box> => {
  const server = await openMailServer(t, options)
  const http = openHttp({ allowPrivate: true, timeoutMs: 60_000 })
  t.teardown(() => http.close())
  const clock = { now: () => now, monotonic: () => now, sleep: async () => {} }
  const connection: Connection = {
    settings: settings.parse({ ...server.env, ...changed }),
    timeZone: 'Europe/Amsterdam',
    clock,
    api: createToolApi({ http, clock }),
    locate: createLocate(http)
  }
  const read = async (since = now - 3_600_000) => {
    const told: (Found & { bytes?: Buffer })[] = []
    for await (const one of tool.missed!(since, connection, never) as AsyncIterable<Found>)
      told.push('pdf' in one && one.pdf ? { ...one, bytes: Buffer.concat(await Array.fromAsync(one.pdf)) } : one)
    return told
  }
  return { server, connection, read }
}

type Given = {
  env: Record<string, string>
  ledger: Ledger
  clock: Clock
  /** For its PDFs, where several have one each. */
  folder?: string
  received?: (tool: string, result: string) => void
}

/** What asks the mailbox, as a bridge has it. */
export const openCatchUp = async (
  t: Test,
  { env, ledger, clock, folder = 'pdfs', received }: Given
): Promise<CatchUp> => {
  const timeZone = 'Europe/Amsterdam'
  const http = openHttp({ allowPrivate: true, timeoutMs: 60_000 })
  t.teardown(() => http.close())
  const toolClient = createToolClient({
    tools: [{ tool: tool as unknown as Tool, settings: settings.parse(env) as never }],
    api: createToolApi({ http, clock }),
    locate: createLocate(http),
    clock,
    timeZone,
    refused: () => {}
  })
  const receiver = createReceiver({
    ledger,
    spool: openSpool(t.testdir({ [folder]: {} }), { bytesMax: 100_000 }),
    log: silent,
    wake: () => {},
    alert: () => {},
    rules: { sendNotification: false, notifyWithinDays: 7, timeZone },
    ...(received ? { received } : {})
  })
  const catchUp = createCatchUp({ ledger, toolClient, receiver, clock, log: silent, everyMinutes: undefined })
  await catchUp.prepare()
  return catchUp
}

const waitedMsMax = 120_000

/** What needs no time of the clock in the test's hand, and a little of the real one. */
export const until = async (holds: () => boolean): Promise<void> => {
  const end = performance.now() + waitedMsMax
  while (!holds()) {
    if (performance.now() > end) throw new Error('it does not come to that')
    await setImmediate()
  }
}
