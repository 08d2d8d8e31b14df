import { join } from 'node:path'
import t from 'tap'
import { openSqlite } from '../../../src/ledger/open.ts'
import { factuurbrug } from '../../command-line.ts'
import { startBridge, temporaryFolder } from '../../end-to-end/bridge-process.ts'
import { startPostgres } from '../../postgres.ts'
import { openHouseWith } from './fixtures.ts'

const server = await startPostgres()

t.test('a bridge goes on in PostgreSQL with what it had in its folder', async t => {
  const { bridge, bring, folder, portalUrl, portal } = await openHouseWith(startBridge, t)
  await bring('A-1', 'delivered')
  await bring('A-2', 'held', { currency: 'USD' })
  const url = await server.database()
  const move = () => factuurbrug(['move', '--to', url], { env: { DATA_DIR: folder } })

  t.match(await move(), { code: 1, stderr: /LEDGER_IN_USE/ })
  t.equal(await bridge.kill('SIGTERM'), 0)
  const { code, stdout, stderr } = await move()
  t.match({ code, stderr }, { code: 0, stderr: '' })
  t.match(stdout, /invoice: 2 rows, the same in both.*PDFs: 2\nThe ledger is in 127[^ ]+\. Set DATABASE_URL/s)
  t.notMatch(stdout, /only-for-tests/, 'no password')
  t.match(await move(), { code: 0, stdout: /is already in 127/ })

  const env = { DATA_DIR: folder, PORTAL_URL: portalUrl, PORTAL_SETTLE_INHERITED_MS: '2100', PORTAL_SETTLE_MS: '2100' }
  await t.rejects(startBridge(t, { ...env, PORTAL_TIMEOUT_MS: '1000' }), { message: /LEDGER_MOVED: it is now in 127/ })
  const second = await startBridge(t, { ...env, PORTAL_TIMEOUT_MS: '1000', DATABASE_URL: url })
  t.match(await second.api('GET', '/api/invoices/A-1'), { state: 'delivered', portalId: portal.invoices[0]?.id })
  t.match(await second.api('GET', '/api/invoices/A-2'), { state: 'held', code: 'CURRENCY_UNSUPPORTED' })
})

t.test('who names no PostgreSQL, or has no ledger, is told', async t => {
  const DATA_DIR = temporaryFolder(t)
  const move = (...args: string[]) => factuurbrug(['move', ...args], { env: { DATA_DIR } })
  t.match(await move(), { code: 2, stderr: /move --to <postgres/ })
  t.match(await move('--to', 'mysql://host/name'), { code: 2 })
  t.match(await move('--to', 'postgres://a:secret@127.0.0.1:1/b'), { code: 1, stderr: /There is no ledger in/ })
  await openSqlite({ file: join(DATA_DIR, 'ledger.sqlite') }).close()
  const { code, stderr } = await move('--to', 'postgres://a:secret@127.0.0.1:1/b')
  t.match({ code, stderr }, { code: 1, stderr: /The database at 127\.0\.0\.1:1\/b cannot be used: .*ECONNREFUSED/ })
  t.notMatch(stderr, /secret/)
})
