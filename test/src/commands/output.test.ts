import t from 'tap'
import { openOutput } from '../../../src/commands/output.ts'

const failing = (code: string) => (): number => {
  throw Object.assign(new Error(code), { code })
}

/** A place that takes what it is told to take. */
const place = () => {
  const there = { text: '', take: (bytes: Buffer) => bytes.length }
  const output = openOutput(bytes => {
    const taken = there.take(bytes)
    there.text += bytes.subarray(0, taken)
    return taken
  })
  return { there, output }
}

t.test('a line is written at once, and whole, also where it is taken in parts', async t => {
  const { there, output } = place()
  output.write('één\n')
  t.equal(there.text, 'één\n')

  there.take = bytes => Math.min(bytes.length, 7)
  output.write('a line that is longer than that\n')
  t.equal(there.text, 'één\na line that is longer than that\n')
})

t.test('what cannot be written waits, and goes out before the next line, once there is room', async t => {
  for (const code of ['ENOSPC', 'EAGAIN', 'EIO', 'EPIPE']) {
    const { there, output } = place()
    let room = 3
    there.take = bytes => (room > 0 ? Math.min(bytes.length, room--) : failing(code)())
    for (const line of ['first\n', 'second\n']) output.write(line)
    t.equal(there.text, 'first\n', code)

    there.take = bytes => bytes.length
    output.write('third\n')
    t.equal(there.text, 'first\nsecond\nthird\n')
  }
})

t.test('what waits is bounded: lines beyond that are lost, whole', async t => {
  const { there, output } = place()
  there.take = failing('ENOSPC')
  const line = `${'x'.repeat(9_999)}\n`
  for (let at = 0; at < 300; at += 1) output.write(line)

  there.take = bytes => bytes.length
  output.write('after\n')
  output.write('again\n')
  const lines = there.text.trimEnd().split('\n')
  t.strictSame(
    lines.map(({ length }) => length),
    [...Array(100).fill(9_999), 5, 5]
  )
})
