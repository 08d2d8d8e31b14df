// The rules of the house that no linter knows: where time and chance come from, what each file owes. Who may import
// whom: rooms.test.ts.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { codeOf, files, root, textOf } from './sources.ts'

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
  const words = files('plugins/tools/*').map(file => file.split('/')[2] ?? '')
  const isItsOwn = (file: string, word: string) => new RegExp(`^plugins/tools/${word}/`).test(file)
  for (const word of words)
    for (const file of files('src/**/*.ts', 'plugins/**/*.ts').filter(file => !isItsOwn(file, word)))
      t.notMatch(codeOf(file), new RegExp(word, 'i'), `${file}: ${word}`)
})

// Files without anything to run.
const typesOnly = [
  'src/core/customer.ts',
  'plugins/sandbox/portal.ts',
  'src/core/portal-entry.ts',
  'src/core/refusal.ts',
  'src/core/row.ts',
  'src/core/log.ts',
  'src/core/notice.ts',
  'src/tools/source.ts',
  'src/tools/tool.ts',
  'src/ledger/ledger.ts',
  'src/ledger/holdings.ts',
  'src/ledger/customers.ts'
]

// Proven by the suite that every ledger runs, test/src/ledger/contract.ts, or by the tests of what they are parts of.
const provenElsewhere = [
  'src/ledger/processes.ts',
  'src/ledger/postgres/migrate.ts',
  'src/rules/kept.ts',
  'src/words/en.ts',
  'src/words/en-mail.ts',
  'src/words/nl-mail.ts',
  'src/words/en-places.ts',
  'src/words/en-invoice.ts',
  'src/words/en-count.ts',
  'src/words/en-codes.ts',
  'src/words/en-events.ts',
  'src/words/nl.ts',
  'src/words/nl-places.ts',
  'src/words/nl-invoice.ts',
  'src/words/nl-count.ts',
  'src/words/nl-codes.ts',
  'src/words/nl-fields.ts',
  'src/words/nl-findings.ts',
  'src/words/nl-holds.ts',
  'src/words/nl-events.ts',
  'src/words/en-status.ts',
  'src/words/en-duration.ts',
  'src/words/nl-duration.ts',
  'src/words/en-health.ts',
  'src/words/nl-health.ts',
  'src/words/nl-status.ts',
  'plugins/tools/mailbox/imap.ts',
  'plugins/tools/mailbox/mail.ts',
  'plugins/page/checklist.ts',
  'plugins/page/chart.ts',
  'plugins/page/conflict.ts',
  'plugins/page/errors.ts',
  'plugins/page/history.ts',
  'plugins/page/layout.ts',
  'plugins/page/pages.ts',
  'plugins/page/portal.ts',
  'plugins/page/session.ts',
  'src/commands/list.ts',
  'src/commands/tool-connection.ts',
  'src/ledger/cells.ts',
  'src/commands/embedded-postgres.ts',
  'src/ledger/actions.ts',
  'src/ledger/arrivals.ts',
  'src/ledger/conflicts.ts',
  'src/ledger/sources.ts',
  'src/ledger/unreadable.ts',
  'src/ledger/may-equal.ts',
  'src/ledger/customer-claims.ts',
  'src/ledger/customer-waiting.ts',
  'src/ledger/delivered.ts',
  'src/ledger/driver.ts',
  'src/ledger/endings.ts',
  'src/ledger/facts.ts',
  'src/ledger/links.ts',
  'src/ledger/listing.ts',
  'src/ledger/search.ts',
  'src/ledger/loans.ts',
  'src/ledger/portal-customers.ts',
  'src/ledger/portal-invoices.ts',
  'src/ledger/postgres/failures.ts',
  'src/ledger/postgres/unusable.ts',
  'src/ledger/reading.ts',
  'src/ledger/notices.ts',
  'src/ledger/pace.ts',
  'src/ledger/refusals.ts',
  'src/ledger/retention.ts',
  'src/ledger/rows.ts',
  'src/ledger/sightings.ts',
  'src/ledger/slots.ts',
  'src/ledger/together.ts',
  'src/ledger/tool-customers.ts',
  'src/ledger/tool-starts.ts',
  'src/ledger/unmade.ts',
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
  // A file this small needs no more than its name.
  const linesMaxWithout = 15
  for (const file of files('src/**/*.ts', 'plugins/**/*.ts')) {
    const text = textOf(file)
    const lines = text.split('\n').length
    if (lines > linesMaxWithout && !/^src\/commands\//.test(file)) t.match(text, /^\/\/ \S/, file)
    t.ok(lines <= 400, `${file} has ${lines} lines`)
  }
})

t.test('decisions are numbered one by one', async t => {
  const numbers = textOf('DESIGN.md').matchAll(/^## (\d+)\./gm)
  for (const [index, [, number]] of [...numbers].entries()) t.equal(Number(number), index + 1)
})

t.test('nothing is left lying about', async t => {
  const everything = files('{src,plugins,bin,test}/**/*.{ts,js}', '*.{md,json,toml}', 'Dockerfile', '.env.example')
  // Written in two parts, so that this file does not find itself.
  const forbidden = new RegExp(['TO' + 'DO', 'FIX' + 'ME', '\\.\\./sha' + 'red', '/work/' + 'sha'].join('|'))
  for (const file of everything.filter(file => file !== 'package-lock.json')) t.notMatch(textOf(file), forbidden, file)
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
  for (const folder of ['bin', 'src', 'plugins']) t.match(image, new RegExp(`^COPY ${folder} ${folder}$`, 'm'))
})

t.test('on Fly one machine always runs, has time to drain, and keeps what it holds', async t => {
  const fly = textOf('fly.toml')
  const drainMs = Number(/^const drainMs = ([\d_]+)$/m.exec(textOf('src/bridge.ts'))?.[1]?.replaceAll('_', ''))
  const numberOf = (name: string) => Number(new RegExp(`^ *${name} = "?(\\d+)`, 'm').exec(fly)?.[1])

  t.match(fly, /^ *auto_stop_machines = "off"$/m)
  t.match(fly, /^ *min_machines_running = 1$/m)
  t.match(fly, /^kill_signal = "SIGTERM"$/m)
  t.ok(numberOf('kill_timeout') * 1000 > drainMs && drainMs > 0, `${drainMs} ms`)
  t.match(fly, /^ *path = "\/health"$/m)
  const room = Number(/^const roomFor = (\d+)$/m.exec(textOf('plugins/connections.ts'))?.[1])
  t.match(fly, /^ *type = "connections"$/m)
  t.ok(numberOf('soft_limit') < numberOf('hard_limit') && numberOf('hard_limit') < room, 'the proxy leaves room')
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
  for (const [, name = ''] of env.matchAll(/^ *([A-Z_]+) = /gm)) t.match(example, new RegExp(`^#?${name}=`, 'm'), name)
})
