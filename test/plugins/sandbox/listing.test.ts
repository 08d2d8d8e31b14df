import t from 'tap'
import { createListing, type Entry, type Order, orders } from '../../../plugins/sandbox/listing.ts'

const listing = () => {
  let passedMs = 0
  let serial = 0
  const list = createListing<Entry>(() => passedMs)
  return {
    list,
    add(id: string, entry: Partial<Entry> = {}) {
      list.add({ id, serial: ++serial, createdAt: 0, issuedAt: '2026-11-20', visibleFromMs: 0, ...entry })
    },
    advance(ms: number) {
      passedMs += ms
    },
    /** All pages, one after the other. */
    all(order: Order): string[] {
      const ids: string[] = []
      for (let page = 1; ; page++) {
        const { entries, more } = list.page(order, page)
        ids.push(...entries.map(({ id }) => id))
        if (!more) return ids
      }
    }
  }
}

const ids = Array.from({ length: 40 }, (_, at) => `inv_${at}`)

t.test('what was created in one instant is told apart by what came first', async t => {
  const { add, all } = listing()
  for (const id of ids) add(id)

  t.strictSame(all('oldest'), ids)
  t.strictSame(all('newest'), ids.toReversed())
})

t.test('what was created in the past takes its place there', async t => {
  const { add, all, list } = listing()
  add('b', { createdAt: 20 })
  add('d', { createdAt: 40 })
  add('a', { createdAt: 10 })
  add('c', { createdAt: 30 })

  t.strictSame(all('oldest'), ['a', 'b', 'c', 'd'])
  t.strictSame(
    list.entries.map(({ id }) => id),
    ['a', 'b', 'c', 'd']
  )
})

t.test('by issue date the latest comes first, and of one date the latest created', async t => {
  const { add, all } = listing()
  add('a', { issuedAt: '2026-11-02' })
  add('b', { issuedAt: '2026-11-03' })
  t.strictSame(all('issued'), ['b', 'a'])
  add('c', { issuedAt: '2026-11-01' })
  add('d', { issuedAt: '2026-11-03' })
  add('e', { issuedAt: '2026-11-02' })

  t.strictSame(all('issued'), ['d', 'b', 'e', 'a', 'c'])
})

t.test('without an order it is always the same one, and it follows from nothing', async t => {
  const { add, all } = listing()
  for (const id of ids.slice(0, 20)) add(id)
  all('none')
  for (const id of ids.slice(20)) add(id)
  const { add: addAgain, all: allAgain } = listing()
  for (const id of ids.toReversed()) addAgain(id)

  t.strictSame(all('none'), allAgain('none'))
  t.strictSame(all('none').toSorted(), ids.toSorted())
  for (const order of ['newest', 'oldest', 'issued'] as const) t.strictNotSame(all('none'), all(order))
})

t.test('ids that happen to scatter alike are told apart by what came first', async t => {
  const { add, all } = listing()
  // Two words with one FNV-1a.
  add('liquid')
  add('costarring')

  t.strictSame(all('none'), ['liquid', 'costarring'])
})

t.test('what is deleted is gone from every order', async t => {
  const { add, all, list } = listing()
  for (const id of ids) add(id)
  for (const order of orders) all(order)

  t.match(list.remove('inv_7'), { id: 'inv_7' })
  t.equal(list.remove('inv_7'), undefined)

  t.equal(list.get('inv_7'), undefined)
  t.equal(list.has('inv_7'), false)
  for (const order of orders) {
    t.strictSame(all(order).toSorted(), ids.filter(id => id !== 'inv_7').toSorted(), order)
  }
})

t.test('what is not visible yet is stored, takes no place on a page, and then its own', async t => {
  const { add, all, list, advance } = listing()
  add('a')
  add('late', { visibleFromMs: 100 })
  add('gone', { visibleFromMs: 100 })
  add('b')

  t.strictSame(all('oldest'), ['a', 'b'])
  t.equal(list.get('late'), undefined)
  t.equal(list.has('late'), true)
  t.equal(list.entries.length, 4)
  list.remove('gone')
  advance(100)
  t.strictSame(all('oldest'), ['a', 'late', 'b'])
  t.match(list.get('late'), { id: 'late' })
})

t.test('a page beyond the last is empty', async t => {
  const { add, list } = listing()
  add('a')

  t.strictSame(list.page('newest', 2), { entries: [], more: false })
  t.strictSame(list.page('newest', 999_999_999), { entries: [], more: false })
})
