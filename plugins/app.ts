// Composition: which plugin gets what, in which scope. No logic.

import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyPluginAsync,
  type FastifyRequest,
  LogController
} from 'fastify'
import type { Config } from '../src/config.ts'
import type { Clock } from '../src/core/clock.ts'
import { BridgeError } from '../src/core/errors.ts'
import type { Engine } from '../src/delivery/engine.ts'
import { createHealth, type Health } from '../src/health/health.ts'
import type { Review } from '../src/health/review.ts'
import type { Ledger } from '../src/ledger/ledger.ts'
import type { DraftingSpool } from '../src/ledger/spool.ts'
import { isReachedFromOutside } from '../src/network/http.ts'
import { createLockout } from '../src/network/lockout.ts'
import type { Showing } from '../src/portal/showing.ts'
import type { CatchUp } from '../src/tools/catch-up.ts'
import type { ToolClient } from '../src/tools/client.ts'
import type { Receiver } from '../src/tools/receiver.ts'
import { createRefusedRequests } from '../src/tools/refused-requests.ts'
import { ledgerNames, sendersOf } from '../src/tools/senders.ts'
import { hasAddress, isHeard, type Tool, unprovenBytesMax } from '../src/tools/tool.ts'
import { createUnprovenRequests } from '../src/tools/unproven-requests.ts'
import { createUnreadableRequests, problemsIn } from '../src/tools/unreadable-requests.ts'
import api from './api/api.ts'
import customersApi from './api/customers.ts'
import { createOperatorOnly, createRecognise } from './api/operator.ts'
import pdfRoutes, { createPdfs } from './api/pdfs.ts'
import { createOperations } from './api/route.ts'
import toolsApi from './api/tools.ts'
import authenticity from './authenticity.ts'
import { bytesPerSecondMin, patienceMsMax } from './bodies/patience.ts'
import { createStrangers } from './bodies/strangers.ts'
import { createClientOf } from './client.ts'
import connections from './connections.ts'
import earlyAnswers from './early-answers.ts'
import entrances from './entrances.ts'
import healthPage from './health.ts'
import intakePlugin, { type IntakeOptions, intake, type Refused } from './intake/index.ts'
import json from './json.ts'
import { noJsonSchemas } from './json-schemas.ts'
import page from './page/page.ts'
import { sessionKeyOf } from './page/session.ts'
import problems, { sendNotFound } from './problems.ts'
import refusals from './refusals.ts'
import { sourcesOf } from './registry.ts'
import { type WebhookOptions, webhook } from './webhook.ts'

export type AppOptions = {
  config: Config
  tools: Tool[]
  ledger: Ledger
  spool: DraftingSpool
  engine: Pick<Engine, 'wake' | 'turnedAt' | 'portal' | 'customers'>
  toolClient: Pick<ToolClient, 'refusing' | 'tools' | 'connection' | 'asking'>
  receiver: Receiver
  catchUp: Pick<CatchUp, 'ask' | 'asked' | 'states' | 'hint'>
  showing: Showing
  clock: Clock
  random: () => number
  review: Review
  logger: FastifyBaseLogger
  version: string
}

// For a client that opens a connection and sends nothing, or sends its headers byte by byte.
const headersMsMax = 15_000
const lookEveryMs = 5000

// Longer than the minute for which proxies keep theirs: if the bridge closed first, the proxy could lose a request.
const keptAliveMs = 72_000

// A connection on which nothing moves for this long, in either direction, is closed.
const silentMsMax = 120_000

/** For the largest body in its longest form, base64 with escapes, over the slowest line that the bridge waits for. */
const requestMsMax = (pdfBytesMax: number): number =>
  Math.ceil(((pdfBytesMax * 5) / 3 / bytesPerSecondMin) * 1000) + patienceMsMax

// An invoice number of 100 characters, each percent-encoded at its longest.
const pathPartCharactersMax = 1200

