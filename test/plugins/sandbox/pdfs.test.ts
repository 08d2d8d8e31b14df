import t from 'tap'
import { createPdfs, keptBytesMax, linkMs } from '../../../plugins/sandbox/pdfs.ts'
import { handClock } from './fixtures.ts'

t.test('the latest are kept, as far as there is room', async t => {
  const pdfs = createPdfs(handClock())
  const third = Buffer.alloc(Math.floor(keptBytesMax / 3))
  for (const id of ['a', 'b', 'c']) pdfs.keep(id, third)
  t.equal(pdfs.get('a'), third)

  pdfs.keep('d', third)

  t.equal(pdfs.get('a'), undefined)
  t.equal(pdfs.get('b'), third)
  pdfs.keep('all', Buffer.alloc(keptBytesMax))
  t.equal(pdfs.get('d'), undefined)
  t.equal(pdfs.get('all')?.length, keptBytesMax)
})

t.test('what is dropped makes room', async t => {
  const pdfs = createPdfs(handClock())
  const half = Buffer.alloc(keptBytesMax / 2)
  pdfs.keep('a', half)
  pdfs.keep('b', half)

  pdfs.drop('b')
  pdfs.drop('never there')
  pdfs.keep('c', half)

  t.equal(pdfs.get('a'), half)
})

t.test('a link holds for its PDF and its time only', async t => {
  const clock = handClock()
  const pdfs = createPdfs(clock)
  const { path, expiresAt } = pdfs.link('a')
  const query = Object.fromEntries(new URL(path, 'http://a.example').searchParams) as {
    expires: string
    signature: string
  }

  t.match(path, /^\/a\?/)
  t.equal(expiresAt, clock.now() + linkMs)
  t.equal(pdfs.holds('a', query), true)
  t.equal(pdfs.holds('b', query), false)
  t.equal(pdfs.holds('a', { ...query, expires: String(expiresAt + 1) }), false)
  clock.advance(linkMs)
  t.equal(pdfs.holds('a', query), false)
})
