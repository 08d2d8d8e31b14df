import { once } from 'node:events'
import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import rateLimit from '@fastify/rate-limit'
import Fastify, { type FastifyInstance } from 'fastify'
import t from 'tap'
import sandboxPlugin from '../../../plugins/sandbox/sandbox.ts'
import { authorization, create, fields, get, handClock, open, pdf, refusalOf, vos } from './fixtures.ts'

const listen = async (app: FastifyInstance) => {
  await app.listen({ port: 0, host: '127.0.0.1' })
  return (app.server.address() as AddressInfo).port
}

const boundary = 'part'
const head = [
  ...Object.entries(fields).map(
    ([field, value]) => `--${boundary}\r\ncontent-disposition: form-data; name="${field}"\r\n\r\n${value}\r\n`
  ),
  `--${boundary}\r\ncontent-disposition: form-data; name="pdf"; filename="a.pdf"\r\n\r\n%PDF-1.7\n`
].join('')
const tail = `\r\n--${boundary}--\r\n`

const upload = (port: number) =>
  request({
    port,
    method: 'POST',
    path: '/v1/customer-invoices',
    headers: { authorization, 'content-type': `multipart/form-data; boundary=${boundary}` }
  })

t.test('an app that registers it gets its handle, and both keep their own rules', async t => {
  const app = Fastify()
  t.teardown(() => app.close())
  await app.register(rateLimit, { global: false, max: 1 })
  await app.register(sandboxPlugin, { clock: handClock(), prefix: '/portal', requestsPerMinute: 7 })
  app.post('/own', async request => request.body)

  const headers = { 'content-type': 'text/plain' }
  const own = await app.inject({ method: 'POST', url: '/own', payload: 'text', headers })
  const listed = await get(app, '/portal/v1/customers')
  const { link } = (await get(app, `/portal/v1/customer-invoices/${addOne(app)}/pdf`)).json()

  t.equal(own.payload, 'text')
  t.match(listed.headers, { 'x-ratelimit-limit': '7' })
  t.equal(listed.json().path, 'http://localhost:80/portal/v1/customers')
  t.match(link, 'http://localhost:80/portal/sandbox/pdfs/inv_')
})

t.test('the handle shows what came in, and does what a person in the portal does', async t => {
  const { app, sandbox } = await open(t, {
    customers: [{ companyName: 'One', primaryEmail: 'a@one.example' }]
  })
  const customerId = sandbox.customers[0]!.id

  const { id } = (await create(app, { customerId })).json()
  const made = sandbox.add({ customerId, invoiceNumber: 'hand', issuedAt: '2026-11-01', amount: '-5.00' })

  t.strictSame(sandbox.pdf(id), Buffer.from(await pdf.bytes()))
  t.match(sandbox.invoices, [{ id }, { id: made.id, sha256: null, bytes: 0 }])
  t.match(sandbox.requests, [{ method: 'POST', call: 'create', invoiceNumber: '2026-0042', status: 201 }])
  t.match(sandbox.counts, { requests: 1, calls: { create: 1 }, statuses: { 201: 1 } })
  t.equal(sandbox.delete(id), true)
  t.equal(sandbox.delete(id), false)
  t.equal(sandbox.pdf(id), undefined)
  t.match(sandbox.invoices, [{ id: made.id }])
})

t.test('a fault that makes no sense is refused when it is asked for', async t => {
  const { sandbox } = await open(t)

  t.match(
    refusalOf(() => sandbox.fault({ on: {}, fault: 'lost' })),
    { code: 422, errors: { on: [/./] } }
  )
  t.match(
    refusalOf(() => sandbox.fault({ on: { call: 'any' }, fault: 'slow' })),
    { errors: { ms: [/./] } }
  )
  t.strictSame(sandbox.faults, [])
})

t.test('a setting that makes no sense stops the start', async t => {
  await t.rejects(open(t, { requestsPerMinute: Number.NaN }), { name: 'PortalError' })
  await t.rejects(open(t, { order: 'random' as 'none' }), { name: 'PortalError' })
})

t.test('what a test adds must be possible in the portal', async t => {
  const { sandbox } = await open(t)
  const fields = { customerId: vos, invoiceNumber: '1', issuedAt: '2026-11-20', amount: '1.00' }

  t.match(
    refusalOf(() => sandbox.add({ ...fields, customerId: 'cst_x' })),
    { errors: { customerId: [/./] } }
  )
  t.match(
    refusalOf(() => sandbox.add({ ...fields, issuedAt: '2026-02-30' })),
    { errors: { issuedAt: [/./] } }
  )
})

t.test('seeded random numbers give the same ids again', async t => {
  const seeded = async () => {
    let seed = 1
    const random = () => {
      seed = (seed * 48271) % 2147483647
      return seed / 2147483647
    }
    const { app } = await open(t, { random })
    return (await create(app)).json().id
  }

  t.equal(await seeded(), await seeded())
})

t.test('an upload that breaks off stores nothing and harms nobody', async t => {
  const { app, sandbox } = await open(t)
  const port = await listen(app)
  const arrived = once(app.server, 'request')

  const sent = upload(port)
  sent.on('error', () => {})
  await new Promise(written => sent.write(head, written))
  const [message] = await arrived
  const gone = new Promise(closed => message.once('close', closed))
  sent.destroy()
  await gone

  t.match(await create(app), { statusCode: 201 })
  t.equal(sandbox.invoices.length, 1)
})

t.test('a large upload costs no memory when its bytes are not kept', async t => {
  setFlagsFromString('--expose-gc')
  const gc: () => void = runInNewContext('gc')
  const { app, sandbox } = await open(t, { keepPdfs: false })
  const port = await listen(app)
  const chunk = Buffer.alloc(64 * 1024, 'x')
  const chunks = 320
  const heldBytes = () => {
    // Twice, because what the first one finds is swept beside it.
    gc()
    gc()
    return process.memoryUsage().arrayBuffers
  }
  const before = heldBytes()

  const sent = upload(port)
  sent.write(head)
  for (let at = 0; at < chunks; at++) {
    if (!sent.write(chunk)) await once(sent, 'drain')
  }
  const during = heldBytes()
  sent.end(tail)
  const [response] = await once(sent, 'response')
  response.resume()

  t.equal(response.statusCode, 201)
  t.match(sandbox.invoices, [{ bytes: chunks * chunk.length + '%PDF-1.7\n'.length }])
  t.ok(during - before < 5_000_000, `${during - before} bytes while it came in`)
  t.ok(heldBytes() - before < 1_000_000, 'nothing afterwards')
})

const addOne = (app: FastifyInstance) =>
  app.sandbox.add({ customerId: vos, invoiceNumber: '1', issuedAt: '2026-11-20', amount: '1.00' }).id
