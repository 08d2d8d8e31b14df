import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import t, { type Test } from 'tap'
import { bin, factuurbrugProcess } from '../command-line.ts'
import { temporaryFolder } from '../end-to-end/bridge-process.ts'

const run = (node: string, args: string[], env: NodeJS.ProcessEnv = process.env) =>
  new Promise<{ code: unknown; stdout: string; stderr: string }>(resolve =>
    execFile(node, args, { env }, (error, stdout, stderr) => resolve({ code: error?.code ?? 0, stdout, stderr }))
  )

/** Before the file is read, the process says that it is another one. */
const pretend = (t: Test, version: string, platform: string) =>
  join(
    t.testdir({
      'pretend.cjs': `
        Object.defineProperty(process, 'versions', { value: { node: '${version}' } })
        Object.defineProperty(process, 'platform', { value: '${platform}' })
        Object.defineProperty(process, 'arch', { value: 'x64' })`
    }),
    'pretend.cjs'
  )

t.test('a runtime that is too old is told what it is, and where the right one comes from', async t => {
  const tooOld = (platform: string) =>
    new RegExp(`^Factuurbrug needs Node 26; this is Node 20\\.19\\.5 on ${platform}-x64\\.\n`)

  t.match(await run(process.execPath, ['-r', pretend(t, '20.19.5', 'linux'), bin, 'help']), {
    code: 1,
    stdout: '',
    stderr: tooOld('linux')
  })
  t.match(await run(process.execPath, ['-r', pretend(t, '20.19.5', 'linux'), bin, 'help']), {
    stderr: /\nRun `npm ci` here, then `npm start`, `npm run demo` or `npx factuurbrug <command>`: /
  })
  t.match(await run(process.execPath, ['-r', pretend(t, '20.19.5', 'win32'), bin, 'help']), {
    code: 1,
    stderr: /\nFor this platform none comes with `npm ci`: install Node 26 from https:\/\/nodejs\.org, /
  })
  t.match(await run(process.execPath, ['-r', pretend(t, '27.0.0', 'linux'), bin, '--version']), {
    code: 0,
    stderr: ''
  })
})

/** The first other one on the path that is too old. */
const oldNode = async (): Promise<string | undefined> => {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(folder => !folder.includes('node_modules'))
  for (const folder of folders) {
    const node = join(folder, 'node')
    const { stdout } = await run(node, ['-p', 'process.versions.node'])
    if (stdout !== '' && Number(stdout.split('.')[0]) < 26) return node
  }
  return undefined
}

const old = await oldNode()

t.test('so it is by a runtime that really is too old', { skip: old ? false : 'none is here' }, async t => {
  const ended = await run(old ?? '', [bin, 'demo'])

  t.match(ended, {
    code: 1,
    stdout: '',
    stderr: /^Factuurbrug needs Node 26; this is Node \d+\.\d+\.\d+ on /
  })
  t.notMatch(ended.stderr, /^ +at /m, 'no stack')
})

const root = join(dirname(bin), '..')

const cloneInto = (folder: string): void => {
  for (const part of ['bin', 'src', 'plugins', 'package.json'])
    cpSync(join(root, part), join(folder, part), { recursive: true })
}

t.test('what was never installed is told so', async t => {
  const clone = temporaryFolder(t)
  cloneInto(clone)

  t.match(await run(process.execPath, [join(clone, 'bin/factuurbrug.js'), 'serve']), {
    code: 1,
    stdout: '',
    stderr: /^Run `npm ci` first: Cannot find package/
  })
})

t.test('where nothing can be cached it runs all the same', async t => {
  const clone = temporaryFolder(t)
  cloneInto(clone)
  mkdirSync(join(clone, 'node_modules'))
  for (const name of readdirSync(join(root, 'node_modules')).filter(name => name !== '.cache'))
    symlinkSync(join(root, 'node_modules', name), join(clone, 'node_modules', name))
  writeFileSync(join(clone, 'node_modules/.cache'), 'no folder')

  t.match(await run(process.execPath, [join(clone, 'bin/factuurbrug.js'), 'serve'], { PATH: process.env.PATH }), {
    code: 1,
    stdout: '',
    stderr: /PORTAL_TOKEN: missing/
  })
})

t.test('with the right one it hands over to the command line', async t => {
  t.match(await factuurbrugProcess(['help']), { code: 0, stdout: /^Usage: factuurbrug/ })
})
