// Stripe. Its events carry the whole invoice, so it works without an API key; with one, the bridge reads the invoice
// again before it is delivered. https://docs.stripe.com/webhooks

import { defineTool } from '../../../src/tools/tool.ts'
import { idOf, load, pdf } from './api.ts'
import { missed } from './catch-up.ts'
import { check } from './check.ts'
import { connect } from './connect.ts'
import { read, sample, verify } from './event.ts'
import { canAsk, missingSecret, settings, testMode } from './settings.ts'

export const tool = defineTool({
  name: 'stripe',
  settings,
  missingSecret,
  testMode,
  verify,
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
