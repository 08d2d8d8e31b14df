// A COMMIT whose answer never comes: whoever shared it hears that nobody knows, and nothing runs a second time.

import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import t from 'tap'
import { openPostgresDriver } from '../../../../src/ledger/postgres/driver.ts'
import { startPostgres } from '../../../postgres.ts'

const server = await startPostgres()

t.test('several that share a COMMIT are not tried again, one by one, when its answer is lost', async t => {
  const url = new URL(await server.database())
  let cutAfter = Number.POSITIVE_INFINITY
  const proxy = createServer(client => {
    const database = connect(Number(url.port), url.hostname)
    for (const [from, to] of [
      [client, database],
      [database, client]
    ] as const) {
      from.on('error', () => {})
      from.on('close', () => to.destroy())
    }
    client.on('data', bytes => database.write(bytes))
    database.on('data', bytes => {
      if (bytes.includes('COMMIT\0') && --cutAfter === 0) client.destroy()
      else client.write(bytes)
    })
  }).listen(0)
  await once(proxy, 'listening')
  t.teardown(() => proxy.close())
  const through = Object.assign(new URL(url), { port: String((proxy.address() as AddressInfo).port) })
  const driver = await openPostgresDriver({ url: through.href, pool: 4, timeoutMs: 20_000 }, 'a')
  t.teardown(() => driver.close())
  const count = () =>
    driver.write(tx =>
      tx.run(`INSERT INTO counter VALUES ('told', 1) ON CONFLICT (name) DO UPDATE SET value = counter.value + 1`)
    )

  cutAfter = 2
  const first = driver.write(tx => tx.run('SELECT pg_sleep(0.2)'))
  const sharing = Promise.allSettled([
    first,
    new Promise(setImmediate).then(count),
    new Promise(setImmediate).then(count)
  ])

  const unknown = { status: 'rejected', reason: { code: 'LEDGER_UNAVAILABLE' } }
  t.match(await sharing, [{ status: 'fulfilled' }, unknown, unknown])
  t.match(await driver.read(tx => tx.one(`SELECT value FROM counter WHERE name = 'told'`)), { value: 2 }, 'each once')
})
