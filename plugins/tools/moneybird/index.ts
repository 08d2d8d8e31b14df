// Moneybird. Its webhooks bring the whole invoice, but not always as it is now: if an API token is set, the bridge
// reads the invoice again before it is delivered. https://developer.moneybird.com/webhooks

import { defineTool } from '../../../src/tools/tool.ts'
import { idOf, load, pdf } from './api.ts'
import { missed } from './catch-up.ts'
import { check } from './check.ts'
import { connect } from './connect.ts'
import { isRegistrationCheck, read, sample, verify } from './event.ts'
import { canAsk, missingSecret, settings } from './settings.ts'

export const tool = defineTool({
  name: 'moneybird',
  settings,
  missingSecret,
  verify,
  isRegistrationCheck,
  read,
  canAsk,
  load,
  idOf,
  pdf,
  missed,
  connect,
  check,
  sample
})
