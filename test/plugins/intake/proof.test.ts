import t from 'tap'
import { openProof } from '../../../plugins/intake/proof.ts'

const now = Date.UTC(2026, 10, 20, 11)
const secret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`
const text = 'een geheim: lang genoeg é'
const prove = openProof([secret, text])

const authorization = (value: string) => ({ authorization: value })
const basic = (user: string, password: string) =>
  authorization(`Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`)

t.test('the secret itself is proof before the body is read', async t => {
  const proofs = [
    authorization(`Bearer ${secret}`),
    authorization(`bearer  ${secret}`),
    authorization(`Bearer ${Buffer.from(text).toString('latin1')}`),
    basic('', secret),
    basic('anyone', text)
  ]

  for (const headers of proofs) {
    const proof = prove(headers, now)
    t.equal(proof.proven, true)
    proof.update(Buffer.from('anything'))
    t.type(proof.verify(), 'number')
  }
})

t.test('which of the secrets it was is told', async t => {
  t.equal(prove(authorization(`Bearer ${secret}`), now).verify(), 0)
  t.equal(prove(basic('anyone', text), now).verify(), 1)
})

t.test('anything else is refused before the body is read', async t => {
  const refused: Record<string, string | undefined>[] = [
    {},
    authorization(''),
    authorization('Bearer'),
    authorization('Bearer '),
    authorization(secret),
    authorization(`Bearer ${secret}x`),
    authorization(`Bearer ${secret.slice(0, -1)}`),
    authorization(`Bearer ${secret.slice('whsec_'.length)}`),
    authorization(`Token ${secret}`),
    authorization(`Digest username="${secret}"`),
    authorization(`Basic ${secret}`),
    authorization('Basic ***'),
    basic(secret, ''),
    basic('anyone', 'another secret'),
    { 'x-api-key': secret },
    { 'webhook-id': 'msg_1', 'webhook-timestamp': String(now / 1000) },
    { 'webhook-signature': 'v1,AAAA' }
  ]

  for (const headers of refused) {
    t.throws(() => prove(headers, now), { code: 'NOT_AUTHENTIC' }, JSON.stringify(headers))
  }
})

t.test('a bad signature is not healed by the secret beside it', async t => {
  const headers = {
    'webhook-id': 'msg_1',
    'webhook-timestamp': String(now / 1000),
    'webhook-signature': 'v1,AAAA',
    ...authorization(`Bearer ${secret}`)
  }

  const proof = prove(headers, now)

  t.equal(proof.proven, false)
  t.throws(proof.verify, { code: 'NOT_AUTHENTIC' })
})
