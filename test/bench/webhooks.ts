// How many signed webhooks a second are acknowledged with an fsync, beside a bare Fastify that checks the same
// signature and forgets.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { signedSample } from '../../plugins/sample.ts'
import { freePort, openSandbox, secret, startBridge, temporaryFolder } from '../end-to-end/bridge-process.ts'
import type { Bench } from './bench.ts'

const seconds = 5
const connections = 64

export const webhooks: Bench = async t => {
  const { url } = await openSandbox(t)
  // Review: nothing but receiving is measured.
  const bridge = await startBridge(t, { DATA_DIR: temporaryFolder(t), PORTAL_URL: url, REVIEW: 'true' })
  const kept = await perSecond(`${bridge.url}/webhooks/invoices`)
  await bridge.kill('SIGKILL')
  const bare = await perSecond(await startBare(t))
  return [
    {
      what: 'signed webhooks a second, each kept with an fsync',
      figure: Math.round(kept).toLocaleString('en'),
      beside: `${(kept / bare).toFixed(2)} of a bare Fastify that only checks the signature (${Math.round(bare).toLocaleString('en')})`
    }
  ]
}

let sent = 0

const perSecond = async (url: string): Promise<number> => {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const endAt = performance.now() + seconds * 1000
  let answered = 0
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (performance.now() < endAt) {
        await post(url, agent)
        answered += 1
      }
    })
  )
  agent.destroy()
  return answered / seconds
}

const post = (url: string, agent: Agent): Promise<void> => {
  sent += 1
  const { body, headers } = signedSample(
    {
      invoiceNumber: `W-${sent}`,
      customerId: 'cst_bench',
      at: Date.now(),
      timeZone: 'Europe/Amsterdam',
      pdfUrl: 'https://example.com/a.pdf'
    },
    secret
  )
  return new Promise((resolve, reject) => {
    const call = request(url, { method: 'POST', agent, headers }, answer => {
      if (answer.statusCode !== 200) reject(new Error(`answered ${answer.statusCode}`))
      answer.resume().once('end', resolve)
    })
    call.once('error', reject)
    call.end(body)
  })
}

/** The least that a server which believes signatures can do. */
const bare = `
import Fastify from 'fastify'
import { createHmac, timingSafeEqual } from 'node:crypto'
const key = Buffer.from(process.env.SECRET.slice(6), 'base64')
const app = Fastify()
app.removeAllContentTypeParsers()
app.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body, done) => done(null, body))
app.post('/webhooks/invoices', async request => {
  const { 'webhook-id': id, 'webhook-timestamp': time, 'webhook-signature': given } = request.headers
  const wanted = createHmac('sha256', key).update(id + '.' + time + '.').update(request.body).digest()
  if (!timingSafeEqual(wanted, Buffer.from(given.slice(3), 'base64'))) throw new Error('forged')
  JSON.parse(request.body)
  return { result: 'accepted' }
})
await app.listen({ port: Number(process.env.PORT) })
console.log('listening')
`

const startBare = async (t: Parameters<Bench>[0]): Promise<string> => {
  const port = await freePort()
  const child: ChildProcess = spawn(process.execPath, ['--input-type=module', '-e', bare], {
    cwd: new URL('../..', import.meta.url).pathname,
    env: { ...process.env, PORT: String(port), SECRET: secret },
    stdio: ['ignore', 'pipe', 'inherit']
  })
  t.teardown(() => child.kill('SIGKILL'))
  await once(child.stdout!, 'data')
  return `http://127.0.0.1:${port}/webhooks/invoices`
}
