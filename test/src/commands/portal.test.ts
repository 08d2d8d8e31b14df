import { join } from 'node:path'
import t from 'tap'
import { samplePdf } from '../../../plugins/intake/sample.ts'
import { PortalInvoice } from '../../../src/view/answers.ts'
import { factuurbrug } from '../../command-line.ts'
import { openSandbox, until } from '../../end-to-end/bridge-process.ts'
import { serve } from '../../server.ts'
import { openHouse } from './fixtures.ts'

const byHand = { customerId: 'cst_bakkerijdevos1', issuedAt: '2026-11-20', amount: '121.00' }

const open = async (...args: Parameters<typeof openSandbox>) => {
  const { handle: portal, url } = await openSandbox(...args)
  return { portal, person: { env: { PORTAL_URL: url, PORTAL_TOKEN: 'token' } } }
}

t.test('what the portal holds is listed over all its pages, through a pause that it asks for', async t => {
  const { portal, person } = await open(t)
  for (let at = 1; at <= 17; at++) portal.add({ ...byHand, invoiceNumber: `A-${at}` })
  portal.fault({ on: { call: 'list' }, fault: '429', ms: 1000 })

  const [shown, json] = await Promise.all([
    factuurbrug(['portal', 'invoices'], person),
    factuurbrug(['portal', 'invoices', '--json'], person)
  ])

  t.match(shown, {
    code: 0,
    stderr: '',
    stdout: /^id +number +customer +amount +issued +paid\ninv_\w+ +A-17 /
  })
  t.equal(shown.stdout.trim().split('\n').length, 18)
  const all = JSON.parse(json.stdout)
  t.equal(all.length, 17)
  t.strictSame(PortalInvoice.omit({ paymentLink: true }).strict().safeParse(all[0]).error, undefined)
  t.match(all[0], { invoiceNumber: 'A-17', amount: '121.00', paidAt: null, createdAt: /^\d{4}-.*Z$/ })
})

t.test('one invoice, the bills, and an empty portal', async t => {
  const { portal, person } = await open(t)
  t.match(await factuurbrug(['portal', 'invoices'], person), { code: 0, stdout: 'No invoices.\n' })
  const { id } = portal.add({ ...byHand, invoiceNumber: 'A-1' })

  const [one, none, bills, json, refused] = await Promise.all([
    factuurbrug(['portal', 'invoice', id], person),
    factuurbrug(['portal', 'invoice', 'inv_none'], person),
    factuurbrug(['portal', 'bills'], person),
    factuurbrug(['portal', 'bills', '--json'], person),
    factuurbrug(['portal', 'invoice', '..'], person)
  ])

  t.match(JSON.parse(one.stdout), { id, invoiceNumber: 'A-1', amount: '121.00', paidAt: null })
  t.match(none, { code: 1, stdout: '', stderr: 'The portal holds no invoice inv_none.\n' })
  t.match(bills, { code: 0, stdout: /^id +number +issued +without VAT +VAT +total +paid\n\S+ .* (yes|no)$/m })
  t.ok(Array.isArray(JSON.parse(json.stdout)))
  t.match(refused, { code: 2, stderr: /^Usage: factuurbrug portal <what>/ })
})

t.test('one invoice is shown with every field as it came, whatever the bridge makes of it', async t => {
  const told =
    '{"id":"inv_1","amount":12.10,"big":12345678901234567890,"paidAt":"gisteren","links":{"pdf":null},"nieuw":[1e2,true]}'
  const portal = await serve(t, (request, response) => {
    if (request.url === '/v1/customer-invoices/inv_1') response.end(told)
    else if (request.url === '/v1/customer-invoices/inv_2') response.end('<p>log in')
    else response.writeHead(503).end()
  })
  const person = { env: { PORTAL_URL: `${portal.origin}/v1`, PORTAL_TOKEN: 'token' } }

  const [one, page, down] = await Promise.all(
    ['inv_1', 'inv_2', 'inv_3'].map(id => factuurbrug(['portal', 'invoice', id], person))
  )

  t.match(one, { code: 0, stderr: '' })
  t.equal(one?.stdout.replace(/\s/g, ''), told)
  t.match(page, { code: 1, stdout: '', stderr: /^PORTAL_UNREACHABLE: .*not JSON/ })
  t.match(down, { code: 1, stdout: '', stderr: /^PORTAL_UNREACHABLE: .*503/ })
})

t.test('an invoice is marked paid, now or at the time that is told', async t => {
  const { portal, person } = await open(t)
  const [now, then] = [1, 2].map(at => portal.add({ ...byHand, invoiceNumber: `A-${at}` }).id)
  const before = Date.now()

  t.match(await factuurbrug(['portal', 'mark-paid', now ?? ''], person), {
    code: 0,
    stdout: `${now} is marked paid.\n`
  })
  await factuurbrug(['portal', 'mark-paid', then ?? '', '--paid', '2026-11-21'], person)
  const [asJson, wrong, unknown] = await Promise.all([
    factuurbrug(['portal', 'mark-paid', now ?? '', '--json'], person),
    factuurbrug(['portal', 'mark-paid', now ?? '', '--paid', 'today'], person),
    factuurbrug(['portal', 'mark-paid', 'inv_none'], person)
  ])

  t.ok((portal.invoices[0]?.paidAt ?? 0) >= before - 1000)
  t.match(portal.invoices[1], { paidAt: Temporal.Instant.from('2026-11-21T11:00:00Z').epochMilliseconds })
  const marked = JSON.parse(asJson.stdout)
  t.match(marked, { id: now, invoiceNumber: portal.invoices[0]?.invoiceNumber, paidAt: /^\d{4}-.*Z$/ })
  t.strictSame(PortalInvoice.omit({ paymentLink: true }).strict().safeParse(marked).error, undefined)
  t.match(wrong, { code: 2, stderr: /^--paid: expected a date/ })
  t.match(unknown, { code: 1, stderr: /^PORTAL_REJECTED: 404/ })
  portal.fault({ on: { call: 'pay' }, fault: 'lost' })
  t.match(await factuurbrug(['portal', 'mark-paid', now ?? ''], person), {
    code: 1,
    stderr: /^It is not known whether \S+ was marked \(ECONNRESET\): look with `portal invoice \S+`\.\n$/
  })
})

