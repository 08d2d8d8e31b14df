// Rompslomp. It has no webhooks: the bridge asks it for what was published, by date of invoice.
// https://api.rompslomp.nl

import { defineTool } from '../../../src/tools/tool.ts'
import { load, pdf } from './api.ts'
import { missed } from './catch-up.ts'
import { check } from './check.ts'
import { read } from './event.ts'
import { canAsk, missingSecret, settings } from './settings.ts'

export const tool = defineTool({
  name: 'rompslomp',
  settings,
  missingSecret,
  read,
  canAsk,
  load,
  pdf,
  missed,
  check
})
