// The generic intake in a real application, with a spool on disk, senders of every kind, and a ledger that only
// takes notes.

import { createHash, createHmac } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import Fastify from 'fastify'
import { Webhook } from 'standardwebhooks'
import type { Test } from 'tap'
import invoices, { type IntakeOptions } from '../../../plugins/intake/index.ts'
import problems from '../../../plugins/problems.ts'
import type { BridgeError } from '../../../src/core/errors.ts'
import type { Arrival } from '../../../src/core/row.ts'
import { type DraftingSpool, openSpool } from '../../../src/ledger/spool.ts'
import type { Receiver } from '../../../src/tools/receiver.ts'
import { openStrangers } from '../bodies/open-strangers.ts'

export const noon = Date.UTC(2026, 10, 20, 11)
export const pdfBytesMax = 20_000_000
export const secret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`
export const otherSecret = 'een ander geheim, lang genoeg'

export const pdf = Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(3000, 'é\xff\r\n--', 'latin1')])
export const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

export const fields = {
  invoiceNumber: '2026-0042',
  issuedAt: '2026-11-20',
  amount: '121.00',
  customerEmail: 'administratie@klant104.example'
}

const notCalled = () => Promise.reject(new Error('the generic intake receives'))
const unused = { receiveFromTool: notCalled, gone: notCalled, keepUnreadable: notCalled, ignore: () => {} }

export type IntakeForTest = Partial<IntakeOptions> & {
  /** Stands between the intake and the disk. */
  watch?: (spool: DraftingSpool) => DraftingSpool
  receive?: Receiver['receive']
}

export const buildIntake = async (
  folder: string,
  { watch = spool => spool, receive, ...options }: IntakeForTest = {}
) => {
  const arrivals: Arrival[] = []
  const refusals: string[] = []
  const believed: string[] = []
  const noteUnreadable: { error: BridgeError; by: string; isTest: boolean }[] = []
  const app = Fastify()
  await app.register(problems)
  await app.register(invoices, {
    prefix: '/webhooks',
    settings: { INTAKE_SECRET: [secret, otherSecret] },
    receiver: {
      ...unused,
      receive:
        receive ??
        (async arrival => {
          arrivals.push(arrival)
          return 'accepted'
        })
    },
    spool: watch(openSpool(folder, { bytesMax: pdfBytesMax })),
    clock: { now: () => noon, monotonic: () => 0, sleep: () => new Promise(() => {}) },
    timeZone: 'Europe/Amsterdam',
    sendNotification: true,
    pdfBytesMax,
    strangers: openStrangers({ pdfBytesMax }),
    believed: request => void believed.push(request.url),
    refused: async request => {
      refusals.push(request.url)
      return null
    },
    noteUnreadable: (error, request) => void noteUnreadable.push({ error, ...request }),
    ...options
  })
  const listen = async () => {
    await app.listen({ port: 0, host: '127.0.0.1' })
    return (app.server.address() as AddressInfo).port
  }
  return { app, listen, arrivals, refusals, believed, noteUnreadable }
}

export const openIntake = async (t: Test, options: IntakeForTest = {}) => {
  const folder = t.testdir()
  const receiver = await buildIntake(folder, options)
  t.teardown(() => receiver.app.close())

  return {
    ...receiver,
    post: ({ headers, body }: Sent) =>
      receiver.app.inject({ method: 'POST', url: '/webhooks/invoices', headers, payload: body }),
    files: () => readdirSync(folder),
    spooled: () => readdirSync(folder).map(file => sha256(readFileSync(join(folder, file))))
  }
}

export type Sent = { headers: Record<string, string>; body: Buffer }

export const json = (values: object): Sent => ({
  headers: { 'content-type': 'application/json' },
  body: Buffer.from(JSON.stringify(values))
})

export const form = (values: Record<string, string>): Sent => ({
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: Buffer.from(new URLSearchParams(values).toString())
})

/** As a platform of today writes it: the names of several PDFs are their fields. */
export const multipart = async (values: Record<string, string>, pdfs: Record<string, Buffer> = {}): Promise<Sent> => {
  const data = new FormData()
  for (const [name, value] of Object.entries(values)) data.append(name, value)
  for (const [name, bytes] of Object.entries(pdfs)) data.append(name, new Blob([new Uint8Array(bytes)]), 'factuur.pdf')
  const response = new Response(data)
  return {
    headers: { 'content-type': response.headers.get('content-type') ?? '' },
    body: Buffer.from(await response.arrayBuffer())
  }
}

export const bearer = ({ headers, body }: Sent, token = secret): Sent => ({
  headers: { ...headers, authorization: `Bearer ${token}` },
  body
})

/** Text is signed by the library, which cannot sign bytes. */
export const signed = ({ headers, body }: Sent, by = secret, at = noon): Sent => {
  const id = 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W'
  const timestamp = String(Math.floor(at / 1000))
  const isText = by.startsWith('whsec_') && Buffer.from(body.toString()).equals(body)
  const signature = isText
    ? new Webhook(by).sign(id, new Date(at), body.toString())
    : mac(by, `${id}.${timestamp}.`, body)
  return {
    headers: { ...headers, 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature },
    body
  }
}

const mac = (secret: string, prefix: string, body: Buffer): string => {
  const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : secret
  return `v1,${createHmac('sha256', key).update(prefix).update(body).digest('base64')}`
}
