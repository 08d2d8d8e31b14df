import { globSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { loadTools, sourcesOf } from '../plugins/registry.ts'
import { Fault } from '../plugins/sandbox/faults.ts'
import { calls } from '../plugins/sandbox/request-log.ts'
import { documented, lists, spellings } from '../plugins/sandbox/ways.ts'
import { commands } from '../src/commands/list.ts'
import { settings } from '../src/config.ts'
import { advice } from '../src/core/codes.ts'
import { type Endpoint, endpoints } from '../src/view/endpoints.ts'
import {
  anchorsOf,
  bare,
  codeOf,
  fencesOf,
  fileExists,
  headingsOf,
  linksOf,
  pages,
  paragraphsOf,
  readDocument,
  root,
  rowsOf,
  sectionOf
} from './readme.ts'
import { openHealth } from './src/health/health.ts'

const names = ['README.md', 'README.nl.md', 'CONTRIBUTING.md', 'DESIGN.md', 'CHANGELOG.md', ...pages]
const documents = new Map(names.map(name => [name, readDocument(name)]))
const readme = readDocument('README.md')
/** What a user reads: the README, and the pages behind it. */
const manual = ['README.md', ...pages].map(readDocument).join('\n')
const sources = sourcesOf(await loadTools())

const linksFrom = (name: string) =>
  linksOf(readDocument(name))
    .filter(target => !/^[a-z]+:/.test(target))
    .map(target => target.split('#'))
    .map(([path = '', anchor]) => ({ path: path === '' ? name : join(name, '..', path), anchor }))

t.test('the README is a door: short, and it leads to every page', async t => {
  const linesMax = 250
  t.ok(readme.split('\n').length <= linesMax)
  const reached = new Set(linksFrom('README.md').map(({ path }) => path))
  t.strictSame(
    pages.filter(page => !reached.has(page)),
    []
  )
})

t.test('the table of contents of the README has its headings, in their order', async t => {
  const [contents = ''] = readme.split('\n## ')
  t.strictSame(
    linksOf(contents).filter(target => target.startsWith('#')),
    anchorsOf(readme)
      .slice(1)
      .map(anchor => `#${anchor}`)
  )
})

t.test('the README says of every tool which page it has, and which variables', async t => {
  const rows = rowsOf(sectionOf(readme, '## Connect your tool'))
  for (const source of sources) {
    const cells = rows.filter(([, name = '']) => bare(name) === source.name).flat()
    t.ok(
      cells.some(cell => linksOf(cell).length > 0),
      source.name
    )
    const required = Object.keys(source.settings.shape).filter(name => /_(KEY|TOKEN|SECRET|ID)$/.test(name))
    for (const name of required) t.ok(codeOf(cells.join(' ')).includes(name), name)
  }
})

const failures = readDocument('docs/errors.md')

const headings = {
  refuse: '## The request was refused',
  retry: '## It is tried again',
  hold: '## The invoice is held',
  dismiss: '## The invoice is dismissed',
  note: '## Something about a delivered invoice',
  stop: '## The bridge does not start'
} as const

for (const [next, heading] of Object.entries(headings)) {
  t.test(`the manual says of each code that asks "${next}" what the code itself says`, async t => {
    const section = `\n${sectionOf(failures, heading)}`
    const wanted = Object.entries(advice).filter(([, entry]) => entry.next === next)

    t.strictSame(
      headingsOf(section, 3),
      wanted.map(([code]) => code)
    )
    for (const [code, { what, operator }] of wanted) {
      const [first, second] = paragraphsOf(sectionOf(section, `### ${code}`))
      t.strictSame([first, second], [what, `**What to do:** ${operator}`], code)
    }
  })
}

t.test('no code is left out of the manual, and none is made up', async t => {
  t.strictSame(headingsOf(failures, 3).toSorted(), Object.keys(advice).toSorted())
})

// Set by the platform, never by a person.
const platforms = ['FLY_APP_NAME', 'FLY_MACHINE_ID']

const shapes = Object.assign({}, settings.shape, ...sources.map(source => source.settings.shape))

t.test('the table of settings has every setting, and no other', async t => {
  const listed = rowsOf(readDocument('docs/settings.md')).map(([name = '']) => bare(name))

  t.strictSame(
    listed.toSorted(),
    Object.keys(shapes)
      .filter(name => !platforms.includes(name))
      .toSorted()
  )
})

t.test('the table of settings gives the defaults that hold', async t => {
  // Derived from other settings.
  const derived = ['PUBLIC_URL', 'PORTAL_SETTLE_INHERITED_MS']
  for (const [name = '', told = ''] of rowsOf(readDocument('docs/settings.md'))) {
    const setting = bare(name)
    const byDefault = shapes[setting].safeParse(undefined)
    if (derived.includes(setting)) continue
    if (told === 'required') t.equal(byDefault.success, false, setting)
    // A tool's own settings are required as soon as the tool is set up at all.
    else if (told === 'none' && setting in settings.shape) t.equal(byDefault.data, undefined, setting)
    else if (told !== 'none') t.strictSame([byDefault.data], [shapes[setting].safeParse(bare(told)).data], setting)
  }
})

const calledIn = (text: string, pattern: RegExp): string[] =>
  codeOf(text).flatMap(code => [...code.matchAll(pattern)].map(([, found = '']) => found))

const commandNames = commands.map(({ name }) => name.split(' ')[0] ?? '')

t.test('every command that a document names exists', async t => {
  for (const [name, text] of documents) {
    const called = calledIn(text, /\bfactuurbrug(?:\.js)? ([a-z][a-z-]*)/g)
    t.strictSame(
      called.filter(command => !commandNames.includes(command)),
      [],
      name
    )
  }
})

t.test('there is a row for every command', async t => {
  const rows = rowsOf(readDocument('docs/command-line.md')).map(([cell = '']) => bare(cell).split(' ')[1])

  t.strictSame([...new Set(rows)].toSorted(), commandNames.toSorted())
})

t.test('the usage of a command names every option that its row in the manual names', async t => {
  for (const [cell = '', told = ''] of rowsOf(readDocument('docs/command-line.md'))) {
    const command = commands.find(({ name }) => name.split(' ')[0] === bare(cell).split(' ')[1])
    const known = `${command?.name} ${command?.options}`
    for (const [option] of `${cell} ${told}`.matchAll(/--[a-z-]+/g)) t.ok(known.includes(option), option)
  }
})

t.test('every call of the portal that the manual names exists', async t => {
  const [, known = ''] = commands.find(({ name }) => name.startsWith('portal '))?.name.split(' ') ?? []
  const called = calledIn(manual, /\bfactuurbrug portal ([a-z-]+)/g)

  t.strictSame([...new Set(called)].toSorted(), known.split('|').toSorted())
})

t.test('the manual has every operation of the API, with what it can be asked', async t => {
  const operations = Object.values<Endpoint>(endpoints).map(({ method, path, query }) => {
    const names = Object.keys(query?.shape ?? {}).map(name => `${name}=`)
    return `${method} ${path}${names.length > 0 ? `?${names.join('&')}` : ''}`
  })
  const listed = rowsOf(readDocument('docs/api.md'))
    .map(([cell = '']) => bare(cell))
    .filter(text => /^[A-Z]+ \//.test(text))

  t.strictSame(
    listed.filter(address => address !== 'GET /api/openapi.json').toSorted(),
    operations.filter(address => address !== 'GET /api/openapi.json').toSorted()
  )
})

t.test('the manual has every check of health', async t => {
  const { health } = openHealth(t)

  t.strictSame(
    rowsOf(sectionOf(readDocument('docs/operating.md'), '## Health')).map(([cell = '']) => bare(cell)),
    Object.keys(await health())
  )
})

t.test('the manual has every fault of the sandbox, and every call that can have one', async t => {
  const section = sectionOf(readDocument('docs/sandbox.md'), '## See it happen')
  const listed = rowsOf(section).flatMap(([cell = '']) => cell.split(', ').map(bare))

  t.strictSame(listed.toSorted(), Fault.shape.fault.options.toSorted())
  for (const call of calls)
    t.ok(
      codeOf(section).some(code => code === call || code.includes(`"${call}"`)),
      call
    )
})

t.test('the manual has every way in which the sandbox can be otherwise than documented', async t => {
  const section = sectionOf(readDocument('docs/sandbox.md'), '## A sandbox that differs from the documentation')

  t.strictSame(
    rowsOf(section).map(([cell = '']) => bare(cell)),
    Object.keys(documented)
  )
  for (const value of [...lists, ...spellings]) t.ok(codeOf(section).includes(value), value)
})

t.test('who wants to change something is told how all of it is checked', async t => {
  t.ok(codeOf(readme).some(code => /\bnpm test\b/.test(code)))
})

t.test('every npm command that a document names exists', async t => {
  const { scripts } = JSON.parse(readDocument('package.json')) as { scripts: Record<string, string> }
  const ofNpmItself = ['ci', 'install']
  for (const [name, text] of documents) {
    const run = calledIn(text, /\bnpm run ([\w:-]+)/g)
    const own = calledIn(text, /\bnpm ((?!run\b)[a-z]+)/g).filter(command => !ofNpmItself.includes(command))
    t.strictSame(
      [...run, ...own].filter(script => !(script in scripts)),
      [],
      name
    )
  }
})

t.test('what the Dutch README asks to be typed stands in the manual, too', async t => {
  const typed = (text: string) =>
    fencesOf(text, 'sh')
      .join('\n')
      .split('\n')
      .map(line => line.trim())
  const known = new Set(typed(manual))

  t.strictSame(
    typed(readDocument('README.nl.md')).filter(line => line !== '' && !known.has(line)),
    []
  )
})

t.test('every link inside the project leads somewhere', async t => {
  for (const name of names) {
    const broken = linksFrom(name).filter(({ path, anchor }) => {
      const linked = documents.get(path)
      if (!fileExists(path)) return true
      return anchor !== undefined && linked !== undefined && !anchorsOf(linked).includes(anchor)
    })
    t.strictSame(broken, [], name)
  }
})

t.test('the map in CONTRIBUTING has every room of the code', async t => {
  const drawn = linksFrom('CONTRIBUTING.md').map(({ path }) => path)
  const cwd = fileURLToPath(root)
  const rooms = globSync(['src/*/', 'plugins/*/'], { cwd, withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .map(entry => `${relative(cwd, entry.parentPath)}/${entry.name}`)

  t.ok(rooms.length > 10)
  t.strictSame(
    rooms.filter(room => !drawn.includes(room)),
    []
  )
})

t.test('lines are short enough to be read side by side', async t => {
  const charactersMax = 120
  for (const [name, text] of documents) {
    const long = text.split('\n').filter(line => [...line].length > charactersMax && !/^ *\|/.test(line))
    t.strictSame(long, [], name)
  }
})
