// Who is logged in: a signed cookie says so, and no machine keeps anything. Its key is derived from the operator's
// tokens, so that all machines of one bridge share it, and a changed token ends every session.

import { hkdfSync } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { attempt } from '../../src/core/attempt.ts'
import type { Clock } from '../../src/core/clock.ts'
import type { Role } from '../api/operator.ts'

export type Session = z.infer<typeof Session>
const Session = z.strictObject({
  /** The name that the person gave, if any: the history keeps what they do under it. */
  name: z.string().nullable(),
  role: z.enum(['operator', 'reader'] satisfies Role[]),
  until: z.number()
})

// A working day and its evening.
const lastsMs = 12 * 3_600_000

export const nameCharactersMax = 60

export type Sessions = {
  of: (request: FastifyRequest) => Session | null
  begin: (reply: FastifyReply, who: Pick<Session, 'name' | 'role'>) => void
  end: (reply: FastifyReply) => void
}

export const sessionKeyOf = (token: string, readToken: string | undefined): Buffer =>
  Buffer.from(hkdfSync('sha256', token, readToken ?? '', 'factuurbrug: sessions of the page', 32))

/** With https a browser accepts the cookie only from this host, whatever neighbouring hosts set. */
export const cookieNameOf = (name: string, isSecure: boolean): string =>
  `${isSecure ? '__Host-' : ''}factuurbrug_${name}`

// Lax, so that the link in an alert opens the page for a person who is logged in. From another site the cookie comes
// with no request that changes anything, and each such request also needs the token of its form.
export const cookieOptions = (isSecure: boolean) =>
  ({ path: '/', httpOnly: true, sameSite: 'lax', secure: isSecure }) as const

export const createSessions = ({ clock, isSecure }: { clock: Clock; isSecure: boolean }): Sessions => {
  const cookie = cookieNameOf('session', isSecure)

  return {
    of(request) {
      const { valid, value } = request.unsignCookie(request.cookies[cookie] ?? '')
      if (!valid || value === null) return null
      const content = attempt(() => JSON.parse(Buffer.from(value, 'base64url').toString()) as unknown)
      const { data: session } = Session.safeParse(content)
      return session && session.until > clock.now() ? session : null
    },

    begin(reply, who) {
      const session: Session = { ...who, until: clock.now() + lastsMs }
      const value = Buffer.from(JSON.stringify(session)).toString('base64url')
      reply.setCookie(cookie, value, { ...cookieOptions(isSecure), signed: true, maxAge: lastsMs / 1000 })
    },

    end(reply) {
      reply.clearCookie(cookie, cookieOptions(isSecure))
    }
  }
}
