// Since when each accounting tool is set up, and up to when it was asked what its webhooks missed, on SQLite.

import type { Instant } from '../core/clock.ts'
import { instantOf } from './cells.ts'
import type { Database } from './database.ts'

export const createTools = ({ one, run }: Database) => ({
  startOf: (tool: string): Instant | null =>
    instantOf(one('SELECT start AS at FROM tool WHERE name = ?', tool)),
  start: (tool: string, at: Instant): void =>
    run('INSERT OR IGNORE INTO tool VALUES (?, ?, ?)', tool, at, at),
  askedTo: (tool: string): Instant | null =>
    instantOf(one('SELECT asked_to AS at FROM tool WHERE name = ?', tool)),
  setAskedTo: (tool: string, at: Instant): void =>
    run('UPDATE tool SET asked_to = ? WHERE name = ?', at, tool)
})
