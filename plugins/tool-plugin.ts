// The side of a tool that Fastify sees: the plugin that takes its webhooks, and what the bridge gives to it.

import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import type { Clock } from '../src/core/clock.ts'
import type { DraftingSpool } from '../src/ledger/spool.ts'
import type { Receiver } from '../src/tools/receiver.ts'
import type { Tool } from '../src/tools/tool.ts'
import type { UnreadableRequests } from '../src/tools/unreadable-requests.ts'

/** What an unproven body takes. */
export type Held = {
  /** How long its next bytes are waited for; rejects with INTAKE_BUSY when its place is somebody else's. */
  wait: Wait
  /**
   * What is more than `unprovenBytesMax` is read in here, a few at a time; the others wait with the rest unread. The memory
   * is for as long as the step lasts, and holds `largeBytesMax`.
   */
  large: <T>(step: (memory: Buffer) => Promise<T>) => Promise<T>
  /** Throws INTAKE_BUSY when there is no room for so many bytes. */
  onDisk: (bytes: number) => void
}

/** Passes on what `next` brings, which is so many bytes; rejects with BODY_TOO_SLOW when that takes too long. */
export type Wait = <T>(next: () => Promise<T>, bytesOf: (brought: T) => number) => Promise<T>

/** Bodies whose sender nobody has proven yet. */
export type Strangers = {
  /** Takes a place for as long as the step lasts; INTAKE_BUSY when too many wait for one, or others hold less. */
  host: <T>(request: FastifyRequest, step: (held: Held) => Promise<T>) => Promise<T>
  /** For one body that is proven: how long its next bytes are waited for. */
  patience: () => Wait
}

/** What the bridge gives to every tool's plugin. */
export type ToolOptions<Settings = unknown> = {
  /** This tool's settings; null when none of them is set: then every event is answered 503. */
  settings: Settings | null
  /** Keeps events durably; only after it resolved may the sender be answered 200. */
  receiver: Receiver
  spool: Pick<DraftingSpool, 'draft' | 'remove'>
  clock: Clock
  timeZone: string
  /** Whether the portal mails the customer, when the event does not say. */
  sendNotification: boolean
  pdfBytesMax: number
  strangers: Strangers
  /** Counts a refusal; true when this address has had too many: then 429 instead of 401. */
  refused: (request: FastifyRequest) => Promise<boolean>
  /** Told of each request that was proven. */
  believed: (request: FastifyRequest) => void
  /** An authentic request is refused all the same, for good. */
  noteUnreadable: UnreadableRequests['note']
}

/** A file of plugins/tools. The generic intake reads streams, so it brings a plugin but only half a tool. */
export type ToolModule = {
  tool: Tool | Pick<Tool, 'name' | 'settings' | 'senders' | 'missingSecret' | 'sample'>
  /** Registers `POST /<name>`; mounted below `/webhooks`. */
  default: FastifyPluginAsync<ToolOptions>
}

export const isWhole = (tool: ToolModule['tool']): tool is Tool => 'verify' in tool
