// Alerts the owner when health begins to warn, so that nothing goes wrong unnoticed where nobody polls health. Each
// warning is sent once, and again if it comes back after it was over.

import type { Clock } from '../core/clock.ts'
import type { Log } from '../core/log.ts'
import { createLoop } from '../core/loop.ts'
import type { AlertOfEnd, AlertOfWarning, Said } from '../delivery/alert.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { said } from '../words/saying.ts'
import type { Language } from '../words/words.ts'
import { type Health, type Warning, warningsIn } from './health.ts'

export type Watch = { start: () => void; stop: () => Promise<void> }

export type WatchOptions = {
  ledger: Pick<Ledger, 'lease' | 'release'>
  health: Health
  warn: AlertOfWarning
  over: AlertOfEnd
  /** The language of the owner's mails. */
  language: Language
  clock: Clock
  log: Log
}

// Often enough to alert soon. What mends itself before the next turn is not worth an alert.
const everyMs = 60_000

// Alerts about these are sent as they happen, and say what they are about.
const alertedElsewhere: readonly string[] = ['attention', 'portal']

export const createWatch = ({ ledger, health, warn, over, language, clock, log }: WatchOptions): Watch => {
  const loop = createLoop({ clock, retryFirstMs: everyMs, retryLongestMs: everyMs })
  let before = new Set<string>()
  // What was sent about each, by this process or another, by its key.
  let sent = new Map<string, Said>()

  const turn = async (): Promise<void> => {
    const warnings = warningsIn(await health()).filter(({ check }) => !alertedElsewhere.includes(check))
    const now = new Map(warnings.map(warning => [keyOf(warning), warning]))
    for (const [key, warning] of now) {
      if (sent.has(key) || !before.has(key)) continue
      // Of several processes that see it, one sends it.
      const what = saidOf(warning, language)
      if (await ledger.lease(`warn ${key}`, clock.now())) warn(what)
      sent.set(key, what)
    }
    for (const [key, what] of sent) {
      if (now.has(key)) continue
      // The process that sent the warning also sends the message that it is over.
      if (await ledger.lease(`warn ${key}`, clock.now())) over(what)
      await ledger.release(`warn ${key}`)
    }
    sent = new Map([...sent].filter(([key]) => now.has(key)))
    before = new Set(now.keys())
    await loop.nap(everyMs)
  }

  const failed = (err: unknown): void => log.error({ err }, 'health could not be watched')

  return { start: () => loop.start(turn, failed), stop: loop.stop }
}

const saidOf = ({ tool, says }: Warning, language: Language): Said => {
  const from = tool === null ? '' : `${tool}: `
  return { output: from + said(says, 'en'), mailed: from + said(says, language) }
}

/** Without its numbers, because it is no news that a warning lasts. */
const keyOf = ({ check, tool, says }: Warning): string =>
  `${check} ${tool ?? ''} ${says
    .filter(fact => typeof fact === 'string')
    .join(' ')
    .replace(/\d+/g, '')}`
