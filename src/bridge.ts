// A whole bridge, opened from its settings: ledger, spool, portal, worker and server, and how they end together.

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import { createMetrics } from '../plugins/metrics.ts'
import { createAlert } from './alert.ts'
import { buildApp } from './app.ts'
import type { Clock } from './clock.ts'
import type { Config } from './config.ts'
import { createEngine, createPaceFor } from './engine.ts'
import { BridgeError } from './errors.ts'
import { createReceive } from './intake.ts'
import type { Ledger } from './ledger/ledger.ts'
import { openSqlite } from './ledger/sqlite.ts'
import { fetchPdf } from './pdf.ts'
import { createPortal } from './portal/client.ts'
import { openSpool, type Spool } from './spool.ts'
import type { Tool } from './tool.ts'
import { createUpkeep } from './upkeep.ts'

export type Bridge = {
  app: FastifyInstance
  ledger: Ledger
  spool: Spool
  /** Listens, then begins to deliver. Answers where it listens. */
  start: () => Promise<string>
  /** Takes nothing more in, lets what runs end, closes the ledger. */
  stop: () => Promise<void>
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

// The platform kills after 30 s.
const drainMs = 25_000

// What a delivery may take beside the PDF's and the portal's own time limits: its turn, and a look at what is there.
const loanSpareMs = 180_000

export const openBridge = async ({
  config,
  tools,
  clock,
  random,
  logger,
  version
}: BridgeOptions): Promise<Bridge> => {
  const folder = ledgerFolder(config.DATA_DIR)
  const ledger = openSqlite({ file: join(folder, 'ledger.sqlite') })
  const spool = openSpool(join(folder, 'spool'), { bytesMax: config.PDF_BYTES_MAX })
  const orphans = await spool.sweep(await ledger.documents())
  if (orphans > 0) logger.info({ files: orphans }, 'spool swept')

  const metrics = createMetrics({ ledger, budget: () => engine.portal().budget })
  const alert = createAlert({ url: config.ALERT_URL, publicUrl: config.PUBLIC_URL, log: logger })
  const pace = await createPaceFor(ledger, clock, config.PORTAL_REQUESTS_PER_MINUTE)
  const portal = createPortal({
    url: config.PORTAL_URL,
    token: config.PORTAL_TOKEN,
    timeoutMs: config.PORTAL_TIMEOUT_MS,
    timeZone: config.PORTAL_TIME_ZONE,
    clock,
    onAnswer({ call, status, sentAt, answeredAt, remaining, pauseMs }) {
      metrics.portalAnswered(call, status, answeredAt - sentAt)
      pace.heard({ remaining, pauseMs })
    }
  })
  const engine = createEngine({
    ledger,
    spool,
    portal,
    pace,
    clock,
    random,
    log: logger,
    alert,
    fetchPdf: url =>
      fetchPdf(url, {
        spool,
        allowPrivate: config.ALLOW_PRIVATE_ADDRESSES,
        timeoutMs: config.PDF_TIMEOUT_MS
      }),
    rules: {
      creditNotes: config.CREDIT_NOTES,
      zeroAmounts: config.ZERO_AMOUNTS,
      review: config.REVIEW,
      timeZone: config.PORTAL_TIME_ZONE
    },
    patience: {
      retryFirstMs: config.RETRY_FIRST_MS,
      retryLongestMs: config.RETRY_LONGEST_MS,
      retryForMs: config.RETRY_FOR_HOURS * hour
    },
    identity: { url: config.PORTAL_URL, token: config.PORTAL_TOKEN },
    portalTimeoutMs: config.PORTAL_TIMEOUT_MS,
    portalSettleMs: config.PORTAL_SETTLE_MS,
    concurrency: config.WORKER_CONCURRENCY,
    loanMs: config.PDF_TIMEOUT_MS + config.PORTAL_TIMEOUT_MS + loanSpareMs,
    recorded: ({ tool }, decision, tookMs) => metrics.recorded(tool ?? '', decision, tookMs)
  })
  const upkeep = createUpkeep({ ledger, spool, clock, retentionDays: config.RETENTION_DAYS, log: logger })
  const receive = createReceive({
    ledger,
    spool,
    log: logger,
    wake: engine.wake,
    alert,
    received: metrics.received
  })
  await engine.recognise()
  const app = await buildApp({ config, tools, ledger, spool, engine, receive, clock, logger, version })
  const figures = config.METRICS_PORT === undefined ? undefined : metrics.app()

  return {
    app,
    ledger,
    spool,
    async start() {
      if (figures) await figures.listen({ host: config.HOST, port: config.METRICS_PORT ?? 0 })
      const address = await app.listen({ host: config.HOST, port: config.PORT })
      engine.start()
      upkeep.start()
      return address
    },
    async stop() {
      const left = await Promise.all([engine.stop(drainMs), app.close(), figures?.close(), upkeep.stop()])
      if (left[0] > 0) logger.warn({ invoices: left[0] }, 'stopped before these deliveries ended')
      portal.close()
      await ledger.close()
    }
  }
}

const ledgerFolder = (folder: string): string => {
  try {
    mkdirSync(folder, { recursive: true })
    return folder
  } catch (cause) {
    throw new BridgeError('LEDGER_UNREADABLE', `DATA_DIR cannot be made: ${folder}`, { cause })
  }
}
