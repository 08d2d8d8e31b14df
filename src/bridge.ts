// A whole bridge, opened from its settings: ledger, spool, portal, worker and server, and how they end together.

import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import { buildApp } from '../plugins/app.ts'
import type { Metrics } from '../plugins/metrics.ts'
import { sourcesOf } from '../plugins/registry.ts'
import { type Config, realPortalUrl } from './config.ts'
import type { Clock } from './core/clock.ts'
import { BridgeError } from './core/errors.ts'
import { createAlert } from './delivery/alert.ts'
import { createBudgetFor, createEngine } from './delivery/engine.ts'
import { recogniseMatching } from './delivery/matching.ts'
import { fetchPdf } from './delivery/pdf.ts'
import { recogniseReview } from './health/review.ts'
import { createWatch } from './health/watch.ts'
import type { Ledger } from './ledger/ledger.ts'
import { openLedgerFor } from './ledger/open-for.ts'
import type { DraftingSpool } from './ledger/spool.ts'
import { createUpkeep } from './ledger/upkeep.ts'
import { createMailer, type Mailer, type MailerOptions } from './mail/mailer.ts'
import { openPost } from './mail/post.ts'
import { openHttp } from './network/http.ts'
import type { BudgetState } from './portal/budget.ts'
import { createPortal } from './portal/client.ts'
import { createShowing } from './portal/showing.ts'
import { createLocate, createToolApi } from './tools/api.ts'
import { createCatchUp } from './tools/catch-up.ts'
import { createToolClient, type OpenTool } from './tools/client.ts'
import { createReceiver } from './tools/receiver.ts'
import { recogniseSenders, sendersOf } from './tools/senders.ts'
import type { Tool } from './tools/tool.ts'

export type Bridge = {
  app: FastifyInstance
  ledger: Ledger
  spool: DraftingSpool
  /** Listens, then begins to deliver. Answers where it listens. */
  start: () => Promise<string>
  /** Takes in nothing more, lets running work end, closes the ledger. */
  stop: () => Promise<void>
  /** Resolves when the bridge can no longer keep anything: see `SharedDriver`. */
  unfit: Promise<BridgeError>
}

export type BridgeOptions = {
  config: Config
  tools: Tool[]
  clock: Clock
  random: () => number
  logger: FastifyBaseLogger
  version: string
}

const hour = 3_600_000

// The platform kills the process after 30 s.
const drainMs = 25_000

// For one call to a tool's API.
const toolTimeoutMs = 30_000

// If the portal or a tool asks for a pause of an hour, the invoice is due a little later than that.
const pauseSpareMs = 60_000

// What a delivery may take besides the PDF's and the portal's own time limits: its turn, and a look at what is there.
const loanSpareMs = 180_000

// Between a slot and its request, the bridge writes down what it will send, and makes the connection.
const slotSpareMs = 10_000

