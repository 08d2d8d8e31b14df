// HostFact. The bridge asks it for what changed; HostFact may say when. One adapter serves it and its sister:
// plugins/sisters.

import { defineTool } from '../../../src/tools/tool.ts'
import { check, idOf, load, missed, pdf } from './api.ts'
import { read, verify } from './event.ts'
import { canAsk, missingSecret, settings } from './settings.ts'

export const tool = defineTool({
  name: 'hostfact',
  settings,
  missingSecret,
  verify,
  read,
  canAsk,
  load,
  idOf,
  pdf,
  missed,
  check
})
