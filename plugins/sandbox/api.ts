// Everything under /v1, also addresses that do not exist. Each request is logged, then counted against its token's
// budget, then its token is checked. Only then is its body read.

import rateLimit from '@fastify/rate-limit'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { billRoutes } from './bills.ts'
import { customerInvoices } from './customer-invoices.ts'
import { customerRoutes } from './customers.ts'
import { createPerform } from './perform.ts'
import type { Portal } from './portal.ts'
import { asPortalError, PortalError } from './portal-error.ts'
import type { Call, LoggedRequest } from './request-log.ts'
import { rollingWindow } from './rolling-window.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Only on requests to the sandbox's API. */
    portalRequest: LoggedRequest
  }
  interface FastifyContextConfig {
    /** Which of the portal's calls a route of the sandbox is. */
    call?: Call
  }
}

const windowMs = 60_000

export const api: FastifyPluginAsync<{ portal: Portal }> = async (app, { portal }) => {
  const { clock, log, settings, token, paths } = portal

  app.removeContentTypeParser('text/plain')

  app.decorateRequest('portalRequest')

  app.addHook('onRequest', async request => {
    const { call = 'other' } = request.routeOptions.config
    request.portalRequest = log.open(request.method, request.url, call)
  })

  app.addHook('onSend', async (request, reply) => log.answered(request.portalRequest, reply.statusCode))

  // A hook on every route, so that this budget counts, whatever limit the surrounding app has.
  await app.register(rateLimit, {
    max: () => settings.requestsPerMinute,
    timeWindow: windowMs,
    keyGenerator: bearer,
    store: rollingWindow(clock),
    // The documentation gives the time of the reset; the plugin would give the seconds until then.
    addHeaders: { 'x-ratelimit-reset': false },
    addHeadersOnExceeding: { 'x-ratelimit-reset': false },
    errorResponseBuilder: (_request, { ttl }) =>
      new PortalError(429, { headers: { 'x-ratelimit-reset': Math.ceil((clock.now() + ttl) / 1000) } })
  })

  // After onRequest, which counts the budget: so a refusal also says what is left of it.
  app.addHook('preParsing', async request => {
    const given = bearer(request)
    if (given === '' || (token !== undefined && given !== token)) throw new PortalError(401)
  })

  app.setErrorHandler((error, request, reply) => {
    const refusal = asPortalError(error)
    if (refusal.statusCode === 500 && error !== refusal) request.log.error({ err: error }, 'sandbox failed')
    return reply.code(refusal.statusCode).headers(refusal.headers).send(refusal.toJSON())
  })

  const perform = createPerform({ ...portal, loginPath: `${paths.sandbox}/login` })
  await app.register(customerInvoices, { portal, perform })
  await app.register(customerRoutes, { portal, perform })
  await app.register(billRoutes, { portal, perform })

  // A route, because the budget is counted per route. Refuses before the body is read: its type may be unknown, too.
  const notFound = async () => {
    throw new PortalError(404)
  }
  app.all('/*', { preParsing: notFound }, notFound)
}

/** The token of the request; empty when it has none. */
const bearer = ({ headers }: FastifyRequest): string => /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? ''
