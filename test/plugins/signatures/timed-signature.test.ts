import Stripe from 'stripe'
import t, { type Test } from 'tap'
import { timedSignature, verifyTimedSignature } from '../../../plugins/signatures/timed-signature.ts'

const now = Date.UTC(2026, 10, 20, 11)
const secret = 'whsec_voorbeeldvoorbeeldvoorbeeld'
const other = 'whsec_eenandervoorbeeldvoorbeeld'
const body = '{"number":"KOREN-0042","name":"Zoë"}'
const name = 'stripe-signature'

/** By the library that senders of this scheme publish. */
const sign = (at = now, by = secret, scheme = 'v1') =>
  Stripe.webhooks.generateTestHeaderString({
    payload: body,
    secret: by,
    timestamp: Math.floor(at / 1000),
    scheme
  })

type Sent = {
  header?: string | string[] | undefined
  secrets?: string[]
  bytes?: Buffer
  receivedAt?: number
}

const verify = ({ header, secrets = [secret], bytes = Buffer.from(body), receivedAt = now }: Sent) =>
  verifyTimedSignature({ header, secrets, body: bytes, receivedAt, name })

const refuses = (t: Test, sent: Sent, what: string) =>
  t.throws(() => verify(sent), { code: 'NOT_AUTHENTIC', message: /stripe-signature/ }, what)

const mac = (header: string) => header.replace(/^.*=/, '')
const seconds = now / 1000

t.test('what the library signs verifies, and what is signed here verifies there', async t => {
  t.doesNotThrow(() => verify({ header: sign() }))
  t.equal(timedSignature(body, secret, now), sign())
})

t.test('no byte of the body and no character of the header may differ', async t => {
  const header = sign()
  for (let at = 0; at < body.length; at++) {
    const bytes = Buffer.from(body)
    bytes[at] = (bytes[at] ?? 0) ^ 1
    refuses(t, { header, bytes }, `byte ${at}`)
  }
  for (let at = 0; at < header.length; at++) {
    const changed = header.slice(0, at) + String.fromCharCode(header.charCodeAt(at) ^ 1) + header.slice(at + 1)
    refuses(t, { header: changed }, `character ${at}`)
  }
  refuses(t, { header, bytes: Buffer.from(`\ufeff${body}`) }, 'a byte order mark')
  refuses(t, { header, bytes: Buffer.from(JSON.stringify(JSON.parse(body), null, 2)) }, 'written anew')
})

t.test('the signature is lower-case hex, whole', async t => {
  const hex = mac(sign())
  for (const given of [hex.toUpperCase(), hex.slice(0, -1), `${hex}0`, ` ${hex}`, hex.replace(/.$/, 'é'), ''])
    refuses(t, { header: `t=${seconds},v1=${given}` }, given)
})

t.test('any v1 may match any secret, and other schemes prove nothing', async t => {
  const [mine, theirs] = [mac(sign()), mac(sign(now, other))]
  t.doesNotThrow(() => verify({ header: sign(), secrets: [other, secret] }))
  t.doesNotThrow(() => verify({ header: `t=${seconds},v1=${theirs},v1=${mine},v0=${theirs}` }))
  t.doesNotThrow(() => verify({ header: `v1=${mine},t=${seconds}` }))

  refuses(t, { header: sign(now, other) }, 'another secret')
  refuses(t, { header: sign(now, secret, 'v0') }, 'v0 only')
  refuses(t, { header: sign(), secrets: [] }, 'no secret')
  refuses(t, { header: `t=${seconds}, v1=${mine}` }, 'a space after the comma')
  refuses(t, { header: `t=${seconds},v10=${mine}` }, 'a scheme that begins alike')
})

t.test('the time may be five minutes off, in both directions', async t => {
  for (const off of [-300, -299, 299, 300]) t.doesNotThrow(() => verify({ header: sign(now + off * 1000) }))
  for (const off of [-86_400, -301, 301, 86_400]) refuses(t, { header: sign(now + off * 1000) }, `${off} s`)
})

t.test('a time that is not written in whole seconds is refused', async t => {
  for (const time of ['', `${seconds}.0`, `+${seconds}`, ` ${seconds}`, `${seconds} `, '1e9', 'NaN', '9'.repeat(400)])
    refuses(t, { header: `t=${time},v1=${mac(sign())}` }, time)
})

t.test('the first of several times counts, and what was signed with it', async t => {
  refuses(t, { header: `t=${seconds - 1000},${sign()}` }, 'an old one first')
  refuses(t, { header: `t=${seconds + 1},${sign()}` }, 'another one first')
})

t.test('a missing header, an empty one or a list of them is refused', async t => {
  for (const header of [undefined, '', ',', '=', 't', 'v1', `t=${seconds}`, `v1=${mac(sign())}`, [sign()]])
    refuses(t, { header }, String(header))
})
