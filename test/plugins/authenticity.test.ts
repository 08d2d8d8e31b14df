import t, { type Test } from 'tap'
import { timedSignature } from '../../plugins/signatures/timed-signature.ts'
import { fixture, secret as stripeSecret } from '../fixtures/stripe.ts'
import { openApp, secret } from './app.ts'

const wrong = 'whsec_anderandersanders'

const open = async (t: Test) => {
  const bridge = await openApp(t, { STRIPE_WEBHOOK_SECRET: stripeSecret })
  const post = async (
    tool: string,
    headers: Record<string, string>,
    payload: Buffer | string = '{}',
    remoteAddress = '192.0.2.1'
  ) =>
    (
      await bridge.app.inject({
        method: 'POST',
        url: `/webhooks/${tool}`,
        remoteAddress,
        headers: { 'content-type': 'application/json', ...headers },
        payload
      })
    ).statusCode
  const signed = (by: string, remoteAddress?: string) => {
    const body = fixture('credit-note')
    return post(
      'stripe',
      { 'stripe-signature': timedSignature(body.toString(), by, bridge.clock.now()) },
      body,
      remoteAddress
    )
  }
  const health = async () => (await bridge.app.inject('/health?fail=warn')).statusCode
  const warnings = async () => (await bridge.ask('GET', '/api/summary')).json().warnings
  const refusals = () => bridge.lines.filter(({ msg }) => msg === 'request refused')
  return { ...bridge, post, signed, health, warnings, refusals }
}

t.test('a wrong secret is told in health and the summary, until the tool is believed', async t => {
  const { clock, signed, health, warnings, refusals } = await open(t)
  for (const _ of [1, 2, 3]) t.equal(await signed(wrong), 401)

  const lastAt = new Date(clock.now()).toISOString().replace('.000', '')
  const output = `3 requests refused (wrong secret?), last at ${lastAt}`
  t.strictSame(await warnings(), [{ check: 'tools', tool: 'stripe', output }])
  t.equal(await health(), 503)
  const reason = 'no signature in stripe-signature matches the body'
  t.match(refusals(), [{ level: 40, tool: 'stripe', code: 'NOT_AUTHENTIC', reason }])
  t.equal(refusals().length, 1)
  t.notMatch(JSON.stringify(refusals()), /whsec|v1=|credit_note/)

  t.equal(await signed(stripeSecret), 200, 'an event that is ignored is proof as well')
  t.strictSame(await warnings(), [])
  t.equal(await health(), 200)
})

t.test('one forged header makes no warning; one refusal of who used to be believed does', async t => {
  const { signed, health, warnings, refusals } = await open(t)
  t.equal(await signed(wrong, '192.0.2.66'), 401)
  t.equal(await signed(wrong, '192.0.2.66'), 401)
  t.equal(await health(), 200)
  t.equal(refusals().length, 1, 'the log has it')

  t.equal(await signed(stripeSecret, '2001:db8::1'), 200)
  t.equal(await signed(wrong, '192.0.2.66'), 401)
  t.equal(await health(), 200)
  t.equal(await signed(wrong, '2001:db8::2'), 401, 'the same /64')
  t.match(await warnings(), [{ check: 'tools', tool: 'stripe', output: /^1 request refused/ }])
  t.equal(await health(), 503)
})

t.test('the generic intake has no other trace of an invoice that it refused', async t => {
  const { post, receive, warnings, refusals } = await open(t)
  const guesses = [{ authorization: 'Bearer another secret' }, { 'webhook-signature': 'v1,x' }]
  for (const headers of [...guesses, ...guesses]) t.equal(await post('invoices', headers), 401)

  t.match(await warnings(), [{ tool: 'invoices', output: /^4 requests refused/ }])
  t.match(refusals(), [{ tool: 'invoices', reason: 'authorization carries another secret' }])
  t.match(await receive('A-1'), { statusCode: 200 })
  t.strictSame(await warnings(), [])
})

