import { readdirSync } from 'node:fs'
import t from 'tap'
import { commands } from '../../../src/commands/command.ts'

const files = new URL('../../../src/commands/', import.meta.url)
const shared = ['ask.ts', 'command.ts', 'print.ts', 'sample.ts']

t.test('every command in the list has a file that runs it, and every such file is in the list', async t => {
  const loaded = new Set<unknown>()
  for (const { name, load } of commands) {
    const { run } = (await load()) as { run: unknown }
    t.type(run, 'function', name)
    loaded.add(run)
  }
  const others = readdirSync(files).filter(file => !shared.includes(file))
  const runs = await Promise.all(
    others.map(async file => ((await import(new URL(file, files).href)) as { run: unknown }).run)
  )

  t.strictSame(
    others.filter((_, at) => !loaded.has(runs[at])),
    []
  )
})

t.test('each is called by a word of its own, and says what it is for', async t => {
  const words = commands.map(({ name }) => name.split(' ')[0])
  t.strictSame(words, [...new Set(words)])
  for (const { name, help } of commands) t.match(help, /^[^.]{10,60}$/, name)
})
