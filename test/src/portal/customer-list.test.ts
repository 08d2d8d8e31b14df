import t, { type Test } from 'tap'
import { BridgeError } from '../../../src/core/errors.ts'
import type { PortalCustomer } from '../../../src/core/portal-entry.ts'
import { createCustomerList } from '../../../src/portal/customer-list.ts'
import { throwing } from './double.ts'
import { openParts } from './parts.ts'

const customerOf = (id: string) => ({ id, primaryEmail: `${id}@a.example` }) as PortalCustomer

const open = async (t: Test) => {
  const parts = openParts(t)
  parts.double.customers = ['cst_1', 'cst_2'].map(customerOf)
  const customerList = createCustomerList(parts)
  t.teardown(() => customerList.stop())
  return { ...parts, customerList }
}

t.test('absence is believed after two readings that agree, and shared by all who ask', async t => {
  const { customerList, double, clock } = await open(t)

  t.strictSame(await Promise.all([customerList.readSince(0), customerList.readSince(0), customerList.readSince(-5)]), [
    true,
    true,
    true
  ])
  t.strictSame(double.asked(), ['customers 1', 'customers 1'])

  await clock.advance(100)
  t.equal(await customerList.readSince(0), true)
  t.strictSame(double.asked(), [], 'read lately enough')
  t.equal(await customerList.readSince(1), true)
  t.equal(double.asked().length, 2)
})

t.test('a list that changes is read again, and not for ever', async t => {
  const { customerList, double, clock } = await open(t)
  let changes = 0
  double.onCall = () => {
    changes += 1
    if (changes <= 2) double.customers.push(customerOf(`cst_new_${changes}`))
  }
  t.equal(await customerList.readSince(0), true)
  t.equal(double.asked().length, 3)

  double.onCall = () => {
    changes += 1
    double.customers.push(customerOf(`cst_new_${changes}`))
  }
  await clock.advance(1)
  await t.rejects(customerList.readSince(1), { code: 'PORTAL_UNREACHABLE' })
  t.equal(double.asked().length, 6)
})

t.test('a reading that takes long goes on by itself', async t => {
  const { customerList, double, clock } = await open(t)
  const held = Promise.withResolvers<void>()
  double.onCall = () => held.promise
  let answer: boolean | undefined
  const asked = customerList.readSince(0).then(found => {
    answer = found
  })
  await clock.advance(29_999)
  t.equal(answer, undefined)
  await clock.advance(1)
  await asked
  t.equal(answer, false)

  const later = customerList.readSince(clock.monotonic())
  held.resolve()
  t.equal(await later, true)
  t.equal(double.asked().length, 4, 'the one under way was too early: it is ended, and another made')
})

t.test('a portal that cannot be read fails those who ask, and the next one asks anew', async t => {
  const { customerList, double } = await open(t)
  double.onCall = throwing(new BridgeError('PORTAL_UNREACHABLE'))
  await t.rejects(customerList.readSince(0), { code: 'PORTAL_UNREACHABLE' })

  double.onCall = () => {}
  t.equal(await customerList.readSince(0), true)
})

t.test('stopped, it reads no further', async t => {
  const { customerList, double } = await open(t)
  const held = Promise.withResolvers<void>()
  double.onCall = () => held.promise
  const asked = customerList.readSince(0)
  const refused = t.rejects(asked, { code: 'PORTAL_BUSY' })
  await Promise.resolve()
  const stopped = customerList.stop()
  held.resolve()

  await stopped
  await refused
})
