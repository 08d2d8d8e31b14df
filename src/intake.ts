// What happens to an event between a tool's plugin and the ledger's answer: kept, told of, and the worker woken.

import type { Instant } from './clock.ts'
import type { Code } from './errors.ts'
import type { Arrival, Ledger, Received } from './ledger/ledger.ts'
import type { Log } from './log.ts'
import type { Spool } from './spool.ts'

export type IntakeOptions = {
  ledger: Ledger
  spool: Spool
  log: Log
  wake: () => void
  alert: (code: Code, invoiceNumber: string) => void
  received?: (tool: string, result: Received['result']) => void
}

export type Receive = (arrival: Arrival, now: Instant) => Promise<Received['result']>

export const createReceive =
  ({ ledger, spool, log, wake, alert, received }: IntakeOptions): Receive =>
  async (arrival, now) => {
    const { invoiceNumber } = arrival.invoice
    const { result, unused } = await ledger.receive(arrival, now)
    log.info({ tool: arrival.tool, invoiceNumber, result }, 'invoice received')
    received?.(arrival.tool, result)
    if (result === 'conflict') alert('INVOICE_CONFLICT', invoiceNumber)
    else wake()
    await Promise.all(unused.map(document => spool.remove(document)))
    return result
  }
