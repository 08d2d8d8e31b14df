import t from 'tap'
import { loadTools } from '../plugins/registry.ts'
import { Fault } from '../plugins/sandbox/faults.ts'
import { calls } from '../plugins/sandbox/request-log.ts'
import { documented, lists, spellings } from '../plugins/sandbox/ways.ts'
import { advice } from '../src/codes.ts'
import { commands } from '../src/commands/command.ts'
import { settings } from '../src/config.ts'
import {
  anchorsOf,
  bare,
  codeOf,
  fencesOf,
  fileExists,
  linksOf,
  readDocument,
  rowsOf,
  sectionOf
} from './readme.ts'

const names = ['README.md', 'README.nl.md', 'CONTRIBUTING.md', 'DESIGN.md', 'CHANGELOG.md'] as const
const documents = new Map(names.map(name => [name as string, readDocument(name)]))
const readme = readDocument('README.md')
const tools = await loadTools()

const failures = sectionOf(readme, '## When something goes wrong')

const headings = {
  refuse: '### The request was refused',
  retry: '### It is tried again',
  hold: '### The invoice is held',
  dismiss: '### The invoice is dismissed',
  note: '### Something about a delivered invoice',
  stop: '### The bridge does not start'
} as const

for (const [next, heading] of Object.entries(headings)) {
  t.test(`the README says of each code that asks "${next}" what the code itself says`, async t => {
    const wanted = Object.entries(advice)
      .filter(([, entry]) => entry.next === next)
      .map(([code, { what, operator }]) => [`\`${code}\``, what, operator])

    t.strictSame(rowsOf(sectionOf(failures, heading)), wanted)
  })
}

t.test('no code is left out of the README, and none is made up', async t => {
  const listed = rowsOf(failures).map(([code = '']) => bare(code))

  t.strictSame(listed.toSorted(), Object.keys(advice).toSorted())
})

// Set by the platform, never by a person.
const platforms = ['FLY_APP_NAME', 'FLY_MACHINE_ID']

const shapes = Object.assign({}, settings.shape, ...tools.map(({ tool }) => tool.settings.shape))

t.test('the table of settings has every setting, and no other', async t => {
  const listed = rowsOf(sectionOf(readme, '## Settings')).map(([name = '']) => bare(name))

  t.strictSame(
    listed.toSorted(),
    Object.keys(shapes)
      .filter(name => !platforms.includes(name))
      .toSorted()
  )
})

t.test('the table of settings gives the defaults that hold', async t => {
  // Made of other settings.
  const derived = ['PUBLIC_URL', 'PORTAL_SETTLE_INHERITED_MS']
  for (const [name = '', told = ''] of rowsOf(sectionOf(readme, '## Settings'))) {
    const setting = bare(name)
    const byDefault = shapes[setting].safeParse(undefined)
    if (derived.includes(setting)) continue
    if (told === 'required') t.equal(byDefault.success, false, setting)
    // A tool's own settings are required as soon as the tool is wanted at all.
    else if (told === 'none' && setting in settings.shape) t.equal(byDefault.data, undefined, setting)
    else if (told !== 'none')
      t.strictSame([byDefault.data], [shapes[setting].safeParse(bare(told)).data], setting)
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

t.test('the README has a row for every command', async t => {
  const rows = rowsOf(sectionOf(readme, '## Command line')).map(([cell = '']) => bare(cell).split(' ')[1])

  t.strictSame([...new Set(rows)].toSorted(), commandNames.toSorted())
})

t.test('the usage of a command names every option that its row in the README names', async t => {
  for (const [cell = '', told = ''] of rowsOf(sectionOf(readme, '## Command line'))) {
    const command = commands.find(({ name }) => name.split(' ')[0] === bare(cell).split(' ')[1])
    const known = `${command?.name} ${command?.options}`
    for (const [option] of `${cell} ${told}`.matchAll(/--[a-z-]+/g)) t.ok(known.includes(option), option)
  }
})

t.test('every call of the portal that the README names exists', async t => {
  const [, known = ''] = commands.find(({ name }) => name.startsWith('portal '))?.name.split(' ') ?? []
  const called = calledIn(readme, /\bfactuurbrug portal ([a-z-]+)/g)

  t.strictSame([...new Set(called)].toSorted(), known.split('|').toSorted())
})

t.test('the README has every fault of the sandbox, and every call that can have one', async t => {
  const section = sectionOf(readme, '### See it happen in the sandbox')
  const listed = rowsOf(section).flatMap(([cell = '']) => cell.split(', ').map(bare))

  t.strictSame(listed.toSorted(), Fault.shape.fault.options.toSorted())
  for (const call of calls)
    t.ok(
      codeOf(section).some(code => code === call || code.includes(`"${call}"`)),
      call
    )
})

t.test('the README has every way in which the sandbox can be otherwise than documented', async t => {
  const section = sectionOf(readme, '### A sandbox that is otherwise than documented')

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

t.test('what the Dutch README asks to be typed stands in the README, too', async t => {
  const typed = (text: string) =>
    fencesOf(text, 'sh')
      .join('\n')
      .split('\n')
      .map(line => line.trim())
  const known = new Set(typed(readme))

  t.strictSame(
    typed(readDocument('README.nl.md')).filter(line => line !== '' && !known.has(line)),
    []
  )
})

t.test('every link inside the project leads somewhere', async t => {
  for (const [name, text] of documents) {
    const broken = linksOf(text)
      .filter(target => !/^[a-z]+:/.test(target))
      .filter(target => {
        const [path = '', anchor] = target.split('#')
        const linked = path === '' ? text : documents.get(path)
        if (path !== '' && !fileExists(path)) return true
        return anchor !== undefined && linked !== undefined && !anchorsOf(linked).includes(anchor)
      })
    t.strictSame(broken, [], name)
  }
})

t.test('lines are short enough to be read side by side', async t => {
  const charactersMax = 120
  for (const [name, text] of documents) {
    const long = text.split('\n').filter(line => [...line].length > charactersMax && !/^ *\|/.test(line))
    t.strictSame(long, [], name)
  }
})
