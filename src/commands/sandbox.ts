// The portal sandbox alone, for trying clients against it. Everything is in memory and gone when it ends.

import { parseArgs } from 'node:util'
import { buildSandbox } from '../../plugins/sandbox/sandbox.ts'
import type { Command } from './command.ts'

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
  const sandbox = await buildSandbox({ clock, random })
  sandbox.sandbox.order = values.order as typeof sandbox.sandbox.order
  sandbox.sandbox.requestsPerMinute = Number(values['requests-per-minute'])
  const ended = stopped()
  const address = await sandbox.listen({ host: values.host, port: Number(values.port) })
  const [customer] = sandbox.sandbox.customers
  print(`The portal sandbox listens at ${address}/v1 and takes any token.`)
  print(`A customer to send to: ${customer?.id} (${customer?.companyName}).`)
  print(`What it holds: ${address}/sandbox/invoices. Faults: POST ${address}/sandbox/faults.`)
  print('Ctrl-C ends it.')
  await ended
  await sandbox.close()
  return 0
}
