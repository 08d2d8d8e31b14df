import t, { type Test } from 'tap'
import { invoiceMail, token } from '../../../fixtures/mailbox.ts'
import { serve } from '../../../server.ts'
import { now, open } from './parts.ts'

type Answer = { status?: number; body: unknown }

const usual: Answer = { body: { token_type: 'Bearer', access_token: token, expires_in: 3599 } }

/** A mailbox that takes a token, and the server that hands them out. */
const openWithTokens = async (t: Test, changed: Record<string, string | undefined> = {}) => {
  const asked: Record<string, string>[] = []
  const answers = { next: usual }
  const { origin } = await serve(t, async (request, response) => {
    const body = Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>)).toString()
    asked.push(Object.fromEntries(new URLSearchParams(body)))
    const { status = 200, body: answer } = answers.next
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  })
  const env = {
    EMAIL_PASSWORD: undefined,
    EMAIL_TOKEN_URL: `${origin}/token`,
    EMAIL_CLIENT_ID: 'b71f-toepassing',
    EMAIL_CLIENT_SECRET: 'een-geheim-van-de-toepassing',
    ...changed
  }
  return { ...(await open(t, env)), asked, answers }
}

t.test('an application logs in for itself, with one token for as long as that lives', async t => {
  const { server, connection, read, asked } = await openWithTokens(t)
  server.put(invoiceMail({ number: '1' }))
  t.match(await read(), [{ invoice: { invoiceNumber: '1' } }])
  t.strictSame(asked, [
    {
      client_id: 'b71f-toepassing',
      client_secret: 'een-geheim-van-de-toepassing',
      grant_type: 'client_credentials',
      scope: 'https://outlook.office365.com/.default'
    }
  ])

  for (const [minutes, times] of [
    [54, 1],
    [55, 2],
    [109, 2]
  ] as const) {
    connection.clock = { ...connection.clock, monotonic: () => now + minutes * 60_000 }
    await read()
    t.equal(asked.length, times, `after ${minutes} minutes`)
  }
})

t.test('a refresh token brings one, with or without a secret', async t => {
  const { read, asked } = await openWithTokens(t, { EMAIL_CLIENT_SECRET: undefined, EMAIL_REFRESH_TOKEN: '1//verser' })
  await read()

  const form = { client_id: 'b71f-toepassing', grant_type: 'refresh_token', refresh_token: '1//verser' }
  t.strictSame(asked, [form])
})

t.test('a token that the host ended early is replaced, and the mailbox read', async t => {
  const { server, read, asked, answers } = await openWithTokens(t)
  await read()
  server.take('ya29.een-nieuwe-token')
  answers.next = { body: { access_token: 'ya29.een-nieuwe-token', expires_in: '3599' } }
  server.put(invoiceMail({ number: '1' }))

  t.match(await read(), [{ invoice: { invoiceNumber: '1' } }])
  await read()
  t.equal(asked.length, 2)
})

t.test('a new token that is refused is not replaced again and again', async t => {
  const { server, read, asked } = await openWithTokens(t)
  server.take('een andere')

  await t.rejects(read(), { code: 'TOOL_UNAUTHORIZED', message: /refuses EMAIL_USER/ })
  t.equal(asked.length, 1)
  await t.rejects(read(), { code: 'TOOL_UNAUTHORIZED' })
  t.equal(asked.length, 2)
})

t.test('what is refused is named, and nothing that stood in it', async t => {
  const refresh = { EMAIL_REFRESH_TOKEN: '1//verser' }
  const cases: [Answer, Record<string, string>, object][] = [
    [
      { status: 400, body: { error: 'invalid_grant' } },
      refresh,
      { code: 'TOOL_UNAUTHORIZED', message: /refuses EMAIL_REFRESH_TOKEN: invalid_grant$/ }
    ],
    [
      { status: 401, body: { error: 'invalid_client' } },
      refresh,
      { code: 'TOOL_UNAUTHORIZED', message: /refuses EMAIL_CLIENT_ID: invalid_client$/ }
    ],
    [
      { status: 400, body: { error: 'invalid_grant' } },
      {},
      { code: 'TOOL_UNAUTHORIZED', message: /refuses EMAIL_CLIENT_ID: invalid_grant$/ }
    ],
    [
      { status: 400, body: { error: 'geheim 1//verser' } },
      refresh,
      { code: 'TOOL_UNAUTHORIZED', message: /refuses EMAIL_CLIENT_ID$/ }
    ],
    [{ status: 400, body: 'geheim' }, {}, { code: 'TOOL_UNAUTHORIZED', message: /refuses EMAIL_CLIENT_ID$/ }],
    [
      { status: 403, body: { error: 'een-geheim-van-de-toepassing' } },
      {},
      { code: 'TOOL_UNAUTHORIZED', message: /refuses EMAIL_CLIENT_ID$/ }
    ],
    [usual, { EMAIL_TOKEN_URL: 'http://127.0.0.1:1/token' }, { code: 'TOOL_UNREACHABLE', message: /ECONNREFUSED/ }],
    [{ status: 503, body: {} }, {}, { code: 'TOOL_UNREACHABLE', message: /answered 503$/ }],
    [{ body: {} }, {}, { code: 'TOOL_UNREACHABLE', message: /without an access token$/ }],
    [{ body: { access_token: 'a\r\nb' } }, {}, { code: 'TOOL_UNREACHABLE', message: /without an access token$/ }]
  ]
  for (const [answer, changed, expected] of cases) {
    const { read, answers } = await openWithTokens(t, changed)
    answers.next = answer
    const error = await read().catch(error => error)
    t.match(error, expected)
    t.notMatch(`${error.stack} ${error.cause?.stack}`, /geheim|verser|toepassing/)
  }
})

t.test('a token that says not how long it lives is asked for each time', async t => {
  const { read, asked, answers } = await openWithTokens(t)
  answers.next = { body: { access_token: token } }
  await read()
  await read()

  t.equal(asked.length, 2)
})
