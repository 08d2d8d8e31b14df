import t from 'tap'
import { BridgeError } from '../../../src/core/errors.ts'
import type { CreateBody } from '../../../src/core/row.ts'
import { confirm, judgeFound } from '../../../src/portal/match.ts'
import { contestedWords } from '../../../src/portal/reader.ts'
import { arrived } from './parts.ts'

const body: CreateBody = {
  customerId: 'cst_1',
  invoiceNumber: '2026-0042',
  issuedAt: '2026-11-20',
  amount: '121.00',
  paidAt: null,
  sendNotification: false
}
const same = arrived(1)
const twin = arrived(2, { id: 'inv_twin' })
const other = arrived(3, { id: 'inv_other', amountCents: 1 })

const adopted = (code: string | null) => ({ to: 'delivered', holding: same, how: 'adopted', code })
const conflict = (ids: string) => ({
  to: 'held',
  code: 'INVOICE_CONFLICT',
  detail: `the portal holds ${ids} under this number`
})

t.test('adopted when customer, amount and issue date agree, whatever else differs', async t => {
  t.strictSame(judgeFound([same], body), adopted(null))
  t.match(judgeFound([arrived(1, { paidAt: 5, currency: null, createdAt: null })], body), {
    to: 'delivered',
    code: null
  })
  for (const facts of [
    { customerId: null },
    { customerId: 'cst_2' },
    { amountCents: null },
    { amountCents: 12_101 },
    { amountCents: -12_100 },
    { issuedAt: null },
    { issuedAt: '2026-11-21' }
  ]) {
    t.match(judgeFound([arrived(1, facts)], body), { to: 'held', code: 'INVOICE_CONFLICT' })
  }
})

t.test('more than one under a number is raised, and one of the same is adopted', async t => {
  t.strictSame(judgeFound([same, twin], body), adopted('PORTAL_DUPLICATE'))
  t.strictSame(judgeFound([other, same], body), adopted('PORTAL_DUPLICATE'))
  t.strictSame(judgeFound([other, { ...other, id: 'b' }], body), conflict('inv_other, b'))
})

t.test('what a person has overruled does not count, but a twin does', async t => {
  t.equal(judgeFound([other], body, [other]), null)
  t.strictSame(judgeFound([other, same], body, [other]), adopted(null))
  t.strictSame(judgeFound([other, same, twin], body, [other]), adopted('PORTAL_DUPLICATE'))
})

t.test('nothing follows from nothing', async t => {
  t.equal(judgeFound([], body), null)
  t.equal(judgeFound([], body, [other]), null)
})

t.test('what is found is what the portal tells now; what is gone is left out', async t => {
  const asked: string[] = []
  const reader = {
    one: async (id: string, errand: string) => {
      asked.push(`${errand} ${id}`)
      return id === same.id ? { ...same, amountCents: 7 } : null
    }
  }

  t.strictSame(await confirm(reader, [same, twin], 'doubt'), [{ ...same, amountCents: 7 }])
  t.strictSame(asked, [`doubt ${same.id}`, 'doubt inv_twin'])
  t.strictSame(await confirm(reader, [], 'doubt'), [])
})

t.test('where nobody knows of one, nobody knows of any', async t => {
  const one = async (id: string) => (id === same.id ? same : ('contested' as const))

  t.equal(await confirm({ one }, [same, twin], 'doubt'), 'contested')
  t.equal(
    contestedWords([same, twin]),
    `the portal lists ${same.id}, inv_twin, but answers that it holds no such invoice`
  )
})

t.test('what cannot be asked is not confirmed', async t => {
  const reader = {
    one: async () => {
      throw new BridgeError('PORTAL_UNREACHABLE')
    }
  }
  await t.rejects(confirm(reader, [same], 'delivery'), { code: 'PORTAL_UNREACHABLE' })
})
