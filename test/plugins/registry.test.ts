import { readdirSync } from 'node:fs'
import t from 'tap'
import { loadTools, settingsOf } from '../../plugins/registry.ts'

const folder = new URL('../../plugins/tools/', import.meta.url)
const modules = await loadTools()

t.test('the folder is the registry: every folder in it is a tool, by its own name', async t => {
  t.strictSame(
    modules.map(({ tool }) => tool.name),
    readdirSync(folder).toSorted()
  )
  for (const { tool, default: plugin } of modules) {
    t.match(tool.name, /^[a-z][a-z0-9-]*$/, 'a part of an address')
    t.type(plugin, 'function')
  }
})

t.test('no two tools share a setting, and each is named after its tool or the intake', async t => {
  const names = modules.flatMap(({ tool }) => Object.keys(tool.settings.shape))
  t.strictSame(names, [...new Set(names)])
  for (const { tool } of modules) {
    const prefix = tool.name === 'invoices' ? 'INTAKE_' : `${tool.name.toUpperCase().replaceAll('-', '_')}_`
    for (const name of Object.keys(tool.settings.shape)) t.ok(name.startsWith(prefix), name)
  }
  t.strictSame(
    Object.keys(settingsOf(modules)),
    modules.map(({ tool }) => tool.name)
  )
})
