// What an invoice costs: portal requests on the happy path, with many invoices there already; and what a doubt costs.

import { openSandbox, startBridge, temporaryFolder, until } from '../end-to-end/bridge-process.ts'
import { type Bench, invoice } from './bench.ts'

const already = 10_000
const sent = 200

export const requests: Bench = async t => {
  const { handle, url } = await openSandbox(t)
  const customer = handle.customers[0]?.id ?? ''
  for (let number = 1; number <= already; number += 1) {
    handle.add({
      customerId: customer,
      // Neither number nor date follows the order of creation: only then can that order be proven.
      invoiceNumber: `OLD-${(number * 7919) % already}`,
      issuedAt: `2025-${String((number % 12) + 1).padStart(2, '0')}-10`,
      amount: '10.00',
      createdAt: new Date(Date.UTC(2025, 0, 1) + number * 60_000).toISOString()
    })
  }
  const bridge = await startBridge(t, {
    DATA_DIR: temporaryFolder(t),
    PORTAL_URL: url,
    PORTAL_REQUESTS_PER_MINUTE: '100000',
    PORTAL_TIMEOUT_MS: '1000',
    PORTAL_SETTLE_MS: '2000'
  })
  const deliver = async (number: string): Promise<void> => {
    const before = handle.invoices.length
    await bridge.send(invoice(number, customer))
    await until(
      () => handle.invoices.length,
      stored => stored > before,
      number
    )
  }
  await deliver('FIRST')
  const fill = handle.counts.requests - 1
  const doubted = await doubt(handle, bridge, customer)
  const before = handle.counts.requests
  for (let number = 1; number <= sent; number += 1) await deliver(`N-${number}`)
  const happy = handle.counts.requests - before
  return [
    {
      what: `portal requests an invoice, ${already.toLocaleString('en')} there already`,
      figure: (happy / sent).toFixed(2),
      beside: `the first read took ${fill} requests, once`
    },
    doubted
  ]
}

const doubt = async (
  handle: Awaited<ReturnType<typeof openSandbox>>['handle'],
  bridge: Awaited<ReturnType<typeof startBridge>>,
  customer: string
) => {
  const settled = async (number: string) =>
    until(
      () => bridge.api<{ state: string }>('GET', `/api/invoices/${number}`),
      ({ state }) => state === 'delivered',
      number
    )
  const costs: number[] = []
  for (const fault of ['fail-before', 'lost'] as const) {
    handle.fault({ on: { call: 'create' }, fault })
    const before = handle.counts.requests
    await bridge.send(invoice(`D-${fault}`, customer))
    await settled(`D-${fault}`)
    // Its own create, and the one after absence, are not the doubt's.
    costs.push(handle.counts.requests - before - (fault === 'fail-before' ? 2 : 1))
  }
  return {
    what: 'portal requests to settle a doubt: absent, found',
    figure: costs.join(', '),
    beside: 'wanted: at most 4, on an idle portal whose order is proven'
  }
}
