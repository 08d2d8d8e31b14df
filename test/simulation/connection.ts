// One process's way to the simulated portal: a stand-in for src/portal/client.ts, over a network that delays, loses and
// garbles. The product's own verdict and schemas decide what an answer means.

import { z } from 'zod'
import type { Clock } from '../../src/core/clock.ts'
import { formatPaidAt } from '../../src/core/invoice.ts'
import type { Portal } from '../../src/portal/client.ts'
import type { Exchange } from '../../src/portal/exchange.ts'
import { pauseOf } from '../../src/portal/pause.ts'
import { customerEntry, invoiceEntry, pageOf, readWritten } from '../../src/portal/schemas.ts'
import { customerIn, readable, readableOne, type Shape, shapeOf, written } from '../../src/portal/verdict.ts'
import type { Answer } from './answers.ts'
import type { Place } from './machine.ts'
import { keyOf } from './number.ts'
import { folded } from './portal-customers.ts'
import type { Random } from './random.ts'
import { isAlive, type Owner } from './scheduler.ts'
import type { Faults } from './weather.ts'
import type { Request, World } from './world.ts'

export type ConnectionOptions = {
  world: World
  owner: Owner
  clock: Clock
  /** A place where the process may die or freeze; true when it has died. */
  isLostAt: (place: Place) => boolean
  heard: (answer: { remaining: number | null; pauseMs: number | null }) => void
  fileOf: (pdf: Blob) => string
}

type Ask = {
  name: Request['name']
  key?: string
  /** The key is the id of one of these. */
  by?: 'invoice' | 'customer'
  startBy?: number | undefined
  endBy?: number | undefined
  serve: (sentAt: number) => Answer
}

type Fault = keyof Faults | 'none'

const writes: readonly Request['name'][] = ['createInvoice', 'markPaid', 'createCustomer']

const kinds: readonly (keyof Faults)[] = [
  'refused',
  'slowConnect',
  'lostRequest',
  'lostAnswer',
  'lateAnswer',
  'reset',
  'garbled',
  'errorBefore',
  'errorAfter',
  'odd',
  'pageBefore',
  'pageAfter',
  'refusedAfter',
  'wrongId',
  'another'
]

const nobodysId = 'inv_nobody'

const refusedAfter = JSON.stringify({ code: 422, message: 'The given data was invalid.' })
const refusedOfMail = JSON.stringify({
  message: 'The mail could not be sent.',
  errors: { send_notification: ['The mail could not be sent.'] }
})

/** From a proxy, a cache or a firewall: any status, and never the portal's words. */
const pageOfAnother = (random: Random): Answer => ({
  status: random.pick([200, 400, 401, 403, 404, 404, 413, 422, 429, 502]),
  headers: {},
  body: random.pick(['<html>Not here</html>', '', 'Not Found', '{"error":"no route"}'])
})

const drawFault = (random: Random, faults: Faults): Fault => {
  for (const kind of kinds) if (faults[kind] > 0 && random.chance(faults[kind])) return kind
  return 'none'
}

