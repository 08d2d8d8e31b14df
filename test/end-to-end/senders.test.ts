import t, { type Test } from 'tap'
import { samplePdf } from '../../plugins/intake/sample.ts'
import { freePort } from '../../src/commands/free-port.ts'
import type { WholeInvoice } from '../../src/view/answers.ts'
import { factuurbrug } from '../command-line.ts'
import { openBridgeHere } from './bridge-here.ts'
import { openSandbox, operatorToken, quick, startBridge, temporaryFolder, until } from './bridge-process.ts'

const secrets = { shop: 'a secret of the shop', books: 'a secret of the books' }
const two = {
  INTAKE_SENDERS: 'shop,books',
  INTAKE_SECRET: `shop:${secrets.shop},books:${secrets.books}`
}

const seed = (id: string, companyName: string, primaryEmail: string) => ({ id, companyName, primaryEmail })
const jansen = { customerRef: '17', customerName: 'Jansen', customerEmail: 'info@jansen.example' }
const pietersen = { customerRef: '17', customerName: 'Pietersen', customerEmail: 'info@pietersen.example' }

const open = async (t: Test, env: Record<string, string>) => {
  const { handle: portal, url } = await openSandbox(t, {
    customers: [
      seed('cst_jansen', 'Jansen', jansen.customerEmail),
      seed('cst_pietersen', 'Pietersen', pietersen.customerEmail)
    ]
  })
  const METRICS_PORT = String(await freePort())
  const metrics = `http://127.0.0.1:${METRICS_PORT}`
  const DATA_DIR = temporaryFolder(t)
  const bridge = await openBridgeHere(t, { ...quick, DATA_DIR, METRICS_PORT, PORTAL_URL: url, ...env })
  const send = (invoiceNumber: string, customer: object, secret: string) =>
    bridge.send(
      {
        invoiceNumber,
        issuedAt: '2026-11-20',
        amount: '121.00',
        pdf: samplePdf(invoiceNumber).toString('base64'),
        ...customer
      },
      { authorization: `Bearer ${secret}` }
    )
  const reaches = (invoiceNumber: string, state: string) =>
    until(
      () => bridge.api<WholeInvoice>('GET', `/api/invoices/${invoiceNumber}`),
      invoice => invoice.state === state,
      `${invoiceNumber} is not ${state}`
    )
  const person = { env: { FACTUURBRUG_URL: bridge.url, OPERATOR_TOKEN: operatorToken } }
  const run = (...args: string[]) => factuurbrug(args, person)
  /** What each portal customer was sent. */
  const sent = () => portal.invoices.map(({ customerId, invoiceNumber }) => `${customerId} ${invoiceNumber}`).toSorted()
  return { bridge, metrics, send, reaches, run, sent }
}

t.test('two senders with a customer 17 each: no invoice of one company reaches the other', async t => {
  const { bridge, metrics, send, reaches, run, sent } = await open(t, two)
  await send('S-1', jansen, secrets.shop)
  await send('B-1', pietersen, secrets.books)
  for (const number of ['S-1', 'B-1']) await reaches(number, 'delivered')

  await send('S-2', { customerRef: '17' }, secrets.shop)
  await send('B-2', { customerRef: '17' }, secrets.books)
  for (const number of ['S-2', 'B-2']) await reaches(number, 'delivered')

  t.strictSame(sent(), ['cst_jansen S-1', 'cst_jansen S-2', 'cst_pietersen B-1', 'cst_pietersen B-2'])
  t.match((await bridge.api<{ customers: object[] }>('GET', '/api/customers')).customers.length, 2)
  t.match(await run('invoices', '--tool', 'invoices:books'), {
    code: 0,
    stdout: /B-2 .*\n.*B-1 /,
    stderr: ''
  })
  const health = (await (await fetch(`${bridge.url}/health`)).json()) as { checks: object }
  t.match(health.checks, { tools: [{ status: 'pass', observedValue: 'invoices, invoices:books' }] })
  const figures = await (await fetch(`${metrics}/metrics`)).text()
  for (const tool of ['invoices', 'invoices:books'])
    t.match(figures, `factuurbrug_events_total{tool="${tool}",result="accepted"} 2\n`)
  t.match(await run('status'), {
    stdout: /Tool invoices: on, webhooks to .*\/invoices\nTool invoices:books: on, webhooks to .*\/webhooks\/invoices\n/
  })
})

t.test('the same number from both is for a person', async t => {
  const { send, reaches, run, sent } = await open(t, two)
  await send('X-1', { customerId: 'cst_jansen' }, secrets.shop)
  await reaches('X-1', 'delivered')

  t.match(await send('X-1', { customerId: 'cst_jansen' }, secrets.books), { body: { result: 'conflict' } })

  t.match(await run('invoice', 'X-1'), { stdout: /INVOICE_CONFLICT.*from +invoices +invoices:books/s })
  t.strictSame(sent(), ['cst_jansen X-1'])
})

t.test('a link is one sender’s, typed as it is shown', async t => {
  const { send, reaches, run, sent } = await open(t, two)
  await send('S-1', { customerRef: '17' }, secrets.shop)
  await send('B-1', { customerRef: '17' }, secrets.books)
  for (const number of ['S-1', 'B-1']) await reaches(number, 'held')
  t.match(await run('invoice', 'B-1'), { stdout: /factuurbrug link invoices:books 17 <cst_…>/ })

  t.match(await run('link', 'invoices:books', '17', 'cst_pietersen'), {
    code: 0,
    stdout: /invoices:books +17 /
  })

  await reaches('B-1', 'delivered')
  t.match(await reaches('S-1', 'held'), { code: 'CUSTOMER_UNKNOWN' })
  t.match(await run('link', 'invoices:web', '17', 'cst_pietersen'), {
    code: 2,
    stderr: /expected one of invoices, invoices:books, /
  })
  t.match(await run('unlink', 'invoices:books', '17'), { code: 0 })
  t.strictSame(sent(), ['cst_pietersen B-1'])
})

t.test('told apart or not, the link of the one is not for the other', async t => {
  const { send, reaches, sent } = await open(t, {})
  const secret = 'whsec_c2VjcmV0IG9mIHRoZSBlbmQtdG8tZW5kIHRlc3Q='
  await send('S-1', jansen, secret)
  await reaches('S-1', 'delivered')
  await send('B-1', pietersen, secret)

  t.match(await reaches('B-1', 'held'), {
    code: 'CUSTOMER_AMBIGUOUS',
    detail: /linked to cst_jansen for another name and another e-mail address/
  })
  t.strictSame(sent(), ['cst_jansen S-1'])
})

t.test('the first sender has what was there before senders were told apart', async t => {
  const folder = temporaryFolder(t)
  const { url } = await openSandbox(t)
  const env = { ...quick, DATA_DIR: folder, PORTAL_URL: url }
  const before = await startBridge(t, env)
  await before.api('PUT', '/api/customers/invoices/17', { portalId: 'cst_bakkerijdevos1' })
  await before.kill('SIGTERM')

  const bridge = await startBridge(t, { ...env, ...two })
  const { customers } = await bridge.api<{ customers: object[] }>('GET', '/api/customers?linked=true')
  t.match(customers, [{ tool: 'invoices', ref: '17', link: { portalId: 'cst_bakkerijdevos1' } }])
  await bridge.kill('SIGTERM')
  const swapped = startBridge(t, { ...env, ...two, INTAKE_SENDERS: 'books,shop' })
  await t.rejects(swapped, { message: /INTAKE_SENDERS: expected shop first/ })
})
