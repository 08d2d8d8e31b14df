import t from 'tap'
import { namesakes } from '../../../src/delivery/namesakes.ts'
import { portalCustomerOf } from '../ledger/contract/customers.ts'
import { noon } from '../ledger/fixtures.ts'
import { openMemory } from '../ledger/memory.ts'

t.test('those who share the most words come first, three at most, and what many are called tells nobody', async t => {
  const { holdings, close } = openMemory()
  t.teardown(close)
  const names = ['De Vos Bakkerij B.V.', 'Vos Transport', 'Bakkerij Van Dijk', 'Bakkerij Smit', 'Slagerij BV']
  for (const [index, name] of names.entries())
    await holdings.learnCustomer(portalCustomerOf(`cst_${index}`, null, name), noon)

  t.match(
    await namesakes('Bakkerij De Vos', holdings),
    /^; perhaps cst_0 \(De Vos Bakkerij B\.V\.\) or cst_[123] \(.*\) or cst_[123] \([^()]*\)$/
  )
  t.equal(await namesakes('Van der BV', holdings), '')
  t.equal(await namesakes('Kapper', holdings), '')
  t.equal(await namesakes(null, holdings), '')
})
