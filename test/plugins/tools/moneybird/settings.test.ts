import t, { type Test } from 'tap'
import { settings } from '../../../../plugins/tools/moneybird/settings.ts'

const secret = '0123456789abcdef'.repeat(4)
const token = 'voorbeeldtoken0000000001'

const refuses = (t: Test, env: Record<string, string>, field: string, what: string) => {
  const { error } = settings.safeParse(env)
  t.strictSame(
    error?.issues.map(({ path }) => path.join('.')),
    [field],
    what
  )
  t.notOk(
    Object.values(env).some(value => error?.issues.some(({ message }) => message.includes(value))),
    `${what}: no value is repeated`
  )
}

t.test('secrets and tokens are told apart by their form', async t => {
  const { MONEYBIRD_WEBHOOK_SECRET: proofs } = settings.parse({
    MONEYBIRD_WEBHOOK_SECRET: `${secret}, ${token},${secret.toUpperCase()},`
  })

  t.strictSame(proofs, { secrets: [secret, secret.toUpperCase()], tokens: [token] })
})

t.test('nothing is needed, and the address of the API has a default', async t => {
  t.strictSame(settings.parse({}), { MONEYBIRD_API_URL: 'https://moneybird.com/api/v2' })
  t.match(settings.parse({ MONEYBIRD_API_URL: 'https://moneybird.example/api/' }), {
    MONEYBIRD_API_URL: 'https://moneybird.example/api'
  })
})

t.test('what was pasted wrongly is named at start', async t => {
  for (const wrong of [secret.slice(1), `${secret}0`, token.slice(1), `${secret},x${token}`, `whsec_${token}`])
    refuses(t, { MONEYBIRD_WEBHOOK_SECRET: wrong }, 'MONEYBIRD_WEBHOOK_SECRET', wrong)
  t.notOk(settings.safeParse({ MONEYBIRD_WEBHOOK_SECRET: ' , ' }).success, 'nothing but commas')
  refuses(
    t,
    { MONEYBIRD_API_TOKEN: 'Bearer x1234567', MONEYBIRD_ADMINISTRATION_ID: '123' },
    'MONEYBIRD_API_TOKEN',
    'a space'
  )
  refuses(t, { MONEYBIRD_ADMINISTRATION_ID: 'parkietje' }, 'MONEYBIRD_ADMINISTRATION_ID', 'a name')
  refuses(t, { MONEYBIRD_API_URL: 'ftp://moneybird.example' }, 'MONEYBIRD_API_URL', 'ftp')
})

t.test('an API token without its administration is refused, and the message says where that stands', async t => {
  refuses(t, { MONEYBIRD_API_TOKEN: 'voorbeeld-api-token' }, 'MONEYBIRD_ADMINISTRATION_ID', 'alone')
  const { error } = settings.safeParse({ MONEYBIRD_API_TOKEN: 'voorbeeld-api-token' })
  t.match(error?.issues[0]?.message, /moneybird\.com\/<number>.*MONEYBIRD_API_TOKEN/)
})
