import { readdirSync, readFileSync } from 'node:fs'
import type { RequestListener } from 'node:http'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { gzipSync } from 'node:zlib'
import t, { type Test } from 'tap'
import { type Fetch, fetchPdf } from '../../../src/delivery/pdf.ts'
import { openSpool } from '../../../src/ledger/spool.ts'
import { openHttp, type Rules } from '../../../src/network/http.ts'
import { serve, trustTestCertificate } from '../../server.ts'

trustTestCertificate()

const bytesMax = 100_000
const pdf = Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(5000, 'x')])

const fetching = (
  t: Test,
  { allowPrivate = true, resolve, ...given }: Partial<Fetch & Pick<Rules, 'allowPrivate' | 'resolve'>> = {}
) => {
  const http = openHttp({ allowPrivate, resolve, timeoutMs: 1 })
  t.teardown(http.close)
  const folder = join(t.testdir(), 'spool')
  const spool = openSpool(folder, { bytesMax })
  return {
    kept: () => readdirSync(folder).map(file => readFileSync(join(folder, file))),
    fetch: (url: string) => fetchPdf(url, { http, spool, bytesMax, timeoutMs: 60_000, ...given })
  }
}

/** What becomes of a PDF when the server does this; never is any of it kept. */
const refused = async (t: Test, listener: RequestListener, given: Parameters<typeof fetching>[1] = {}) => {
  const { fetch, kept } = fetching(t, given)
  const server = await serve(t, listener)
  const error = await fetch(`${server.origin}/invoice?token=c0ffee`).then(
    () => ({ code: 'KEPT' }),
    error => error
  )
  t.strictSame(kept(), [])
  t.notMatch(inspect(error, { depth: 20, showHidden: true }), 'c0ffee', 'the secret of the address is in no error')
  return error
}

t.test('a PDF is fetched as it is', async t => {
  const { fetch, kept } = fetching(t)
  const server = await serve(t, (_request, response) => response.end(pdf), { secure: true })

  t.match(await fetch(`${server.origin}/`), { bytes: pdf.length, sha256: /^[0-9a-f]{64}$/, file: /\.pdf$/ })

  t.strictSame(kept(), [pdf])
})

t.test('a PDF that comes compressed, unasked, is kept unpacked', async t => {
  const { fetch, kept } = fetching(t)
  const accepted: unknown[] = []
  const server = await serve(t, (request, response) => {
    accepted.push(request.headers['accept-encoding'])
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(pdf))
  })

  await fetch(server.origin)

  t.strictSame(kept(), [pdf])
  t.strictSame(accepted, ['identity'])
})

t.test("a tool's credentials go along", async t => {
  const { fetch } = fetching(t, { headers: { authorization: 'Bearer abc' } })
  const seen: unknown[] = []
  const server = await serve(t, (request, response) => {
    seen.push(request.headers.authorization)
    response.end(pdf)
  })

  await fetch(server.origin)

  t.strictSame(seen, ['Bearer abc'])
})

t.test('a tool that answers its failures as JSON is asked again, for an hour', async t => {
  const failing: RequestListener = (_request, response) =>
    response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' }).end('{"message":"nog niet"}')

  t.match(await refused(t, failing, { failsAsJson: true }), { code: 'PDF_UNREACHABLE', tryForMs: 3_600_000 })
  t.match(await refused(t, failing), { code: 'PDF_NOT_A_PDF' })
})

t.test('an address that may not be asked is PDF_ADDRESS_REFUSED', async t => {
  const { fetch, kept } = fetching(t, { allowPrivate: false })
  const server = await serve(t, (_request, response) => response.end(pdf), { secure: true })

  for (const url of [
    `https://127.0.0.1:${server.port}/?token=c0ffee`,
    `https://localhost:${server.port}/?token=c0ffee`,
    `http://localhost:${server.port}/?token=c0ffee`,
    'https://anna:c0ffee@pdf.example/',
    'c0ffee'
  ]) {
    const error = await fetch(url).catch(error => error)
    t.match(error, { code: 'PDF_ADDRESS_REFUSED' })
    t.notMatch(inspect(error, { depth: 20, showHidden: true }), 'c0ffee')
  }
  t.equal(server.connections(), 0)
  t.strictSame(kept(), [])
})

t.test('a redirect to an address that may not be asked is PDF_ADDRESS_REFUSED', async t => {
  const error = await refused(
    t,
    (_request, response) => response.writeHead(302, { location: 'ftp://localhost/?token=c0ffee' }).end(),
    {}
  )
  t.match(error, { code: 'PDF_ADDRESS_REFUSED' })
})

t.test('every status but 200 is PDF_UNREACHABLE and named', async t => {
  for (const status of [201, 202, 204, 304, 400, 401, 403, 404, 408, 410, 418, 429, 500, 502, 503]) {
    await t.test(String(status), async t => {
      const error = await refused(t, (_request, response) => response.writeHead(status).end())
      t.match(error, { code: 'PDF_UNREACHABLE', message: new RegExp(`localhost:\\d+ answered ${status}`) })
    })
  }
})

