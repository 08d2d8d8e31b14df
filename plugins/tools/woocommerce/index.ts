// WooCommerce with the plugin "PDF Invoices & Packing Slips". Its webhooks bring the whole order, once: if an API key
// is set, the bridge reads the order again before its invoice is delivered, and asks for what it missed.

import { defineTool } from '../../../src/tools/tool.ts'
import { load, pdf } from './api.ts'
import { missed } from './catch-up.ts'
import { check } from './check.ts'
import { connect } from './connect.ts'
import { isRegistrationCheck, read, sample, verify } from './event.ts'
import { canAsk, missingSecret, settings } from './settings.ts'

export const tool = defineTool({
  name: 'woocommerce',
  settings,
  missingSecret,
  verify,
  isRegistrationCheck,
  read,
  canAsk,
  load,
  pdf,
  missed,
  restores: true,
  connect,
  check,
  sample
})
