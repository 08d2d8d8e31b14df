// The place for bodies that nobody has proven yet, for a tool's plugin alone; on a clock that stands still.

import { createStrangers, type StrangersOptions } from '../../../plugins/bodies/strangers.ts'
import { createClientOf } from '../../../plugins/client.ts'
import { silent } from '../../src/delivery/delivery.ts'

export const openStrangers = (options: Partial<StrangersOptions> = {}) =>
  createStrangers({
    clientOf: createClientOf(undefined),
    clock: { monotonic: () => 0, sleep: () => new Promise(() => {}) },
    pdfBytesMax: 20_000_000,
    log: silent,
    ...options
  })