t.test('where senders are told apart it is created as the first of them', async t => {
  const two = {
    INTAKE_SENDERS: 'shop,books',
    INTAKE_SECRET: 'books:a secret of the books,shop:a secret of the shop'
  }
  const { person, bridge } = await openHouse(t, two)
  const folder = t.testdir({ 'factuur.pdf': samplePdf('A-1') })
  const command = `portal create --number A-1 --amount 121.00 --issued 2026-11-20 --pdf ${folder}/factuur.pdf --customer`

  const created = await factuurbrug([...command.split(' '), byHand.customerId], {
    ...person,
    env: { ...person.env, ...two }
  })

  t.match(created, { code: 0, stdout: '{"result":"accepted"}\n' })
  t.match(await bridge.api('GET', '/api/invoices/A-1'), { tool: 'invoices' })
})

t.test('an invoice is created through the bridge, so that the ledger knows it', async t => {
  const { portal, person, bridge } = await openHouse(t)
  const folder = t.testdir({ 'factuur.pdf': samplePdf('A-1'), 'kladblok.txt': 'geen factuur' })
  const create = (...more: string[]) =>
    factuurbrug(
      ['portal', 'create', '--number', 'A-1', '--customer', byHand.customerId, '--issued', '2026-11-20', ...more],
      person
    )

  const created = await create('--amount', '121.00', '--pdf', join(folder, 'factuur.pdf'), '--paid', '2026-11-21')
  await until(
    () => portal.invoices,
    ({ length }) => length === 1,
    'it was not created'
  )
  const [conflict, missing, wrong, noPdf, incomplete] = await Promise.all([
    create('--amount', '99.00', '--pdf', join(folder, 'factuur.pdf'), '--notify', 'true'),
    create('--amount', '121.00', '--pdf', 'weg.pdf'),
    create('--amount', '1,21', '--paid', 'x', '--pdf', join(folder, 'kladblok.txt')),
    create('--amount', '121.00', '--pdf', join(folder, 'kladblok.txt')),
    create('--amount', '121.00')
  ])

  t.match(created, { code: 0, stderr: '', stdout: '{"result":"accepted"}\n' })
  t.match(portal.invoices, [{ fields: { ...byHand, paidAt: '2026-11-21 12:00:00', sendNotification: 'false' } }])
  t.match(await bridge.api('GET', '/api/invoices/A-1'), { state: 'delivered' })
  t.match(conflict, {
    code: 1,
    stdout: '{"result":"conflict"}\n',
    stderr:
      'The bridge knows A-1 with other facts, and keeps those. Both are there for you: `factuurbrug invoice A-1` shows them.\n'
  })
  t.match(missing, { code: 1, stderr: 'Cannot read the file weg.pdf.\n' })
  t.match(wrong, { code: 2, stdout: '' })
  for (const line of [/^--amount: expected /m, /^--paid: expected /m, /^--pdf: /m, /^Usage: /m])
    t.match(wrong.stderr, line)
  t.match(noPdf, {
    code: 1,
    stderr: /^FIELDS_INVALID: .*\n {2}pdf: .*\nCorrect the listed fields, then run the command again\.\n$/
  })
  t.match(incomplete, { code: 2, stderr: /^Usage: factuurbrug portal <what>/ })
})

t.test('wrong use says what can be asked, before any setting is missed', async t => {
  const uses = [[], ['bogus'], ['invoice'], ['bills', 'inv_1'], ['create', 'x'], ['constructor']]
  const ended = await Promise.all(uses.map(use => factuurbrug(['portal', ...use])))
  for (const [at, use] of uses.entries())
    t.match(ended[at], { code: 2, stderr: /^Usage: factuurbrug portal <what>/ }, use.join(' '))

  const [noToken, noSecret] = await Promise.all([
    factuurbrug(['portal', 'bills']),
    factuurbrug('portal create --number 1 --customer c --amount 1 --issued d --pdf f'.split(' '))
  ])
  t.match(noToken, { code: 1, stderr: 'Set PORTAL_TOKEN to the API key of the portal.\n' })
  t.match(noSecret, { code: 1, stderr: 'Set INTAKE_SECRET to the value that the bridge has.\n' })
})

t.test('a portal that refuses or is not there is named', async t => {
  const { person } = await open(t, { token: 'another' })

  const [refused, nobody] = await Promise.all([
    factuurbrug(['portal', 'invoices'], person),
    factuurbrug(['portal', 'bills'], { env: { ...person.env, PORTAL_URL: 'http://127.0.0.1:9/v1' } })
  ])

  t.match(refused, { code: 1, stderr: /^PORTAL_UNAUTHORIZED: the portal answered 401\nMake a new API key/ })
  t.match(nobody, {
    code: 1,
    stderr:
      /^PORTAL_UNREACHABLE: ECONNREFUSED \(http:\/\/127\.0\.0\.1:9\/v1; the sandbox .*`npm run sandbox` starts it\)\nCheck PORTAL_URL.*then run the command again\.\n$/
  })
})
