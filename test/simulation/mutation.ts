// A deliberate mistake, as the simulation takes it.

import type { EngineOptions } from '../../src/delivery/engine.ts'
import type { Ledger } from '../../src/ledger/ledger.ts'
import type { Disk } from './disk.ts'
import type { Way } from './ways.ts'
import type { World } from './world.ts'

export type Mutation = {
  name: string
  /** The one that found it last: the search begins there. */
  seed?: number
  /** Found where the portal is different in this way. */
  way?: Way
  /** What it replaces in the engine. */
  engine?: (options: EngineOptions, context: { world: World; disk: Disk }) => Partial<EngineOptions>
  /** What each process opens. */
  ledger?: (ledger: Ledger, context: { world: World; disk: Disk }) => Ledger
  /** Found where this many machines share a ledger. */
  machines?: number
  /** The ledger that the receiver keeps events in. */
  receiver?: (ledger: Ledger) => Ledger
  /** A restored disk looks like the one before. */
  keepsIdentity?: boolean
}
