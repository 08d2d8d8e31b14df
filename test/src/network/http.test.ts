import type { LookupAddress } from 'node:dns'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { isIP } from 'node:net'
import { mock } from 'node:test'
import t, { type Test } from 'tap'
import {
  AddressRefused,
  checkedLookup,
  checkUrl,
  isPublic,
  openHttp,
  type Rules,
  redirectsMax,
  refusalIn,
  retryAfterMs
} from '../../../src/network/http.ts'
import { serve, trustTestCertificate } from '../../server.ts'

trustTestCertificate()

const strict: Rules = { allowPrivate: false }
const open: Rules = { allowPrivate: true }

const found = (...addresses: string[]): LookupAddress[] =>
  addresses.map(address => ({ address, family: isIP(address) }))

/** What a connection would be given. */
const looked = (rules: Rules, all = true) =>
  new Promise<unknown>((resolve, reject) => {
    checkedLookup(rules)('pdf.example', { all }, (error, address) => (error ? reject(error) : resolve(address)))
  })

const http = (t: Test, rules: Rules, timeoutMs = 60_000) => {
  const opened = openHttp({ ...rules, timeoutMs })
  t.teardown(() => opened.close())
  return opened
}

const signal = () => AbortSignal.timeout(60_000)

const privateAddresses = [
  ...['0.0.0.0', '0.1.2.3', '10.0.0.1', '10.255.255.255', '100.64.0.1', '100.127.255.255', '127.0.0.1'],
  ...['127.255.255.254', '169.254.169.254', '172.16.0.1', '172.31.255.255', '192.0.0.1', '192.0.2.1'],
  ...['192.88.99.1', '192.168.0.1', '198.18.0.1', '198.19.255.255', '198.51.100.1', '203.0.113.1'],
  ...['224.0.0.1', '239.255.255.255', '240.0.0.1', '255.255.255.255'],
  ...['::', '::1', '::127.0.0.1', '::ffff:127.0.0.1', '::ffff:a00:1', '::ffff:0:10.0.0.1', 'fc00::1', 'fd12::1'],
  ...['fdaa:0:1::3', 'fe80::1', 'fe80::1%eth0', 'fec0::1', 'ff02::1', '100::1', '2001:db8::1', '3fff::1', '5f00::1'],
  ...['2001::1', '2001:20::1', '64:ff9b::10.0.0.1', '64:ff9b::169.254.169.254', '64:ff9b:1::8.8.8.8'],
  ...['2002:7f00:1::1', '2002:a00:1::', '2002:c0a8:101::1', 'localhost', '']
]

