import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import pg from 'pg'
import t from 'tap'
import { freePort } from '../../src/commands/free-port.ts'
import { openPostgresDriver } from '../../src/ledger/postgres/driver.ts'
import { asking, factuurbrug, factuurbrugProcess } from '../command-line.ts'
import { openBridgeHere } from '../end-to-end/bridge-here.ts'
import { openSandbox, operatorToken, temporaryFolder } from '../end-to-end/bridge-process.ts'
import { startPostgres } from '../postgres.ts'

const settings = {
  PORTAL_TOKEN: 'token',
  PORTAL_URL: 'http://127.0.0.1:9/v1',
  SEND_NOTIFICATION: 'false',
  OPERATOR_TOKEN: operatorToken
}

t.test('who asks for help gets it, and who asks for nothing gets it with exit code 2', async t => {
  const [nothing, help, dashes, version] = await Promise.all([
    factuurbrug([]),
    factuurbrug(['help']),
    factuurbrug(['--help']),
    factuurbrug(['--version'])
  ])

  t.match(help, {
    code: 0,
    stderr: '',
    stdout: /^Usage: factuurbrug <command>.*^ {2}serve {2,}the service$/ms
  })
  t.strictSame(dashes, help)
  t.strictSame(nothing, { ...help, code: 2 })
  const { version: wanted } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  t.strictSame(version, { code: 0, stdout: `${wanted}\n`, stderr: '' })
})

