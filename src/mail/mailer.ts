// Mails the owner what needs them: at most one mail a minute, with everything that came meanwhile; and a summary each
// day or week. Of several processes, one does it. A mail server that is down costs nothing but time: what is solved by
// then is no longer mailed.

import type { Clock, Instant } from '../core/clock.ts'
import type { Log } from '../core/log.ts'
import { createLoop } from '../core/loop.ts'
import type { KeptNotice, Notice } from '../core/notice.ts'
import type { Row } from '../core/row.ts'
import { type Health, saidWarnings } from '../health/health.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { dueAt, dueDay, type Every } from './due.ts'
import { type Around, alertLetter, type Letter, summaryLetter } from './letter.ts'
import type { Post } from './post.ts'

export interface Mailer {
  /** Kept at once, and mailed within seconds, or with others after a minute. */
  note: (notice: Notice) => void
  start: () => void
  stop: () => Promise<void>
}

export type MailerOptions = {
  ledger: Ledger
  post: Post
  health: Health
  clock: Clock
  log: Log
  around: Around
  every: Every
}

const minute = 60_000
const hour = 60 * minute

const lookEveryMs = 5000
const mailEveryMs = minute
// A mail server that refuses is tried less and less often.
const retryLongestMs = hour

// How many of the invoices that need a person a summary shows.
const attentionMax = 20

export const createMailer = (options: MailerOptions): Mailer => {
  const { ledger, post, clock, log, around, every } = options
  const loop = createLoop({ clock, retryFirstMs: mailEveryMs, retryLongestMs })
  let mailedAt = Number.NEGATIVE_INFINITY
  let noting: Promise<unknown> = Promise.resolve()

  const send = async (letter: Letter): Promise<void> => {
    await post.send(letter)
    mailedAt = clock.monotonic()
    log.info({}, 'mail sent')
  }

  const mailNotices = async (): Promise<void> => {
    const notices = await ledger.notices()
    const last = notices.at(-1)
    if (!last || clock.monotonic() - mailedAt < mailEveryMs) return
    const letter = alertLetter(notices, await stillOpen(notices, ledger), around)
    if (letter) await send(letter)
    await ledger.dropNotices(last.id)
  }

  const mailSummary = async (): Promise<void> => {
    if (every === 'off') return
    const day = dueDay(every, clock.now(), around.timeZone)
    const { summarised } = await ledger.holdings.memory()
    if (summarised === day) return
    // The first one must cover a whole day or week.
    if (summarised !== undefined) {
      const since = dueAt(summarised, around.timeZone)
      await send(await summary(options, every, since))
    }
    await ledger.holdings.remember({ summarised: day })
  }

  const turn = async (): Promise<void> => {
    if (await ledger.lease('mail', clock.now())) {
      await mailNotices()
      await mailSummary()
    }
    await loop.nap(lookEveryMs)
  }

  const failed = (error: unknown): void => {
    // The answer of a mail server may repeat the address that the mail was for.
    const { code, responseCode } = error as { code?: unknown; responseCode?: unknown }
    log.warn({ code, responseCode }, 'mail could not be sent')
  }

  return {
    note(notice) {
      const kept = ledger.addNotice(notice, clock.now()).then(
        () => loop.wake(),
        err => log.warn({ err }, 'an alert could not be kept')
      )
      noting = Promise.all([noting, kept])
    },
    start: () => loop.start(turn, failed),
    async stop() {
      await noting
      await loop.stop()
      post.close()
    }
  }
}

/** Each invoice once, as it stands now, and only while it still needs a person. */
const stillOpen = async (notices: readonly KeptNotice[], ledger: Pick<Ledger, 'find'>): Promise<Row[]> => {
  const numbers = new Set(notices.flatMap(({ invoiceNumber }) => (invoiceNumber === null ? [] : [invoiceNumber])))
  const rows: Row[] = []
  for (const number of numbers) {
    const row = await ledger.find(number)
    if (row && row.code !== null && (row.state === 'held' || row.state === 'delivered')) rows.push(row)
  }
  return rows
}

const summary = async (
  { ledger, health, around }: MailerOptions,
  every: Exclude<Every, 'off'>,
  since: Instant
): Promise<Letter> => {
  const { waiting, sending, attention: attentionCount } = await ledger.summary()
  const paces = await ledger.paceSince(since)
  const held = (await ledger.list({ state: 'held', limit: attentionMax })).rows
  const contents = {
    every,
    delivered: paces.reduce((sum, { invoices }) => sum + invoices, 0),
    waiting: waiting + sending,
    attention: held,
    attentionCount,
    warnings: saidWarnings(await health(), around.language)
      .filter(({ check }) => check !== 'attention')
      .map(({ tool, output }) => (tool === null ? output : `${tool}: ${output}`))
  }
  return summaryLetter(contents, around)
}
