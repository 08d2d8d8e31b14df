import t from 'tap'
import { settings } from '../../../../plugins/tools/mailbox/settings.ts'

const env = {
  EMAIL_URL: 'imaps://imap.bakkerij.example',
  EMAIL_USER: 'facturen@bakkerij.example',
  EMAIL_PASSWORD: 'geheim',
  EMAIL_SUPPLIER_ID: 'NL001234567B01'
}
const wrong = (changed: Record<string, string | undefined>) =>
  settings.safeParse({ ...env, ...changed }).error?.issues.map(({ path }) => path[0])

t.test('what is set is enough, and the rest has a default', async t => {
  t.match(settings.parse(env), { ...env, EMAIL_FOLDER: 'INBOX' })
  t.match(
    settings.parse({ ...env, EMAIL_SENDERS: 'Molen.example, moneybird.com', EMAIL_RECEIVER: 'MX.bakkerij.example' }),
    { EMAIL_SENDERS: ['molen.example', 'moneybird.com'], EMAIL_RECEIVER: 'mx.bakkerij.example' }
  )
})

t.test('what is missing or pasted wrong is named', async t => {
  for (const name of ['EMAIL_URL', 'EMAIL_USER', 'EMAIL_PASSWORD', 'EMAIL_SUPPLIER_ID'])
    t.strictSame(wrong({ [name]: undefined }), [name])
  for (const url of [
    'imap.bakkerij.example',
    'https://imap.bakkerij.example',
    'imaps://u:p@imap.bakkerij.example',
    'imaps:'
  ])
    t.strictSame(wrong({ EMAIL_URL: url }), ['EMAIL_URL'], url)
  t.strictSame(wrong({ EMAIL_ADDRESS: 'facturen' }), ['EMAIL_ADDRESS'])
  t.strictSame(wrong({ EMAIL_SENDERS: 'a@molen.example', EMAIL_RECEIVER: 'mx' }), ['EMAIL_SENDERS'])
  t.strictSame(wrong({ EMAIL_SENDERS: 'molen.example' }), ['EMAIL_RECEIVER'], 'nobody vouches for them')
  t.strictSame(wrong({ EMAIL_RECEIVER: 'mx.bakkerij.example' }), ['EMAIL_SENDERS'], 'vouches for nobody')
  t.strictSame(wrong({ EMAIL_SUPPLIER_ID: 'Molen' }), ['EMAIL_SUPPLIER_ID'])
})

t.test('the folder that is read is none that mails go to: they would go in circles', async t => {
  const given = { EMAIL_URL: 'imaps://imap.example', EMAIL_USER: 'facturen', EMAIL_PASSWORD: 'geheim' }
  for (const EMAIL_FOLDER of ['Verwerkt', 'Niet gelezen', 'INBOX.Verwerkt', 'Inbox/niet gelezen']) {
    const { error } = settings.safeParse({ ...given, EMAIL_SUPPLIER_ID: '12345678', EMAIL_FOLDER })
    t.match(error?.issues, [{ path: ['EMAIL_FOLDER'], message: /other than Verwerkt and Niet gelezen/ }])
  }
  t.equal(wrong({ EMAIL_FOLDER: 'Archief.Verwerkt' }), undefined)
})

t.test('in place of a password there is a token to ask for, with all that this needs', async t => {
  const token = { EMAIL_PASSWORD: undefined, EMAIL_TOKEN_URL: 'https://login.example/token', EMAIL_CLIENT_ID: 'b71f' }
  t.strictSame(wrong(token), ['EMAIL_CLIENT_SECRET'])
  t.equal(wrong({ ...token, EMAIL_CLIENT_SECRET: 'geheim' }), undefined)
  t.equal(wrong({ ...token, EMAIL_REFRESH_TOKEN: '1//verser' }), undefined)
  t.strictSame(wrong({ ...token, EMAIL_CLIENT_ID: undefined, EMAIL_REFRESH_TOKEN: '1//verser' }), ['EMAIL_CLIENT_ID'])
  t.strictSame(wrong({ ...token, EMAIL_CLIENT_SECRET: 'geheim', EMAIL_TOKEN_URL: 'login.example' }), [
    'EMAIL_TOKEN_URL'
  ])
  t.strictSame(wrong({ EMAIL_REFRESH_TOKEN: '1//verser' }), ['EMAIL_TOKEN_URL'], 'nobody would ask for one')
})
