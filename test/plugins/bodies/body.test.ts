import t from 'tap'
import { decodeText, openBody, readText } from '../../../plugins/bodies/body.ts'

async function* chunksOf(...texts: string[]) {
  for (const text of texts) yield Buffer.from(text)
}

const open = (source: AsyncIterable<Uint8Array>, bytesMax = 100) => {
  const seen: string[] = []
  const body = openBody(source, { bytesMax, seen: bytes => seen.push(Buffer.from(bytes).toString()) })
  return { body, seen }
}

t.test('every byte is seen once, read or drained, given back or not', async t => {
  const { body, seen } = open(chunksOf('one', 'two', 'three'))

  const first = await body.read()
  body.unread(Buffer.from('wo'))
  body.unread(Buffer.from('t'))
  const second = await body.read()
  await body.drain()

  t.strictSame([first?.toString(), second?.toString()], ['one', 't'])
  t.strictSame(seen, ['one', 'two', 'three'])
  t.equal(await body.read(), null)
})

t.test('the limit is exact, and stays reached', async t => {
  t.equal(await readText(open(chunksOf('12345', '67890'), 10).body), '1234567890')

  const { body, seen } = open(chunksOf('12345', '678901', 'more'), 10)
  await t.rejects(body.drain(), { code: 'BODY_TOO_LARGE' })
  await t.rejects(body.drain(), { code: 'BODY_TOO_LARGE' }, 'half a body does not pass for a whole one')
  t.strictSame(seen, ['12345'])
})

t.test('a connection that breaks is not the end of the body', async t => {
  async function* broken() {
    yield Buffer.from('half')
    throw new Error('aborted')
  }
  const { body } = open(broken())

  t.equal((await body.read())?.toString(), 'half')
  await t.rejects(body.read(), { code: 'FIELDS_INVALID', cause: { message: 'aborted' } })
  await t.rejects(body.drain(), { code: 'FIELDS_INVALID' })
})

t.test('text is UTF-8, with or without a byte order mark', async t => {
  t.equal(decodeText(Buffer.from('\ufeffZoë'), 'body'), 'Zoë')
  t.throws(() => decodeText(Buffer.from('Zo\xeb', 'latin1'), 'a'), {
    code: 'FIELDS_INVALID',
    problems: [{ field: 'a' }]
  })
})