export const createConnection = (options: ConnectionOptions): Portal => {
  const { world, owner, clock, isLostAt, heard, fileOf } = options
  const { scheduler, random, weather, portal, requests, storm, tell } = world
  const { timeoutMs } = weather.bridge
  const { latencyMs, slowMs } = weather.portal
  let missing: Shape | null = null
  const travelMs = () => random.int(1, latencyMs)

  const held = (): number => portal.entries.length + portal.customers.all.length

  const anotherThanMade = ({ name }: Ask): Answer | null => {
    const [of, all] =
      name === 'createCustomer' ? (['customer', portal.customers.all] as const) : (['invoice', portal.entries] as const)
    return portal.another(of, all.at(-1)?.id ?? '')
  }

  /** What becomes of a request that arrived; null: nothing ever comes back. */
  const serve = (ask: Ask, request: Request, fault: Fault): Answer | null => {
    const refused = portal.admit()
    if (refused || fault === 'errorBefore' || fault === 'odd' || fault === 'pageBefore') {
      request.fate = 'nothing'
      if (refused) return refused
      if (fault === 'pageBefore') return pageOfAnother(random)
      const status = fault === 'odd' ? random.pick([408, 409, 302]) : random.pick([500, 502, 503, 504])
      return { status, headers: {}, body: 'no' }
    }
    const another = fault === 'another' && ask.by && ask.key ? portal.another(ask.by, ask.key) : null
    if (another) {
      request.fate = 'nothing'
      // A cache may not even ask.
      if (random.chance(0.5)) ask.serve(request.sentAt)
      return another
    }
    const before = held()
    const answer = ask.serve(request.sentAt)
    request.fate = held() > before ? 'made' : 'nothing'
    if (fault === 'lostAnswer') return null
    if (fault === 'pageAfter') return pageOfAnother(random)
    const isMade = request.fate === 'made'
    if (fault === 'refusedAfter' && isMade)
      return { status: 422, headers: {}, body: random.pick([refusedAfter, refusedOfMail]) }
    if (fault === 'wrongId' && isMade) return anotherThanMade(ask) ?? answer
    if (fault === 'errorAfter') return { status: random.pick([500, 502, 504]), headers: {}, body: 'no' }
    if (fault !== 'garbled') return answer
    const cut = answer.body.slice(0, random.int(0, answer.body.length - 1))
    return { ...answer, body: random.pick([cut, '<html>Welcome</html>', '{"data":{}}']) }
  }

  const exchange = (ask: Ask): Promise<Exchange> =>
    new Promise(resolve => {
      const isWrite = writes.includes(ask.name)
      if (isLostAt(isWrite ? 'request' : 'reading')) return
      const { endBy = Number.POSITIVE_INFINITY } = ask
      const fault = storm.rages ? drawFault(random, isWrite ? weather.faults : weather.readFaults) : 'none'
      let request: Request | undefined
      let arrived = false
      let stalled = false
      let over = false
      const end = (exchanged: Exchange): void => {
        if (over) return
        over = true
        giveUp.cancel()
        // Reset: what is still on its way is thrown away on arrival.
        if (request && !arrived) request.fate = 'nothing'
        tell(() => `  ${ask.name} ${ask.key ?? ''} ${outcomeOf(exchanged)}`)
        resolve(exchanged)
      }
      const withinMs = Math.max(0, Math.min(timeoutMs, endBy - clock.monotonic()))
      const startBy = Math.min(ask.startBy ?? clock.monotonic() + withinMs, endBy)
      const giveUp = scheduler.after(
        withinMs,
        () => end({ kind: request ? 'lost' : 'unsent', reason: 'no answer in time' }),
        owner
      )

      const receive = (answer: Answer): void => {
        if (over || isLostAt(isWrite ? 'answer' : 'reading')) return
        // It froze before it could read the answer.
        if (owner.frozenUntil > scheduler.now()) return void scheduler.after(0, () => receive(answer), owner)
        if (request) {
          request.heard = true
          request.well = answer.status < 300 && (fault === 'none' || fault === 'slowConnect')
        }
        const pauseMs = answer.status === 429 ? pauseOf(answer.headers, clock.now()) : null
        heard({ remaining: portal.remaining(), pauseMs })
        end({ kind: 'answer', ...answer })
      }

      const arrive = (request: Request): void => {
        // A process that died may have left bytes on their way.
        if (over || fault === 'lostRequest' || (!isAlive(owner) && random.chance(0.2))) {
          request.fate = 'nothing'
          return
        }
        const { stallMs } = weather.portal
        if (!isAlive(owner) && isWrite && !stalled && stallMs > 0) {
          stalled = true
          scheduler.after(random.int(0, stallMs), () => arrive(request))
          return
        }
        arrived = true
        const slow = storm.rages && slowMs > 0 && random.chance(0.5) ? random.int(0, slowMs) : 0
        scheduler.after(slow, () => {
          const answer = serve(ask, request, fault)
          tell(() => `    portal: ${ask.name} ${ask.key ?? ''} → ${answer?.status ?? 'no answer'} (${fault})`)
          if (answer === null) return
          const lateMs = fault === 'lateAnswer' ? random.int(0, 2 * timeoutMs) : 0
          scheduler.after(
            travelMs() + lateMs,
            () => (fault === 'reset' ? end({ kind: 'lost', reason: 'ECONNRESET' }) : receive(answer)),
            owner
          )
        })
      }

      const leave = (): void => {
        if (over) return
        if (fault === 'refused' || clock.monotonic() > startBy) {
          if (!isWrite) world.mishaps += 1
          end({ kind: 'unsent', reason: fault === 'refused' ? 'ECONNREFUSED' : 'too late' })
          return
        }
        const left: Request = {
          name: ask.name,
          key: ask.key ?? null,
          sentAt: scheduler.now(),
          fate: 'under way',
          heard: false,
          well: false,
          era: world.era
        }
        request = left
        requests.push(left)
        tell(() => `  ${ask.name} ${ask.key ?? ''} leaves`)
        scheduler.after(travelMs(), () => arrive(left))
        isLostAt(isWrite ? 'request' : 'reading')
      }
      const connectMs = fault === 'slowConnect' ? random.int(0, 12_000) : random.int(0, latencyMs)
      scheduler.after(connectMs, leave, owner)
    })

  const read = async <T extends z.ZodType>(ask: Ask, schema: T): Promise<z.output<T>> =>
    readable(await exchange(ask), schema, clock.now())

  return {
    async createInvoice(body, pdf, { startBy, endBy } = {}) {
      const exchanged = await exchange({
        name: 'createInvoice',
        key: keyOf(body.invoiceNumber),
        startBy,
        endBy,
        serve: sentAt => portal.create(body, fileOf(pdf), sentAt)
      })
      return written(exchanged, {
        valueIn: answer => readWritten(invoiceEntry, answer),
        now: clock.now(),
        taken: /num[bm]er/i
      })
    },
    async markPaid(id, paidAt, limits) {
      // Through the portal's notation, as the real client does.
      const at = Date.parse(`${formatPaidAt(paidAt, 'UTC').replace(' ', 'T')}Z`)
      const exchanged = await exchange({
        name: 'markPaid',
        by: 'invoice',
        key: id,
        ...limits,
        serve: () => portal.markPaid(id, at)
      })
      return written(exchanged, { id, valueIn: answer => readWritten(invoiceEntry, answer), now: clock.now() })
    },
    async learnMissing() {
      const exchanged = await exchange({
        name: 'invoice',
        by: 'invoice',
        key: nobodysId,
        serve: () => portal.one(nobodysId)
      })
      const isAnswer = exchanged.kind === 'answer' && exchanged.status < 500
      if (!isAnswer || [401, 403, 408, 429].includes(exchanged.status)) readable(exchanged, z.unknown(), clock.now())
      missing = exchanged.kind === 'answer' ? shapeOf(exchanged, nobodysId) : null
      return missing
    },
    async invoice(id) {
      const exchanged = await exchange({ name: 'invoice', by: 'invoice', key: id, serve: () => portal.one(id) })
      const shape = exchanged.kind === 'answer' ? shapeOf(exchanged, id) : null
      if (shape && shape.status === missing?.status && shape.words === missing.words) return null
      return readableOne(exchanged, invoiceEntry, { id, now: clock.now() })
    },
    invoicesPage: number =>
      read({ name: 'invoicesPage', key: `${number}`, serve: () => portal.page(number) }, pageOf(invoiceEntry)),
    customersPage: number =>
      read(
        { name: 'customersPage', key: `${number}`, serve: () => portal.customersPage(number) },
        pageOf(customerEntry)
      ),
    async customer(id) {
      const exchanged = await exchange({ name: 'customer', by: 'customer', key: id, serve: () => portal.customer(id) })
      return customerIn(exchanged, id, clock.now())
    },
    async createCustomer(fields, { startBy, endBy } = {}) {
      const exchanged = await exchange({
        name: 'createCustomer',
        key: folded(fields.primaryEmail),
        startBy,
        endBy,
        serve: sentAt => portal.createCustomer(fields, sentAt)
      })
      return written(exchanged, {
        valueIn: answer => readWritten(customerEntry, answer),
        now: clock.now(),
        taken: /e-?mail/i
      })
    },
    close() {}
  }
}

const outcomeOf = (exchanged: Exchange): string =>
  exchanged.kind === 'answer' ? `← ${exchanged.status}` : `${exchanged.kind}: ${exchanged.reason}`
