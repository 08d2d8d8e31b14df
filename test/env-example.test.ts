import { parseEnv } from 'node:util'
import t from 'tap'
import { loadTools, settingsOf, sourcesOf } from '../plugins/registry.ts'
import { readConfig, settings } from '../src/config.ts'
import { readDocument } from './readme.ts'

const example = readDocument('.env.example')
const tools = await loadTools()
const toolSettings = settingsOf(tools)
const shapes = Object.assign({}, settings.shape, ...sourcesOf(tools).map(source => source.settings.shape))

// Set by the platform, never by a person.
const platforms = ['FLY_APP_NAME', 'FLY_MACHINE_ID']

type Entry = { name: string; value: string; isOn: boolean; above: string[] }

const entriesOf = (text: string): Entry[] =>
  text.split(/\n\n+/).flatMap(paragraph => {
    const lines = paragraph.trimEnd().split('\n')
    const [, off, name = '', value = ''] = /^(#?)([A-Z][A-Z0-9_]*)=(.*)$/.exec(lines.at(-1) ?? '') ?? []
    return name === '' ? [] : [{ name, value, isOn: off === '', above: lines.slice(0, -1) }]
  })

const [head = '', everybody = '', ofTools = '', few = ''] = example.split(/^# ── .+$/m)
const entries = entriesOf(example)

t.test('the example names every setting once, and no other', async t => {
  t.strictSame(
    entries.map(({ name }) => name).toSorted(),
    Object.keys(shapes)
      .filter(name => !platforms.includes(name))
      .toSorted()
  )
})

t.test('each setting stands below one line that explains it', async t => {
  for (const { name, above } of entries) {
    t.equal(above.length, 1, name)
    t.match(above[0], /^# .{20,}\.$/, name)
  }
})

t.test('the first block is to be filled in, the others to be left alone', async t => {
  t.strictSame(entriesOf(head), [])
  t.ok(
    entriesOf(everybody).every(({ isOn }) => isOn),
    'the first is on'
  )
  t.ok(
    entriesOf(ofTools + few).every(({ isOn }) => !isOn),
    'the others are commented out'
  )
})

t.test('what belongs to a tool with an API stands in its block', async t => {
  const own = Object.keys(settings.shape)
  const names = entriesOf(ofTools).map(({ name }) => name)

  t.strictSame(
    names.toSorted(),
    Object.keys(shapes)
      .filter(name => !own.includes(name) && !name.startsWith('INTAKE_'))
      .toSorted()
  )
})

t.test('the values in the example are those that hold without it', async t => {
  // The example is for a first run, which must be a safe one.
  const safer = { REVIEW: 'true' }
  for (const { name, value } of entries) {
    if (name in safer) t.equal(value, safer[name as keyof typeof safer], name)
    else if (value === '') t.equal(shapes[name].safeParse(undefined).data, undefined, `${name} has no default`)
    else t.strictSame(shapes[name].parse(value), shapes[name].parse(undefined), name)
  }
})

t.test('what has to be filled in stands in the first block', async t => {
  const required = entries.filter(({ name }) => !shapes[name].safeParse(undefined).success)
  const first = entriesOf(everybody).map(({ name }) => name)

  t.strictSame(
    required.filter(({ name }) => !first.includes(name)).map(({ name }) => name),
    []
  )
})

t.test('a bridge starts with the example, its required settings filled in', async t => {
  const filled = {
    ...parseEnv(example),
    PORTAL_TOKEN: 'token',
    SEND_NOTIFICATION: 'false',
    OPERATOR_TOKEN: 'sixteen characters',
    INTAKE_SECRET: 'sixteen characters'
  }

  t.match(readConfig(filled, toolSettings), { REVIEW: true, PORT: 8080, tools: { invoices: {} } })
})
