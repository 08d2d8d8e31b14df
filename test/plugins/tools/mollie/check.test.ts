import t from 'tap'
import { check } from '../../../../plugins/tools/mollie/check.ts'
import { webhookEntity } from '../../../fixtures/mollie-api.ts'
import { address, entity, openLine, withoutKey } from './parts.ts'

t.test('check proves key, invoice, PDF and webhook', async t => {
  const { connection, mollie } = await openLine(t)
  const href = `${mollie.url}/pdf/1`
  mollie.invoices.push(
    entity({ id: 'a', status: 'draft' }),
    entity({ _links: { pdfLink: { href, type: 'text/html' } } })
  )
  mollie.webhooks.push(webhookEntity('hook_1', address))

  t.strictSame(await check(address, connection), [
    { ok: true, what: 'API key', found: 'reads the sales invoices' },
    { ok: true, what: 'invoice', found: 'INV-0000042 can be read' },
    { ok: true, what: 'PDF', found: 'can be fetched' },
    { ok: true, what: 'webhook', found: 'registered and enabled' }
  ])
  t.match(await check(null, connection), [{ what: 'API key' }, { what: 'invoice' }, { what: 'PDF' }])
  mollie.pdf = { type: 'text/html; charset=utf-8', body: '<!doctype html>' }
  t.match((await check(null, connection)).at(-1), { ok: false, found: 'its address answers with a page' })
  mollie.pdf = { type: 'application/hal+json', body: '{}' }
  t.match((await check(null, connection)).at(-1), { ok: false, found: 'its address answers with JSON' })
  mollie.invoices = [
    entity({ _links: { pdfLink: { href: `${mollie.url}/v2/sales-invoices/none`, type: 'text/html' } } })
  ]
  t.match((await check(null, connection)).at(-1), { ok: false, found: 'its address answers 404' })
})

t.test('check tells of invoices that are not there, and of those that cannot be read', async t => {
  const { connection, mollie } = await openLine(t)
  t.match((await check(null, connection)).at(-1), {
    ok: true,
    note: true,
    what: 'invoice',
    found: /none of the first in the list is final/
  })
  mollie.invoices = [entity({ _links: {} })]
  t.match((await check(null, connection)).at(-1), { ok: true, note: true, what: 'PDF', found: /not made it yet/ })
  mollie.invoices = [entity({ status: 'lost' })]
  t.match((await check(null, connection)).at(-1), { ok: false, what: 'invoice', found: /^status: expected/ })
})

t.test('check tells what is wrong with the webhook', async t => {
  const { connection, mollie } = await openLine(t)
  const found = async (settings = connection.settings) => (await check(address, { ...connection, settings })).at(-1)
  const { MOLLIE_WEBHOOK_SECRET: _, ...unset } = connection.settings

  t.match(await found(), { ok: false, found: /none is registered for https/ })
  mollie.webhooks = [webhookEntity('hook_1', address, { status: 'blocked' })]
  t.match(await found(), { ok: false, found: /blocked it: run `factuurbrug connect mollie`/ })
  mollie.webhooks = [webhookEntity('hook_1', address)]
  t.match(await found(unset), { ok: false, found: /MOLLIE_WEBHOOK_SECRET is not set/ })
  mollie.permissions.delete('webhooks.read')
  t.match(await found(), { ok: false, found: /the permission webhooks\.read/ })
})

t.test('an API key sees no webhooks, and without a key nothing is seen', async t => {
  const { connection } = await openLine(t, { MOLLIE_API_KEY: 'live_voorbeeldvoorbeeld' })
  t.match((await check(address, connection)).at(-1), { ok: true, note: true, found: /an API key sees none/ })
  t.match(await check(null, withoutKey(connection)), [{ ok: false, found: /MOLLIE_API_KEY is not set/ }])
})
