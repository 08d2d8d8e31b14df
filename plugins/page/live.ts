// Tells open pages that something changed, by server-sent events. One query of the ledger serves all listeners, and
// there is none while no page listens.

import type { ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'
import type { Clock } from '../../src/core/clock.ts'
import { BridgeError } from '../../src/core/errors.ts'
import { createLoop } from '../../src/core/loop.ts'
import { textsIn } from './pages.ts'
import type { Sessions } from './session.ts'

export type LiveOptions = {
  clock: Clock
  sessions: Sessions
  /** Changes whenever anything changes that a page may show. */
  mark: () => Promise<string>
}

// Soon enough for a person who watches, and hardly any load for the ledger.
const everyMs = 2000

// Any further window shows a change only when it is loaded again.
const listenersMax = 50

// A proxy ends a connection that is silent for a minute.
const signEveryTurns = 10

export const registerLive = (app: FastifyInstance, { clock, sessions, mark }: LiveOptions): void => {
  /** With the mark that each page showed: a change between loading the page and its first request counts, too. */
  const listeners = new Map<ServerResponse, string | undefined>()
  let loop: ReturnType<typeof createLoop> | undefined
  let turns = 0

  const turn = async (): Promise<void> => {
    // The ledger may be unavailable. That is not a change; a page says so when it is loaded.
    const now = await mark().catch(() => undefined)
    turns += 1
    for (const [listener, seen] of listeners) {
      if (now !== undefined && seen !== undefined && now !== seen) listener.write('event: changed\ndata:\n\n')
      else if (turns % signEveryTurns === 0) listener.write(':\n\n')
      listeners.set(listener, now ?? seen)
    }
    await loop?.nap(everyMs)
  }

  const leave = (listener: ServerResponse): void => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    void loop?.stop()
    loop = undefined
  }

  app.get<{ Querystring: { seen?: string } }>('/events', async (request, reply) => {
    if (sessions.of(request) === null) throw new BridgeError('NOT_LOGGED_IN')
    if (listeners.size >= listenersMax) throw new BridgeError('INTAKE_BUSY')
    reply.hijack()
    const { raw } = reply
    raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' })
    raw.write('retry: 3000\n\n')
    listeners.set(raw, textsIn(request.query).seen)
    raw.on('close', () => leave(raw))
    if (loop) return
    loop = createLoop({ clock, retryFirstMs: everyMs, retryLongestMs: everyMs })
    loop.start(turn, () => {})
  })

  app.addHook('preClose', async () => {
    for (const listener of listeners.keys()) listener.end()
    await loop?.stop()
  })
}
