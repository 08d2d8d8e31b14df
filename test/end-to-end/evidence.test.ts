// What a portal, or a person with a backup, may do to a real bridge: nothing stands in the portal twice.

import { copyFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { samplePdf } from '../../plugins/intake/sample.ts'
import type { WholeInvoice } from '../../src/view/answers.ts'
import {
  type BridgeProcess,
  customerId,
  openSandbox,
  quick,
  startBridge,
  temporaryFolder,
  until
} from './bridge-process.ts'

const settleMs = Number(quick.PORTAL_SETTLE_MS)

const open = async (t: Test, sandbox: Parameters<typeof openSandbox>[1] = {}) => {
  const { handle: portal, url } = await openSandbox(t, sandbox)
  const folder = temporaryFolder(t)
  const start = () =>
    startBridge(t, {
      ...quick,
      PORTAL_SETTLE_INHERITED_MS: `${settleMs}`,
      DATA_DIR: folder,
      PORTAL_URL: url
    })
  return { portal, folder, start, numbers: () => portal.invoices.map(({ invoiceNumber }) => invoiceNumber) }
}

const send = (bridge: BridgeProcess, invoiceNumber: string) =>
  bridge.send({
    invoiceNumber,
    customerId,
    issuedAt: '2026-11-20',
    amount: '121.00',
    pdf: samplePdf(invoiceNumber).toString('base64')
  })

const becomes = (bridge: BridgeProcess, invoiceNumber: string, wanted: string) =>
  until(
    () => bridge.api<WholeInvoice>('GET', `/api/invoices/${invoiceNumber}`),
    ({ state }) => state === wanted,
    `${invoiceNumber} is not ${wanted}`
  )

t.test('a database that is put back alone, minutes old, sends nothing twice', async t => {
  const { folder, start, numbers } = await open(t)
  const [database, backup] = [join(folder, 'ledger.sqlite'), join(folder, '..', `${Date.now()}.sqlite`)]
  t.teardown(() => rmSync(backup, { force: true }))
  for (const number of ['A-1', 'A-2']) {
    const bridge = await start()
    await send(bridge, number)
    await becomes(bridge, number, 'delivered')
    t.equal(await bridge.kill('SIGTERM'), 0)
    if (number === 'A-1') copyFileSync(database, backup)
  }
  copyFileSync(backup, database)

  const bridge = await start()
  t.match(bridge.output(), /"behind":true.*the ledger may have been rolled back/)
  t.match(await send(bridge, 'A-2'), { body: { result: 'accepted' } }, 'it knows nothing of this one')
  await becomes(bridge, 'A-2', 'delivered')

  t.strictSame(numbers(), ['A-1', 'A-2'])
})

t.test('a folder that is lost, beside a portal that finds nothing by its id, sends nothing twice', async t => {
  const { portal, folder, start, numbers } = await open(t)
  const sent = ['A-1', 'A-2', 'A-3', 'A-4', 'A-5', 'A-6']
  const first = await start()
  for (const number of sent) await send(first, number)
  for (const number of sent) await becomes(first, number, 'delivered')
  await first.kill('SIGKILL')
  rmSync(folder, { recursive: true })
  portal.findsById = false

  const second = await start()
  for (const number of sent) await send(second, number)
  for (const number of sent) await becomes(second, number, 'delivered')

  t.strictSame(numbers().toSorted(), sent)
})

t.test('an answer that is lost, and a portal that spells numbers otherwise: a person is asked', async t => {
  const { portal, start, numbers } = await open(t, { spelling: 'spaced' })
  portal.fault({ on: { call: 'create' }, fault: 'lost' })
  const bridge = await start()
  await send(bridge, 'A-1')

  t.match(await becomes(bridge, 'A-1', 'held'), {
    code: 'PORTAL_UNCLEAR',
    detail: /inv_\w+ \(A 1\)/,
    advice: { operator: /deliver A-1 --absent/ }
  })
  t.strictSame(numbers(), ['A 1'])

  await send(bridge, 'A-2')
  t.match(await becomes(bridge, 'A-2', 'delivered'), { code: null }, 'an answer that comes tells it')
})

t.test('an answer that is lost, and a list that never shows what was made: health says why', async t => {
  const { portal, start, numbers } = await open(t)
  const bridge = await start()
  await send(bridge, 'A-1')
  await becomes(bridge, 'A-1', 'delivered')
  portal.list = 'empty'
  portal.fault({ on: { call: 'create' }, fault: 'lost' })
  await send(bridge, 'A-2')

  const { checks } = await until(
    () => bridge.api<{ checks: Record<string, { status: string; output?: string }[]> }>('GET', '/health'),
    ({ checks }) => checks.copy?.[0]?.status === 'warn',
    'health does not say so'
  )
  t.match(checks.copy, [{ output: /list lacks inv_\w+, although the portal shows it when asked/ }])
  t.match(await becomes(bridge, 'A-2', 'sending'), { code: null })
  t.strictSame(numbers(), ['A-1', 'A-2'])
})
