// Since when each accounting tool has been set up, and up to when it was asked what its webhooks missed.

import type { Instant } from '../core/clock.ts'
import { instantOf } from './cells.ts'
import type { Tx } from './driver.ts'

export const toolStart = async (tx: Tx, tool: string): Promise<Instant | null> =>
  instantOf(await tx.one('SELECT start AS at FROM tool WHERE name = ?', tool))

export const startTool = (tx: Tx, tool: string, at: Instant): Promise<void> =>
  tx.run('INSERT INTO tool (name, start, asked_to) VALUES (?, ?, ?) ON CONFLICT (name) DO NOTHING', tool, at, at)

export const askedTo = async (tx: Tx, tool: string): Promise<Instant | null> =>
  instantOf(await tx.one('SELECT asked_to AS at FROM tool WHERE name = ?', tool))

export const setAskedTo = (tx: Tx, tool: string, at: Instant): Promise<void> =>
  tx.run('UPDATE tool SET asked_to = ? WHERE name = ?', at, tool)
