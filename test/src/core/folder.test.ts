import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { makeFolder } from '../../../src/core/folder.ts'

const modeOf = (path: string): number => statSync(path).mode & 0o777

t.test('all that is missing is made, for its owner alone; what is there stays as it is', async t => {
  const there = t.testdir()
  const before = modeOf(there)
  const folder = join(there, 'a', 'b', 'c')

  makeFolder(folder)
  makeFolder(folder)

  t.ok(statSync(folder).isDirectory())
  t.strictSame([modeOf(join(there, 'a')), modeOf(folder)], [0o700, 0o700])
  t.equal(modeOf(there), before)
})

t.test('where no folder can be, it ends with the reason', async t => {
  const there = t.testdir({ file: '' })
  writeFileSync(join(there, 'taken'), '')

  t.throws(() => makeFolder(join(there, 'taken')), { code: 'EEXIST' })
  t.throws(() => makeFolder(join(there, 'file', 'folder')), { code: 'EEXIST' })
  // A recursive mkdir goes round for ever here.
  t.throws(() => makeFolder('/proc/x/y'), { code: 'ENOENT' })
})