export const buildApp = async (options: AppOptions): Promise<{ app: FastifyInstance; health: Health }> => {
  const {
    config,
    tools,
    ledger,
    spool,
    engine,
    toolClient,
    receiver,
    catchUp,
    showing,
    clock,
    random,
    logger,
    version,
    review
  } = options
  const namedSources = sourcesOf(tools).flatMap(source => {
    const settings = config.tools[source.name] ?? null
    const { names } = sendersOf(source, settings)
    return ledgerNames(source, settings).map((name, at) => ({
      source,
      settings,
      sender: names[at],
      name,
      on: settings !== null,
      missingSecret: settings === null ? null : source.missingSecret(settings as never),
      address: hasAddress(source) ? `${config.PUBLIC_URL}/webhooks/${source.name}` : null
    }))
  })

  const sources = namedSources.map(({ name, on, missingSecret, address }) => ({ name, on, missingSecret, address }))

  const app = Fastify({
    loggerInstance: logger,
    schemaController: noJsonSchemas,
    // An address can carry a customer's name (`?q=`). The code that knows what matters logs it.
    logController: new LogController({ disableRequestLogging: true }),
    // For a malformed address.
    frameworkErrors: sendNotFound,
    // Tools read their own bodies, which may be larger.
    bodyLimit: unprovenBytesMax,
    requestTimeout: requestMsMax(config.PDF_BYTES_MAX),
    connectionTimeout: silentMsMax,
    keepAliveTimeout: keptAliveMs,
    http: { headersTimeout: headersMsMax, connectionsCheckingInterval: lookEveryMs },
    routerOptions: { maxParamLength: pathPartCharactersMax }
  })

  const clientOf = createClientOf(config.TRUST_PROXY_HEADER)
  await app.register(connections)
  await app.register(entrances, { platform: process.platform })
  await app.register(earlyAnswers)
  await app.register(problems, { clock })
  await app.register(refusals, { clientOf })
  await app.register(json)

  const unprovenRequests = createUnprovenRequests({ clock, log: logger })
  const strangers = createStrangers({ clientOf, clock, pdfBytesMax: config.PDF_BYTES_MAX, log: logger })
  const lockout = createLockout({ clock, log: logger })
  app.decorateRequest('actor', null)
  const { OPERATOR_TOKEN: token, OPERATOR_READ_TOKEN: readToken } = config
  const recognise = createRecognise({ token, readToken, lockout, clientOf })
  const operator = createOperatorOnly(recognise, clientOf)
  const unreadableRequests = createUnreadableRequests({ clock, log: logger })
  const refusedRequests = createRefusedRequests({ ledger, clock, log: logger })
  app.addHook('onListen', async () => refusedRequests.start())
  app.addHook('onClose', refusedRequests.stop)
  const noteUnreadable = (error: BridgeError, refused: Refused, request: FastifyRequest): void => {
    unreadableRequests.note(error, refused)
    const { by: tool, fields, invoiceNumber } = refused
    const { code } = error
    const problems = problemsIn(error, fields)
    refusedRequests.note({ tool, client: clientOf(request), isAuthentic: true, code, invoiceNumber, problems })
  }
  const health = createHealth({
    ledger,
    clock,
    engine,
    tools: sources,
    refusing: toolClient.refusing,
    caughtUp: catchUp.states,
    turnedAway: unprovenRequests.turnedAway,
    unreadableRequests: unreadableRequests.of,
    strangersAreMany: strangers.areMany,
    lockedOut: lockout.lockedOut,
    log: logger
  })
  await app.register(healthPage, { health, version })

  const operations = createOperations()
  const pdfs = createPdfs({ ledger, spool, clock, engine })
  await app.register(pdfRoutes, { pdfs, operator })
  await app.register(api, {
    operations,
    ledger,
    clock,
    operator,
    review,
    pdfs,
    pdfBytesMax: config.PDF_BYTES_MAX,
    refused: refusedRequests.list,
    tools: sources,
    catchUp,
    showing,
    portalUrl: config.PORTAL_URL,
    publicAddress: config.publicAddress,
    timeZone: config.PORTAL_TIME_ZONE,
    settleMs: config.PORTAL_SETTLE_MS,
    engine,
    health
  })

  await app.register(customersApi, {
    operations,
    ledger,
    customers: engine.customers,
    clock,
    tools: sources.map(({ name }) => name),
    engine,
    operator
  })

  await app.register(toolsApi, {
    operations,
    ledger,
    sources: namedSources,
    toolClient,
    receiver,
    clock,
    random,
    timeZone: config.PORTAL_TIME_ZONE,
    isReachable: isReachedFromOutside(config.PUBLIC_URL),
    operator
  })

  await app.register(page, {
    operations,
    recognise,
    clientOf,
    mark: ledger.mark,
    clock,
    timeZone: config.PORTAL_TIME_ZONE,
    pdfs,
    pdfBytesMax: config.PDF_BYTES_MAX,
    hidesPersonal: config.HIDE_PERSONAL,
    isSecure: config.PUBLIC_URL.startsWith('https:'),
    sessionKey: sessionKeyOf(token, readToken)
  })

  const addresses: [name: string, plugin: FastifyPluginAsync<IntakeOptions & WebhookOptions>][] = [
    [intake.name, intakePlugin],
    ...tools.filter(isHeard).map(tool => [tool.name, webhook(tool)] as [string, FastifyPluginAsync<WebhookOptions>])
  ]
  for (const [name, plugin] of addresses) {
    await app.register(
      async scope => {
        scope.route({
          method: ['GET', 'PUT', 'PATCH', 'DELETE'],
          url: `/${name}`,
          // Before a body is read.
          onRequest: async (_request, reply) => {
            reply.header('allow', 'POST')
            throw new BridgeError('METHOD_NOT_ALLOWED')
          },
          handler: async () => {}
        })
        await scope.register(authenticity, { tool: name, unprovenRequests, refusedRequests, clientOf })
        await scope.register(plugin, {
          settings: (config.tools[name] ?? null) as never,
          receiver,
          hinted: catchUp.hint,
          spool,
          clock,
          timeZone: config.PORTAL_TIME_ZONE,
          sendNotification: config.SEND_NOTIFICATION,
          pdfBytesMax: config.PDF_BYTES_MAX,
          strangers,
          refused: app.refused,
          believed(request) {
            scope.believe(request)
            app.trustConnection(request)
          },
          noteUnreadable
        })
      },
      { prefix: '/webhooks' }
    )
  }

  return { app, health }
}
