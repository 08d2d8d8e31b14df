// Performs one call, as the portal would or as a fault says. Every route under /v1 goes through here, so that every
// fault can hit every call.

import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Clock } from '../../src/core/clock.ts'
import type { Disturbance, Faults, Refusal, Taken } from './faults.ts'
import { PortalError } from './portal-error.ts'

export type Act = {
  /** The invoice that the call is about, if any. */
  invoiceNumber?: string | null
  /** The status of a successful answer. */
  status?: number
  /** Checks the call and throws what is wrong with it. The function that it returns makes the change and answers. */
  prepare: () => Commit
}

/** How an entry is created. Times are on the monotonic clock. */
export type How = {
  /** Until then no call shows it. */
  visibleFromMs?: number
  /** Until then the list does not show it. */
  listedFromMs?: number
  /** The answer has the id of the invoice before it. */
  isAnother?: boolean
}

type Commit = (how?: How) => object

// Long enough to notice, for a 429 that was requested without a duration.
const retryAfterMsDefault = 60_000

const html = 'text/html; charset=utf-8'
const page = '<!doctype html><title>Portal</title><p>This is a page, not an answer.'

type Stage = { clock: Clock; faults: Faults; closing: AbortSignal; loginPath: string }

export const createPerform = ({ clock, faults, closing, loginPath }: Stage) => {
  const refuse = ({ fault, ms = retryAfterMsDefault, message }: Taken<Refusal>, reply: FastifyReply) => {
    switch (fault) {
      case 'fail-before':
        throw new PortalError(500, { message })
      case 'reset-before':
        return hangUp(reply)
      case 'redirect':
        return reply.redirect(loginPath)
      case 'page-before':
        return reply.code(404).type(html).send(page)
      case '429': {
        const headers = {
          'x-ratelimit-remaining': 0,
          'x-ratelimit-reset': Math.ceil((clock.now() + ms) / 1000),
          'retry-after': Math.ceil(ms / 1000)
        }
        throw new PortalError(429, { message, headers })
      }
      default:
        throw new PortalError(Number(fault), { message })
    }
  }

  /** False: the server closed first, and there is nothing more to do. */
  const wait = async (ms: number): Promise<boolean> => {
    await clock.sleep(ms, closing)
    return !closing.aborted
  }

  const disturb = async (
    fault: Taken<Disturbance>,
    { act, commit, reply }: { act: Act; commit: Commit; reply: FastifyReply }
  ): Promise<FastifyReply> => {
    const { status = 200 } = act
    const { ms = 0, message } = fault
    switch (fault.fault) {
      case 'fail-after':
        commit()
        throw new PortalError(500, { message })
      case 'lost':
        commit()
        return hangUp(reply)
      case 'late-visible':
        commit({ visibleFromMs: clock.monotonic() + ms })
        return lose(fault, reply)
      case 'unlisted':
        commit({ listedFromMs: fault.ms === undefined ? Number.POSITIVE_INFINITY : clock.monotonic() + fault.ms })
        return lose(fault, reply)
      case 'refused-after':
        commit()
        throw new PortalError(422, { message })
      case 'page-after':
        commit()
        return reply.code(404).type(html).send(page)
      case 'another-id':
        return reply.code(status).send(commit({ isAnother: true }))
      case 'garbage':
        commit()
        return reply.code(200).type(html).send(page)
      case 'garbage-json':
        commit()
        return reply.code(status).send({ message: 'OK' })
      case 'slow': {
        const answer = commit()
        return (await wait(ms)) ? reply.code(status).send(answer) : hangUp(reply)
      }
      default:
        fault.fault satisfies 'slow-commit'
        return (await wait(ms)) ? reply.code(status).send(act.prepare()()) : hangUp(reply)
    }
  }

  return async (request: FastifyRequest, reply: FastifyReply, act: Act) => {
    const { invoiceNumber = null, status = 200 } = act
    request.portalRequest.invoiceNumber = invoiceNumber
    const subject = { call: request.portalRequest.call, invoiceNumber }

    const refusal = faults.takeRefusal(subject)
    if (refusal) return refuse(refusal, reply)
    const commit = act.prepare()
    const disturbance = faults.takeDisturbance(subject)
    if (disturbance) return disturb(disturbance, { act, commit, reply })
    return reply.code(status).send(commit())
  }
}

export type Perform = ReturnType<typeof createPerform>

const lose = ({ answer, message }: Taken<Disturbance>, reply: FastifyReply): FastifyReply => {
  if (answer === '500') throw new PortalError(500, { message })
  return hangUp(reply)
}

/** Ends the connection without an answer. */
const hangUp = (reply: FastifyReply): FastifyReply => {
  reply.hijack()
  reply.raw.destroy()
  return reply
}
