import t from 'tap'
import { keysOf, secretOf, sendersOf, settings } from '../../../plugins/intake/senders.ts'
import { explainProblems, readConfig } from '../../../src/config.ts'
import type { BridgeError, Problem } from '../../../src/core/errors.ts'

const whsec = `whsec_${Buffer.alloc(24, 7).toString('base64')}`
const text = 'een geheim: lang genoeg'

const read = (env: Record<string, string>) => settings.parse(env)

const problemsOf = (env: Record<string, string>): readonly Problem[] => {
  const required = { PORTAL_TOKEN: 'token', SEND_NOTIFICATION: 'false', OPERATOR_TOKEN: 'sixteen characters' }
  try {
    readConfig({ ...required, ...env }, { invoices: settings })
    return []
  } catch (error) {
    return (error as BridgeError).problems
  }
}

t.test('a colon is a part of the secret until senders are named', async t => {
  const given = read({ INTAKE_SECRET: `shop:${whsec}, ${text}` })

  t.strictSame(keysOf(given), [
    { sender: null, secret: `shop:${whsec}` },
    { sender: null, secret: text }
  ])
  t.strictSame(sendersOf(given).names, [])
  t.equal(secretOf(given), `shop:${whsec}`)
})

t.test('each sender has secrets of its own, several while one is replaced', async t => {
  const given = read({
    INTAKE_SENDERS: ' shop,books-2 ,',
    INTAKE_SECRET: `books-2: ${text},shop:${whsec}, shop :another long secret`
  })

  t.strictSame(sendersOf(given), { variable: 'INTAKE_SENDERS', names: ['shop', 'books-2'] })
  t.strictSame(keysOf(given), [
    { sender: 'books-2', secret: text },
    { sender: 'shop', secret: whsec },
    { sender: 'shop', secret: 'another long secret' }
  ])
  t.equal(secretOf(given), whsec, "the first sender's, wherever it stands")
  t.equal(secretOf(given, 'books-2'), text)
})

const wrong: [what: string, senders: string, secret: string, problems: object[]][] = [
  ['no name', ',', `shop:${whsec}`, [{ field: 'INTAKE_SENDERS', message: /^expected names/ }]],
  ['a name in capitals', 'shop,Books', `shop:${whsec}`, [{ field: 'INTAKE_SENDERS', message: /^name 2 of 2: / }]],
  ['a name that begins with a digit', '2books', `2books:${whsec}`, [{ field: 'INTAKE_SENDERS' }]],
  ['a name that is too long', 'a'.repeat(21), `shop:${whsec}`, [{ field: 'INTAKE_SENDERS' }]],
  ['a name twice', 'shop,shop', `shop:${whsec}`, [{ field: 'INTAKE_SENDERS', message: /^shop is listed twice/ }]],
  [
    'too many names',
    Array.from({ length: 51 }, (_, at) => `s${at}`).join(),
    `s0:${whsec}`,
    [{ field: 'INTAKE_SENDERS', message: /at most 50/ }]
  ],
  [
    'an unknown name',
    'shop',
    `shop:${whsec},book:${text}`,
    [{ field: 'INTAKE_SECRET', message: /^secret 2 of 2: expected a name of INTAKE_SENDERS before it/ }]
  ],
  [
    'a secret without a name',
    'shop',
    `shop:${whsec},${text}`,
    [{ field: 'INTAKE_SECRET', message: /^secret 2 of 2: expected a name/ }]
  ],
  ['nothing but the secret', 'shop', whsec, [{ field: 'INTAKE_SECRET' }, { field: 'INTAKE_SENDERS' }]],
  [
    'a name without a secret',
    'shop,books',
    `shop:${whsec}`,
    [{ field: 'INTAKE_SENDERS', message: /^books has no secret: expected books:whsec_/ }]
  ],
  ['an empty secret', 'shop', 'shop:', [{ field: 'INTAKE_SECRET' }]],
  ['a short secret', 'sixteen-characters', 'sixteen-characters:short', [{ field: 'INTAKE_SECRET' }]],
  [
    'a mistaken secret behind a name',
    'shop,books',
    `shop:${whsec},books:${whsec}A`,
    [{ field: 'INTAKE_SECRET', message: /^secret 2 of 2: is not base64/ }]
  ],
  [
    'one secret for two',
    'shop,books',
    `shop:${whsec},books:${whsec}`,
    [{ field: 'INTAKE_SECRET', message: /^secret 2 of 2: is the secret of another sender/ }]
  ],
  [
    'one key for two, in two notations',
    'shop,books',
    `shop:${whsec},books:${Buffer.alloc(24, 7)}`,
    [{ field: 'INTAKE_SECRET', message: /another sender/ }]
  ],
  ['no secret at all', 'shop', '', [{ field: 'INTAKE_SECRET', message: /^missing; / }]]
]

for (const [what, senders, secret, problems] of wrong)
  t.test(`named at start: ${what}`, async t => {
    const found = problemsOf({ INTAKE_SENDERS: senders, INTAKE_SECRET: secret })

    t.match(found, problems)
    t.equal(found.length, problems.length)
    const told = explainProblems(found, { folder: '/srv/brug', hasFile: true, flyApp: undefined })
    for (const value of [whsec, text, whsec.slice(6, 20), 'short']) t.notOk(told.includes(value), 'not by its value')
  })

t.test('a rotation is no mistake', async t => {
  const secret = `shop:${whsec},shop:${whsec},books:${text}`
  t.strictSame(problemsOf({ INTAKE_SENDERS: 'shop,books', INTAKE_SECRET: secret }), [])
})
