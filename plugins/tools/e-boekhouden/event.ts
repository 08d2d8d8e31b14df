// e-Boekhouden sends no webhooks: nothing is signed, and nothing is believed. Reads again what e-Boekhouden answered
// and an earlier version could not read.

import { readSeen } from '../../../src/tools/seen.ts'
import { parseInvoice } from './invoice.ts'

export const read = readSeen(parseInvoice)
