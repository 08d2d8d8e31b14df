// WeFact sends nothing that is signed, so nothing is believed. Reads again what WeFact answered and an earlier version
// could not read.

import { readSeen } from '../../../src/tools/seen.ts'
import { parseInvoice } from './invoice.ts'

export const read = readSeen(parseInvoice)
