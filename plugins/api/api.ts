// The operator's API: how many invoices are in which state, each invoice, and what a person decides about one.

import type { FastifyInstance, onRequestAsyncHookHandler } from 'fastify'
import { type Clock, isoInstant } from '../../src/core/clock.ts'
import { BridgeError } from '../../src/core/errors.ts'
import type { LinkedInvoice } from '../../src/core/portal-entry.ts'
import { type Action, actions } from '../../src/core/row.ts'
import type { Engine } from '../../src/delivery/engine.ts'
import { type Health, saidWarnings } from '../../src/health/health.ts'
import type { Review } from '../../src/health/review.ts'
import type { Ledger, Tally } from '../../src/ledger/ledger.ts'
import type { Asked, CatchUp } from '../../src/tools/catch-up.ts'
import type { RefusedRequests } from '../../src/tools/refused-requests.ts'
import type { Bill, Summary } from '../../src/view/answers.ts'
import { deliveriesOf, shownSince } from '../../src/view/deliveries.ts'
import { endpoints } from '../../src/view/endpoints.ts'
import { iso, shown, shownDecided, shownPortalInvoice, shownWhole } from '../../src/view/shown-invoice.ts'
import { shownRefusal } from '../../src/view/shown-refusal.ts'
import { createForAll, withinDays } from './for-all.ts'
import { openapiAt } from './openapi.ts'
import type { Pdfs } from './pdfs.ts'
import { createRoute, noTool, type Operations } from './route.ts'

export type ApiOptions = {
  operations: Operations
  ledger: Ledger
  clock: Clock
  /** Refuses any client that is not the operator. */
  operator: onRequestAsyncHookHandler
  review: Review
  refused: RefusedRequests['list']
  pdfs: Pick<Pdfs, 'replace'>
  pdfBytesMax: number
  /** The tools that exist, and whether each is on. */
  tools: Summary['tools']
  catchUp: Pick<CatchUp, 'ask' | 'asked'>
  /** What the bridge asks the portal for because a person wants to see it. */
  showing: {
    bills: (page: number) => Promise<{ items: Bill[]; more: boolean }>
    invoice: (id: string) => Promise<LinkedInvoice | null>
  }
  portalUrl: string
  /** Undefined: clients reach the bridge at the address in their request. */
  publicAddress: string | undefined
  timeZone: string
  settleMs: number
  engine: Pick<Engine, 'wake' | 'portal'>
  health: Health
}