t.test('a status that says the address is wrong asks to look at it, and is not tried for days', async t => {
  for (const status of [401, 403, 404, 410])
    t.match(await refused(t, (_request, response) => response.writeHead(status).end()), {
      code: 'PDF_UNREACHABLE',
      message: new RegExp(`^localhost:\\d+ answered ${status}: look at the address$`),
      tryForMs: 3_600_000
    })
  for (const status of [202, 400, 408, 429, 500, 503]) {
    const error = await refused(t, (_request, response) => response.writeHead(status).end())
    t.match(error, { code: 'PDF_UNREACHABLE', tryForMs: undefined }, String(status))
    t.notMatch(error.message, 'look at')
  }
})

t.test('a server that asks for a pause gets it', async t => {
  const error = await refused(t, (_request, response) => response.writeHead(429, { 'retry-after': '30' }).end())
  t.match(error, { code: 'PDF_UNREACHABLE', retryAfterMs: 30_000 })
})

t.test('a PDF that is too large is refused: by its announced length, as it streams, and unpacked', async t => {
  const large = Buffer.concat([pdf, Buffer.alloc(bytesMax)])
  let sent = 0
  const endless: RequestListener = (_request, response) => {
    response.write(pdf)
    const more = () => {
      while (response.write(pdf)) sent += pdf.length
      response.once('drain', more)
    }
    more()
  }
  const servers: Record<string, RequestListener> = {
    announced: (_request, response) => response.writeHead(200, { 'content-length': bytesMax + 1 }).write(pdf),
    streamed: (_request, response) => {
      response.write(large)
      response.end()
    },
    endless,
    inflating: (_request, response) =>
      response
        .writeHead(200, { 'content-encoding': 'gzip' })
        .end(gzipSync(Buffer.concat([pdf, Buffer.alloc(100_000_000)])))
  }

  for (const [name, listener] of Object.entries(servers)) {
    t.test(name, async t => {
      t.match(await refused(t, listener), { code: 'PDF_TOO_LARGE' })
    })
  }
  t.ok(sent < 100_000_000)
})

t.test('a PDF of exactly the size that is allowed is taken', async t => {
  const { fetch } = fetching(t)
  const server = await serve(t, (_request, response) =>
    response.end(Buffer.concat([pdf, Buffer.alloc(bytesMax - pdf.length)]))
  )

  t.match(await fetch(server.origin), { bytes: bytesMax })
})

t.test('what is not a PDF is PDF_NOT_A_PDF', async t => {
  for (const body of ['<html>log in first</html>', '']) {
    t.match(await refused(t, (_request, response) => response.end(body)), { code: 'PDF_NOT_A_PDF' })
  }
})

t.test('a PDF that ends too early is never kept', async t => {
  const servers: Record<string, RequestListener> = {
    'shorter than announced': (_request, response) => {
      response.writeHead(200, { 'content-length': pdf.length })
      response.write(pdf.subarray(0, 1000), () => response.destroy())
    },
    'longer than sent, ended politely': (_request, response) => {
      response.socket?.end(`HTTP/1.1 200 OK\r\ncontent-length: ${pdf.length}\r\n\r\n%PDF-1.7`)
    },
    'chunks without an end': (_request, response) => {
      response.write(pdf, () => response.destroy())
    },
    'chunks without an end, politely': (_request, response) => {
      response.socket?.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n8\r\n%PDF-1.7\r\n')
    },
    'without a length, ended politely': (_request, response) => {
      response.socket?.end(`HTTP/1.1 200 OK\r\n\r\n${pdf}`)
    },
    reset: (_request, response) => {
      response.write(pdf, () => response.socket?.resetAndDestroy())
    },
    'packed and cut': (_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(pdf).subarray(0, -12))
    },
    'said to be packed, and is not': (_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(pdf)
    },
    'packed in a way nobody asked for': (_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip, gzip' }).end(gzipSync(gzipSync(pdf)))
    },
    'no answer at all': (_request, response) => response.socket?.destroy(),
    'not HTTP': (_request, response) => response.socket?.end('hello')
  }

  for (const [name, listener] of Object.entries(servers)) {
    await t.test(name, async t => {
      t.match(await refused(t, listener), { code: 'PDF_UNREACHABLE', message: /localhost/ })
    })
  }
})

t.test('an answer without a length is taken if the PDF in it has its end, and is looked at in any case', async t => {
  const { fetch, kept } = fetching(t)
  const complete = `${pdf}\n%%EOF\n`
  const server = await serve(t, (_request, response) => response.socket?.end(`HTTP/1.1 200 OK\r\n\r\n${complete}`))
  await fetch(server.origin)
  t.strictSame(kept(), [Buffer.from(complete)])

  const page: RequestListener = (_request, response) => response.socket?.end('HTTP/1.1 200 OK\r\n\r\n<html>')
  t.match(await refused(t, page), { code: 'PDF_NOT_A_PDF' })
})

