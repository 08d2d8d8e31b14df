import t from 'tap'
import { companiesOf, differing, emailKey, isAgreeing, type Known, nameKey } from '../../../src/core/identity.ts'

t.test('addresses are compared by what a mailbox is, names by what a company is', async t => {
  t.equal(emailKey(' Kees@Bakker.EXAMPLE '), 'kees@bakker.example')
  t.not(emailKey('kees+2@bakker.example'), emailKey('kees@bakker.example'))
  t.not(emailKey('straße@a.example'), emailKey('strasse@a.example'))
  t.equal(nameKey(' Jansen   B.V.'), nameKey('jansen bv'))
  t.not(nameKey('Jansen B.V.'), nameKey('Jansen V.O.F.'))
  t.equal(nameKey(null), '')
})

const kees = { names: ['kees'], emails: ['kees@a.example', 'boek@houder.example'] }
const nobody = { names: [''], emails: [] }
const cases: [what: string, Parameters<typeof differing>[1], differs: string[], agrees: boolean][] = [
  ['the same', kees, [], true],
  ['another name', { ...kees, names: ['piet'] }, [], true],
  ['other addresses', { ...kees, emails: ['info@a.example'] }, [], true],
  ['both', { names: ['piet'], emails: ['piet@b.example'] }, ['name', 'e-mail address'], false],
  ['another name, and no address', { names: ['piet'], emails: [] }, ['name'], false],
  ['another address, and no name', { names: [''], emails: ['piet@b.example'] }, ['e-mail address'], false],
  ['nothing told', nobody, [], false]
]

for (const [what, other, differs, agrees] of cases)
  t.test(`two are one customer where a name or an address is the same: ${what}`, async t => {
    t.strictSame(differing(kees, other), differs)
    t.strictSame(differing(other, kees), differs, 'either way')
    t.equal(isAgreeing(kees, other), agrees)
  })

t.test('nothing told does not equal nothing told', async t => {
  t.strictSame(differing(nobody, nobody), [])
  t.notOk(isAgreeing(nobody, nobody))
})

t.test('companies are apart where they share neither name nor address, also not by a third', async t => {
  const told = [
    { names: ['alfa'], emails: ['alfa@a.example'] },
    { names: ['beta'], emails: [] },
    { names: [''], emails: ['nieuw@a.example'] },
    nobody,
    { names: ['alfa'], emails: ['nieuw@a.example'] }
  ] as const satisfies Known[]
  const [alfa, beta, nieuw, , both] = told

  t.strictSame(companiesOf(told.slice(0, 4)), [[alfa], [beta], [nieuw]])
  t.strictSame(companiesOf(told), [[beta], [alfa, nieuw, both]])
})
