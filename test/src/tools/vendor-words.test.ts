import t from 'tap'
import { vendorWords } from '../../../src/tools/vendor-words.ts'

const said = (message: string, secret?: string) => vendorWords(JSON.stringify({ error: { message } }), secret)

t.test('a reason is found where APIs put it, and a page says none', async t => {
  const reason = 'This key has expired.'
  const bodies: [string, string | null][] = [
    [JSON.stringify({ error: { type: 'x', message: reason } }), reason],
    [JSON.stringify({ error: reason, symbolic: { a: 1 } }), reason],
    [JSON.stringify({ error: 'invalid_token', error_description: reason }), reason],
    [JSON.stringify({ message: reason }), reason],
    [JSON.stringify({ detail: reason }), reason],
    [JSON.stringify({ error: 'invalid_token' }), 'invalid_token'],
    [JSON.stringify({ error: { code: 'more_permissions_required' } }), 'more_permissions_required'],
    ['{}', null],
    ['null', null],
    ['[]', null],
    ['"refused"', null],
    ['{"error":{"message":7}}', null],
    ['<html><p>Log in</p></html>', null],
    ['', null]
  ]

  for (const [body, words] of bodies) t.equal(vendorWords(body, undefined), words, body)
})

t.test('what could be a secret, or tell of a person, is left out', async t => {
  const told: [string, string][] = [
    ['Invalid API Key provided: rk_live_*********1234.', 'Invalid API Key provided: ….'],
    ['Expired API Key provided: sk_live_51NotARealKey0123456789', 'Expired API Key provided: …'],
    [
      "The provided key 'rk_live_abc' does not have the required permissions for this endpoint on account 'acct_1NotReal'.",
      'The provided key … does not have the required permissions for this endpoint on account ….'
    ],
    ['Token of anna@bakkerij.example is revoked', 'Token of … is revoked'],
    ['User "Anna de Vries" may not do this', 'User … may not do this'],
    ['See https://vendor.example/keys?token=abc for more', 'See … for more'],
    ['Administration 410000000000000001 is another', 'Administration … is another'],
    ["This key doesn't have the vendor's right", "This key doesn't have the vendor's right"],
    [`Key ${'x'.repeat(50)} is refused`, 'Key … is refused']
  ]
  for (const [message, words] of told) t.equal(said(message), words)

  t.equal(
    said('Key geheim-woord is refused', 'geheim-woord'),
    'Key … is refused',
    'the token itself, whatever it looks like'
  )
  t.equal(said('geheim-woord', 'geheim-woord'), null, 'nothing is left to say')
})

t.test('it is one line, and short', async t => {
  t.equal(said('a first\r\n\tand a \u202esecond \u0007line'), 'a first and a second line')
  t.equal(said('ja nee '.repeat(100))?.length, 160)
  t.match(said('ja nee '.repeat(100)), /^ja nee .*…$/)
})
