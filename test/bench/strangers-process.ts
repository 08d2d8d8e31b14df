// The strangers of the bench, in a process of their own, so that what they cost is not measured as the bridge's: they
// post megabytes, upload forged PDFs drop by drop, and open connections on which they say nothing. It is told where the
// bridge listens, says `ready` once all of them are at it, and ends after so many seconds.

import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

const [port = 0, seconds = 10] = process.argv.slice(2).map(Number)

const uploads = 64
const idle = 4000
const posting = 8
const megabyte = Buffer.from(`[${'1,'.repeat(524_000)}1]`)

const open = async (): Promise<Socket> => {
  // A closed one is not opened again: 4,000 were asked for.
  const socket = connect(port, '127.0.0.1')
    .on('error', () => {})
    .resume()
  await once(socket, 'connect').catch(() => {})
  return socket
}

const counts = { posts: 0, refused: 0 }
const endAt = performance.now() + seconds * 1000

/** As fast as the bridge takes them, parsed or not. */
const post = async (): Promise<void> => {
  while (performance.now() < endAt) {
    try {
      const answer = await fetch(`http://127.0.0.1:${port}/webhooks/moneybird`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: megabyte
      })
      await answer.arrayBuffer()
      counts.posts += 1
    } catch {
      counts.refused += 1
    }
  }
}

/** A forged PDF, a few hundred bytes at a time; from the beginning again when it is ended. */
const upload = async (): Promise<void> => {
  const head = [
    'POST /webhooks/invoices HTTP/1.1',
    'Host: bridge',
    'Content-Type: multipart/form-data; boundary=b',
    'Content-Length: 20000000',
    'Webhook-Id: forged',
    `Webhook-Timestamp: ${Math.floor(Date.now() / 1000)}`,
    'Webhook-Signature: v1,AAAA'
  ]
  const socket = await open()
  socket.write(
    `${head.join('\r\n')}\r\n\r\n--b\r\nContent-Disposition: form-data; name="pdf"; filename="a"\r\n\r\n%PDF-`
  )
  while (performance.now() < endAt && !socket.destroyed) {
    socket.write('x'.repeat(200))
    await new Promise(resolve => setTimeout(resolve, 100))
  }
  socket.destroy()
  if (performance.now() < endAt) await upload()
}

const uploading = Array.from({ length: uploads }, upload)
const posts = Array.from({ length: posting }, post)
const sockets: Socket[] = []
process.send?.('ready')
while (sockets.length < idle) sockets.push(...(await Promise.all(Array.from({ length: 200 }, open))))
const held = () => sockets.filter(socket => !socket.destroyed).length
process.send?.({ idle: sockets.length, held: held() })
await Promise.all([...uploading, ...posts])
process.send?.({ ...counts, held: held() })
for (const socket of sockets) socket.destroy()
process.disconnect?.()