t.test('every command tells its own use, and does nothing else', async t => {
  const asked = [
    ['connect', '--help'],
    ['send-test', 'invoices', '-h'],
    ['serve', '--help'],
    ['deliver', '--help']
  ]
  const ended = await Promise.all(asked.map(args => factuurbrug(args)))

  for (const [at, [name = '']] of asked.entries())
    t.match(ended[at], { code: 0, stderr: '', stdout: new RegExp(`^Usage: factuurbrug ${name}\\b`) }, name)
  t.match(ended[0]?.stdout, /^Usage: factuurbrug connect <tool> \[--public-url .*\n\n {2}registers/)
})

t.test('wrong use is told in words, with exit code 2 and nothing on standard output', async t => {
  const wrong: [string[], RegExp][] = [
    [['delete'], /^There is no command delete\..*Usage:/s],
    [['serve', '--port', '80'], /^Unknown option '--port'/],
    [['status', '--bogus'], /^Unknown option '--bogus'/],
    [['check', '--pdf'], /--pdf/],
    [['demo', 'twice'], /^Unexpected argument 'twice'/],
    [['invoice'], /^Usage: factuurbrug invoice <nr>$/m],
    [['deliver', '1', '2'], /^Usage: factuurbrug deliver <nr> \[--absent\]$/m],
    [['status'], /^Who is asking\? Give --token, or set OPERATOR_TOKEN\.$/m]
  ]
  const ended = await Promise.all(wrong.map(([args]) => factuurbrug(args)))

  for (const [at, [args, stderr]] of wrong.entries()) {
    t.match(ended[at], { code: 2, stdout: '', stderr }, args.join(' '))
    t.notMatch(ended[at]?.stderr, /^ +at /m, 'no stack')
  }
})

t.test('a start without settings lists every one that is missing or wrong, and how to begin', async t => {
  const env = { PORT: 'achtduizend', ALERT_URL: 'geheim', INTAKE_SECRET: 'kort' }
  const folder = t.testdir()

  t.strictSame(await factuurbrug(['serve'], { env, folder }), {
    code: 1,
    stdout: '',
    stderr: [
      'Factuurbrug cannot go on: these settings are missing or wrong.',
      '  PORT: expected a whole number, not "achtduizend"',
      '  PORTAL_TOKEN: missing; expected the API key of the portal (portal: Settings > API Keys)',
      '  SEND_NOTIFICATION: missing; expected true or false: whether the portal mails the customer',
      '  ALERT_URL: expected an address that begins with https://',
      '  OPERATOR_TOKEN: missing; expected a text of at least 16 characters that only you know',
      '  INTAKE_SECRET: expected whsec_… or any text of at least 16 characters',
      `There is no .env in ${folder}. In the folder of Factuurbrug run \`cp .env.example .env\`, and fill in its first block.`,
      ''
    ].join('\n')
  })
})

t.test('where a .env is there, or Fly, what to do is another thing', async t => {
  const folder = t.testdir({ '.env': 'PORT=8081\n' })
  const [file, fly] = await Promise.all([
    factuurbrug(['serve'], { folder }),
    factuurbrug(['check'], { env: { FLY_APP_NAME: 'mijn-brug' } })
  ])

  t.match(file.stderr, /\nSet them in \.env, or on Fly with `fly secrets set NAME=value`; .*\n$/)
  t.match(fly.stderr, /\nSet them with `fly secrets set --app mijn-brug NAME=value`; .*\n$/)
  for (const { stderr } of [file, fly]) t.notMatch(stderr, 'cp .env.example')
})

t.test('a .env that cannot be read is told in a sentence, and help needs none', async t => {
  const folders = t.testdir({
    folder: { '.env': {} },
    foreign: { '.env': Buffer.from('\ufeffPORT=1\n', 'utf16le') },
    circle: { '.env': t.fixture('symlink', '.env') }
  })
  const wrong: [string, RegExp][] = [
    ['folder', /^\.env in \/.* cannot be read: it is a folder\. Remove it, then run `cp \.env\.example \.env`\.\n$/],
    ['foreign', /^\.env in \/.* cannot be read: it is not text in UTF-8\. Save it as UTF-8\.\n$/],
    ['circle', /^\.env in \/.* cannot be read: ELOOP\.\n$/]
  ]
  for (const [name, stderr] of wrong)
    for (const command of ['serve', 'check', 'status'])
      t.match(await factuurbrug([command], { folder: join(folders, name) }), { code: 1, stdout: '', stderr })
  const folder = join(folders, 'folder')
  t.match(await factuurbrug(['serve', '--help'], { folder }), { code: 0, stdout: /^Usage/ })
  t.match(await factuurbrug(['--version'], { folder }), { code: 0, stderr: '' })
})

t.test('what stands before a .env of another editor is no part of it', async t => {
  const folder = t.testdir({ '.env': '\ufeffFACTUURBRUG_URL=http://127.0.0.1:1\r\nOPERATOR_TOKEN=x\r\n' })

  t.match(await factuurbrug(['status'], { folder }), {
    stderr: /^No bridge answers at http:\/\/127\.0\.0\.1:1 /
  })
})

t.test('a misspelt setting is named at start and by check, never with its value', async t => {
  const folder = t.testdir({ '.env': 'REVEIW=geheim\nSTRIPE_APIKEY=geheim\n' })
  const env = { SEND_NOTIFICATON: 'geheim', HOME: '/root', PORTS: '1', npm_config_cache: 'x' }
  const ended = await Promise.all(['serve', 'check'].map(name => factuurbrug([name], { folder, env })))

  for (const { stderr } of ended) {
    t.strictSame(stderr.match(/^Warning: .*$/gm)?.toSorted(), [
      'Warning: REVEIW is not a setting; did you mean REVIEW?',
      'Warning: SEND_NOTIFICATON is not a setting; did you mean SEND_NOTIFICATION?',
      'Warning: STRIPE_APIKEY is not a setting; did you mean STRIPE_API_KEY?'
    ])
    t.notMatch(stderr, 'geheim')
  }
})

t.test('a .env in the folder is read, and what is set besides wins', async t => {
  const folder = t.testdir({ '.env': 'OPERATOR_TOKEN=from the file\nFACTUURBRUG_URL=http://127.0.0.1:1\n' })

  t.match(await factuurbrug(['status'], { folder }), {
    code: 1,
    stderr: 'No bridge answers at http://127.0.0.1:1 (ECONNREFUSED). Is it running? --url says where.\n'
  })
  t.match(await factuurbrug(['status'], { folder, env: { FACTUURBRUG_URL: 'http://127.0.0.1:2/' } }), {
    code: 1,
    stderr: /^No bridge answers at http:\/\/127\.0\.0\.1:2 /
  })
})

t.test('what has no effect in .env is named at start and by check, never with a value', async t => {
  const file = { ...settings, INTAKE_SECRET: 'of the file, and long enough', PORT: '1', RETENTION_DAYS: 'x' }
  const lines = Object.entries(file).map(([name, value]) => `${name}=${value}\n`)
  const folder = t.testdir({ '.env': lines.join('') })
  const env = { ...settings, INTAKE_SECRET: '', PORT: '2', REVIEW: 'true' }
  const warning = /^Warning: .*$/m

  const [served, checked, same] = await Promise.all([
    factuurbrug(['serve'], { folder, env }),
    factuurbrug(['check'], { folder, env }),
    factuurbrug(['serve'], { folder })
  ])
  for (const { code, stderr } of [served, checked]) {
    t.equal(
      warning.exec(stderr)?.[0],
      'Warning: INTAKE_SECRET, PORT: the environment has another value than .env, and wins. Unset it there if .env is right.'
    )
    t.match({ code, stderr }, { code: 1, stderr: 'RETENTION_DAYS' }, 'the rest of .env counts')
    t.notMatch(stderr, 'of the file')
  }
  t.notMatch(same.stderr, warning)
})

t.test('a port that is taken is told in words, and nothing stays behind', async t => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  t.teardown(() => taken.close())
  const { port } = taken.address() as { port: number }
  const message = `Cannot listen at 127.0.0.1, port ${port}: another program has this port. Stop that one, or choose another port.`
  const start = async (ports: Record<string, string>) =>
    factuurbrugProcess(['serve'], { env: { ...settings, ...ports, DATA_DIR: temporaryFolder(t) } })

  t.match(await start({ PORT: String(port) }), { code: 1, stderr: `${message}\n` })
  t.match(
    await start({ PORT: String(port), METRICS_PORT: String(await freePort()) }),
    { code: 1, stderr: `${message}\n` },
    'though the other port was free'
  )
  t.match(await start({ PORT: '0', METRICS_PORT: String(port) }), { code: 1, stderr: `${message}\n` })
  t.match(await factuurbrug(['sandbox', '--port', String(port)]), { code: 1, stderr: `${message}\n` })
})

