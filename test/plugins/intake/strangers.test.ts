// What strangers can do to the generic intake by pretending to sign: nothing that a sender would notice.

import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { request as ask } from 'node:http'
import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import type { Wait } from '../../../plugins/bodies/patience.ts'
import type { Strangers } from '../../../plugins/bodies/strangers.ts'
import type { DraftingSpool } from '../../../src/ledger/spool.ts'
import { handClock } from '../../src/portal/hand-clock.ts'
import { openStrangers } from '../bodies/open-strangers.ts'
import { bearer, fields, multipart, noon, openIntake, pdf, type Sent, signed } from './intake.ts'

const open = async (t: Test, options: Parameters<typeof openIntake>[1] = {}) => {
  let begun = 0
  let asked = () => {}
  const watch = (spool: DraftingSpool): DraftingSpool => ({
    ...spool,
    draft: source => {
      begun += 1
      asked()
      return spool.draft(source)
    }
  })
  const receiver = await openIntake(t, { watch, ...options })
  const port = await receiver.listen()

  return {
    ...receiver,
    /** Resolves once so many PDFs have begun to be written. */
    writing: (count: number) =>
      new Promise<void>(resolve => {
        asked = () => begun >= count && resolve()
        asked()
      }),
    /** A forged upload that stops in the middle of its PDF. */
    forge: (bytes = 1000, localAddress = '127.0.0.1'): Socket => {
      const socket = connect({ port, host: '127.0.0.1', localAddress }).on('error', () => {})
      t.teardown(() => socket.destroy())
      const headers = [
        'POST /webhooks/invoices HTTP/1.1',
        'Host: bridge',
        'Content-Type: multipart/form-data; boundary=b',
        'Content-Length: 20000000',
        'Webhook-Id: forged',
        `Webhook-Timestamp: ${noon / 1000}`,
        'Webhook-Signature: v1,AAAA'
      ]
      socket.write(`${headers.join('\r\n')}\r\n\r\n${beginning}`)
      socket.write('x'.repeat(bytes))
      return socket
    },
    send: async ({ headers, body }: Sent, localAddress = '127.0.0.1') => {
      const path = '/webhooks/invoices'
      const sent = ask({ port, host: '127.0.0.1', localAddress, path, method: 'POST', headers })
      sent.end(body)
      const [response] = await once(sent, 'response')
      return { status: response.statusCode, answer: JSON.parse(await text(response)) }
    }
  }
}

const beginning = '--b\r\nContent-Disposition: form-data; name="pdf"; filename="a.pdf"\r\n\r\n%PDF-'

/** Strangers, and when so many bytes of them were read and so many bodies wait for more. */
const watchWaits = (strangers: Strangers) => {
  let [read, waiting] = [0, 0]
  let changed = () => {}
  const watched =
    (wait: Wait): Wait =>
    async (next, bytesOf) => {
      waiting += 1
      changed()
      try {
        const brought = await wait(next, bytesOf)
        read += bytesOf(brought)
        return brought
      } finally {
        waiting -= 1
      }
    }
  const host: Strangers['host'] = (request, step) =>
    strangers.host(request, held => step({ ...held, wait: watched(held.wait) }))
  const stuck = (bodies: number, bytes: number) =>
    new Promise<void>(resolve => {
      changed = () => read >= bytes && waiting >= bodies && resolve()
      changed()
    })
  return { strangers: { ...strangers, host }, stuck }
}

const accepted = { status: 200, answer: { result: 'accepted' } }

t.test('64 slow forged uploads keep nobody waiting who signs, not even at their own address', async t => {
  const { forge, writing, send } = await open(t)
  for (let at = 0; at < 64; at += 1) forge()
  await writing(64)

  t.strictSame(await send(signed(await multipart(fields, { pdf }))), accepted)
})

t.test('who is proven by a bearer token never waits behind strangers, nor does another address', async t => {
  const { forge, writing, send } = await open(t)
  // One address has 120 places, and half as many of its uploads may wait.
  for (let at = 0; at < 180; at += 1) forge()
  await writing(120)
  const [answer] = await once(forge(), 'data')
  t.match(String(answer), /^HTTP\/1\.1 503 .*"INTAKE_BUSY"/s, 'nor does the queue grow for ever')

  const sent = await multipart(fields, { pdf })
  t.strictSame(await send(bearer(sent)), accepted)
  t.strictSame(await send(signed(sent), '127.0.0.2'), accepted)

  const large = signed(await multipart(fields, { pdf: Buffer.concat([pdf, Buffer.alloc(100_000)]) }))
  t.match(await send(large), { status: 503, answer: { code: 'INTAKE_BUSY' } })
})

t.test('two addresses that take all places keep no third one out that signs', async t => {
  const { forge, writing, send } = await open(t)
  const crowd = Array.from({ length: 120 }, () => forge())
  await writing(120)
  for (let at = 0; at < 40; at += 1) forge(1000, '127.0.0.2')
  await writing(160)

  const large = Buffer.concat([pdf, Buffer.alloc(100_000)])
  const ended = Promise.race(crowd.map(socket => once(socket, 'data')))
  t.strictSame(await send(signed(await multipart(fields, { pdf: large })), '127.0.0.3'), accepted)
  t.match(String(await ended), /^HTTP\/1\.1 503 .*"INTAKE_BUSY"/s, 'of the one with most the oldest is told why')
})

t.test('an upload that does not come is ended with a reason, and leaves neither file nor place', async t => {
  const clock = handClock()
  const { strangers, stuck } = watchWaits(openStrangers({ clock }))
  const { forge, send, refusals } = await open(t, { strangers })
  const sockets = Array.from({ length: 120 }, () => forge())
  // What is read only later would be waited for anew.
  await stuck(120, 120 * (beginning.length + 1000))
  const answers = sockets.map(socket => once(socket, 'data'))
  const ends = sockets.map(socket => once(socket, 'close'))
  const waiting = send(signed(await multipart(fields, { pdf })))

  await clock.advance(30_000)

  for (const [answer] of await Promise.all(answers)) t.match(String(answer), /^HTTP\/1\.1 408 .*"BODY_TOO_SLOW"/s)
  await Promise.all(ends)
  t.strictSame(await waiting, accepted, 'who waited has a place')
  t.equal(readdirSync(t.testdirName).length, 1)
  t.strictSame(refusals, [], 'a slow line is no stranger')
})

t.test('strangers can fill only so much of the disk, and leave it as it was', async t => {
  // Sixteen PDFs of this size; of those one client may have twelve.
  const strangers = openStrangers({ pdfBytesMax: 100_000 })
  const { forge, writing, send } = await open(t, { strangers })
  const sockets = Array.from({ length: 12 }, () => forge(99_000))
  await writing(12)
  const over = Array.from({ length: 4 }, () => forge(99_000))
  await writing(16)

  t.strictSame(await send(bearer(await multipart(fields, { pdf }))), accepted, 'who is proven has disk of his own')
  t.strictSame(await send(signed(await multipart(fields, { pdf })), '127.0.0.2'), accepted)
  const ends = [...sockets, ...over].map(socket => once(socket, 'close'))
  for (const socket of [...sockets, ...over]) socket.destroy()
  await Promise.all(ends)
  t.strictSame(await send(signed(await multipart(fields, { pdf }))), accepted)
})
