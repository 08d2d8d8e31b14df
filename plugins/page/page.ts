// The operator's page: what the API answers, for a person with a browser. It calls the same operations as the API, and
// decides nothing itself.

import cookie from '@fastify/cookie'
import csrf from '@fastify/csrf-protection'
import formbody from '@fastify/formbody'
import helmet from '@fastify/helmet'
import multipart from '@fastify/multipart'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Clock } from '../../src/core/clock.ts'
import type { Recognise } from '../api/operator.ts'
import type { Pdfs } from '../api/pdfs.ts'
import type { Operations } from '../api/route.ts'
import { customersRoutes } from './customers.ts'
import { registerErrors, registerNotFound } from './errors.ts'
import { registerFiles } from './files.ts'
import { invoiceRoutes } from './invoice.ts'
import { invoicesRoutes } from './invoices.ts'
import { registerLive } from './live.ts'
import { isOurs, keptIn, loginPage } from './login.ts'
import { overviewRoutes } from './overview.ts'
import { createPages, isOurForm, mustBeOurs, type Pages, textsIn } from './pages.ts'
import { pdfRoutes } from './pdf.ts'
import { portalRoutes } from './portal.ts'
import { refusedRoutes } from './refused.ts'
import { cookieNameOf, cookieOptions, createSessions, nameCharactersMax, type Sessions } from './session.ts'
import { togetherRoutes } from './together.ts'
import { toolsRoutes } from './tools.ts'

export type PageOptions = {
  operations: Operations
  recognise: Recognise
  clientOf: (request: FastifyRequest) => string
  /** Changes whenever anything changes that a page may show. */
  mark: () => Promise<string>
  clock: Clock
  timeZone: string
  pdfs: Pick<Pdfs, 'open'>
  pdfBytesMax: number
  hidesPersonal: boolean
  /** Whether browsers reach the page by https. */
  isSecure: boolean
  sessionKey: Buffer
}

// A form has a few short fields; a file has its own limit.
const formBytesMax = 64 * 1024

const year = 365 * 24 * 3600

export const strictPolicy = {
  'default-src': ["'none'"],
  'style-src': ["'self'"],
  'script-src': ["'self'"],
  'img-src': ["'self'"],
  'connect-src': ["'self'"],
  'form-action': ["'self'"],
  'base-uri': ["'none'"],
  'object-src': ["'self'"],
  'frame-src': ["'self'"],
  'frame-ancestors': ["'none'"]
}

export default async function page(app: FastifyInstance, options: PageOptions) {
  const { operations, recognise, clock, timeZone, hidesPersonal, isSecure, sessionKey } = options
  await app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: strictPolicy },
    referrerPolicy: { policy: 'no-referrer' },
    hsts: isSecure && { maxAge: year, includeSubDomains: false },
    xFrameOptions: { action: 'deny' }
  })
  await app.register(cookie, { secret: sessionKey })
  await app.register(csrf, { cookieKey: cookieNameOf('form', isSecure), cookieOpts: cookieOptions(isSecure) })
  await app.register(formbody, { bodyLimit: formBytesMax })
  // One byte more than is allowed, so that the spool refuses a larger file, instead of multipart cutting it off.
  await app.register(multipart, { limits: { files: 1, fileSize: options.pdfBytesMax + 1, fields: 10 } })

  const sessions = createSessions({ clock, isSecure })
  const pages = createPages(app, {
    operations,
    sessions,
    files: registerFiles(app),
    timeZone,
    mark: options.mark,
    hidesPersonal,
    isSecure,
    clientOf: options.clientOf
  })
  registerErrors(app, pages)
  registerNotFound(app)
  registerLogin(app, { pages, sessions, recognise })
  overviewRoutes(pages)
  invoicesRoutes(pages)
  invoiceRoutes(pages)
  pdfRoutes(app, { pages, sessions, pdfs: options.pdfs })
  customersRoutes(app, { pages, sessions, operations })
  portalRoutes(pages)
  toolsRoutes(pages)
  refusedRoutes(pages)
  togetherRoutes(pages)
  registerLive(app, { clock, sessions, mark: options.mark })
}

/** Browsers say from which site a form comes. A program says nothing, and needs no form to log in. */
const isFromSite = ({ headers }: FastifyRequest): boolean => (headers.origin ?? headers['sec-fetch-site']) !== undefined

const registerLogin = (
  app: FastifyInstance,
  { pages, sessions, recognise }: { pages: Pages; sessions: Sessions; recognise: Recognise }
): void => {
  app.get('/login', async (request, reply) => {
    const view = pages.viewOf(request, reply)
    const { to = '/' } = textsIn(request.query)
    if (view.session) return reply.redirect(isOurs(to) ? to : '/', 303)
    return pages.send(reply, view, loginPage(view, { to }))
  })

  app.post('/login', async (request, reply) => {
    const view = pages.viewOf(request, reply, null)
    const { to = '/', name: given = '', token = '', resumes } = textsIn(request.body)
    const name = given.replace(/\s+/g, ' ').trim().slice(0, nameCharactersMax)
    const kept = keptIn(request)
    const again = (status: number, problem: string) =>
      pages.send(reply.code(status), view, loginPage(view, { to, kept, resumes: resumes !== undefined, name, problem }))

    if (!(await isOurForm(app, request, reply)) && isFromSite(request))
      return pages.send(reply.code(403), view, loginPage(view, { to: '/', name, problem: view.words.login.again }))
    const role = await recognise(request, token)
    if (role === null) return again(401, view.words.login.wrong)
    sessions.begin(reply, { name: name === '' ? null : name, role })
    request.log.info({ role }, 'logged in to the page')
    const next = isOurs(to) ? to : '/'
    // With 307 the browser sends the form on as it came.
    return reply.redirect(next, resumes === undefined ? 303 : 307)
  })

  app.post('/logout', async (request, reply) => {
    await mustBeOurs(app, request, reply)
    sessions.end(reply)
    return reply.redirect('/login', 303)
  })
}
