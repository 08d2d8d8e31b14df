// A mailbox, to which any bookkeeping program can mail its invoices as PDF and UBL.

import { defineTool } from '../../../src/tools/tool.ts'
import { missed, news } from './catch-up.ts'
import { check } from './check.ts'
import { read } from './event.ts'
import { pdf } from './invoice.ts'
import { canAsk, missingSecret, settings } from './settings.ts'

export const tool = defineTool({
  name: 'mailbox',
  settings,
  missingSecret,
  read,
  canAsk,
  pdf,
  missed,
  news,
  isSecondHand: true,
  check
})
