// A replica takes over: it may lack the latest commits, and then it does not know what was sent last.

import t from 'tap'
import { openPostgresDriver } from '../../../../src/ledger/postgres/driver.ts'
import { startPostgres } from '../../../postgres.ts'

const server = await startPostgres()
const url = await server.database()
const open = async (owner: string) => {
  const driver = await openPostgresDriver({ url, pool: 2, timeoutMs: 20_000 }, owner)
  t.teardown(() => driver.close())
  return driver
}

t.test('where another server took over, nobody writes as before: who starts then knows of it at once', async t => {
  const before = await open('a')
  const change = async (): Promise<string> => 'changed'
  t.equal(await before.write(change), 'changed')
  await server.restart('fast')
  t.equal(await before.write(change), 'changed', 'the same one goes on')

  await server.replace()

  await t.rejects(before.write(change), {
    code: 'LEDGER_UNAVAILABLE',
    message: /^the database was \d+:1, and is \d+:2 now/
  })
  t.match(await before.unfit, { code: 'LEDGER_REPLACED' })
  const after = await open('b')
  t.equal(after.identity, before.identity.replace(/:1$/, ':2'))
  t.equal(await after.write(change), 'changed')
})
