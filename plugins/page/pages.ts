// How the bridge serves a page and carries out a form: who is logged in, in which language, and what a refusal becomes.

import type { FastifyInstance, FastifyReply, FastifyRequest, RouteShorthandOptions } from 'fastify'
import { BridgeError } from '../../src/core/errors.ts'
import type { Actor } from '../../src/core/row.ts'
import type { Operation } from '../../src/view/endpoints.ts'
import { formatsOf, isLanguage, type Language, languageIn, words } from '../../src/words/words.ts'
import type { Operations, Question } from '../api/route.ts'
import { type Files, layout, type Page, type View, withQuery } from './layout.ts'
import { keptIn, type Login, loginPage } from './login.ts'
import { cookieNameOf, cookieOptions, type Session, type Sessions } from './session.ts'

export type PagesOptions = {
  operations: Operations
  sessions: Sessions
  files: Files
  timeZone: string
  /** Changes whenever anything changes that a page may show. */
  mark: () => Promise<string>
  hidesPersonal: boolean
  isSecure: boolean
  /** The network that the client is counted by. */
  clientOf: (request: FastifyRequest) => string
}

export type Asked = {
  view: View
  params: Record<string, string>
  query: Record<string, string>
  /** The fields of a form. */
  fields: Record<string, string>
  /** Read as it comes in. */
  file?: AsyncIterable<Uint8Array> | undefined
  ask: <O extends Operation>(operation: O, question?: Omit<Question, 'log' | 'actor'>) => ReturnType<typeof askOf<O>>
  request: FastifyRequest
  reply: FastifyReply
}

const askOf = <O extends Operation>(operations: Operations, operation: O, question: Question) =>
  operations.ask(operation, question)

export type Pages = {
  /** For a person who is logged in; anyone else logs in first, and then comes back here. */
  show: (path: string, page: (asked: Asked) => Promise<Page>) => void
  /** Does what a form asks. `action` returns where to go next. If the session has ended, it runs after a new login. */
  act: (path: string, action: (asked: Asked) => Promise<string>, options?: RouteShorthandOptions) => void
  viewOf: (request: FastifyRequest, reply: FastifyReply, session?: Session | null) => View
  send: (reply: FastifyReply, view: View, page: Page) => Promise<FastifyReply>
}

const year = 365 * 24 * 3600

export const createPages = (app: FastifyInstance, options: PagesOptions): Pages => {
  const { operations, sessions, files, timeZone, hidesPersonal, isSecure, clientOf } = options
  const languageCookie = cookieNameOf('language', isSecure)
  const personalCookie = cookieNameOf('personal', isSecure)

  /** A switch in the address overrides the earlier choice, and is kept. */
  const chosen = (request: FastifyRequest, reply: FastifyReply, name: string, cookie: string): string | undefined => {
    const asked = (request.query as Record<string, unknown>)[name]
    if (typeof asked !== 'string' || asked === '') return request.cookies[cookie]
    reply.setCookie(cookie, asked.slice(0, 10), { ...cookieOptions(isSecure), maxAge: year })
    return asked
  }

  const viewOf = (request: FastifyRequest, reply: FastifyReply, session = sessions.of(request)): View => {
    const switched = chosen(request, reply, 'lang', languageCookie)
    const language: Language = isLanguage(switched) ? switched : languageIn(request.headers['accept-language'])
    return {
      words: words[language],
      language,
      formats: formatsOf(language, timeZone),
      timeZone,
      session,
      csrf: reply.generateCsrf(),
      address: new URL(request.url, 'http://bridge.invalid'),
      mayHide: hidesPersonal,
      hidesPersonal: hidesPersonal && chosen(request, reply, 'personal', personalCookie) !== 'show',
      files
    }
  }

  const send = async (reply: FastifyReply, view: View, page: Page): Promise<FastifyReply> =>
    reply
      .type('text/html; charset=utf-8')
      .header('cache-control', 'no-store')
      .send(String(await layout(view, page)))

  const actorOf = (request: FastifyRequest, { session }: View): Actor | undefined =>
    session === null ? undefined : { by: session.name, via: 'page', from: clientOf(request) }

  const askedOf = (request: FastifyRequest, reply: FastifyReply, view: View): Asked => ({
    view,
    params: request.params as Record<string, string>,
    query: textsIn(request.query),
    fields: textsIn(request.body),
    ask: (operation, question = {}) =>
      askOf(operations, operation, { ...question, log: request.log, actor: actorOf(request, view) }),
    request,
    reply
  })

  return {
    viewOf,
    send,

    show(path, page) {
      app.get(path, async (request, reply) => {
        const view = viewOf(request, reply)
        if (view.session === null) return reply.redirect(loginAt(view), 303)
        const seen = await options.mark()
        return send(reply, view, { seen, ...(await page(askedOf(request, reply, view))) })
      })
    },

    act(path, action, options = {}) {
      app.post(path, options, async (request, reply) => {
        const view = viewOf(request, reply)
        if (view.session === null) {
          return send(reply.code(401), view, loginPage(view, await resumed(app, request, reply, view)))
        }
        const file = request.isMultipart() ? await fileOf(request) : undefined
        await mustBeOurs(app, request, reply)
        if (view.session.role !== 'operator') throw new BridgeError('READ_ONLY')
        return reply.redirect(await action({ ...askedOf(request, reply, view), file }), 303)
      })
    }
  }
}

/**
 * A form of this browser is sent on as it was. One with a file has to be filled in again, on the page that it is on.
 * Another site's form comes without the cookie of the session, too: it must not be done by whoever logs in next.
 */
const resumed = async (
  app: FastifyInstance,
  request: FastifyRequest,
  reply: FastifyReply,
  { words }: View
): Promise<Login> => {
  const to = request.url.replace(/\/[^/]*$/, '')
  if (request.isMultipart()) return { to, isExpired: true }
  if (!(await isOurForm(app, request, reply))) return { to, problem: words.login.again }
  return { to: request.url, kept: keptIn(request), resumes: true, isExpired: true }
}

const loginAt = ({ address }: View): string => {
  const to = withQuery(address, {})
  return to === '/' ? '/login' : `/login?to=${encodeURIComponent(to)}`
}

/** The fields of a form come before its file. */
const fileOf = async (request: FastifyRequest): Promise<AsyncIterable<Uint8Array> | undefined> => {
  const part = await request.file()
  if (!part) return undefined
  const said = part.fields as Record<string, { value?: unknown } | undefined>
  request.body = Object.fromEntries(Object.entries(said).map(([name, field]) => [name, field?.value]))
  return part.file
}

/** Rejects when the form is not one of this browser's. */
export const mustBeOurs = (app: FastifyInstance, request: FastifyRequest, reply: FastifyReply): Promise<void> =>
  new Promise((resolve, reject) => {
    // The plugin sends a refusal itself, unless it gets another `send`.
    const answering = { unsignCookie: reply.unsignCookie.bind(reply), send: reject } as unknown as FastifyReply
    app.csrfProtection(request, answering, () => resolve())
  })

export const isOurForm = (app: FastifyInstance, request: FastifyRequest, reply: FastifyReply): Promise<boolean> =>
  mustBeOurs(app, request, reply).then(
    () => true,
    () => false
  )

/** For a field that is given twice, the last value counts. */
export const textsIn = (body: unknown): Record<string, string> =>
  Object.fromEntries(
    Object.entries((body ?? {}) as Record<string, unknown>).flatMap(([name, value]) => {
      const text = Array.isArray(value) ? value.at(-1) : value
      return typeof text === 'string' ? [[name, text]] : []
    })
  )
