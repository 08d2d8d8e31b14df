// Who is logged in: a signed cookie says it, and no machine keeps anything. Its key is made of the operator's tokens, so
// that all machines of one bridge share it, and another token ends every session.

import { hkdfSync } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { attempt } from '../../src/core/attempt.ts'
import type { Clock } from '../../src/core/clock.ts'
import type { Role } from '../api/operator.ts'

export type Session = z.infer<typeof Session>
const Session = z.strictObject({
  /** As the person called themselves: what they do is kept under it. */
  name: z.string(),
  role: z.enum(['operator', 'reader'] satisfies Role[]),
  until: z.number()
})

// A working day with its evening.
const lastsMs = 12 * 3_600_000

export const nameCharactersMax = 60

export type Sessions = {
  of: (request: FastifyRequest) => Session | null
  begin: (reply: FastifyReply, who: Pick<Session, 'name' | 'role'>) => void
  end: (reply: FastifyReply) => void
}

export const sessionKeyOf = (token: string, readToken: string | undefined): Buffer =>
  Buffer.from(hkdfSync('sha256', token, readToken ?? '', 'factuurbrug: sessions of the page', 32))

/** Behind https a browser takes the cookie from this host alone, whatever its neighbours set. */
export const cookieNameOf = (name: string, isSecure: boolean): string =>
  `${isSecure ? '__Host-' : ''}factuurbrug_${name}`

// Lax: an alert's link opens the page for whoever is logged in. No request that changes anything comes with it from
// another site, and each needs the token of its form besides.
export const cookieOptions = (isSecure: boolean) =>
  ({ path: '/', httpOnly: true, sameSite: 'lax', secure: isSecure }) as const

export const createSessions = ({ clock, isSecure }: { clock: Clock; isSecure: boolean }): Sessions => {
  const cookie = cookieNameOf('session', isSecure)

  return {
    of(request) {
      const { valid, value } = request.unsignCookie(request.cookies[cookie] ?? '')
      if (!valid || value === null) return null
      const told = attempt(() => JSON.parse(Buffer.from(value, 'base64url').toString()) as unknown)
      const { data: session } = Session.safeParse(told)
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
