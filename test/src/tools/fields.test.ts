import t from 'tap'
import { z } from 'zod'
import { description, invoiceNumber, kept, parseDecimal, parsed, problemIn } from '../../../src/tools/fields.ts'

t.test('a text is what its parser makes of it, or the problem says what was expected', async t => {
  const even = parsed(text => (text.length % 2 === 0 ? text.length : undefined), 'expected an even length')

  t.equal(even.parse('four'), 4)
  for (const wrong of ['odd', 3, null]) t.equal(problemIn(even.safeParse(wrong).error!), 'expected an even length')
})

t.test('a number of an invoice can be seen', async t => {
  t.equal(invoiceNumber.parse(' 2026-1 '), '2026-1')
  for (const wrong of ['', ' ', '\u200b', '.', '..', 'x'.repeat(101), 42])
    t.notOk(invoiceNumber.safeParse(wrong).success, String(wrong))
})

t.test('zeros at the end of an amount say nothing, and nothing else is cut off', async t => {
  const amounts = ['1000', '1000.0', '1000.00', '1000.0000', '-12.1000', '0.10', '12.1050', '1000.', '1.000,00']
  t.strictSame(
    amounts.map(text => parseDecimal(text)),
    [100_000, 100_000, 100_000, 100_000, -1210, 10, undefined, undefined, undefined]
  )
  t.equal(parseDecimal('1.2500', 'KWD'), 1250)
})

t.test('what only describes is left out where it cannot be read', async t => {
  t.strictSame(
    [' Kees ', 3511, '', ' ', null, undefined, {}, true].map(value => description.parse(value)),
    ['Kees', '3511', null, null, null, null, null, null]
  )
})

t.test('a NUL, which no database keeps, is nowhere in what is read', async t => {
  t.equal(description.parse('Kees\0'), null)
  t.equal(kept('expected an id').parse('cus_1'), 'cus_1')
  t.equal(problemIn(kept('expected an id').safeParse('cus_\0').error!), 'expected an id')
})

t.test('a problem names its field, and only the first one', async t => {
  const schema = z.object({ a: z.object({ b: z.string('expected a text') }), c: z.string('expected c') })

  t.equal(problemIn(schema.safeParse({ a: { b: 1 } }).error!), 'a.b: expected a text')
})
