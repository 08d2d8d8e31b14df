import t, { type Test } from 'tap'
import { ledgerName, ledgerNames, recogniseSenders, type Senders, sendersOf } from '../../../src/tools/senders.ts'
import { openMemory } from '../ledger/memory.ts'

const told = (...names: string[]): Senders => ({ variable: 'ACME_SENDERS', names })
const acme = { name: 'acme', senders: (settings: Senders) => settings }

t.test('the first has the name that was there, the others one of their own', async t => {
  t.equal(ledgerName('acme', told('shop', 'books'), 'shop'), 'acme')
  t.equal(ledgerName('acme', told('shop', 'books'), 'books'), 'acme:books')
  t.strictSame(ledgerNames(acme, told('shop', 'books')), ['acme', 'acme:books'])
})

t.test('a tool that tells nobody apart has one name, on or off', async t => {
  t.strictSame(ledgerNames(acme, told()), ['acme'])
  t.strictSame(ledgerNames(acme, null), ['acme'])
  t.strictSame(ledgerNames({ name: 'rival' }, {}), ['rival'])
  t.strictSame(sendersOf({ name: 'rival' }, {}).names, [])
})

const open = (t: Test) => {
  const { holdings, close } = openMemory()
  t.teardown(close)
  return (...names: string[]) => recogniseSenders(holdings, [{ name: 'acme', senders: told(...names) }])
}

t.test('another sender never becomes the first by a change of the list', async t => {
  const start = open(t)
  await start('shop', 'books')
  await start('shop', 'books', 'web')

  for (const names of [['books', 'shop'], ['web', 'shop', 'books'], ['books']])
    await t.rejects(
      start(...names),
      {
        code: 'CONFIG_INVALID',
        problems: [
          {
            field: 'ACME_SENDERS',
            message: /^expected shop first: .* start once without ACME_SENDERS$/
          }
        ]
      },
      names.join()
    )
  await start('shop')
})

t.test('started once without any, another one may be the first', async t => {
  const start = open(t)
  await start('books', 'shop')

  await start()
  await start('shop', 'books')

  await t.rejects(start('books', 'shop'), { code: 'CONFIG_INVALID' })
})

t.test('what is remembered of a tool that is off stays', async t => {
  const { holdings, close } = openMemory()
  t.teardown(close)
  await recogniseSenders(holdings, [{ name: 'acme', senders: told('shop') }])
  await recogniseSenders(holdings, [{ name: 'rival', senders: told() }])

  await t.rejects(recogniseSenders(holdings, [{ name: 'acme', senders: told('books') }]), {
    code: 'CONFIG_INVALID'
  })
})
