import t from 'tap'
import { z } from 'zod'
import { loadTools, settingsOf } from '../../../plugins/registry.ts'
import { readConfig, settings } from '../../../src/config.ts'
import type { BridgeError } from '../../../src/core/errors.ts'
import { address, isSecret, typed, word } from '../../../src/core/setting.ts'

const sources = settingsOf(await loadTools())
const shapes: Record<string, z.ZodType> = Object.assign(
  {},
  settings.shape,
  ...Object.values(sources).map(({ shape }) => shape)
)

// Whoever has one of these can act, or read what is personal; and what nobody ever gets wrong.
const opensSomething = Object.keys(shapes).filter(name => /_(KEY|SECRET|TOKEN|PASSWORD)$/.test(name))
const personal = ['ALERT_EMAIL', 'ALERT_FROM', 'EMAIL_ADDRESS', 'EMAIL_USER']
const secrets = [...personal, 'ALERT_URL', 'DATABASE_URL', 'SMTP_URL', ...opensSomething]
const neverWrong = ['DATA_DIR', 'EMAIL_FOLDER', 'FLY_APP_NAME', 'FLY_MACHINE_ID']
// Its problems name the one name of several that is wrong.
const toldByParts = ['INTAKE_SENDERS']

t.test('each setting says that it may be shown, or is a secret', async t => {
  const unseen = Object.keys(shapes).filter(name => isSecret(shapes[name]!))

  t.strictSame(unseen.toSorted(), [...secrets, ...neverWrong, ...toldByParts].toSorted())
})

const problemsWith = (env: Record<string, string>) => {
  try {
    readConfig(env, sources)
    return []
  } catch (error) {
    return (error as BridgeError).problems
  }
}

// In the alphabets of tokens, and as long as they are.
const pasted = [
  'wachtwoord met spaties',
  'whsec_c2VjcmV0IG9mIGEgc2VuZGVy',
  'rk_live_51NotARealKeyButAsLongAsOne',
  '12|laravelSanctumTokensLookLikeThis',
  'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dBjftJeZ4CVPmB92K27uhbUJU1p1r_wW1gFWFOEjXk',
  '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
  'https://hooks.slack.example/services/T000/B000/XXXX?x=1',
  'https://anna:wachtwoord@portal.example/v1',
  'v1,whsec_dit-was-het-begin'
]

t.test('no secret is ever shown, neither in its own line nor where it does not belong', async t => {
  for (const name of Object.keys(shapes))
    for (const value of pasted)
      for (const { field, message } of problemsWith({ [name]: value })) t.notMatch(message, value, `${field}: ${value}`)
  for (const name of secrets)
    for (const { message } of problemsWith({
      [name]: 'kort',
      MONEYBIRD_API_TOKEN: 'kort',
      STRIPE_API_KEY: 'kort'
    }))
      t.notMatch(message, 'kort', name)
})

t.test('what is no secret is shown as it was typed', async t => {
  // Whatever stands there, it is never wrong.
  const isAnything = ['HOST']
  for (const name of Object.keys(shapes).filter(name => !isSecret(shapes[name]!) && !isAnything.includes(name))) {
    const value = name.endsWith('_URL') ? 'htps://brug.example' : name.endsWith('_ZONE') ? 'Mars/Olympus' : 'ja of nee'
    const [problem] = problemsWith({ [name]: value }).filter(({ field }) => field === name)
    t.equal(problem?.message.split(', not ').at(-1), `"${value}"`, name)
  }
})

t.test('a word is shown while it is short, in quotes that leave nothing to guess', async t => {
  const setting = word(z.string())

  t.equal(typed(setting, 'ja'), '"ja"')
  t.equal(typed(setting, 'a\n"b'), '"a\\n\\"b"')
  t.equal(typed(setting, 'x'.repeat(15)), `"${'x'.repeat(15)}"`)
  t.equal(typed(setting, 'x'.repeat(16)), null)
  t.equal(typed(word(z.string(), /^x+$/), 'x'.repeat(16)), `"${'x'.repeat(16)}"`)
  t.equal(typed(z.string(), 'ja'), null, 'a secret unless it says otherwise')
})

t.test('an address is shown where it is one, and opens nothing', async t => {
  const setting = address(z.string())

  for (const text of [
    'localhost:8090/v1',
    'brug.example',
    'htps://brug.example/pad',
    'https:/brug.example',
    '127.0.0.1:8090',
    'http://[::1]:8090/v1',
    'portal:8090'
  ])
    t.equal(typed(setting, text), `"${text}"`)
  for (const text of [
    ...pasted,
    'https://anna@brug.example',
    'https://brug.example/?token=1',
    'https://brug.example/#1',
    'https://brug.example/%41',
    'localhost 8090',
    `https://${'a'.repeat(100)}.example`
  ])
    t.equal(typed(setting, text), null, text)
})
