// Two processes on one PostgreSQL, each order that fits looking like one after the other: a few of them.

import t from 'tap'
import { startPostgres } from '../../../postgres.ts'
import { runTwoAtOnce } from './two-at-once.ts'

// `npm run bench -- two-at-once` looks at all of them.
const every = 41

t.setTimeout(300_000)

t.test('two processes, one of them stopped between two statements, leave what one after the other leaves', async t => {
  const server = await startPostgres()
  const { orders, failures } = await runTwoAtOnce(t, await server.database(), every)

  t.ok(orders > 20)
  t.strictSame(failures, [])
})
