import t from 'tap'
import { load, pdf } from '../../../../plugins/tools/mollie/api.ts'
import { tool } from '../../../../plugins/tools/mollie/index.ts'
import { oneInvoice } from '../../../../src/tools/one-invoice.ts'
import { entity, invoice, openLine, withoutKey } from './parts.ts'

const { invoice: facts } = invoice
const id = 'invoice_voorbeeld0001'
const linked = (href: unknown) => entity({ _links: { pdfLink: { href, type: 'text/html' } } })

t.test('an invoice is read as it is now; what is not held is null', async t => {
  const { connection, mollie } = await openLine(t)
  mollie.invoices.push(entity())

  t.strictSame(await load(id, connection), invoice)
  t.equal(await load('invoice_../webhooks', connection), null)
  mollie.invoices = [entity({ status: 'draft', invoiceNumber: null })]
  t.match(await load(id, connection), { stage: 'draft' })
  mollie.invoices = [entity({ totalAmount: null })]
  await t.rejects(load(id, connection), { code: 'TOOL_UNREACHABLE', message: /totalAmount: expected/ })
})

t.test('a PDF is fetched where its link leads, and the key goes to Mollie only', async t => {
  const { connection, mollie } = await openLine(t)
  const authorization = `Bearer ${mollie.key}`

  mollie.invoices = [linked('https://pdf.example/1')]
  t.strictSame(await pdf(facts, connection), { url: 'https://pdf.example/1', headers: {}, failsAsJson: true })
  mollie.invoices = [linked(`${mollie.url}/pdf/1`)]
  t.match(await pdf(facts, connection), { headers: { authorization } })
  mollie.invoices = [linked(`${mollie.url}.example/pdf/1`)]
  t.match(await pdf(facts, connection), { headers: {} })
  t.notMatch(await pdf(facts, connection), { headers: { authorization } })
})

t.test('a PDF that is not made yet is asked for later', async t => {
  const { connection, mollie } = await openLine(t)
  for (const _links of [undefined, {}, { pdfLink: null }, { pdfLink: { href: null } }]) {
    mollie.invoices = [entity({ _links })]
    t.equal(await pdf(facts, connection), null)
  }
  t.equal(await pdf({ sourceId: null }, connection), null)
})

t.test('an access token says which mode it means, an API key must not', async t => {
  for (const key of ['access_voorbeeldvoorbeeld', 'test_voorbeeldvoorbeeld']) {
    const { connection, mollie } = await openLine(t, { MOLLIE_API_KEY: key, MOLLIE_TEST_MODE: 'true' })
    mollie.invoices.push(entity({ mode: 'test' }))
    t.match(await load(id, connection), { invoice: { sourceId: id } }, key)
  }
  const { connection, mollie } = await openLine(t)
  mollie.invoices.push(entity({ mode: 'test' }))
  t.equal(await load(id, connection), null)
})

t.test('a refusal says what is missing, and a pause is kept', async t => {
  const { connection, mollie } = await openLine(t)
  mollie.busy = 1
  await t.rejects(load(id, connection), { code: 'TOOL_BUSY' })
  mollie.permissions.clear()
  await t.rejects(load(id, connection), { code: 'TOOL_UNAUTHORIZED', message: /the permission sales-invoices\.read/ })
  mollie.key = 'access_eenandere'
  await t.rejects(load(id, connection), { code: 'TOOL_UNAUTHORIZED', message: /MOLLIE_API_KEY/ })
  await t.rejects(load(id, withoutKey(connection)), { code: 'TOOL_UNAUTHORIZED', message: 'MOLLIE_API_KEY is not set' })
})

t.test('one that a person names is found by its number, and by its id', async t => {
  const { connection, mollie } = await openLine(t)
  mollie.invoices = [entity({ id: 'invoice_other', invoiceNumber: 'INV-0000041' }), entity()]
  const find = async (named: string) =>
    (await oneInvoice(named, { tool: tool as never, connection: connection as never }))?.invoice.sourceId ?? null
  t.equal(await find('INV-0000042'), 'invoice_voorbeeld0001')
  t.equal(await find('invoice_voorbeeld0001'), 'invoice_voorbeeld0001')
  t.equal(await find('INV-0000043'), null)
})
