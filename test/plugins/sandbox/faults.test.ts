import t from 'tap'
import { createFaults, Fault } from '../../../plugins/sandbox/faults.ts'
import { refusalOf } from './fixtures.ts'

const asked = (fault: Record<string, unknown>) => Fault.parse({ on: { call: 'any' }, fault: '503', ...fault })
const subject = { call: 'create', invoiceNumber: 'a' } as const

t.test('a fault is for one call, unless more were asked for', async t => {
  const faults = createFaults()
  faults.add(asked({ times: 2 }))
  faults.add(asked({ fault: '403' }))

  const taken = [1, 2, 3, 4].map(() => faults.takeRefusal(subject)?.fault)

  t.strictSame(taken, ['503', '503', '403', undefined])
})

t.test('call and number must both fit where both are given', async t => {
  const faults = createFaults()
  faults.add(asked({ on: { call: 'create', invoiceNumber: 'a' } }))

  t.equal(faults.takeRefusal({ call: 'get', invoiceNumber: 'a' }), undefined)
  t.equal(faults.takeRefusal({ call: 'create', invoiceNumber: 'b' }), undefined)
  t.equal(faults.takeRefusal({ call: 'create', invoiceNumber: null }), undefined)
  t.match(faults.takeRefusal(subject), { fault: '503' })
})

t.test('a fault of one kind is not overtaken by one of the other', async t => {
  const faults = createFaults()
  faults.add(asked({ fault: 'lost' }))
  faults.add(asked({ fault: '503' }))

  t.equal(faults.takeRefusal(subject), undefined)
  t.match(faults.takeDisturbance(subject), { fault: 'lost' })
  t.equal(faults.takeDisturbance(subject), undefined)
  t.match(faults.takeRefusal(subject), { fault: '503' })
})

t.test('no more faults wait than there is room for, and all can be cleared', async t => {
  const faults = createFaults()
  for (let at = 0; at < 1_000; at++) faults.add(asked({}))

  t.match(
    refusalOf(() => faults.add(asked({}))),
    { code: 422 }
  )
  faults.clear()
  t.strictSame(faults.waiting, [])
  t.equal(faults.takeRefusal(subject), undefined)
})

t.test('what waits says how long', async t => {
  for (const fault of ['slow', 'slow-commit', 'late-visible']) {
    t.equal(Fault.safeParse({ on: { call: 'any' }, fault }).success, false, fault)
    t.equal(Fault.safeParse({ on: { call: 'any' }, fault, ms: 0 }).success, true, fault)
  }
})
