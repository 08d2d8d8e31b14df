import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { asOwnerOf, nearest, openDataFolder } from '../../../src/ledger/data-folder.ts'
import { bin, factuurbrug, factuurbrugProcess } from '../../command-line.ts'
import {
  type Disposable,
  openSandbox,
  operatorToken,
  secret,
  startBridge,
  temporaryFolder
} from '../../end-to-end/bridge-process.ts'

const service = 1000
const isRoot = process.geteuid?.() === 0
const onlyRoot = isRoot ? {} : { skip: 'only root can be somebody else' }

const stateOf = (path: string) => {
  const { mode, uid } = statSync(path)
  return { mode: (mode & 0o777).toString(8), uid }
}
const inside = (folder: string) =>
  readdirSync(folder, { recursive: true }).map(name => stateOf(join(folder, String(name))))

const settings = (DATA_DIR: string, PORTAL_URL: string) => ({
  DATA_DIR,
  PORTAL_URL,
  PORTAL_TOKEN: 'token',
  SEND_NOTIFICATION: 'false',
  OPERATOR_TOKEN: operatorToken,
  INTAKE_SECRET: secret
})

/** One that everybody may enter. */
const openTop = (t: Disposable): string => {
  const folder = temporaryFolder(t)
  chmodSync(folder, 0o755)
  return folder
}

/** As the service's user, to the end. */
const asService = async (command: string, env: Record<string, string>) => {
  const child = spawn(process.execPath, [bin, command], {
    cwd: '/tmp',
    env: { PATH: process.env.PATH ?? '', PORT: '0', ...env },
    uid: service,
    gid: service,
    stdio: ['ignore', 'pipe', 'pipe']
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', chunk => {
      said += chunk
    })
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, said }
}

t.test('whatever the service writes is for its user alone, whatever the umask was', async t => {
  const DATA_DIR = join(temporaryFolder(t), 'data')
  const { url } = await openSandbox(t)
  const before = process.umask(0)
  t.teardown(() => process.umask(before))
  const bridge = await startBridge(t, { DATA_DIR, PORTAL_URL: url, REVIEW: 'true' })
  const kept = { invoiceNumber: 'A-1', issuedAt: '2026-11-20', amount: '121.00', customerId: 'cst_1' }
  t.match(await bridge.send({ ...kept, pdf: Buffer.from('%PDF-1.4').toString('base64') }), { status: 200 })

  t.equal(stateOf(DATA_DIR).mode, '700')
  t.equal(stateOf(join(DATA_DIR, 'spool')).mode, '700')
  const [pdf = ''] = readdirSync(join(DATA_DIR, 'spool'))
  const files = ['ledger.sqlite', 'ledger.sqlite-wal', 'ledger.sqlite-shm', 'ledger.sqlite.lock', `spool/${pdf}`]
  for (const file of files) t.equal(stateOf(join(DATA_DIR, file)).mode, '600', file)
})

t.test('what an earlier version left open is closed at start, but for the lock, whose age is known', async t => {
  const own = ['ledger.sqlite', 'ledger.sqlite.sent']
  const open = [...own, 'ledger.sqlite.lock', 'other']
  const folder = t.testdir({ spool: {}, ...Object.fromEntries(open.map(file => [file, ''])) })
  chmodSync(join(folder, 'spool'), 0o755)
  for (const file of open) chmodSync(join(folder, file), 0o644)
  const { ctimeMs } = statSync(join(folder, 'ledger.sqlite.lock'))

  openDataFolder(folder)

  t.match(
    ['spool', ...own, 'other'].map(file => stateOf(join(folder, file)).mode),
    ['700', '600', '600', '644']
  )
  t.equal(statSync(join(folder, 'ledger.sqlite.lock')).ctimeMs, ctimeMs)
})

t.test('a folder that cannot be made is told in words, and at once', async t => {
  const { url } = await openSandbox(t)
  const file = join(t.testdir({ file: '' }), 'file')
  const cases: [folder: string, reason: RegExp][] = [
    ['/proc/x', /DATA_DIR cannot be made: \/proc takes no folders/],
    ['/proc/x/y/z', /DATA_DIR cannot be made: \/proc takes no folders/],
    [file, /DATA_DIR cannot be made: .*file is a file/],
    [join(file, 'data'), /DATA_DIR cannot be made: .*file is a file/]
  ]
  for (const [folder, reason] of cases) {
    t.throws(() => openDataFolder(folder), { code: 'LEDGER_UNREADABLE', message: reason }, folder)
    const env = settings(folder, url)
    t.match(await factuurbrugProcess(['serve'], { env }), { code: 1, stderr: reason }, folder)
    t.match(await factuurbrug(['check'], { env }), { code: 1, stdout: reason }, folder)
  }
})

