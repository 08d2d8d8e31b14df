// The load of the bench, in a process of its own: signed Stripe events of 4 KB over connections that are kept, one at a
// time on each. It speaks plain sockets, because a client of HTTP costs more than the servers that it is to measure.

import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import type { Load } from './processes.ts'

const options: Load = JSON.parse(process.argv[2] ?? '{}')
const { port, path, secret, connections, seconds = 3600, events = Number.POSITIVE_INFINITY } = options
const customers = 200

const template = (() => {
  const event = JSON.parse(readFileSync(new URL('../fixtures/stripe/finalized.json', import.meta.url), 'utf8'))
  const { object } = event.data
  const now = Math.floor(Date.now() / 1000)
  Object.assign(event, { id: 'evt_NUMBER', created: now })
  Object.assign(object, { id: 'in_NUMBER', number: 'W-NUMBER', customer: 'cus_CUSTOMER' })
  Object.assign(object, { created: now, effective_at: now, due_date: now + 14 * 86_400 })
  object.status_transitions.finalized_at = now
  // Nobody sends one customer thousands of the same amount on one day.
  object.total = 'CENTS'
  if (options.customerId) object.metadata.mijnklantportaal_customer_id = options.customerId
  if (options.pdfUrl) object.invoice_pdf = `${options.pdfUrl}/NUMBER.pdf`
  // As Stripe writes them.
  return JSON.stringify(event, null, 2).split(/(NUMBER|CUSTOMER|"CENTS")/)
})()

const eventOf = (number: number): string => {
  const words: Record<string, string> = {
    NUMBER: String(number).padStart(9, '0'),
    '"CENTS"': String(number * 100),
    CUSTOMER: `bench${String(number % customers).padStart(3, '0')}`
  }
  return template.map(part => words[part] ?? part).join('')
}

const requestOf = (number: number): string => {
  const body = eventOf(number)
  const time = Math.floor(Date.now() / 1000)
  const signature = createHmac('sha256', secret).update(`${time}.${body}`).digest('hex')
  const head = [
    `POST ${path} HTTP/1.1`,
    'host: 127.0.0.1',
    'user-agent: Stripe/1.0 (+https://stripe.com/docs/webhooks)',
    'accept: */*; q=0.5, application/xml',
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'cache-control: no-cache',
    `stripe-signature: t=${time},v1=${signature}`
  ]
  return `${head.join('\r\n')}\r\n\r\n${body}`
}

const times: number[] = []
const startedAt = performance.now()
const endAt = startedAt + seconds * 1000
const before = process.cpuUsage()
let sent = 0
let answered = 0

const say = (word: unknown): void => {
  process.send?.(word)
  process.disconnect?.()
}

const speak = (socket: Socket): Promise<void> =>
  new Promise((resolve, reject) => {
    let since = 0
    let got = ''
    const next = (): void => {
      if (sent >= events || performance.now() >= endAt) {
        socket.destroy()
        resolve()
        return
      }
      sent += 1
      const request = requestOf(options.first + sent)
      got = ''
      since = performance.now()
      socket.write(request)
    }
    socket.on('data', (chunk: Buffer) => {
      got += chunk.toString('latin1')
      const head = got.indexOf('\r\n\r\n')
      if (head < 0) return
      const length = Number(/content-length: (\d+)/i.exec(got.slice(0, head))?.[1])
      if (got.length < head + 4 + length) return
      if (!got.startsWith('HTTP/1.1 200') || !got.includes('accepted')) reject(new Error(`answered ${got}`))
      times.push(performance.now() - since)
      answered += 1
      next()
    })
    socket.on('error', reject)
    socket.on('close', () => resolve())
    socket.on('connect', next)
  })

try {
  await Promise.all(
    Array.from({ length: connections }, () => speak(connect({ port, host: '127.0.0.1', noDelay: true })))
  )
  const took = (performance.now() - startedAt) / 1000
  const { user, system } = process.cpuUsage(before)
  times.sort((a, b) => a - b)
  const at = (share: number): number => times[Math.floor(times.length * share)] ?? 0
  say({
    events: answered,
    seconds: took,
    p50: at(0.5),
    p99: at(0.99),
    busy: (user + system) / 1_000_000 / took
  })
} catch (error) {
  say(String(error))
}