t.test('a host that is none is told in words', async t => {
  t.match(await factuurbrug(['sandbox', '--port', '0', '--host', 'geen.invalid']), {
    code: 1,
    stderr: /^Cannot listen at geen\.invalid: .* HOST, such as 127\.0\.0\.1\.\n$/
  })
  t.match(await factuurbrug(['sandbox', '--port', '0', '--host', '192.0.2.1']), {
    code: 1,
    stderr: 'Cannot listen at 192.0.2.1: this machine does not have this address. Correct HOST.\n'
  })
})

t.test('a failure with a name says what happened and what to do', async t => {
  const { url } = await openSandbox(t)
  const DATA_DIR = temporaryFolder(t)
  const bridge = await openBridgeHere(t, { DATA_DIR, PORTAL_URL: url })

  t.match(await factuurbrugProcess(['serve'], { env: { ...settings, DATA_DIR, PORT: '0' } }), {
    code: 1,
    stderr: /^LEDGER_IN_USE: .*\nStop the other process, or give this one its own DATA_DIR\.\n$/
  })
  t.match(await factuurbrug(['status', '--token', 'a wrong token'], asking(bridge.url)), {
    code: 1,
    stdout: '',
    stderr: "NOT_LOGGED_IN: OPERATOR_TOKEN in .env or --token is not the bridge's.\n"
  })
  t.match(await factuurbrug(['invoices', '--state', 'lost'], asking(bridge.url)), {
    code: 2,
    stderr: /^--state: expected one of waiting, sending, delivered, held, dismissed\nUsage: factuurbrug invoices /
  })
})

t.test('a ledger that fails a start says why: no log has it yet', async t => {
  const DATABASE_URL = await (await startPostgres()).database()
  const { close } = await openPostgresDriver({ url: DATABASE_URL, pool: 2, timeoutMs: 20_000 }, 'this process')
  await close()
  const holding = new pg.Client(DATABASE_URL)
  await holding.connect()
  t.teardown(() => holding.end())
  await holding.query('BEGIN; LOCK TABLE fact')

  const env = { ...settings, DATABASE_URL, DATABASE_TIMEOUT_MS: '500', DATA_DIR: temporaryFolder(t), PORT: '0' }
  t.match(await factuurbrugProcess(['serve'], { env }), {
    code: 1,
    stderr:
      /^LEDGER_UNAVAILABLE: .*\n {2}canceling statement due to (lock|statement) timeout\nCheck the free space .*\n$/
  })
})
