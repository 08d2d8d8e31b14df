import { readdirSync } from 'node:fs'
import t from 'tap'
import { commands } from '../../../src/commands/list.ts'

const files = new URL('../../../src/commands/', import.meta.url)

t.test('every command in the list has a file that runs it, and every such file is in the list', async t => {
  const loaded = new Set<unknown>()
  for (const { name, load } of commands) {
    const { run } = (await load()) as { run: unknown }
    t.type(run, 'function', name)
    loaded.add(run)
  }
  const modules = await Promise.all(
    readdirSync(files).map(async file => ((await import(new URL(file, files).href)) as { run?: unknown }).run)
  )

  t.strictSame(new Set(modules.filter(run => run !== undefined)), loaded)
})

t.test('each is called by a word of its own, and says what it is for', async t => {
  const words = commands.map(({ name }) => name.split(' ')[0])
  t.strictSame(words, [...new Set(words)])
  for (const { name, help } of commands) t.match(help, /^[^.]{10,70}$/, name)
})
