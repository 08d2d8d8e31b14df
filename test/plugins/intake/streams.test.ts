import { fork } from 'node:child_process'
import { once } from 'node:events'
import { request } from 'node:http'
import { connect } from 'node:net'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import t from 'tap'
import type { DraftingSpool } from '../../../src/ledger/spool.ts'
import { bearer, fields, json, multipart, openIntake, pdf, pdfBytesMax, type Sent, sha256, signed } from './intake.ts'

const post = async (port: number, { headers, body }: Sent) => {
  const response = await fetch(`http://127.0.0.1:${port}/webhooks/invoices`, {
    method: 'POST',
    headers,
    body: new Uint8Array(body)
  })
  return { status: response.status, answer: await response.json() }
}

/** A disk that tells when the first bytes of a PDF arrive, and how the writing ended. */
const openDisk = () => {
  const begun = Promise.withResolvers<void>()
  const ended = Promise.withResolvers<unknown>()
  async function* tell(source: AsyncIterable<Uint8Array>) {
    for await (const chunk of source) {
      begun.resolve()
      yield chunk
    }
  }
  const watch = (spool: DraftingSpool): DraftingSpool => ({
    ...spool,
    draft: source => {
      const kept = spool.draft(tell(source))
      ended.resolve(kept)
      return kept
    }
  })
  return { watch, begun: begun.promise, ended: ended.promise }
}

t.test('a sender that goes away in the middle leaves nothing, and is not counted as a stranger', async t => {
  const shapes = {
    multipart: await multipart(fields, { pdf: Buffer.concat([pdf, Buffer.alloc(1_000_000)]) }),
    JSON: json({ ...fields, pdf: Buffer.concat([pdf, Buffer.alloc(1_000_000)]).toString('base64') })
  }
  for (const [shape, sent] of Object.entries(shapes)) {
    for (const [how, prove] of Object.entries({ bearer, signed })) {
      t.test(`${shape}, ${how}`, async t => {
        const disk = openDisk()
        const { listen, files, arrivals, refusals, noteUnreadable } = await openIntake(t, {
          watch: disk.watch
        })
        const { headers, body } = prove(sent)
        const client = request({
          port: await listen(),
          path: '/webhooks/invoices',
          method: 'POST',
          headers: { ...headers, 'content-length': body.length }
        })
        client.on('error', () => {})

        client.write(body.subarray(0, 500_000))
        await disk.begun
        client.destroy()

        await t.rejects(disk.ended, { code: 'FIELDS_INVALID' })
        t.strictSame([files(), arrivals, refusals, noteUnreadable], [[], [], [], []])
      })
    }
  }
})

t.test('what the headers rule out is answered before the body is sent', async t => {
  const { listen } = await openIntake(t)
  const port = await listen()
  const type = 'Content-Type: application/json'
  const length = 'Content-Length: 20000000'
  const ask = async (...lines: string[]) => {
    const socket = connect(port, '127.0.0.1')
    t.teardown(() => socket.destroy())
    socket.write(['POST /webhooks/invoices HTTP/1.1', 'Host: bridge', ...lines, '', ''].join('\r\n'))
    const [answer] = await once(socket, 'data')
    return Number(String(answer).split(' ')[1])
  }
  const { authorization } = bearer(json({})).headers

  t.equal(await ask(type, length), 401)
  t.equal(await ask(type, length, 'Authorization: Bearer a wrong secret'), 401)
  t.equal(await ask(type, length, 'Webhook-Id: 1', 'Webhook-Timestamp: 1', 'Webhook-Signature: v1,AAAA'), 401)
  t.equal(await ask('Content-Type: application/xml', length, `Authorization: ${authorization}`), 415)
  t.equal(await ask(type, 'Content-Length: 200000000', `Authorization: ${authorization}`), 413)
})

t.test('a body in single bytes is a body', async t => {
  const { listen, spooled } = await openIntake(t)
  const small = Buffer.from('%PDF-1.7')
  const { headers, body } = signed(await multipart(fields, { pdf: small }))
  const client = request({ port: await listen(), path: '/webhooks/invoices', method: 'POST', headers })
  client.setNoDelay(true)

  await pipeline(Readable.from(Array.from(body, byte => Uint8Array.of(byte))), client)
  const [response] = await once(client, 'response')

  t.equal(response.statusCode, 200, await text(response))
  t.strictSame(spooled(), [sha256(small)])
})

t.test('a hundred PDFs at once are all kept', async t => {
  const { listen, files, arrivals } = await openIntake(t)
  const port = await listen()
  const sends = Array.from({ length: 100 }, async (_, at) => {
    const sent = await multipart({ ...fields, invoiceNumber: `2026-${at}` }, { pdf })
    return post(port, at % 2 ? bearer(sent) : signed(sent))
  })

  const statuses = (await Promise.all(sends)).map(({ status }) => status)

  t.strictSame([...new Set(statuses)], [200])
  t.equal(files().length, 100)
  t.equal(new Set(arrivals.map(({ invoice }) => invoice.invoiceNumber)).size, 100)
})

t.test('memory does not grow with the PDFs', async t => {
  const receiver = fork(new URL('intake-process.ts', import.meta.url), [t.testdir()])
  t.teardown(() => receiver.kill())
  const [port] = await once(receiver, 'message')
  const memoryMax = async () => {
    receiver.send('memory?')
    const [kilobytes] = await once(receiver, 'message')
    return kilobytes * 1024
  }
  const large = Buffer.alloc(pdfBytesMax, pdf)
  const shapes = {
    multipart: signed(await multipart(fields, { pdf: large })),
    'base64 in JSON': signed(json({ ...fields, pdf: large.toString('base64') }))
  }

  // What the first bodies take, the later ones must do with.
  for (const sent of Object.values(shapes)) await Promise.all([post(port, sent), post(port, sent)])
  for (const [shape, sent] of Object.entries(shapes)) {
    const before = await memoryMax()
    const answers = await Promise.all(Array.from({ length: 8 }, () => post(port, sent)))
    const growth = (await memoryMax()) - before

    t.strictSame(answers, Array(8).fill({ status: 200, answer: { result: 'accepted' } }))
    // Held whole they would be eight. What waits for the collector is more than one on a fast machine.
    t.ok(growth < 4 * sent.body.length, `${shape}: 8 bodies of ${sent.body.length} bytes took ${growth} bytes`)
  }
})
