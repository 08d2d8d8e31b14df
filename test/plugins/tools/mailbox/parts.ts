// What the tests of the mailbox share: a line to it, and what it tells.

import type { Test } from 'tap'
import { tool } from '../../../../plugins/tools/mailbox/index.ts'
import type { Told } from '../../../../plugins/tools/mailbox/mail.ts'
import { type Connection, settings } from '../../../../plugins/tools/mailbox/settings.ts'
import { openHttp } from '../../../../src/network/http.ts'
import { createLocate, createToolApi } from '../../../../src/tools/api.ts'
import { type MailServer, openMailServer } from '../../../fixtures/mailbox.ts'

export const now = Date.UTC(2026, 10, 20, 11)
export const never = new AbortController().signal

export type Box = {
  server: MailServer
  connection: Connection
  /** All that it tells, each with its PDF, if it is fetched. */
  read: (since?: number) => Promise<(Told & { bytes?: Buffer })[]>
}

export const open = async (
  t: Test,
  changed: Record<string, string | undefined> = {},
  options: Parameters<typeof openMailServer>[1] = {}
): Promise<Box> => {
  const server = await openMailServer(t, options)
  const http = openHttp({ allowPrivate: true, timeoutMs: 5000 })
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
    const told: (Told & { bytes?: Buffer })[] = []
    for await (const one of tool.missed!(since, connection, never) as AsyncIterable<Told>)
      told.push('pdf' in one && one.pdf ? { ...one, bytes: Buffer.concat(await Array.fromAsync(one.pdf)) } : one)
    return told
  }
  return { server, connection, read }
}
