// The rules of the house that no linter knows: who may import whom, where time and chance come from, what each file owes.

import { existsSync, globSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'

const root = fileURLToPath(new URL('../', import.meta.url))
const files = (...patterns: string[]): string[] => globSync(patterns, { cwd: root }).toSorted()
const textOf = (file: string): string => readFileSync(join(root, file), 'utf8')

/** Without comments: a rule is about what runs. Strings stay. */
const codeOf = (file: string): string =>
  textOf(file)
    .replace(/\/\*.*?\*\//gs, '')
    .replace(/^\s*\/\/.*$|\s\/\/ .*$/gm, '')

type Import = { to: string; isType: boolean }

/** Inside the project as a path from its root. */
const importsOf = (file: string): Import[] => {
  const code = codeOf(file)
  const stated = [...code.matchAll(/^(?:import|export)(\s+type)?\b[^'"]*?from '([^']+)'/gms)].map(
    ([, type, to = '']) => ({
      to,
      isType: type !== undefined
    })
  )
  const loaded = [...code.matchAll(/\bimport\('([^']+)'\)/g)].map(([, to = '']) => ({ to, isType: false }))
  return [...stated, ...loaded].map(({ to, isType }) => ({
    to: to.startsWith('.') ? join(dirname(file), to) : to,
    isType
  }))
}

// Where the core and the plugins are put together; each is there for nothing else.
const roots = ['plugins/app.ts', 'src/bridge.ts', ...files('src/commands/*.ts')]

type Rule = {
  guarantee: string
  in: string[]
  not: RegExp
  /** Types cost nothing and tie nothing at run time. */
  evenTypes?: boolean
}

const rules: Rule[] = [
  {
    guarantee: 'the core knows neither Fastify nor plugins',
    in: files('src/**/*.ts').filter(file => !roots.includes(file)),
    not: /^(@?fastify|plugins\/)/
  },
  {
    guarantee: 'not even by type, but for the contract of a tool',
    in: files('src/**/*.ts').filter(file => ![...roots, 'src/tools/tool.ts'].includes(file)),
    not: /^(@?fastify|plugins\/)/,
    evenTypes: true
  },
  {
    guarantee: 'only the ledger knows a database',
    in: files('src/**/*.ts', 'plugins/**/*.ts').filter(file => !file.startsWith('src/ledger/')),
    not: /^(node:sqlite|pg|postgres)$/,
    evenTypes: true
  },
  {
    guarantee: 'the ledger asks nobody: no network, no portal, no worker',
    in: files('src/ledger/*.ts'),
    not: /^(got|node:(http|https|net|tls|dns)|src\/(portal|worker|deliver|engine|http|pdf|desk|intake)\b)/
  },
  {
    guarantee: 'the parts of the ledger are handed to each other where they are put together',
    in: files('src/ledger/sqlite-*.ts').filter(file => file !== 'src/ledger/sqlite-customers.ts'),
    not: /^src\/ledger\/sqlite/
  },
  {
    guarantee: 'what decides has no other input than its arguments',
    in: [
      'src/rules/decide.ts',
      'src/core/codes.ts',
      'src/core/errors.ts',
      'src/view/explain.ts',
      'src/core/identity.ts',
      'src/core/invoice.ts',
      'src/portal/match.ts',
      'src/ledger/states.ts'
    ],
    not: /^(got$|node:(?!util$)|src\/(http|ledger\/sqlite|portal\/client))/
  },
  {
    guarantee: 'a tool knows no ledger and no other tool',
    in: files('plugins/tools/*.ts'),
    not: /^(src\/(ledger|bridge|engine|worker|deliver)|plugins\/tools\/|plugins\/sandbox)/,
    evenTypes: true
  },
  {
    guarantee: 'a plugin knows no implementation of the ledger, and not how things are put together',
    in: files('plugins/**/*.ts'),
    not: /^src\/(ledger\/(sqlite|database|cells)|app|bridge|main|commands)/,
    evenTypes: true
  },
  {
    guarantee: 'the sandbox knows nothing of the bridge that it tests',
    in: files('plugins/sandbox/*.ts'),
    not: /^src\/(?!clock\.ts|invoice\.ts)/
  },
  {
    // Its connection, which carries what both say to each other, does.
    guarantee: 'the simulated portal shares no mistake with the bridge',
    in: files('test/simulation/portal*.ts', 'test/simulation/number.ts'),
    not: /^src\//
  },
  {
    guarantee: 'nothing that runs needs what is there for tests only',
    in: files('src/**/*.ts', 'plugins/**/*.ts', 'bin/*.js'),
    not: /^(test\/|tap$|standardwebhooks$|typescript$|@biomejs)/,
    evenTypes: true
  }
]

for (const { guarantee, in: where, not, evenTypes = false } of rules) {
  t.test(guarantee, async t => {
    t.ok(where.length > 0)
    for (const file of where) {
      const found = importsOf(file).filter(({ to, isType }) => not.test(to) && (evenTypes || !isType))
      t.strictSame(
        found.map(({ to }) => to),
        [],
        file
      )
    }
  })
}

t.test('time, chance and the process come in by arguments', async t => {
  const doors: [RegExp, string[]][] = [
    [/\bprocess\.(env|exit|exitCode|argv|on|once|stdout|stderr)\b/, ['src/main.ts']],
    [/\bDate\.now\(|\bnew Date\(\)|\bperformance\.now\(|\bTemporal\.Now\b/, ['src/core/clock.ts']],
    [/\bMath\.random\b/, ['src/main.ts']]
  ]
  for (const [door, allowed] of doors)
    for (const file of files('src/**/*.ts', 'plugins/**/*.ts'))
      if (!allowed.includes(file)) t.notMatch(codeOf(file), door, file)
})

t.test('shared code names no tool: what differs is a property of the contract', async t => {
  const tools = files('plugins/tools/*.ts').map(file => basename(file, '.ts'))
  // The generic intake carries the word of what it takes in; who names it as a tool writes it as one text.
  const words = tools.filter(tool => tool !== 'invoices')
  const isItsOwn = (file: string, word: string) => new RegExp(`^plugins/(tools/)?${word}[./]`).test(file)
  for (const word of words)
    for (const file of files('src/**/*.ts', 'plugins/**/*.ts').filter(file => !isItsOwn(file, word)))
      t.notMatch(codeOf(file), new RegExp(word, 'i'), `${file}: ${word}`)
})

// Files without anything to run.
const typesOnly = [
  'src/core/log.ts',
  'src/tools/tool.ts',
  'src/ledger/ledger.ts',
  'src/ledger/holdings.ts',
  'src/ledger/customers.ts'
]

// Proven by the suite that every ledger runs, test/src/ledger/contract.ts, or by the tests of what they are parts of.
const provenElsewhere = [
  'plugins/api/openapi-schemas.ts',
  'src/commands/tool-connection.ts',
  'src/ledger/cells.ts',
  'src/ledger/states.ts',
  'src/ledger/sqlite-actions.ts',
  'src/ledger/sqlite-arrivals.ts',
  'src/ledger/sqlite-claims.ts',
  'src/ledger/sqlite-conflicts.ts',
  'src/ledger/sqlite-customers.ts',
  'src/ledger/sqlite-delivered.ts',
  'src/ledger/sqlite-endings.ts',
  'src/ledger/sqlite-holdings.ts',
  'src/ledger/sqlite-links.ts',
  'src/ledger/sqlite-loans.ts',
  'src/ledger/sqlite-reading.ts',
  'src/ledger/sqlite-retention.ts',
  'src/ledger/sqlite-rows.ts',
  'src/ledger/sqlite-sightings.ts',
  'src/ledger/sqlite-tools.ts',
  'src/ledger/customer-cells.ts'
]

t.test('each file has the test that its place names', async t => {
  const tested = [...files('src/**/*.ts', 'plugins/**/*.ts'), ...files('bin/*.js')]
  const mirror = (file: string) => `test/${file.replace(/\.(ts|js)$/, '')}.test.ts`
  const without = tested.filter(file => !existsSync(join(root, mirror(file))))

  t.strictSame(
    without.filter(file => !typesOnly.includes(file) && !provenElsewhere.includes(file)),
    []
  )
  for (const file of typesOnly) t.notMatch(codeOf(file), /^(export )?(let|async function|class)\b/m, file)
})

t.test('each file begins with what it promises, and stays small', async t => {
  // One line that names it is enough for what is as small as this.
  const linesMaxWithout = 15
  for (const file of files('src/**/*.ts', 'plugins/**/*.ts')) {
    const text = textOf(file)
    const lines = text.split('\n').length
    if (lines > linesMaxWithout && !/^src\/commands\//.test(file)) t.match(text, /^\/\/ \S/, file)
    t.ok(lines <= 400, `${file} has ${lines} lines`)
  }
})

t.test('nothing is left lying about', async t => {
  const everything = files(
    '{src,plugins,bin,test}/**/*.{ts,js}',
    '*.{md,json,toml}',
    'Dockerfile',
    '.env.example'
  )
  // Written in two parts, lest this file finds itself.
  const forbidden = new RegExp(['TO' + 'DO', 'FIX' + 'ME', '\\.\\./sha' + 'red', '/work/' + 'sha'].join('|'))
  for (const file of everything.filter(file => file !== 'package-lock.json'))
    t.notMatch(textOf(file), forbidden, file)
})

t.test('the image runs Node itself, as nobody, on the version that is asked for everywhere', async t => {
  const image = textOf('Dockerfile')
  const { optionalDependencies, type } = JSON.parse(textOf('package.json'))
  const bases = [...image.matchAll(/^FROM (\S+)/gm)].map(([, base = '']) => base)
  const [, major] = /^node:(\d+)-slim@/.exec(bases[0] ?? '') ?? []

  t.equal(type, 'module')
  t.equal(bases.length, 2)
  for (const base of bases) t.match(base, /^node:\d+-slim@sha256:[0-9a-f]{64}$/, 'pinned by its digest')
  t.equal(new Set(bases).size, 1, 'what is installed in one runs in the other')
  t.match(image, /^CMD \["node", "bin\/factuurbrug\.js", "serve"\]$/m, 'as PID 1, so that it gets the signal')
  t.match(image, /^USER node\n(?!.*^USER )/ms, 'never root again')
  t.match(image, /^COPY package\.json package-lock\.json \.npmrc \.\/$/m)
  t.match(image, /npm ci --omit=dev --omit=optional/)
  t.match(image, /HOST=0\.0\.0\.0/)
  for (const [name, version] of Object.entries(optionalDependencies))
    t.equal(String(version).split('.')[0], major, name)
  t.match(textOf('bin/factuurbrug.js'), new RegExp(`^const wanted = ${major}$`, 'm'))
  for (const folder of ['bin', 'src', 'plugins'])
    t.match(image, new RegExp(`^COPY ${folder} ${folder}$`, 'm'))
})

t.test('on Fly one machine always runs, has time to drain, and keeps what it holds', async t => {
  const fly = textOf('fly.toml')
  const drainMs = Number(
    /^const drainMs = ([\d_]+)$/m.exec(textOf('src/bridge.ts'))?.[1]?.replaceAll('_', '')
  )
  const numberOf = (name: string) => Number(new RegExp(`^ *${name} = "?(\\d+)`, 'm').exec(fly)?.[1])

  t.match(fly, /^ *auto_stop_machines = "off"$/m)
  t.match(fly, /^ *min_machines_running = 1$/m)
  t.match(fly, /^kill_signal = "SIGTERM"$/m)
  t.ok(numberOf('kill_timeout') * 1000 > drainMs && drainMs > 0, `${drainMs} ms`)
  t.match(fly, /^ *path = "\/health"$/m)
  const room = Number(/^const roomFor = (\d+)$/m.exec(textOf('plugins/connections.ts'))?.[1])
  t.match(fly, /^ *type = "connections"$/m)
  t.ok(
    numberOf('soft_limit') < numberOf('hard_limit') && numberOf('hard_limit') < room,
    'the proxy leaves room'
  )
  t.equal(fly.match(/^\[\[?mounts\]?\]$/gm)?.length, 1)
  const mounted = /^ *destination = "(.+)"$/m.exec(fly)?.[1]
  t.match(fly, new RegExp(`^ *DATA_DIR = "${mounted}"$`, 'm'))
  t.match(textOf('Dockerfile'), new RegExp(`DATA_DIR=${mounted}`))
  const port = /^ *internal_port = (\d+)$/m.exec(fly)?.[1] ?? ''
  t.match(fly, new RegExp(`^ *PORT = "${port}"$`, 'm'))
  const metrics = /^\[metrics\]\n *port = (\d+)$/m.exec(fly)?.[1]
  t.match(fly, new RegExp(`^ *METRICS_PORT = "${metrics}"$`, 'm'))
  t.ok(metrics !== port, 'figures are never public')
  t.notMatch(fly, /TOKEN|SECRET|PASSWORD/, 'secrets are set as secrets')
})

t.test('every setting on Fly is one', async t => {
  const env = /^\[env\]\n(.*?)^\[/ms.exec(textOf('fly.toml'))?.[1] ?? ''
  const example = textOf('.env.example')
  for (const [, name = ''] of env.matchAll(/^ *([A-Z_]+) = /gm))
    t.match(example, new RegExp(`^#?${name}=`, 'm'), name)
})
