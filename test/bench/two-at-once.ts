// Two processes on one PostgreSQL, the first one stopped between every two statements of whatever it does.

import { startPostgresServer } from '../postgres-server.ts'
import { runTwoAtOnce } from '../src/ledger/postgres/two-at-once.ts'
import type { Bench } from './bench.ts'

export const twoAtOnce: Bench = async t => {
  const server = await startPostgresServer(t)
  const { pairs, orders, failures } = await runTwoAtOnce(t, await server.database())
  for (const failure of failures) console.log(failure)
  return [
    {
      what: 'two processes, one stopped between two statements',
      figure: `${failures.length} of ${orders}`,
      beside: `orders that end otherwise than one after the other; ${pairs} pairs`
    }
  ]
}
