import t from 'tap'
import type { MatchRules } from '../../../src/core/customer.ts'
import type { Known } from '../../../src/core/identity.ts'
import type { PortalCustomer } from '../../../src/core/portal-entry.ts'
import { type Claims, doubtOnAnswer, judgeClaims, learned, withMentions } from '../../../src/rules/claims.ts'

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
  emails: ['kees@bakker.example'],
  told: { names: ['bakkerij kees bv'], emails: ['kees@bakker.example'] },
  names: ['bakkerij kees bv'],
  link: null,
  refused: [],
  goneId: null,
  matches: [],
  contested: [],
  creation: null,
  unmade: null,
  ...facts
})

const contest = (portalId: string) => ({ portalId, by: 18 })

const rules: MatchRules = { match: 'email', create: false }
const creating: MatchRules = { match: 'email', create: true }
const link = (how: 'person' | 'email' | 'created', names = ['bakkerij kees bv'], emails = ['kees@bakker.example']) => ({
  portalId: 'cst_1',
  how,
  madeFor: { names, emails },
  isInCopy: true
})

/** What an invoice tells, another one than the link was made for. */
const another = { named: 'slagerij piet', emails: ['piet@slager.example'] }
const said =
  /^its reference was linked to cst_1 for another name and another e-mail address: it may be another customer/

const notShown = 'the portal was asked to create it, and shows no customer with its name and e-mail address'

const cases: [what: string, claims: Claims, rules: MatchRules, judged: object][] = [
  ['one match', claims({ matches: ['cst_1'] }), rules, { kind: 'match', portalId: 'cst_1' }],
  ['several matches', claims({ matches: ['cst_1', 'cst_2'] }), rules, { kind: 'ambiguous' }],
  ['no match', claims(), rules, { kind: 'unknown' }],
  [
    'a match that another claims',
    claims({ matches: ['cst_1'], contested: [contest('cst_1')] }),
    rules,
    { kind: 'ambiguous', why: /another customer of the tool, \{customer 18\}, has the same claim to cst_1/ }
  ],
  ['a match that a person took away', claims({ matches: ['cst_1'], refused: ['cst_1'] }), rules, { kind: 'unknown' }],
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
  ['one that the bridge made', claims({ link: link('created'), contested: [contest('cst_1')] }), rules, { kind: 'is' }],
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
  ['the same under one name', claims({ refKey: 'kees@bakker.example' }), creating, { kind: 'create' }],
  [
    'a reference of its own under two names, and nobody there',
    claims({ names: ['jan', 'bakkerij kees bv'] }),
    creating,
    { kind: 'create' }
  ],
  [
    'a reference of its own under two names',
    claims({ names: ['jan', 'bakkerij kees bv'], matches: ['cst_1'] }),
    rules,
    { kind: 'match' }
  ],
  [
    'a link of another name and another address',
    claims({ ...another, link: link('person') }),
    rules,
    { kind: 'ambiguous', why: said }
  ],
  ['the same, matched', claims({ ...another, link: link('email') }), rules, { kind: 'ambiguous', why: said }],
  ['the same, created', claims({ ...another, link: link('created') }), rules, { kind: 'ambiguous', why: said }],
  [
    'a link of another name',
    claims({ ...another, emails: ['kees@bakker.example'], link: link('person') }),
    rules,
    { kind: 'is' }
  ],
  ['a link of another address', claims({ emails: another.emails, link: link('person') }), rules, { kind: 'is' }],
  [
    'one of several addresses is enough',
    claims({ named: 'piet', emails: ['piet@slager.example', 'kees@bakker.example'], link: link('person') }),
    rules,
    { kind: 'is' }
  ],
  ['a link, and nothing is told', claims({ named: '', emails: [], link: link('person') }), rules, { kind: 'is' }],
  [
    'a link of another name, and no address told',
    claims({ ...another, emails: [], link: link('person') }),
    rules,
    { kind: 'ambiguous', why: /for another name: it may/ }
  ],
  [
    'a link of another address, and no name told',
    claims({ ...another, named: '', link: link('person') }),
    rules,
    { kind: 'ambiguous', why: /for another e-mail address: it may/ }
  ],
  [
    'a link of another name, made without an address',
    claims({ ...another, link: link('person', undefined, []) }),
    rules,
    { kind: 'ambiguous', why: /for another name: it may/ }
  ],
  ['a link that was made for nothing yet', claims({ link: link('person', [], []) }), rules, { kind: 'is' }],
  ['a link that was made for no name', claims({ ...another, link: link('person', [''], []) }), rules, { kind: 'is' }],
  [
    'no link, and the reference told last for another',
    claims({ told: { names: ['slagerij piet'], emails: ['piet@slager.example'] }, matches: ['cst_2'] }),
    creating,
    { kind: 'ambiguous', why: /^its reference last came with another name and another e-mail address/ }
  ],
  [
    'no link, and the address corrected since',
    claims({ told: { names: ['bakkerij kees bv'], emails: ['best@bakker.example'] }, matches: ['cst_2'] }),
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
  ['deleted before: no second time', claims({ goneId: 'cst_9' }), creating, { kind: 'unknown', why: /cst_9/ }],
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
  ],
  [
    'asked for, answered, and not there',
    claims({ unmade: { answer: '409: another has it' } }),
    creating,
    { kind: 'unmade', why: `${notShown}: 409: another has it` }
  ],
  [
    'the same, and what it answered is forgotten',
    claims({ unmade: { answer: null } }),
    creating,
    { kind: 'unmade', why: notShown }
  ],
  ['the same, and there by now', claims({ unmade: { answer: null }, matches: ['cst_1'] }), creating, { kind: 'match' }],
  [
    'the same, and asked for again',
    claims({ unmade: { answer: null }, creation: { id: 1, fields: {} as never, answer: null } }),
    creating,
    { kind: 'creating' }
  ]
]

