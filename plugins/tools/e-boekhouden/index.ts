// e-Boekhouden. It has no webhooks: the bridge asks it for its invoices, by date.
// https://api.e-boekhouden.nl/swagger

import { defineTool } from '../../../src/tools/tool.ts'
import { idOf, load, pdf } from './api.ts'
import { missed } from './catch-up.ts'
import { check } from './check.ts'
import { read } from './event.ts'
import { canAsk, missingSecret, settings } from './settings.ts'

export const tool = defineTool({
  name: 'e-boekhouden',
  settings,
  missingSecret,
  read,
  canAsk,
  load,
  idOf,
  pdf,
  missed,
  check
})