export default async function api(app: FastifyInstance, options: ApiOptions) {
  const { ledger, clock, operator, tools, portalUrl, engine, catchUp, timeZone, settleMs, health } = options
  const around = () => ({ now: clock.now(), timeZone, settleMs })

  app.get('/api/openapi.json', async ({ protocol, host }) =>
    openapiAt(options.publicAddress ?? `${protocol}://${host}`)
  )

  app.register(async app => {
    app.addHook('onRequest', operator)
    const route = createRoute(app, options.operations)

    route('summary', async ({ query: { language } }) => {
      const { oldestWaitingAt, oldestSendingAt, ...counts } = await ledger.summary()
      const { state, sinceMs, readsRefused, filling, budget } = engine.portal()
      return {
        ...counts,
        attentionTo: attentionTo(await ledger.tally()),
        oldestWaitingAt: iso(oldestWaitingAt),
        oldestSendingAt: iso(oldestSendingAt),
        portal: {
          url: portalUrl,
          state,
          since: isoInstant(Math.round(clock.now() - sinceMs)),
          tokenRefused: state === 'refused' || readsRefused,
          filling,
          budget,
          backlogMinutes: Math.ceil(counts.waiting / budget.perMinute)
        },
        review: { on: options.review.on, since: isoInstant(options.review.since) },
        tools,
        warnings: saidWarnings(await health(), language)
      }
    })

    route('listInvoices', async ({ query }) => {
      const { rows, next } = await ledger.list(withinDays(query, timeZone))
      return { invoices: rows.map(row => shown(row, around())), next }
    })

    route('getInvoice', async ({ params }) => {
      const found = await ledger.find(params.invoiceNumber)
      if (!found) throw new BridgeError('INVOICE_NOT_FOUND')
      return shownWhole(found, around(), { ledger, portal: engine.portal() })
    })

    route('portalInvoice', async ({ params }) => {
      const row = await ledger.find(params.invoiceNumber)
      if (!row) throw new BridgeError('INVOICE_NOT_FOUND')
      const invoice = row.portalId === null ? null : await options.showing.invoice(row.portalId)
      if (!invoice) throw new BridgeError('NOT_FOUND', 'the portal holds no such invoice')
      return shownPortalInvoice(invoice)
    })

    const forAll = createForAll({ ledger, clock, engine, timeZone })
    route('deliverAll', asked => forAll('deliver', asked))
    route('dismissAll', asked => forAll('dismiss', asked))

    route('deliveries', async () => {
      const now = clock.now()
      return deliveriesOf(await ledger.paceSince(shownSince(now, timeZone)), now, timeZone)
    })

    route('listRefused', async ({ query: { authentic: isAuthentic, ...query } }) => {
      const { refusals, next } = await options.refused({ ...query, isAuthentic })
      return { refused: refusals.map(shownRefusal), next }
    })

    route('listBills', async ({ query: { page } }) => {
      const { items, more } = await options.showing.bills(page)
      return { bills: items, more }
    })

    route('catchUp', async ({ body: { tool, since } }, reply) => {
      if (!tools.some(({ name }) => name === tool)) throw noTool(tools.map(({ name }) => name))
      // The day begins in the portal's time zone.
      const from = Temporal.PlainDate.from(since).toZonedDateTime(timeZone).epochMilliseconds
      return answered(await catchUp.ask(tool, from), reply)
    })

    route('caughtUp', async ({ params }, reply) => answered(await catchUp.asked(params.tool), reply))

    // Read as it comes in: to disk, never into memory.
    app.addContentTypeParser(pdfType, { bodyLimit: options.pdfBytesMax }, (_request, payload, done) =>
      done(null, payload)
    )
    route('replacePdf', async ({ params: { invoiceNumber }, upload, actor, log }) => {
      if (!upload) throw new BridgeError('TYPE_UNSUPPORTED', `expected ${pdfType}`)
      const row = await options.pdfs.replace(invoiceNumber, upload, actor)
      log.info({ invoiceNumber: row.invoiceNumber }, 'PDF replaced')
      return shown(row, around())
    })

    for (const action of actions)
      route(action, async ({ params, body, log, actor }) => {
        const said = { ...body, actor }
        const { changed, decided, ...row } = await ledger.act(params.invoiceNumber, action, clock.now(), said)
        if (changed) log.info({ invoiceNumber: row.invoiceNumber, action, ...body, state: row.state }, words[action])
        engine.wake()
        return { ...shown(row, around()), changed, decided: shownDecided(decided) }
      })
  })
}

const pdfType = endpoints.replacePdf.upload

const answered = (asked: Asked, reply: { code: (status: number) => unknown }): Asked => {
  if (asked.running) reply.code(202)
  return asked
}

const words: Record<Action, string> = {
  deliver: 'invoice released',
  dismiss: 'invoice dismissed',
  take: 'other facts taken',
  keep: 'facts kept'
}

/** What needs a person, by state and code, most frequent first. */
const attentionTo = (tally: Tally[]): Summary['attentionTo'] => {
  const found = new Map<string, Summary['attentionTo'][number]>()
  for (const { state, code, invoices } of tally) {
    if (code === null || (state !== 'held' && state !== 'delivered')) continue
    const before = found.get(state + code)?.invoices ?? 0
    found.set(state + code, { state, code, invoices: before + invoices })
  }
  return [...found.values()].sort((a, b) => b.invoices - a.invoices)
}