t.test('an answer that says itself where it ends needs no end of a PDF', async t => {
  const { fetch, kept } = fetching(t)
  const packed = gzipSync(pdf)
  const servers: RequestListener[] = [
    (_request, response) => response.write(pdf, () => response.end()),
    ({ socket }) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n')
      socket.end(packed)
    }
  ]
  for (const listener of servers) await fetch((await serve(t, listener)).origin)

  t.strictSame(kept(), [pdf, pdf])
})

t.test('in whatever pieces an answer without a length comes, it is known for a PDF and its end is found', async t => {
  const http = openHttp({ allowPrivate: true, timeoutMs: 1 })
  t.teardown(http.close)
  const inPieces: Fetch['http'] = {
    async download(...asked) {
      const download = await http.download(...asked)
      const small = (piece: Buffer) => `${piece}`.match(/.{1,3}/gs)!.map(text => Buffer.from(text))
      return { ...download, body: download.body.flatMap(small) }
    }
  }
  const { fetch, kept } = fetching(t, { http: inPieces })
  const sends = async (body: string) => {
    const server = await serve(t, ({ socket }) => socket.end(`HTTP/1.1 200 OK\r\n\r\n${body}`))
    return server.origin
  }

  const cut = pdf.toString().slice(0, 2000)
  await t.rejects(fetch(await sends(cut)), { code: 'PDF_UNREACHABLE', tryForMs: 3_600_000 })
  await fetch(await sends(`${cut}%%EOF`))
  t.strictSame(kept(), [Buffer.from(`${cut}%%EOF`)])
})

t.test('a download takes no longer than it may, however slowly it drips', async t => {
  const dripping: RequestListener = (_request, response) => {
    response.write('%PDF-1.7\n')
    const drip = setInterval(() => response.write('x'), 5)
    response.on('close', () => clearInterval(drip))
  }
  const servers: Record<string, RequestListener> = {
    dripping,
    'silent before the answer': () => {},
    'silent after the head': (_request, response) => response.flushHeaders(),
    'redirecting slowly': (_request, response) => {
      setTimeout(() => response.writeHead(302, { location: '/' }).end(), 20)
    }
  }

  for (const [name, listener] of Object.entries(servers)) {
    await t.test(name, async t => {
      const error = await refused(t, listener, { timeoutMs: 80 })
      t.match(error, { code: 'PDF_UNREACHABLE', message: /ETIMEDOUT/ })
    })
  }
})

t.test('a body that is not wanted is not read to its end', async t => {
  const { fetch } = fetching(t)
  const server = await serve(t, (_request, response) => {
    response.writeHead(500)
    response.write('x'.repeat(100))
  })

  await t.rejects(fetch(server.origin), { code: 'PDF_UNREACHABLE' })
  t.ok(await server.ended)
})

t.test('too many redirects are PDF_UNREACHABLE', async t => {
  const error = await refused(t, (_request, response) => response.writeHead(302, { location: '/a?token=c0ffee' }).end())
  t.match(error, { code: 'PDF_UNREACHABLE', message: /redirects/ })
})

t.test(
  'a host that DNS does not know, a closed port and a certificate of somebody else are PDF_UNREACHABLE',
  async t => {
    const server = await serve(t, (_request, response) => response.end(pdf), { secure: true })
    const elsewhere = async () => [{ address: '127.0.0.1', family: 4 }]
    const unknown = async () => {
      throw Object.assign(new Error('no'), { code: 'ENOTFOUND' })
    }

    const unknownHost = fetching(t, { resolve: unknown }).fetch('https://nowhere.example/?token=c0ffee')
    await t.rejects(unknownHost, { code: 'PDF_UNREACHABLE', message: /nowhere\.example.*ENOTFOUND/ })
    const closedPort = fetching(t).fetch('https://127.0.0.1:1/')
    await t.rejects(closedPort, { code: 'PDF_UNREACHABLE', message: /ECONNREFUSED/ })
    const impostor = fetching(t, { resolve: elsewhere }).fetch(`https://bank.example:${server.port}/`)
    await t.rejects(impostor, { code: 'PDF_UNREACHABLE', message: /ERR_TLS_CERT_ALTNAME_INVALID/ })
    t.strictSame(server.requests, [])
  }
)

t.test('a failing disk is not blamed on the server', async t => {
  const server = await serve(t, (_request, response) => response.end(pdf))
  const spool = {
    ...openSpool(t.testdir(), { bytesMax }),
    keep: async (source: AsyncIterable<Uint8Array>) => {
      for await (const _ of source) throw new Error('EROFS')
      throw new Error('nothing was read')
    }
  }

  await t.rejects(fetching(t, { spool }).fetch(server.origin), { message: 'EROFS' })
  t.ok(await server.ended, 'and the download is not read on')
})
