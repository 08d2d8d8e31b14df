import { readdirSync } from 'node:fs'
import t from 'tap'
import { factuurbrug, factuurbrugProcess } from '../../command-line.ts'

t.test('of two machines one is killed before your eyes, and nothing is lost', async t => {
  const folder = t.testdir()
  const { code, stdout, stderr } = await factuurbrugProcess(['demo', '--once', '--machines', '2'], {
    env: { TMPDIR: folder, DATABASE_URL: 'postgres://127.0.0.1:1/real' }
  })

  t.strictSame({ code, stderr }, { code: 0, stderr: '' })
  t.match(stdout, /each was answered 200.*Machine one was killed, with \d+ of them.* 20 of 20 are in the sandbox/s)
  t.match(stdout, /^0 are lost, 0 are there twice\.$/m)
  t.strictSame(readdirSync(folder), [])
  t.match(await factuurbrug(['demo', '--machines', '3']), { code: 2, stderr: '--machines: expected 1 or 2\n' })
})
