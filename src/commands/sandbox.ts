// The portal sandbox alone, for trying clients against it. Everything is in memory and gone when it ends.

import { parseArgs } from 'node:util'
import type { z } from 'zod'
import type { Fault } from '../../plugins/sandbox/faults.ts'
import { requestsPerMinuteMax } from '../../plugins/sandbox/forms.ts'
import { orders } from '../../plugins/sandbox/listing.ts'
import { buildSandbox } from '../../plugins/sandbox/sandbox.ts'
import { type Command, WrongUse } from './command.ts'

const exampleFault = JSON.stringify({ on: { call: 'create' }, fault: 'lost' } satisfies z.input<typeof Fault>)

export const run: Command = async (args, { env, clock, random, print, stopped }) => {
  const { values } = parseArgs({
    args,
    options: {
      host: { type: 'string', default: env.HOST || '127.0.0.1' },
      port: { type: 'string', default: '8090' },
      order: { type: 'string', default: 'newest' },
      'requests-per-minute': { type: 'string', default: '60' }
    }
  })
  const order = orders.find(name => name === values.order)
  if (order === undefined) throw new WrongUse(`--order: expected one of ${orders.join(', ')}`)
  const port = wholeNumber('port', values.port, 65_535)
  const requestsPerMinute = wholeNumber('requests-per-minute', values['requests-per-minute'], requestsPerMinuteMax)
  const sandbox = await buildSandbox({ clock, random, order, requestsPerMinute })
  const ended = stopped()
  const address = await sandbox.listen({ host: values.host, port })
  const [customer] = sandbox.sandbox.customers
  print(`The portal sandbox listens at ${address}/v1 and takes any token.`)
  print(`A customer to send to: ${customer?.id} (${customer?.companyName}).`)
  print(`What it holds: ${address}/sandbox/invoices.`)
  print('It fails on request: docs/sandbox.md has every fault. To lose the answer to the next create:')
  print(`  curl ${address}/sandbox/faults -H 'Content-Type: application/json' -d '${exampleFault}'`)
  print('Ctrl-C ends it.')
  await ended
  await sandbox.close()
  return 0
}

const wholeNumber = (option: string, text: string, max: number): number => {
  if (!/^\d{1,9}$/.test(text) || Number(text) > max)
    throw new WrongUse(`--${option}: expected a whole number, at most ${max}`)
  return Number(text)
}
