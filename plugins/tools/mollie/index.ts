// Mollie's sales invoices. Its webhooks may bring the whole invoice or none of it: if a key is set, the bridge reads
// the invoice again before it is delivered, and asks for what it missed.

import { defineTool } from '../../../src/tools/tool.ts'
import { load, pdf } from './api.ts'
import { missed } from './catch-up.ts'
import { check } from './check.ts'
import { connect } from './connect.ts'
import { isRegistrationCheck, read, sample, verify } from './event.ts'
import { canAsk, missingSecret, settings, testMode } from './settings.ts'

export const tool = defineTool({
  name: 'mollie',
  settings,
  missingSecret,
  testMode,
  verify,
  isRegistrationCheck,
  read,
  canAsk,
  load,
  pdf,
  missed,
  connect,
  check,
  sample
})
