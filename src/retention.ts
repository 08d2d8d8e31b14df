// What finished long ago is emptied of everything personal, a little at a time.

import type { Clock } from './clock.ts'
import type { Ledger } from './ledger/ledger.ts'
import type { Log } from './log.ts'
import type { Spool } from './spool.ts'

export type Retention = { start: () => void; stop: () => Promise<void> }

export type RetentionOptions = { ledger: Ledger; spool: Spool; clock: Clock; days: number; log: Log }

const day = 24 * 3_600_000

// Together more than the portal can be given in a minute, so that it never falls behind.
const everyMs = 60_000
const rowsAtOnce = 100

export const createRetention = (options: RetentionOptions): Retention => {
  const { clock, log } = options
  const stopping = new AbortController()
  let loop: Promise<void> | undefined

  const keepForgetting = async () => {
    while (!stopping.signal.aborted) {
      try {
        await forgetSome(options)
      } catch (err) {
        log.error({ err }, 'old invoices could not be emptied')
      }
      await clock.sleep(everyMs, stopping.signal)
    }
  }

  return {
    start() {
      loop ??= keepForgetting()
    },
    async stop() {
      stopping.abort()
      await loop
    }
  }
}

const forgetSome = async ({ ledger, spool, clock, days }: RetentionOptions): Promise<void> => {
  const documents = await ledger.forget(clock.now() - days * day, rowsAtOnce)
  await Promise.all(documents.map(document => spool.remove(document)))
}
