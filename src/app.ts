// Composition: which plugin gets what, in which scope. No logic.

import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import api, { operatorOnly } from '../plugins/api.ts'
import customersApi from '../plugins/customers-api.ts'
import door from '../plugins/door.ts'
import healthPage from '../plugins/health.ts'
import problems, { sendProblem } from '../plugins/problems.ts'
import refusals from '../plugins/refusals.ts'
import type { CatchUp } from './catch-up.ts'
import type { Clock } from './clock.ts'
import type { Config } from './config.ts'
import type { Desk } from './desk.ts'
import { createDoors } from './doors.ts'
import type { Engine } from './engine.ts'
import { BridgeError } from './errors.ts'
import { createHealth, type Health } from './health.ts'
import type { Intake } from './intake.ts'
import type { Ledger } from './ledger/ledger.ts'
import { ledgerNames } from './senders.ts'
import type { Spool } from './spool.ts'
import type { ToolModule } from './tool.ts'
import { createTurnedDowns } from './turned-down.ts'

export type AppOptions = {
  config: Config
  tools: ToolModule[]
  ledger: Ledger
  spool: Spool
  engine: Pick<Engine, 'wake' | 'turnedAt' | 'portal' | 'customers'>
  desk: Pick<Desk, 'refusing'>
  intake: Intake
  catchUp: Pick<CatchUp, 'ask' | 'asked' | 'states'>
  clock: Clock
  logger: FastifyBaseLogger
  version: string
}

// Bodies that carry a PDF have limits of their own, in the tool's plugin.
const bodyBytesMax = 1024 * 1024

// A sender that trickles its bytes must not keep a place for ever; 20 MB take less over the slowest line in use.
const requestMsMax = 120_000

// An invoice number of 100 characters, each percent-encoded at its longest.
const pathPartCharactersMax = 1200

export const buildApp = async (options: AppOptions): Promise<{ app: FastifyInstance; health: Health }> => {
  const { config, tools, ledger, spool, engine, desk, intake, catchUp, clock, logger, version } = options
  const told = tools.flatMap(({ tool }) => {
    const settings = config.tools[tool.name] ?? null
    return ledgerNames(tool, settings).map(name => ({
      name,
      on: settings !== null,
      missingSecret: settings === null ? null : tool.missingSecret(settings as never),
      address: `${config.PUBLIC_URL}/webhooks/${tool.name}`
    }))
  })

  const app = Fastify({
    loggerInstance: logger,
    // An address can carry a customer's name (`?q=`); what matters is logged by those who know it.
    logController: new LogController({ disableRequestLogging: true }),
    // An address that is none.
    frameworkErrors: (_error, request, reply) => sendProblem(new BridgeError('NOT_FOUND'), request, reply),
    bodyLimit: bodyBytesMax,
    requestTimeout: requestMsMax,
    routerOptions: { maxParamLength: pathPartCharactersMax }
  })

  await app.register(problems)
  await app.register(refusals, { trustProxyHeader: config.TRUST_PROXY_HEADER })

  const doors = createDoors({ clock, log: logger })
  const turnedDowns = createTurnedDowns({ clock, log: logger })
  const health = createHealth({
    ledger,
    clock,
    engine,
    tools: told,
    refusing: desk.refusing,
    caughtUp: catchUp.states,
    turnedAway: doors.turnedAway,
    turnedDown: turnedDowns.of,
    log: logger
  })
  await app.register(healthPage, { health, version })

  await app.register(api, {
    prefix: '/api',
    ledger,
    clock,
    operatorToken: config.OPERATOR_TOKEN,
    tools: told,
    catchUp,
    portalUrl: config.PORTAL_URL,
    timeZone: config.PORTAL_TIME_ZONE,
    settleMs: config.PORTAL_SETTLE_MS,
    engine,
    health
  })

  await app.register(customersApi, {
    prefix: '/api',
    ledger,
    customers: engine.customers,
    tools: told.map(({ name }) => name),
    engine,
    operator: operatorOnly(config.OPERATOR_TOKEN)
  })

  for (const { tool, default: plugin } of tools) {
    await app.register(
      async scope => {
        scope.route({
          method: ['GET', 'PUT', 'PATCH', 'DELETE'],
          url: `/${tool.name}`,
          handler: async (_request, reply) => {
            reply.header('allow', 'POST')
            throw new BridgeError('METHOD_NOT_ALLOWED')
          }
        })
        await scope.register(door, { tool: tool.name, doors })
        await scope.register(plugin, {
          settings: config.tools[tool.name] ?? null,
          intake: doors.behind(tool.name, intake),
          spool,
          clock,
          timeZone: config.PORTAL_TIME_ZONE,
          sendNotification: config.SEND_NOTIFICATION,
          pdfBytesMax: config.PDF_BYTES_MAX,
          refused: app.refused,
          turnedDown: turnedDowns.note
        })
      },
      { prefix: '/webhooks' }
    )
  }

  return { app, health }
}