t.test('an authentic request that is refused is told in the log and in health, by its fields', async t => {
  const { clock, receive, warnings, health, lines } = await open(t)
  const since = new Date(clock.now()).toISOString().replace('.000', '')
  t.match(await receive('A-1', { amount: 'geheim1', klant: 'geheim2' }), { statusCode: 422 })
  t.match(await receive('A-2', { amount: 'geheim3' }), { statusCode: 422 })
  t.match(await receive('A-3'), { statusCode: 200 })

  const told = `2 authentic requests refused since ${since}, last at ${since} (amount, another field): correct the sender, and send again`
  t.strictSame(
    await warnings(),
    [{ check: 'tools', tool: 'invoices', output: told }],
    'the next one that is right mends nothing'
  )
  t.equal(await health(), 503)
  t.match(
    lines.filter(({ msg }) => msg === 'authentic request refused'),
    [{ level: 40, tool: 'invoices', code: 'FIELDS_INVALID', fields: ['amount', 'another field'] }]
  )
  t.notMatch(JSON.stringify(lines), /geheim/)

  await clock.advance(24 * 3_600_000 + 1)
  t.notMatch(await warnings(), [{ tool: 'invoices' }])
})

t.test('a signed request that is refused before its last byte leaves a line, and counts as a claim', async t => {
  const { clock, post, signed, warnings, refusals } = await open(t)
  const large = Buffer.alloc(1_100_000, ' ')
  const signature = { 'stripe-signature': timedSignature('{}', stripeSecret, clock.now()) }
  t.equal(await signed(stripeSecret), 200)
  t.equal(await post('stripe', signature, large), 413)
  t.equal(await post('stripe', signature, large), 413)

  t.match(refusals(), [{ level: 40, tool: 'stripe', code: 'BODY_TOO_LARGE' }])
  t.equal(refusals().length, 1)
  t.match(await warnings(), [{ tool: 'stripe', output: /^2 requests refused \(BODY_TOO_LARGE\), last at/ }])
  t.equal(await signed(stripeSecret), 200)
  t.strictSame(await warnings(), [])

  const unread = {
    'content-type': 'text/x-unknown',
    'webhook-id': 'x',
    'webhook-timestamp': String(clock.now() / 1000),
    'webhook-signature': 'v1,AAAA'
  }
  for (let at = 0; at < 3; at += 1) t.equal(await post('invoices', unread), 415)
  t.match(await warnings(), [{ tool: 'invoices', output: /^3 requests refused \(TYPE_UNSUPPORTED\)/ }])
  for (let at = 0; at < 3; at += 1) t.equal(await post('stripe', {}, large), 413)
  t.equal((await warnings()).length, 1, 'without a signature nothing is claimed')
})

t.test('beyond the limit of refusals each is still counted, with its own reason', async t => {
  const { clock, post, warnings, refusals } = await open(t)
  const guess = () => post('invoices', { authorization: 'Bearer guess' })
  const answers = await Array.fromAsync({ length: 31 }, guess)
  await clock.advance(60_000)

  t.equal(await guess(), 429)
  t.equal(answers.at(-1), 429)
  t.match(await warnings(), [{ output: /^32 requests refused/ }])
  t.match(refusals(), Array(2).fill({ reason: 'authorization carries another secret' }))
})

t.test('strangers make no warning: they do not even claim to be the tool', async t => {
  const { post, health, refusals } = await open(t)
  for (const tool of ['stripe', 'invoices']) t.equal(await post(tool, { cookie: 'a=b' }, 'x=1'), 401)

  t.equal(await health(), 200)
  t.match(
    refusals().map(({ tool }) => tool),
    ['stripe', 'invoices'],
    'the log has them'
  )
})

t.test('an invoice that cannot be read was sent by somebody who is believed', async t => {
  const { post, warnings } = await open(t)
  const right = { authorization: `Bearer ${secret}` }
  for (const _ of [1, 2, 3]) await post('invoices', { authorization: 'Bearer another secret' })
  t.equal((await warnings()).length, 1)

  t.equal(await post('invoices', right, '{"amount":"1"}'), 422)
  t.match(await warnings(), [{ output: /^1 authentic request refused/ }])
  t.equal(await post('invoices', { authorization: 'Bearer another secret' }), 401)
  t.match(await warnings(), [{ output: /^1 request refused/ }, { output: /^1 authentic request refused/ }])
})
