import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, closeSync, existsSync, openSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { bin, factuurbrug, factuurbrugProcess } from '../command-line.ts'

t.test('what the command line says and answers is what the process prints and ends with', async t => {
  const file = { folder: realpathSync(t.testdir({ '.env': 'FACTUURBRUG_URL=http://127.0.0.1:1\nOPERATOR_TOKEN=x\n' })) }
  const env = { PORT: '1', OPERATOR_TOKEN: 'of the process' }

  for (const [args, surroundings, code] of [
    [['help'], {}, 0],
    [['delete'], {}, 2],
    [['status'], file, 1],
    [['check'], { ...file, env }, 1]
  ] as const) {
    const ended = await factuurbrugProcess([...args], surroundings)
    t.equal(ended.code, code)
    t.strictSame(ended, await factuurbrug([...args], surroundings), args[0])
  }
})

// Root may read everything, so that somebody else has to.
const reader = process.getuid?.() === 0 ? { uid: 65_534 } : {}
const isAble = (await factuurbrugProcess(['--version'], reader)).code === 0

t.test('a .env that one may not read is told as that', { skip: !isAble && 'only root may run this' }, async t => {
  const folder = t.testdir({ '.env': 'PORT=1\n' })
  chmodSync(join(folder, '.env'), 0)

  t.match(await factuurbrugProcess(['check'], { folder, ...reader }), {
    code: 1,
    stdout: '',
    stderr: /^.* cannot be read: this user may not read it\. `ls -l \.env` shows whose it is\.$/m
  })
})

t.test('a reader that leaves early is no failure', async t => {
  const child = spawn(process.execPath, [bin, 'help'], { stdio: ['ignore', 'pipe', 'pipe'] })
  let complained = ''
  child.stderr.on('data', chunk => {
    complained += chunk
  })
  child.stdout.destroy()

  t.strictSame(await once(child, 'close'), [0, null])
  t.equal(complained, '')
})

t.test(
  'what was printed and could not be written is a failure, without a stack',
  {
    skip: !existsSync('/dev/full') && 'this machine has no /dev/full'
  },
  async t => {
    const full = openSync('/dev/full', 'w')
    t.teardown(() => closeSync(full))
    const ended = async (stdio: (number | 'pipe' | 'ignore')[]) => {
      const child = spawn(process.execPath, [bin, 'help'], { stdio: stdio as never })
      let complained = ''
      child.stderr?.on('data', chunk => {
        complained += chunk
      })
      return [...(await once(child, 'close')), complained]
    }

    t.strictSame(await ended(['ignore', full, 'pipe']), [1, null, ''])
    t.strictSame(await ended(['ignore', full, full]), [1, null, ''])
    t.strictSame(await ended(['ignore', 'ignore', full]), [0, null, ''])
  }
)