t.test('a folder of another user is named as that', onlyRoot, async t => {
  const { url } = await openSandbox(t)
  const top = openTop(t)
  const data = join(top, 'data')
  const env = settings(data, url)
  mkdirSync(data, { mode: 0o700 })
  const folder = /data belongs to another user \(0; this is 1000\): hand it over with `chown -R 1000 \S*data`/
  for (const command of ['serve', 'check']) t.match(await asService(command, env), { code: 1, said: folder }, command)

  chownSync(data, service, service)
  for (const file of ['ledger.sqlite', 'ledger.sqlite.sent']) {
    writeFileSync(join(data, file), '', { mode: 0o600 })
    const one = new RegExp(`${RegExp.escape(file)} belongs to another user \\(0; this is 1000\\)`)
    for (const command of ['serve', 'check'])
      t.match(await asService(command, env), { code: 1, said: one }, `${command}: ${file} in it`)
    rmSync(join(data, file))
  }

  const above = /DATA_DIR cannot be made: this user \(1000\) may not enter or write into \S+/
  for (const command of ['serve', 'check'])
    t.match(await asService(command, settings(join(top, 'new'), url)), { code: 1, said: above }, command)
})

t.test('a folder that its own user closed is named as that', async t => {
  const folder = join(openTop(t), 'data')
  mkdirSync(folder, { mode: 0o500 })
  const open = async () => openDataFolder(folder)
  if (isRoot) chownSync(folder, service, service)

  await t.rejects(asOwnerOf(folder, open), { code: 'LEDGER_UNREADABLE', message: /chmod -R u\+rwX/ })
})

t.test('what root checks, the service can read', onlyRoot, async t => {
  const { url } = await openSandbox(t, { token: 'token' })
  const top = temporaryFolder(t)
  chownSync(top, service, service)
  const fresh = join(top, 'fresh')
  const old = join(top, 'old')
  mkdirSync(old)
  chownSync(old, service, service)

  for (const folder of [fresh, old]) {
    const { code, stdout } = await factuurbrugProcess(['check', '--pdf', 'http://127.0.0.1:1/a.pdf'], {
      env: { ...settings(folder, url), ALLOW_PRIVATE_ADDRESSES: 'true' }
    })

    t.match([code, stdout], [1, /^ok {4}ledger:/m], folder)
    t.equal(stateOf(folder).uid, service)
    t.ok(existsSync(join(folder, 'ledger.sqlite')))
    for (const { uid } of inside(folder)) t.equal(uid, service)
    t.notOk(existsSync(join(folder, 'check')))
  }
})

t.test('root does not serve from a folder of another user, and leaves nothing in it', onlyRoot, async t => {
  const { url } = await openSandbox(t)
  const data = join(openTop(t), 'data')
  mkdirSync(data)
  chownSync(data, service, service)

  t.match(await factuurbrugProcess(['serve'], { env: { ...settings(data, url), PORT: '0' } }), {
    code: 1,
    stderr: /data belongs to another user \(1000; this is root, 0\).*: run as its owner, or hand it over/
  })
  t.strictSame(readdirSync(data), [])
})

t.test('what root could open is not proven for the service', onlyRoot, async t => {
  const { url } = await openSandbox(t)
  const data = join(openTop(t), 'data')
  mkdirSync(data)
  writeFileSync(join(data, 'ledger.sqlite'), '', { mode: 0o600 })
  chownSync(data, service, service)

  const { stdout } = await factuurbrugProcess(['check'], { env: settings(data, url) })

  t.match(stdout, /^FAIL {2}ledger: LEDGER_UNREADABLE: \S+ledger\.sqlite belongs to another user/m)
})

t.test('who acted for another is themselves again', onlyRoot, async t => {
  const folder = temporaryFolder(t)
  chownSync(folder, service, service)
  const groups = process.getgroups?.()

  t.equal(await asOwnerOf(folder, async () => process.geteuid?.()), service)
  await t.rejects(
    asOwnerOf(folder, () => Promise.reject(new Error('no'))),
    { message: 'no' }
  )

  t.strictSame([process.geteuid?.(), process.getegid?.(), process.getgroups?.()], [0, 0, groups])
  t.equal(await asOwnerOf('/', async () => process.geteuid?.()), 0, 'what is root’s own is done as root')
})

t.test('the nearest folder that is there', async t => {
  const folder = t.testdir({ file: '' })
  t.equal(nearest(join(folder, 'a', 'b')), folder)
  t.equal(nearest(join(folder, 'file', 'b')), join(folder, 'file'))
  t.equal(nearest('/'), '/')
})
