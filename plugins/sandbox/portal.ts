// What the routes of the sandbox share.

import type { Clock } from '../../src/core/clock.ts'
import type { Faults } from './faults.ts'
import type { Settings } from './forms.ts'
import type { Perform } from './perform.ts'
import type { RequestLog } from './request-log.ts'
import type { Store } from './store.ts'

export type Portal = {
  clock: Clock
  token: string | undefined
  keepPdfs: boolean
  settings: Settings
  store: Store
  faults: Faults
  log: RequestLog
  /** Ends every wait. */
  closing: AbortSignal
  /** As seen from outside, without the host. */
  paths: { api: string; sandbox: string; pdfs: string }
}

/** What each group of routes gets. */
export type Api = { portal: Portal; perform: Perform }
