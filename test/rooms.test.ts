// The table "Who may import whom" in DESIGN.md, read and enforced: every file belongs to one room, and imports, types
// included, only what the row of its room names.

import t from 'tap'
import { codeOf, files, importsOf, textOf } from './sources.ts'

type Room = { name: string; files: string[]; may: string[] }

/**
 * A row: the room, its files, what it may import. A name that is no room's is a package, or the beginning of a path.
 */
const table: Room[] = [
  ...textOf('DESIGN.md')
    .split('## Who may import whom')[1]!
    .matchAll(/^\| (\w[\w ]*) \| `([^|]+)` \| ([^|]*) \|/gm)
].map(([, name = '', patterns = '', may = '']) => ({
  name,
  files: files(...patterns.split('`, `')),
  may: may.split(', ').map(word => word.replaceAll('`', '').trim())
}))

const all = files('src/**/*.ts', 'plugins/**/*.ts', 'test/**/*.ts')

/** The first row that names a file has it. */
const roomOf = (file: string): Room | undefined => table.find(room => room.files.includes(file))

const allows = (room: Room, to: string): boolean =>
  roomOf(to) === room ||
  room.may.some(word => {
    const other = table.find(({ name }) => name === word)
    if (other !== undefined) return roomOf(to) === other
    if (word === 'everything') return true
    return word === 'Node' ? to.startsWith('node:') && to !== 'node:sqlite' : to === word
  })

t.test('the table names each room once, and only rooms that have files', async t => {
  t.ok(table.length > 10)
  t.strictSame(
    table.map(({ name }) => name),
    [...new Set(table.map(({ name }) => name))]
  )
  for (const { name, files } of table) t.ok(files.length > 0, name)
})

t.test('each file belongs to a room', async t => {
  t.strictSame(
    all.filter(file => roomOf(file) === undefined),
    []
  )
})

for (const room of table)
  t.test(`${room.name}: imports only what the table allows`, async t => {
    const own = room.files.filter(file => roomOf(file) === room)
    const wrong = own.flatMap(file =>
      importsOf(file)
        .filter(to => !allows(room, to))
        .map(to => `${file} imports ${to}`)
    )
    t.strictSame(wrong, [])
  })

t.test('nothing imports upwards: a room names only rooms above its own row', async t => {
  const names = table.map(({ name }) => name)
  for (const { name, may } of table)
    for (const word of may.filter(word => names.includes(word)))
      t.ok(names.indexOf(word) < names.indexOf(name), `${name} imports ${word}`)
})

t.test('no file imports itself, by whatever way', async t => {
  const running = files('src/**/*.ts', 'plugins/**/*.ts')
  const imports = new Map(running.map(file => [file, importsOf(file).filter(to => running.includes(to))]))
  const done = new Set<string>()
  const circles: string[] = []
  const walk = (file: string, path: string[]): void => {
    if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' → '))
    if (path.includes(file) || done.has(file)) return
    for (const to of imports.get(file) ?? []) walk(to, [...path, file])
    done.add(file)
  }
  for (const file of running) walk(file, [])
  t.strictSame(circles, [])
})

t.test('no tool imports another', async t => {
  const toolOf = (path: string): string | undefined => /^plugins\/tools\/([^/]+)/.exec(path)?.[1]
  for (const file of files('plugins/tools/**/*.ts'))
    for (const to of importsOf(file)) t.ok([undefined, toolOf(file)].includes(toolOf(to)), `${file} imports ${to}`)
})

t.test('the simulated portal shares no mistake with the bridge: it takes types from it, at most', async t => {
  for (const file of files('test/simulation/portal*.ts', 'test/simulation/number.ts'))
    t.notMatch(codeOf(file), /^import (?!type )[^'"]*from '[./]+src\//m, file)
})

t.test('src holds rooms, and at most six files of its own', async t => {
  t.ok(files('src/*.ts').length <= 6)
})
