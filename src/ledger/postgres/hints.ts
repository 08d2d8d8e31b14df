// What one process tells the others at once, by NOTIFY and LISTEN on a connection of its own. It is only a hint: a
// process that misses it finds out by itself a little later. Behind a pooler that hands connections on, no hint
// arrives, so there no process listens.

import pg from 'pg'
import type { Clock } from '../../core/clock.ts'
import type { Hint, Hints } from '../driver.ts'

export type HintsOptions = { url: string; timeoutMs: number; clock: Pick<Clock, 'sleep'> }

const channel = 'factuurbrug'

// However many events come in, the others are told at most this often.
const everyMs = 200

// A lost connection is made again after this; until then the others poll.
const againMs = 2000

export const openHints = ({ url, timeoutMs, clock }: HintsOptions): Hints => {
  const stopping = new AbortController()
  const waiting = new Set<Hint>()
  let listening: pg.Client | undefined
  let isSending = false
  let running: Promise<void> | undefined

  /** Listens until the connection ends. False behind a pooler, which answers with the id of another backend. */
  const listenOnce = async (heard: (hint: Hint) => void): Promise<boolean> => {
    const client = new pg.Client({
      connectionString: url,
      application_name: 'factuurbrug hints',
      connectionTimeoutMillis: timeoutMs,
      keepAlive: true
    })
    const ended = new Promise(resolve => client.once('end', resolve))
    // The query that waits for an answer gets the error, too.
    client.on('error', () => {})
    const end = () => void client.end().catch(() => {})
    try {
      await client.connect()
      const own = (await client.query('SELECT pg_backend_pid() AS pid')).rows[0].pid
      if ((client as unknown as { processID: number }).processID !== own) return false
      client.on('notification', ({ processId, payload }) => {
        if (processId !== own) heard(payload as Hint)
      })
      // No promise depends on it.
      await client.query(`SET synchronous_commit = off; LISTEN ${channel}`)
      listening = client
      stopping.signal.addEventListener('abort', end)
      if (!stopping.signal.aborted) await ended
      return true
    } finally {
      listening = undefined
      stopping.signal.removeEventListener('abort', end)
      await client.end().catch(() => {})
    }
  }

  const keepListening = async (heard: (hint: Hint) => void): Promise<void> => {
    while (!stopping.signal.aborted) {
      if (!(await listenOnce(heard).catch(() => true))) return
      await clock.sleep(againMs, stopping.signal)
    }
  }

  const send = async (): Promise<void> => {
    isSending = true
    while (waiting.size > 0 && listening && !stopping.signal.aborted) {
      const hints = [...waiting]
      waiting.clear()
      await listening.query('SELECT pg_notify($1, unnest($2::text[]))', [channel, hints]).catch(() => {})
      await clock.sleep(everyMs, stopping.signal)
    }
    isSending = false
  }

  return {
    send(hint) {
      if (listening) waiting.add(hint)
      if (!isSending) void send()
    },
    listen(heard) {
      running ??= keepListening(heard)
    },
    async close() {
      stopping.abort()
      await running
    }
  }
}