export const openBridge = async (options: BridgeOptions): Promise<Bridge> => {
  const { config, tools, random, logger, version } = options
  const toolsOn = openTools(config, tools)
  const { ledger, spool, clock, unfit, hints } = await openLedgerFor(config, options.clock)
  if (ledger.isShared && ledger.identity === '')
    logger.warn('the database does not show its identity: a restored one is known by its last sign of life alone')
  await recogniseSenders(
    ledger.holdings,
    sourcesOf(tools).flatMap(source => {
      const settings = config.tools[source.name] ?? null
      return settings === null ? [] : [{ name: source.name, senders: sendersOf(source, settings) }]
    })
  )
  const invoices = await ledger.numbersAlike()
  if (invoices.length > 0)
    logger.warn({ invoices }, 'numbers that only look different are one number now; these stand beside another')
  const orphans = await spool.sweep(await ledger.documents())
  if (orphans > 0) logger.info({ files: orphans }, 'spool swept')

  const metrics = await openMetrics(config, { ledger, budget: () => engine.portal().budget })
  let mailer: Mailer | undefined
  const { alert, warn, over } = createAlert({
    url: config.ALERT_URL,
    publicUrl: config.PUBLIC_URL,
    log: logger,
    note: notice => mailer?.note(notice)
  })
  const budget = await createBudgetFor(ledger, {
    clock,
    log: logger,
    perMinute: config.PORTAL_REQUESTS_PER_MINUTE,
    requestMsMax: config.PORTAL_TIMEOUT_MS + slotSpareMs
  })
  const portal = createPortal({
    url: config.PORTAL_URL,
    token: config.PORTAL_TOKEN,
    timeoutMs: config.PORTAL_TIMEOUT_MS,
    timeZone: config.PORTAL_TIME_ZONE,
    clock,
    onAnswer({ call, status, sentAt, answeredAt, remaining, pauseMs }) {
      metrics?.portalAnswered(call, status, answeredAt - sentAt)
      budget.heard({ remaining, pauseMs })
    }
  })
  const matching = { match: config.CUSTOMER_MATCH, create: config.CUSTOMER_CREATE }
  const http = openHttp({ allowPrivate: config.ALLOW_PRIVATE_ADDRESSES, timeoutMs: toolTimeoutMs })
  const toolClient = createToolClient({
    tools: toolsOn,
    api: createToolApi({ http, clock }),
    locate: createLocate(http),
    clock,
    timeZone: config.PORTAL_TIME_ZONE,
    refused(tool, { code, message: reason }) {
      logger.warn({ tool, code, reason }, 'the tool refuses its token')
      alert(code, null, `${tool}: ${reason}`)
    }
  })
  const receiver = createReceiver({
    ledger,
    spool,
    log: logger,
    wake: () => engine.wake(),
    alert,
    rules: {
      sendNotification: config.SEND_NOTIFICATION,
      notifyWithinDays: config.NOTIFY_WITHIN_DAYS,
      timeZone: config.PORTAL_TIME_ZONE
    },
    secondHand: toolsOn.flatMap(({ tool }) => (tool.isSecondHand ? [tool.name] : [])),
    restoring: toolsOn.flatMap(({ tool }) => (tool.restores ? [tool.name] : [])),
    received: (tool, result) => metrics?.received(tool, result)
  })
  const engine = createEngine({
    ledger,
    toolClient,
    receiver,
    spool,
    portal,
    budget,
    clock,
    random,
    log: logger,
    alert,
    over,
    fetchPdf: ({ url, headers = {}, failsAsJson }) =>
      fetchPdf(url, {
        ...{ http, spool, headers, failsAsJson },
        ...{ timeoutMs: config.PDF_TIMEOUT_MS, bytesMax: config.PDF_BYTES_MAX }
      }),
    rules: {
      creditNotes: config.CREDIT_NOTES,
      zeroAmounts: config.ZERO_AMOUNTS,
      review: config.REVIEW,
      timeZone: config.PORTAL_TIME_ZONE
    },
    matching,
    patience: {
      retryFirstMs: config.RETRY_FIRST_MS,
      retryLongestMs: config.RETRY_LONGEST_MS,
      retryForMs: config.RETRY_FOR_HOURS * hour
    },
    identity: { url: config.PORTAL_URL, token: config.PORTAL_TOKEN },
    portalTimeoutMs: config.PORTAL_TIMEOUT_MS,
    portalSettleMs: config.PORTAL_SETTLE_MS,
    portalSettleInheritedMs: config.PORTAL_SETTLE_INHERITED_MS,
    concurrency: config.WORKER_CONCURRENCY,
    hint: hints.send,
    loanMs: config.PDF_TIMEOUT_MS + config.PORTAL_TIMEOUT_MS + loanSpareMs,
    recorded: ({ tool }, decision, tookMs) => metrics?.recorded(tool ?? '', decision, tookMs)
  })
  const upkeep = createUpkeep({
    ledger,
    spool,
    clock,
    retentionDays: config.RETENTION_DAYS,
    pauseMsMax: Math.max(1.25 * config.RETRY_LONGEST_MS, config.PORTAL_SETTLE_INHERITED_MS, hour) + pauseSpareMs,
    log: logger
  })
  const catchUp = createCatchUp({
    ledger,
    toolClient,
    receiver,
    clock,
    log: logger,
    everyMinutes: config.CATCH_UP_MINUTES
  })
  await engine.recognise()
  await catchUp.prepare()
  const released = await recogniseMatching(ledger, matching, clock)
  if (released > 0) logger.info({ invoices: released }, 'customers are found in another way; these are judged again')
  const review = await recogniseReview(ledger.holdings, config.REVIEW, clock)
  const parts = {
    review,
    config,
    tools,
    ledger,
    spool,
    engine,
    toolClient,
    receiver,
    catchUp,
    showing: createShowing(portal, budget),
    clock,
    random,
    logger,
    version
  }
  const { app, health } = await buildApp(parts)
  const watch = createWatch({ ledger, health, warn, over, language: config.LANGUAGE, clock, log: logger })
  mailer = await openMailer(config, { ledger, health, clock, log: logger })
  const figures = metrics?.app()

  let isUnfit = false
  void unfit.then(() => {
    isUnfit = true
  })

  return {
    app,
    ledger,
    spool,
    unfit,
    async start() {
      if (figures) await figures.listen({ host: config.HOST, port: config.METRICS_PORT ?? 0 })
      const address = await app.listenAt({ host: config.HOST, port: config.PORT })
      engine.start()
      hints.listen(engine.hear)
      catchUp.start()
      upkeep.start()
      watch.start()
      mailer?.start()
      return address
    },
    async stop() {
      // What could be waited for could not be written down: only the next process can serve again.
      const drained = engine.stop(isUnfit ? 0 : drainMs)
      const ends = [app.close(), figures?.close(), upkeep.stop(drained), catchUp.stop(), watch.stop(), mailer?.stop()]
      const [left] = await Promise.all([drained, ...ends])
      if (left > 0) logger.warn({ invoices: left }, 'stopped before these deliveries ended')
      portal.close()
      http.close()
      await hints.close()
      await ledger.leave().catch(err => logger.warn({ err }, 'what this process held ends later'))
      await ledger.close()
    }
  }
}

