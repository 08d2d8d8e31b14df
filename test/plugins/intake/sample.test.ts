import { Webhook } from 'standardwebhooks'
import t from 'tap'
import { samplePdf, signedSample } from '../../../plugins/intake/sample.ts'

const secret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`
const invoice = {
  invoiceNumber: 'DEMO-0001',
  customerId: 'cst_1',
  at: Date.now(),
  timeZone: 'Europe/Amsterdam'
}

t.test('a sample is signed as the library of Standard Webhooks verifies it', async t => {
  const { body, headers } = signedSample(invoice, secret)

  t.strictSame(new Webhook(secret).verify(body, headers), JSON.parse(body))
  t.match(JSON.parse(body), {
    invoiceNumber: 'DEMO-0001',
    customerId: 'cst_1',
    amount: '121.00',
    pdf: samplePdf('DEMO-0001').toString('base64')
  })
})

t.test('it is issued on the day that it is where the portal is', async t => {
  const at = Temporal.Instant.from('2026-11-20T23:30:00Z').epochMilliseconds
  t.match(JSON.parse(signedSample({ ...invoice, at }, secret).body), { issuedAt: '2026-11-21' })
  const inLisbon = { ...invoice, at, timeZone: 'Europe/Lisbon' }
  t.match(JSON.parse(signedSample(inLisbon, secret).body), { issuedAt: '2026-11-20' })
})

t.test('with an address of its PDF it brings none along', async t => {
  const { pdf, pdfUrl } = JSON.parse(signedSample({ ...invoice, pdfUrl: 'https://a.example' }, secret).body)
  t.strictSame({ pdf, pdfUrl }, { pdf: undefined, pdfUrl: 'https://a.example' })
})

t.test('its PDF is one: every offset leads to its object, whatever the number is made of', async t => {
  for (const number of ['2026-1', '(é\\) 100%', '発票']) {
    const text = samplePdf(number).toString('latin1')
    const start = Number(/startxref\n(\d+)\n%%EOF\n$/.exec(text)?.[1])
    t.match(text.slice(0, 8), '%PDF-1.4')
    t.match(text.slice(start, start + 9), 'xref\n0 6\n')
    const offsets = [...text.slice(start).matchAll(/^(\d{10}) 00000 n $/gm)].map(([, offset]) => Number(offset))
    for (const [at, offset] of offsets.entries())
      t.ok(text.slice(offset).startsWith(`${at + 1} 0 obj\n`), `object ${at + 1}`)
    const [, length = '', content = ''] = /\/Length (\d+) >>\nstream\n(.*)\nendstream/.exec(text) ?? []
    t.equal(content.length, Number(length))
  }
})
