// That it stays up, and what it prints then, are tried by test/end-to-end/page.test.ts and
// test/readme-commands.test.ts.

import { readdirSync } from 'node:fs'
import t from 'tap'
import { factuurbrugProcess } from '../../command-line.ts'

const shows = [
  /^A portal sandbox listens at \S+, a bridge at \S+; their folder is \S+\.$/m,
  /^ {2}the bridge answered 200 {"result":"accepted"}$/m,
  /^ {2}received tool=invoices notify=false$/m,
  /^ {2}delivered how=created portalId=inv_\w+$/m,
  /^It is in the sandbox as inv_\w+, 121\.00 EUR, with its PDF of \d+ bytes\.$/m
]

t.test('one command shows the whole way, and leaves nothing behind', async t => {
  const folder = t.testdir()
  const { code, stdout, stderr } = await factuurbrugProcess(['demo', '--once'], {
    // What is set for a real bridge does not get in.
    env: { TMPDIR: folder, PORTAL_URL: 'http://127.0.0.1:1', PORT: '1', DATA_DIR: '/proc', REVIEW: 'true' }
  })

  t.strictSame({ code, stderr }, { code: 0, stderr: '' })
  for (const line of shows) t.match(stdout, line)
  t.notMatch(stdout, /Look at it|curl|sandbox\/invoices/, 'nothing to look at is left')
  t.strictSame(readdirSync(folder), [])
})
