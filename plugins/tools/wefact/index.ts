// WeFact. The bridge asks it for what changed. One adapter serves it and its sister: plugins/sisters.

import { defineTool } from '../../../src/tools/tool.ts'
import { check, idOf, load, missed, pdf } from './api.ts'
import { read } from './event.ts'
import { canAsk, missingSecret, settings } from './settings.ts'

export const tool = defineTool({
  name: 'wefact',
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
