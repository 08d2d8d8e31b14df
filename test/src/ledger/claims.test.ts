import t from 'tap'
import { type Claims, emailKey, judgeClaims, nameKey } from '../../../src/ledger/claims.ts'
import type { MatchRules } from '../../../src/ledger/customers.ts'

const contact = {
  name: 'Bakkerij Kees B.V.',
  emails: ['kees@bakker.example'],
  address: 'Dorpsstraat 1',
  zipCode: '1234 AB',
  city: 'Ons Dorp',
  countryCode: 'nl'
}

const claims = (facts: Partial<Claims> = {}): Claims => ({
  refKey: '17',
  contact,
  named: 'bakkerij kees bv',
  names: ['bakkerij kees bv'],
  link: null,
  refused: [],
  goneId: null,
  matches: [],
  contested: [],
  creation: null,
  ...facts
})

const contest = (portalId: string) => ({ portalId, by: '18 (Pietersen)' })

const rules: MatchRules = { match: 'email', create: false }
const creating: MatchRules = { match: 'email', create: true }
const link = (how: 'person' | 'email' | 'created', names = ['bakkerij kees bv']) => ({
  portalId: 'cst_1',
  how,
  names,
  isInCopy: true
})

const cases: [what: string, claims: Claims, rules: MatchRules, judged: object][] = [
  ['one match', claims({ matches: ['cst_1'] }), rules, { kind: 'match', portalId: 'cst_1' }],
  ['several matches', claims({ matches: ['cst_1', 'cst_2'] }), rules, { kind: 'ambiguous' }],
  ['no match', claims(), rules, { kind: 'unknown' }],
  [
    'a match that another claims',
    claims({ matches: ['cst_1'], contested: [contest('cst_1')] }),
    rules,
    { kind: 'ambiguous', why: /another customer of the tool, 18 \(Pietersen\), has the same claim to cst_1/ }
  ],
  [
    'a match that a person took away',
    claims({ matches: ['cst_1'], refused: ['cst_1'] }),
    rules,
    { kind: 'unknown' }
  ],
  ['matching is off', claims({ matches: ['cst_1'] }), { ...creating, match: 'off' }, { kind: 'unknown' }],
  ['a link is off neither', claims({ link: link('email') }), { ...rules, match: 'off' }, { kind: 'is' }],
  ['a link', claims({ link: link('email'), matches: ['cst_1'] }), rules, { kind: 'is', portalId: 'cst_1' }],
  ['a link whose address has changed', claims({ link: link('email') }), rules, { kind: 'is' }],
  [
    'a link, and the address of another',
    claims({ link: link('email'), matches: ['cst_2'] }),
    rules,
    { kind: 'ambiguous' }
  ],
  [
    'a link that another claims',
    claims({ link: link('email'), contested: [contest('cst_1')] }),
    rules,
    { kind: 'ambiguous' }
  ],
  [
    "a person's link against all of that",
    claims({
      link: link('person'),
      matches: ['cst_1', 'cst_2'],
      contested: [contest('cst_1'), contest('cst_2')]
    }),
    rules,
    { kind: 'is', portalId: 'cst_1' }
  ],
  [
    'one that the bridge made',
    claims({ link: link('created'), contested: [contest('cst_1')] }),
    rules,
    { kind: 'is' }
  ],
  [
    'a link to one that the copy does not hold',
    claims({ link: { ...link('person'), isInCopy: false } }),
    rules,
    { kind: 'confirm', portalId: 'cst_1' }
  ],
  [
    'an address as reference, linked under another name',
    claims({ refKey: 'kees@bakker.example', link: link('person', ['jan']) }),
    rules,
    { kind: 'ambiguous' }
  ],
  [
    'an address as reference, linked under both names',
    claims({
      refKey: 'kees@bakker.example',
      names: ['jan', 'bakkerij kees bv'],
      link: link('person', ['jan', 'bakkerij kees bv'])
    }),
    rules,
    { kind: 'is' }
  ],
  [
    'an address as reference, under two names',
    claims({ refKey: 'kees@bakker.example', names: ['jan', 'bakkerij kees bv'], matches: ['cst_1'] }),
    rules,
    { kind: 'ambiguous' }
  ],
  [
    'the same, once matched',
    claims({ refKey: 'old@bakker.example', names: ['jan', 'bakkerij kees bv'], link: link('email') }),
    rules,
    { kind: 'ambiguous' }
  ],
  [
    'the same, and nobody there',
    claims({ refKey: 'kees@bakker.example', names: ['jan', 'bakkerij kees bv'] }),
    creating,
    { kind: 'ambiguous' }
  ],
  [
    'a reference of its own under two names',
    claims({ names: ['jan', 'bakkerij kees bv'], matches: ['cst_1'] }),
    rules,
    { kind: 'match' }
  ],
  [
    'to be created',
    claims(),
    creating,
    {
      kind: 'create',
      fields: {
        companyName: 'Bakkerij Kees B.V.',
        address: 'Dorpsstraat 1',
        zipCode: '1234 AB',
        city: 'Ons Dorp',
        primaryEmail: 'kees@bakker.example',
        countryCode: 'NL'
      }
    }
  ],
  [
    'deleted before: no second time',
    claims({ goneId: 'cst_9' }),
    creating,
    { kind: 'unknown', why: /cst_9/ }
  ],
  [
    'deleted before, and another has its address',
    claims({ goneId: 'cst_9', matches: ['cst_1'] }),
    creating,
    { kind: 'match' }
  ],
  [
    'being created',
    claims({ creation: { id: 1, fields: {} as never, answer: null }, matches: ['cst_1'] }),
    creating,
    { kind: 'creating', creation: { id: 1 } }
  ]
]

for (const [what, given, by, judged] of cases)
  t.test(what, async t => {
    t.match(judgeClaims(given, by), judged)
  })

t.test('an incomplete address creates nobody', async t => {
  const gaps = [
    ...(['name', 'address', 'zipCode', 'city'] as const).flatMap(field => [
      { [field]: null },
      { [field]: ' ' }
    ]),
    { emails: [] },
    { countryCode: 'Nederland' }
  ]
  for (const gap of gaps)
    t.match(
      judgeClaims(claims({ contact: { ...contact, ...gap } }), creating),
      { kind: 'unknown' },
      JSON.stringify(gap)
    )
  const { fields } = judgeClaims(claims({ contact: { ...contact, countryCode: null } }), creating) as {
    fields: object
  }
  t.notOk('countryCode' in fields, 'the portal has a country for those without')
})

t.test('addresses are compared by what a mailbox is, names by what a company is', async t => {
  t.equal(emailKey(' Kees@Bakker.EXAMPLE '), 'kees@bakker.example')
  t.not(emailKey('kees+2@bakker.example'), emailKey('kees@bakker.example'))
  t.not(emailKey('straße@a.example'), emailKey('strasse@a.example'))
  t.equal(nameKey(' Jansen   B.V.'), nameKey('jansen bv'))
  t.not(nameKey('Jansen B.V.'), nameKey('Jansen V.O.F.'))
  t.equal(nameKey(null), '')
})
