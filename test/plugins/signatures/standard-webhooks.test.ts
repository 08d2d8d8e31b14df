import { createHmac } from 'node:crypto'
import { Webhook } from 'standardwebhooks'
import t, { type Test } from 'tap'
import { openSignature, signingKey } from '../../../plugins/signatures/standard-webhooks.ts'

const now = Date.UTC(2026, 10, 20, 11)
const secret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`
const other = `whsec_${Buffer.alloc(24, 8).toString('base64')}`
const body = '{"invoiceNumber":"2026-0042","customerName":"Zoë"}'

const headersOf = (at = now, { id = 'msg_1', by = secret } = {}) => ({
  'webhook-id': id,
  'webhook-timestamp': String(Math.floor(at / 1000)),
  'webhook-signature': new Webhook(by).sign(id, new Date(at), body)
})

type Headers = Partial<ReturnType<typeof headersOf>>

const verify = (headers: Headers, secrets = [secret], bytes = Buffer.from(body)) => {
  const signature = openSignature(headers, secrets.map(signingKey), now)
  for (const byte of bytes) signature.update(Uint8Array.of(byte))
  return signature.verify()
}

const refuses = (t: Test, headers: Headers, what: string, secrets?: string[]) =>
  t.throws(() => verify(headers, secrets), { code: 'NOT_AUTHENTIC' }, what)

t.test('the vector of the reference libraries verifies', async t => {
  const headers = {
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='
  }

  const key = signingKey('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')
  const signature = openSignature(headers, [key], 1614265330_000)
  signature.update(Buffer.from('{"test": 2432232314}'))

  t.doesNotThrow(signature.verify)
})

t.test('what the library signs verifies, byte by byte', async t => {
  t.doesNotThrow(() => verify(headersOf()))
})

t.test('which of several keys signed is told', async t => {
  t.equal(verify(headersOf(), [secret, other]), 0)
  t.equal(verify(headersOf(), [other, secret]), 1)
  t.equal(verify(headersOf(now, { by: other }), [secret, other]), 1)
})

t.test('no byte of the body may differ', async t => {
  for (let at = 0; at < body.length; at++) {
    const bytes = Buffer.from(body)
    bytes[at] = (bytes[at] ?? 0) ^ 1
    t.throws(() => verify(headersOf(), [secret], bytes), { code: 'NOT_AUTHENTIC' })
  }
  t.throws(() => verify(headersOf(), [secret], Buffer.from(`${body} `)), { code: 'NOT_AUTHENTIC' })
  t.throws(() => verify(headersOf(), [secret], Buffer.alloc(0)), { code: 'NOT_AUTHENTIC' })
})

t.test('no character of the headers may differ', async t => {
  const headers = headersOf()
  for (const name of Object.keys(headers) as (keyof typeof headers)[]) {
    for (let at = 0; at < headers[name].length; at++) {
      const value = headers[name]
      const changed = value.slice(0, at) + (value[at] === '1' ? '2' : '1') + value.slice(at + 1)
      refuses(t, { ...headers, [name]: changed }, `${name} at ${at}`)
    }
    refuses(t, { ...headers, [name]: undefined }, `${name} missing`)
    refuses(t, { ...headers, [name]: '' }, `${name} empty`)
  }
})

t.test('the time may be five minutes off, in both directions', async t => {
  for (const seconds of [-300, -299, 299, 300]) t.doesNotThrow(() => verify(headersOf(now + seconds * 1000)))
  for (const seconds of [-301, 301, -86_400, 86_400]) refuses(t, headersOf(now + seconds * 1000), `${seconds} s`)
})

t.test('a time that is not written in whole seconds is refused', async t => {
  const seconds = String(now / 1000)
  for (const timestamp of [`${seconds}.0`, `+${seconds}`, ` ${seconds}`, `${seconds}x`, '1e9', 'now', `-${seconds}`]) {
    const mac = createHmac('sha256', signingKey(secret)).update(`msg_1.${timestamp}.${body}`).digest('base64')
    refuses(t, { ...headersOf(), 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${mac}` }, timestamp)
  }
})

t.test('bytes can not move between id and body', async t => {
  refuses(t, headersOf(now, { id: 'msg.1' }), 'an id with a dot')
})

t.test('one matching signature among several is enough', async t => {
  const good = headersOf()
  const list = (signatures: string) => ({ ...good, 'webhook-signature': signatures })
  const { 'webhook-signature': foreign } = headersOf(now, { by: other })

  t.doesNotThrow(() => verify(list(`v1a,AAAA ${foreign} v2,x ${good['webhook-signature']} v1,`)))
  refuses(t, list(`v1a,AAAA ${foreign} v2,x`), 'none of them matches')
  refuses(t, list(good['webhook-signature'].replace('v1,', 'v2,')), 'another version')
  refuses(t, list(good['webhook-signature'].replace('v1,', 'v1a,')), 'another algorithm')
  refuses(t, list(good['webhook-signature'].slice(3)), 'no version')
  refuses(t, list(' '), 'an empty list')
  refuses(t, list('v1,'), 'an empty signature')
  refuses(t, list(`${good['webhook-signature']}=`), 'more padding')
})

t.test('a secret that replaces another is taken beside it', async t => {
  t.doesNotThrow(() => verify(headersOf(), [other, secret]))
  t.doesNotThrow(() => verify(headersOf(now, { by: other }), [other, secret]))
  refuses(t, headersOf(), 'no longer there', [other])
})

t.test('a secret that is no whsec_ is its own key, and ids keep their bytes', async t => {
  const text = 'a secrét of some length'
  const id = 'één'
  const timestamp = String(now / 1000)
  const mac = createHmac('sha256', text).update(`${id}.${timestamp}.${body}`).digest('base64')

  const headers = {
    'webhook-id': Buffer.from(id).toString('latin1'),
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${mac}`
  }

  t.doesNotThrow(() => verify(headers, [text]))
})