for (const [what, given, by, judged] of cases)
  t.test(what, async t => {
    t.match(judgeClaims(given, by), judged)
  })

t.test('an incomplete address creates nobody', async t => {
  const gaps = [
    ...(['name', 'address', 'zipCode', 'city'] as const).flatMap(field => [{ [field]: null }, { [field]: ' ' }]),
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

t.test('an answer to a create is believed if it, or a reading since, shows the address that was sent', async t => {
  const { name, emails, address, zipCode, city } = contact
  const sent = { companyName: name, primaryEmail: emails[0]!, address, zipCode, city }
  const told = (primaryEmail: string | null, companyName: string | null = null): PortalCustomer => ({
    ...{ id: 'cst_1', companyName, primaryEmail, address: null, zipCode: null, city: null, countryCode: null },
    ...{ integration: null, createdAt: null }
  })
  const [asSent, others, none] = [' Kees@Bakker.example', 'piet@slager.example', told(null)]
  const before = 'which was there before, without this e-mail address'
  for (const [what, answer, known, why] of [
    ['nothing but an id', none, null, 'which shows no e-mail address'],
    ['what was sent', told(asSent, 'bakkerij kees bv'), null, null],
    ['another name with the address', told(asSent, 'Slagerij Piet'), null, null],
    ['the name alone', told(null, name), null, 'which shows no e-mail address'],
    ['blanks for the address', told(' ', name), null, 'which shows no e-mail address'],
    ['another address', told(others, name), null, 'which has another e-mail address'],
    ['another address than a reading saw', told(others), told(asSent), 'which has another e-mail address'],
    ['an id that a reading saw with the address', none, told(asSent, name), null],
    ['an id known with another address', told(asSent, name), told(others, name), before],
    ['an id known without one', none, told(null, name), before]
  ] as const)
    t.equal(doubtOnAnswer(sent, answer, known), why && `the portal answered with cst_1, ${why}`, what)
})

t.test('a link that holds learns what is new, and so outlives every change that comes alone', async t => {
  const first = claims({ named: 'piet', link: link('person') })
  const known = learned(first)

  t.strictSame(known, { names: ['bakkerij kees bv', 'piet'], emails: ['kees@bakker.example'] })
  const moved = claims({
    named: 'piet',
    emails: ['new@a.example'],
    link: { ...link('person'), madeFor: known! }
  })
  t.match(judgeClaims(moved, rules), { kind: 'is' })
  t.match(learned(moved), { emails: ['kees@bakker.example', 'new@a.example'] })
  t.equal(learned(claims({ link: link('person') })), null, 'nothing is new')
  t.equal(learned(claims({ named: '', emails: [], link: link('person') })), null, 'nor is nothing')
  t.equal(learned(claims()), null)
})

t.test('a link does not learn without an end', async t => {
  let madeFor: Known = { names: ['kees'], emails: [] }
  for (let time = 0; time < 1000; time += 1)
    madeFor = learned(claims({ named: `kees ${time}`, link: { ...link('person'), madeFor } }))!

  t.equal(madeFor.names.length, 100)
  t.equal(madeFor.names.at(-1), 'kees 999', 'the latest stay')
})

t.test('who another customer is can be told to a person, and is not written down', async t => {
  t.equal(
    withMentions('another, {customer 18}, and {customer 7}; not {customer x}', id => `no. ${id}`),
    'another, no. 18, and no. 7; not {customer x}'
  )
})
