// Composition: which plugin gets what, in which scope. No logic.

import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import api from '../plugins/api.ts'
import health from '../plugins/health.ts'
import problems from '../plugins/problems.ts'
import refusals from '../plugins/refusals.ts'
import type { Clock } from './clock.ts'
import type { Config } from './config.ts'
import type { Engine } from './engine.ts'
import { BridgeError } from './errors.ts'
import type { Receive } from './intake.ts'
import type { Ledger } from './ledger/ledger.ts'
import type { Spool } from './spool.ts'
import type { Tool } from './tool.ts'

export type AppOptions = {
  config: Config
  tools: Tool[]
  ledger: Ledger
  spool: Spool
  engine: Pick<Engine, 'wake' | 'turnedAt' | 'portal'>
  receive: Receive
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

export const buildApp = async (options: AppOptions): Promise<FastifyInstance> => {
  const { config, tools, ledger, spool, engine, receive, clock, logger, version } = options
  const isOn = ({ name }: Tool) => config.tools[name] !== null

  const app = Fastify({
    loggerInstance: logger,
    // An address can carry a customer's name (`?q=`); what matters is logged by those who know it.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: bodyBytesMax,
    requestTimeout: requestMsMax,
    routerOptions: { maxParamLength: pathPartCharactersMax }
  })

  await app.register(problems)
  await app.register(refusals, { trustProxyHeader: config.TRUST_PROXY_HEADER })

  await app.register(health, {
    ledger,
    clock,
    engine,
    tools: { on: tools.filter(isOn).map(({ name }) => name), withoutSecret: [] },
    version
  })

  await app.register(api, {
    prefix: '/api',
    ledger,
    clock,
    operatorToken: config.OPERATOR_TOKEN,
    tools: tools.map(tool => ({
      name: tool.name,
      on: isOn(tool),
      address: `${config.PUBLIC_URL}/webhooks/${tool.name}`
    })),
    portalUrl: config.PORTAL_URL,
    engine
  })

  for (const tool of tools) {
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
        await scope.register(tool.default, {
          settings: config.tools[tool.name] ?? null,
          receive,
          spool,
          clock,
          timeZone: config.PORTAL_TIME_ZONE,
          sendNotification: config.SEND_NOTIFICATION,
          pdfBytesMax: config.PDF_BYTES_MAX,
          refused: app.refused
        })
      },
      { prefix: '/webhooks' }
    )
  }

  return app
}