/** Undefined if no one is to be mailed. */
const openMailer = async (
  config: Config,
  options: Pick<MailerOptions, 'ledger' | 'health' | 'clock' | 'log'>
): Promise<Mailer | undefined> => {
  const { SMTP_URL: url, ALERT_EMAIL: to, ALERT_FROM: from = to?.split(',')[0] } = config
  if (url === undefined || to === undefined || from === undefined) return undefined
  const { LANGUAGE: language, PORTAL_TIME_ZONE: timeZone, PUBLIC_URL: publicUrl, SUMMARY: every } = config
  const post = await openPost({ url, to, from })
  return createMailer({ ...options, post, around: { language, timeZone, publicUrl }, every })
}

/** The tools that are on, each with its own settings; only the tool itself knows what these are. */
export const openTools = (config: Config, all: Tool[]): OpenTool[] => {
  const tools = all.flatMap(tool =>
    config.tools[tool.name] ? [{ tool, settings: config.tools[tool.name] as never }] : []
  )
  refuseTestMode(config, tools)
  return tools
}

/** Test invoices must never be mailed to real customers. */
const refuseTestMode = ({ PORTAL_URL }: Config, tools: OpenTool[]): void => {
  if (PORTAL_URL !== realPortalUrl) return
  const problems = tools.flatMap(({ tool, settings }) => {
    const variable = tool.testMode?.(settings)
    return variable ? [{ field: variable, message: 'refused while PORTAL_URL is the real portal' }] : []
  })
  if (problems.length > 0) throw new BridgeError('CONFIG_INVALID', undefined, { problems })
}

/** Loaded only when asked for, so that a bridge without metrics does not keep them in memory. */
const openMetrics = async (
  { METRICS_PORT }: Config,
  options: { ledger: Ledger; budget: () => BudgetState }
): Promise<Metrics | undefined> => {
  if (METRICS_PORT === undefined) return undefined
  const { createMetrics } = await import('../plugins/metrics.ts')
  return createMetrics(options)
}
