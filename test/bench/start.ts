// What an owner waits for: the first healthy answer after a start, and the next delivery after a kill.

import { openSandbox, startBridge, temporaryFolder, until } from '../end-to-end/bridge-process.ts'
import { type Bench, invoice, residentMb } from './bench.ts'

export const start: Bench = async t => {
  const { handle, url } = await openSandbox(t)
  const customer = handle.customers[0]?.id ?? ''
  const env = { DATA_DIR: temporaryFolder(t), PORTAL_URL: url, PORTAL_REQUESTS_PER_MINUTE: '1000' }

  const startedAt = performance.now()
  const bridge = await startBridge(t, env)
  const healthyMs = performance.now() - startedAt
  await bridge.send(invoice('FIRST', customer))
  await until(
    () => handle.invoices.length,
    stored => stored === 1,
    'the first invoice'
  )
  const idleMb = residentMb(bridge.pid)

  // All at once, so that most of them are not delivered yet when it is killed.
  const numbers = Array.from({ length: 100 }, (_, index) => `K-${index}`)
  await Promise.all(numbers.map(number => bridge.send(invoice(number, customer))))
  await bridge.kill('SIGKILL')
  const before = handle.counts.calls.create
  const restartedAt = performance.now()
  const starting = startBridge(t, env)
  await until(
    () => handle.counts.calls.create,
    creates => creates > before,
    'a delivery after the restart'
  )
  const deliveryMs = performance.now() - restartedAt
  await starting
  return [
    {
      what: 'start to first healthy answer',
      figure: `${Math.round(healthyMs)} ms`,
      beside: 'wanted: under 1,000 ms'
    },
    {
      what: 'resident memory, idle',
      figure: `${idleMb} MB`,
      beside: 'wanted: under 125 MB, the very first time 140 MB'
    },
    {
      what: 'start after SIGKILL to the next delivery',
      figure: `${Math.round(deliveryMs)} ms`,
      beside: 'wanted: under 2,000 ms'
    }
  ]
}
