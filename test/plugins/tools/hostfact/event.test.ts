import t from 'tap'
import { read, verify } from '../../../../plugins/tools/hostfact/event.ts'
import { settings } from '../../../../plugins/tools/hostfact/settings.ts'
import { wefactInvoice } from '../../../fixtures/wefact-api.ts'
import { now, timeZone } from '../asked-contract.ts'

t.test('what could not be read is an invoice as soon as it can', async t => {
  const body = (entity: object) => Buffer.from(JSON.stringify({ seenAt: now, entity }))
  t.match(read(body(wefactInvoice(1)), { timeZone }), { kind: 'invoices', invoices: [{ invoice: { sourceId: '1' } }] })
  t.match(read(body({}), { timeZone }), { kind: 'unreadable', problem: /^entity: /, sourceId: null })
})

const secret = 'een-geheim-van-de-eigenaar'
const env = { HOSTFACT_KEY: 'voorbeeldsleutel', HOSTFACT_API_URL: 'https://host.example/api' }

t.test('who knows the secret may hint, and nobody else', async t => {
  const by =
    (authorization: string | undefined, secrets: string | undefined = secret) =>
    () => {
      const headers = authorization === undefined ? {} : { authorization }
      const given = settings.parse({ ...env, ...(secrets === '' ? {} : { HOSTFACT_WEBHOOK_SECRET: secrets }) })
      verify({ body: Buffer.from('{}'), headers, receivedAt: now }, given)
    }

  t.doesNotThrow(by(`Bearer ${secret}`))
  t.doesNotThrow(by(`Bearer ${secret}`, `een-ouder-geheim-ook,${secret}`))
  for (const wrong of [undefined, '', 'Bearer', 'Bearer ', secret, `Basic ${secret}`, `Bearer ${secret}x`])
    t.throws(by(wrong), { code: 'NOT_AUTHENTIC' }, String(wrong))
  t.throws(by(`Bearer ${secret}`, ''), { code: 'NOT_AUTHENTIC' }, 'no secret is set')
})

t.test('whatever is sent is a hint', async t => {
  for (const body of ['{}', '', 'id=1&InvoiceCode=2026-0117', '{"id":1}', 'null', '[]'])
    t.strictSame(read(Buffer.from(body), { timeZone }), { kind: 'hint', sourceId: null }, body)
})
