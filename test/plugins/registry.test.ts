import { readdirSync } from 'node:fs'
import t from 'tap'
import { intake } from '../../plugins/intake/index.ts'
import { loadTools, settingsOf, sourcesOf } from '../../plugins/registry.ts'

const folder = new URL('../../plugins/tools/', import.meta.url)
const tools = await loadTools()
const sources = sourcesOf(tools)

t.test('the folder is the registry: every folder in it is a tool, by its own name', async t => {
  t.strictSame(
    tools.map(({ name }) => name),
    readdirSync(folder).toSorted()
  )
})

t.test('invoices come from the tools, and from the senders of the intake', async t => {
  t.strictSame(
    sources.map(({ name }) => name),
    ['invoices', ...tools.map(({ name }) => name)]
  )
  for (const { name } of sources) t.match(name, /^[a-z][a-z0-9-]*$/, 'a part of an address')
  t.strictSame(
    sources.filter(source => 'senders' in source).map(({ name }) => name),
    ['invoices'],
    'a tool has no senders'
  )
})

// What people would look for.
const prefixes: Record<string, string> = { [intake.name]: 'INTAKE_', mailbox: 'EMAIL_' }

t.test('no two sources share a setting, and each is named after its tool or the intake', async t => {
  const names = sources.flatMap(({ settings }) => Object.keys(settings.shape))
  t.strictSame(names, [...new Set(names)])
  for (const { name, settings } of sources) {
    const prefix = prefixes[name] ?? `${name.toUpperCase().replaceAll('-', '_')}_`
    for (const variable of Object.keys(settings.shape)) t.ok(variable.startsWith(prefix), variable)
  }
  t.strictSame(
    Object.keys(settingsOf(tools)),
    sources.map(({ name }) => name)
  )
})
