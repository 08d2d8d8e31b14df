// The operator's API: what stands where, and the four words a person can say about an invoice.

import type { FastifyInstance, FastifyReply, onRequestAsyncHookHandler } from 'fastify'
import { z } from 'zod'
import { type Clock, isoInstant } from '../../src/core/clock.ts'
import { BridgeError, type Problem } from '../../src/core/errors.ts'
import { parseDate } from '../../src/core/invoice.ts'
import { type Action, actions, type Row, states } from '../../src/core/row.ts'
import type { Engine } from '../../src/delivery/engine.ts'
import { type Health, warningsIn } from '../../src/health/health.ts'
import type { Ledger, Tally } from '../../src/ledger/ledger.ts'
import type { Asked, CatchUp } from '../../src/tools/catch-up.ts'
import { decided, iso, shown, shownWhole } from '../../src/view/shown-invoice.ts'
import { openapi } from './openapi.ts'

export type ApiOptions = {
  ledger: Ledger
  clock: Clock
  /** Refuses whoever is not the operator. */
  operator: onRequestAsyncHookHandler
  /** The tools that exist, and whether each is on. */
  tools: { name: string; on: boolean; missingSecret: string | null; address: string }[]
  catchUp: Pick<CatchUp, 'ask' | 'asked'>
  portalUrl: string
  timeZone: string
  settleMs: number
  engine: Pick<Engine, 'wake' | 'portal'>
  health: Health
}

const pageSizeMax = 200

const Query = z.strictObject({
  state: z
    .enum(states as [Row['state'], ...Row['state'][]], `expected one of ${states.join(', ')}`)
    .optional(),
  code: z.string().max(100).optional(),
  tool: z.string().max(100).optional(),
  q: z.string().max(200).optional(),
  limit: z.coerce
    .number('expected a number')
    .int()
    .min(1)
    .max(pageSizeMax, `expected at most ${pageSizeMax}`)
    .default(50),
  cursor: z
    .string()
    .regex(/^\d{1,15}$/, 'expected the `next` of an earlier answer')
    .optional()
})

const CatchUpBody = z.strictObject({
  tool: z.string('expected the name of a tool').max(100),
  since: z
    .string('expected a date such as 2026-11-20')
    .refine(text => parseDate(text) !== undefined, 'expected a date such as 2026-11-20')
})

type ByNumber = { Params: { invoiceNumber: string } }

export default async function api(app: FastifyInstance, options: ApiOptions) {
  const { ledger, clock, operator, tools, portalUrl, engine, catchUp, timeZone, settleMs, health } = options
  const around = () => ({ now: clock.now(), timeZone, settleMs })

  app.get('/openapi.json', async () => openapi)

  app.register(async app => {
    app.addHook('onRequest', operator)

    app.get('/summary', async () => {
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
        tools,
        warnings: warningsIn(await health())
      }
    })

    app.get('/invoices', async request => {
      const parsed = Query.safeParse(request.query)
      if (!parsed.success)
        throw new BridgeError('FIELDS_INVALID', undefined, { problems: problemsOf(parsed.error) })
      const { rows, next } = await ledger.list(parsed.data)
      return { invoices: rows.map(row => shown(row, around())), next }
    })

    app.get<ByNumber>('/invoices/:invoiceNumber', async ({ params: { invoiceNumber } }) => {
      const found = await ledger.find(invoiceNumber)
      if (!found) throw new BridgeError('INVOICE_NOT_FOUND')
      return shownWhole(found, around(), { ledger, portal: engine.portal() })
    })

    app.post('/catch-up', async (request, reply) => {
      const parsed = CatchUpBody.safeParse(request.body)
      if (!parsed.success)
        throw new BridgeError('FIELDS_INVALID', undefined, { problems: problemsOf(parsed.error) })
      // The day begins where the portal is.
      const since = Temporal.PlainDate.from(parsed.data.since).toZonedDateTime(timeZone).epochMilliseconds
      return answered(await catchUp.ask(parsed.data.tool, since), reply)
    })

    app.get<{ Params: { tool: string } }>('/catch-up/:tool', async ({ params: { tool } }, reply) =>
      answered(await catchUp.asked(tool), reply)
    )

    for (const action of actions) {
      app.post<ByNumber>(`/invoices/:invoiceNumber/${action}`, async ({ params, body, log }) => {
        const said = wordsOf(action, body)
        const before = await ledger.find(params.invoiceNumber)
        const { changed, ...row } = await ledger.act(params.invoiceNumber, action, clock.now(), said)
        if (changed)
          log.info({ invoiceNumber: row.invoiceNumber, action, ...said, state: row.state }, words[action])
        engine.wake()
        const after = await ledger.find(params.invoiceNumber)
        return {
          ...shown(row, around()),
          changed,
          decided: before && after && decided(action, before, after)
        }
      })
    }
  })
}

const Words = z.strictObject({ absent: z.boolean('expected true or false').optional() })

/** Only `deliver` takes any: that what was sent before is absent from the portal. */
const wordsOf = (action: Action, body: unknown): { absent?: boolean } => {
  const parsed = (action === 'deliver' ? Words : z.strictObject({})).safeParse(body ?? {})
  if (parsed.success) return parsed.data
  throw new BridgeError('FIELDS_INVALID', undefined, { problems: problemsOf(parsed.error) })
}

const answered = (asked: Asked, reply: FastifyReply): Asked => {
  if (asked.running) reply.code(202)
  return asked
}

const words: Record<Action, string> = {
  deliver: 'invoice released',
  dismiss: 'invoice dismissed',
  take: 'other facts taken',
  keep: 'facts kept'
}

const problemsOf = (error: z.ZodError): Problem[] =>
  error.issues.flatMap(issue =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map(field => ({ field, message: 'unknown; it is not a filter of this list' }))
      : [{ field: String(issue.path[0]), message: issue.message }]
  )

/** What needs a person, and why; most first. */
const attentionTo = (tally: Tally[]): Omit<Tally, 'tool'>[] => {
  const found = new Map<string, Omit<Tally, 'tool'>>()
  for (const { state, code, invoices } of tally) {
    if (code === null || (state !== 'held' && state !== 'delivered')) continue
    const before = found.get(state + code)?.invoices ?? 0
    found.set(state + code, { state, code, invoices: before + invoices })
  }
  return [...found.values()].sort((a, b) => b.invoices - a.invoices)
}
