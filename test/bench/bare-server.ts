// The least that a server which believes signatures can do: the same HMAC, the same JSON, and it forgets.

import { createHmac, timingSafeEqual } from 'node:crypto'
import Fastify from 'fastify'

const secret = process.env.SECRET ?? ''
const app = Fastify()
app.removeAllContentTypeParsers()
app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))

app.post('/webhooks/stripe', async request => {
  const { body } = request as { body: Buffer }
  const [time = '', given = ''] = String(request.headers['stripe-signature'])
    .split(',')
    .map(part => part.slice(part.indexOf('=') + 1))
  const wanted = createHmac('sha256', secret).update(`${time}.`).update(body).digest()
  if (!timingSafeEqual(wanted, Buffer.from(given, 'hex'))) throw new Error('forged')
  const { type } = JSON.parse(body.toString())
  return { result: type === 'invoice.finalized' ? 'accepted' : 'ignored' }
})

await app.listen({ port: Number(process.env.PORT) })
console.log('listening')