const publicAddresses = [
  ...['1.1.1.1', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.1', '172.15.255.255', '172.32.0.1'],
  ...['192.0.1.1', '192.167.255.255', '198.17.255.255', '198.20.0.1', '223.255.255.255', '2606:4700::1111'],
  ...['2a00:1450:400e::200e', '::ffff:1.1.1.1', '64:ff9b::1.1.1.1', '2002:101:101::1']
]

t.test('no private, reserved or local address is taken for public', async t => {
  t.strictSame(privateAddresses.filter(isPublic), [])
})

t.test('a public address stays public in IPv6 clothes', async t => {
  t.strictSame(
    publicAddresses.filter(address => !isPublic(address)),
    []
  )
})

t.test('an address that may not be asked is refused before DNS', async t => {
  const refused = [
    ...['http://pdf.example/', 'ftp://pdf.example/', 'file:///etc/passwd', 'unix:/var/run/docker.sock:/info'],
    ...['data:application/pdf,x', 'pdf.example', '', '//pdf.example/', 'https://'],
    ...['https://anna@pdf.example/', 'https://anna:secret@pdf.example/', 'https://:secret@pdf.example/'],
    ...['https://127.0.0.1/', 'https://127.1/', 'https://2130706433/', 'https://0x7f000001/', 'https://0177.0.0.1/'],
    ...['https://127.0.0.1./', 'https://[::1]/', 'https://[::]/', 'https://[::ffff:127.0.0.1]/', 'https://[fdaa::3]/'],
    ...['https://169.254.169.254/latest/meta-data/', 'https://①②⑦.0.0.1/', 'https://0/', 'https://[64:ff9b::a00:1]/']
  ]

  for (const url of refused) t.throws(() => checkUrl(url, strict), { name: 'AddressRefused' }, url)

  t.equal(checkUrl('https://pdf.example/a?b', strict).href, 'https://pdf.example/a?b')
  t.equal(checkUrl('https://1.1.1.1/', strict).hostname, '1.1.1.1')
})

t.test('an intranet may be asked, without TLS too, once that is allowed; a password still not', async t => {
  t.equal(checkUrl('http://10.0.0.1/a', open).href, 'http://10.0.0.1/a')
  t.throws(() => checkUrl('http://anna:secret@10.0.0.1/', open), { name: 'AddressRefused' })
  t.throws(() => checkUrl('ftp://10.0.0.1/', open), { name: 'AddressRefused' })
})

t.test('a refusal tells the host and nothing more of the address', async t => {
  const secret = 'c0ffee'
  for (const url of [`https://10.0.0.1/${secret}?${secret}`, `http://x/${secret}`, `https://a:${secret}@x/`, secret]) {
    try {
      checkUrl(url, strict)
      t.fail('it was not refused')
    } catch (error) {
      t.notMatch(String(error), secret)
    }
  }
})

t.test('DNS is asked once, and exactly what it said and was checked is connected to', async t => {
  const answers = [found('1.1.1.1'), found('127.0.0.1')]
  const resolve = async () => answers.shift() ?? []

  t.strictSame(await looked({ ...strict, resolve }), found('1.1.1.1'))

  t.equal(answers.length, 1)
  await t.rejects(looked({ ...strict, resolve }), { name: 'AddressRefused' }, 'DNS that turned is refused')
})

t.test('of a mixed answer only the public addresses are left', async t => {
  const resolve = async () => found('10.0.0.1', '::1', '1.1.1.1', '2606:4700::1111')

  t.strictSame(await looked({ ...strict, resolve }), found('1.1.1.1', '2606:4700::1111'))
  t.equal(await looked({ ...strict, resolve }, false), '1.1.1.1')
  t.strictSame(await looked({ ...open, resolve }), await resolve())
})

t.test('a name that DNS does not know is unknown, not refused', async t => {
  const failing = async () => {
    throw Object.assign(new Error('no'), { code: 'ENOTFOUND' })
  }
  await t.rejects(looked({ ...strict, resolve: failing }), { code: 'ENOTFOUND' })
  await t.rejects(looked({ ...strict, resolve: async () => [] }), { code: 'ENOTFOUND' })
})

t.test('a name that leads to a private address is never connected to', async t => {
  const server = await serve(t, (_request, response) => response.end('secret'), { secure: true })
  const strictHttp = http(t, { ...strict, resolve: async () => found('127.0.0.1') })

  for (const host of ['pdf.example', 'localhost']) {
    const asked = strictHttp.download(`https://${host}:${server.port}/`, { signal: signal() })
    t.ok(refusalIn(await asked.catch(error => error)), host)
    const called = strictHttp.got(`https://${host}:${server.port}/`)
    t.ok(refusalIn(await called.catch(error => error)), `${host}, by a tool's call`)
  }
  await t.rejects(strictHttp.download(`https://127.0.0.1:${server.port}/`, { signal: signal() }), AddressRefused)
  t.ok(refusalIn(await strictHttp.got(`https://127.0.0.1:${server.port}/`).catch(error => error)))
  t.equal(server.connections(), 0)
})

t.test('a download is read from the address that was checked, by the name it was asked for', async t => {
  const server = await serve(t, (request, response) => response.end(request.headers.host), { secure: true })
  const asked: string[] = []
  const resolve = async (host: string) => {
    asked.push(host)
    return found('127.0.0.1')
  }

  const { status, host, body } = await http(t, { ...open, resolve }).download(`https://pdf.example:${server.port}/`, {
    signal: signal()
  })

  t.equal(status, 200)
  t.equal(host, `pdf.example:${server.port}`)
  t.equal((await Array.fromAsync(body)).join(''), host)
  t.strictSame(asked, ['pdf.example'])
})

const redirectTo =
  (location: string, status = 302) =>
  (_request: IncomingMessage, response: ServerResponse) =>
    response.writeHead(status, { location }).end('moved')

// As if 127.0.0.1 were the public internet, and every other private address what it is.
const internet: Rules = {
  allowPrivate: true,
  allows: address => address === '127.0.0.1' || isPublic(address)
}

t.test('a public address that redirects to one that may not be asked is refused, at whichever hop', async t => {
  const inside = ['http://127.0.0.2/', 'http://[::1]/', 'http://inside.example/', 'ftp://localhost/', 'unix:/a:/b']
  const resolve = async (host: string) => found(host === 'inside.example' ? '10.0.0.1' : '127.0.0.1')
  for (const target of [...inside, 'http://anna:secret@localhost/', 'http://169.254.169.254/', 'http://']) {
    const last = await serve(t, redirectTo(target))
    const first = await serve(t, redirectTo(`${last.origin}/second`))

    const asked = http(t, { ...internet, resolve }).download(`${first.origin}/`, { signal: signal() })

    t.ok(refusalIn(await asked.catch(error => error)), target)
    t.strictSame(last.requests, ['GET /second'])
  }
})

t.test('a redirect from https to http is refused', async t => {
  const plain = await serve(t, (_request, response) => response.end('secret'))
  const server = await serve(t, redirectTo(`${plain.origin}/`), { secure: true })
  const rules: Rules = { allowPrivate: false, allows: () => true }

  await t.rejects(http(t, rules).download(server.origin, { signal: signal() }), AddressRefused)

  t.equal(server.requests.length, 1)
  t.equal(plain.connections(), 0)
})

t.test('redirects are followed as often as is allowed, and not once more', async t => {
  const server = await serve(t, (request, response) => {
    const left = Number(request.url?.slice(1))
    if (left === 0) return response.end('there')
    response.writeHead(left % 2 ? 302 : 307, { location: `/${left - 1}` }).end()
  })

  const { status } = await http(t, open).download(`${server.origin}/${redirectsMax}`, { signal: signal() })
  t.equal(status, 200)
  const tooMany = http(t, open).download(`${server.origin}/${redirectsMax + 1}`, { signal: signal() })
  await t.rejects(tooMany, { message: /redirects/ })
  t.equal(server.requests.length, 2 * (redirectsMax + 1))
})

t.test('credentials go to the first origin only, in whichever header, and stay there for ever', async t => {
  const seen: [string, unknown, unknown][] = []
  const note = (name: string, { headers }: IncomingMessage) =>
    seen.push([name, headers.authorization, headers['x-api-key']])
  const other = await serve(t, (request, response) => {
    note('other', request)
    response.writeHead(302, { location: `${first.origin}/end` }).end()
  })
  const first = await serve(t, (request, response) => {
    note(`first${request.url}`, request)
    if (request.url === '/end') return response.end()
    response.writeHead(302, { location: request.url === '/' ? '/again' : other.origin }).end()
  })
  const headers = { authorization: 'Bearer abc', 'x-api-key': 'def' }

  await http(t, open).download(`${first.origin}/`, { headers, signal: signal() })

  t.strictSame(seen, [
    ['first/', 'Bearer abc', 'def'],
    ['first/again', 'Bearer abc', 'def'],
    ['other', undefined, undefined],
    ['first/end', undefined, undefined]
  ])
})

t.test('a redirect may name its path in UTF-8', async t => {
  const server = await serve(t, (request, response) => {
    if (request.url !== '/') return response.end('there')
    response.writeHead(302, { location: Buffer.from('/factuur-é').toString('latin1') }).end()
  })

  await http(t, open).download(server.origin, { signal: signal() })

  t.strictSame(server.requests, ['GET /', 'GET /factuur-%C3%A9'])
})

t.test("a tool's call is neither redirected nor repeated, and ends in time", async t => {
  const server = await serve(t, (request, response) => {
    // Its time runs out once it is there.
    if (request.url === '/never') return mock.timers.tick(300)
    if (request.url === '/moved') return response.writeHead(302, { location: '/' }).end()
    response.writeHead(500).end()
  })
  const { got } = http(t, open)
  const hurried = http(t, open, 300)

  t.match(await got(`${server.origin}/moved`), { statusCode: 302 })
  await t.rejects(got(`${server.origin}/broken`), { code: 'ERR_NON_2XX_3XX_RESPONSE' })
  mock.timers.enable({ apis: ['setTimeout'] })
  t.teardown(() => mock.timers.reset())
  await t.rejects(hurried.got(`${server.origin}/never`), { code: 'ETIMEDOUT' })
  t.strictSame(server.requests, ['GET /moved', 'GET /broken', 'GET /never'])
})

t.test(
  "an endless answer to a tool's call does not fill the memory; its stream may be as long as its reader likes",
  async t => {
    const megabyte = Buffer.alloc(1024 * 1024)
    const server = await serve(t, (request, response) => {
      let left = request.url === '/endless' ? Number.POSITIVE_INFINITY : 20
      const more = () => {
        while (left-- > 0) if (!response.write(megabyte)) return response.once('drain', more)
        return response.end()
      }
      more()
    })
    const { got } = http(t, open)

    await t.rejects(got(`${server.origin}/endless`, { signal: signal() }), { code: 'ERR_ABORTED' })
    let bytes = 0
    for await (const chunk of got.stream(`${server.origin}/long`)) bytes += chunk.length
    t.equal(bytes, 20 * 1024 * 1024)
  }
)

t.test('what is closed keeps no connection, even to an answer that nobody reads', async t => {
  const server = await serve(t, (_request, response) => response.write('endless'))
  const opened = openHttp({ ...open, timeoutMs: 60_000 })
  await opened.download(server.origin, { signal: signal() })

  opened.close()

  t.ok(await server.ended)
})

t.test('a pause is read from seconds, and from nothing else', async t => {
  t.equal(retryAfterMs({ 'retry-after': '7' }), 7000)
  t.equal(retryAfterMs({ 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' }), undefined)
  t.equal(retryAfterMs({ 'retry-after': '-1' }), undefined)
  t.equal(retryAfterMs({}), undefined)
})

t.test('another protocol goes where HTTP may go; without TLS only to a private address', async t => {
  const all = async () => found('192.168.1.2', '1.1.1.1')
  const careful = http(t, { ...strict, resolve: all })
  t.equal(await careful.locate('mail.example', true), '1.1.1.1')
  await t.rejects(careful.locate('mail.example', false), AddressRefused)
  await t.rejects(careful.locate('127.0.0.1', true), AddressRefused)
  const atHome = http(t, { ...open, resolve: all })
  t.equal(await atHome.locate('mail.example', true), '192.168.1.2')
  t.equal(await atHome.locate('mail.example', false), '192.168.1.2')
  await t.rejects(atHome.locate('1.1.1.1', false), { name: 'AddressRefused', message: /without TLS/ })
})
