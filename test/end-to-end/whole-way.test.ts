import t, { type Test } from 'tap'
import { samplePdf } from '../../plugins/intake/sample.ts'
import type { WholeInvoice } from '../../src/view/answers.ts'
import { serve } from '../server.ts'
import { openBridgeHere } from './bridge-here.ts'
import {
  customerId,
  openSandbox,
  quick,
  type Reached,
  sha256,
  startBridge,
  temporaryFolder,
  until
} from './bridge-process.ts'

type Start<Bridge> = (t: Test, env: Record<string, string>) => Promise<Bridge>

/** As its owner runs it, or in this process. */
const open = async <Bridge extends Reached>(t: Test, start: Start<Bridge>, env: Record<string, string> = {}) => {
  const { handle: portal, url } = await openSandbox(t)
  const bridge = await start(t, { ...quick, DATA_DIR: temporaryFolder(t), PORTAL_URL: url, ...env })
  return { portal, bridge }
}

const reaches = (bridge: Reached, invoiceNumber: string, state: string) =>
  until(
    () => bridge.api<WholeInvoice>('GET', `/api/invoices/${encodeURIComponent(invoiceNumber)}`),
    invoice => invoice.state === state,
    `${invoiceNumber} is not ${state}`
  )

const fields = { customerId, issuedAt: '2026-11-20', amount: '121.00' }
const form = (values: Record<string, string>) => new URLSearchParams({ ...fields, ...values })

t.test('an invoice in any of the four shapes stands in the portal, byte for byte and field for field', async t => {
  const { portal, bridge } = await open(t, startBridge)
  const pdf = (name: string) => samplePdf(name)
  const pdfs = await serve(t, (request, response) => response.end(pdf(request.url!.slice(1))))
  const multipart = new FormData()
  const inMultipart = { ...fields, invoiceNumber: 'F/3', paidAt: '2026-11-21T23:30:00+01:00' }
  for (const [name, value] of Object.entries(inMultipart)) multipart.set(name, value)
  multipart.set('pdf', new Blob([new Uint8Array(pdf('F/3'))]), 'factuur.pdf')

  const answers = [
    await bridge.send({ ...fields, invoiceNumber: 'F-1', pdfUrl: `${pdfs.origin}/F-1` }),
    await bridge.send({
      ...fields,
      invoiceNumber: 'F 2 ü',
      amount: 1210.5,
      sendNotification: true,
      pdf: pdf('F 2 ü').toString('base64')
    }),
    await bridge.post(multipart),
    await bridge.post(
      form({
        invoiceNumber: 'F-4',
        pdfUrl: `${pdfs.origin}/F-4`,
        paidAt: '2026-11-22',
        sendNotification: 'true'
      })
    )
  ]
  const numbers = ['F-1', 'F 2 ü', 'F/3', 'F-4']
  for (const number of numbers) await reaches(bridge, number, 'delivered')

  t.strictSame(answers, Array(4).fill({ status: 200, body: { result: 'accepted' } }))
  const stored = (number: string) => portal.invoices.filter(({ invoiceNumber }) => invoiceNumber === number)
  const base = { customerId, issuedAt: '2026-11-20', amount: '121.00', sendNotification: 'false' }
  t.strictSame(
    stored('F-1').map(({ fields }) => fields),
    [{ ...base, invoiceNumber: 'F-1' }]
  )
  t.strictSame(
    stored('F 2 ü').map(({ fields }) => fields),
    [{ ...base, invoiceNumber: 'F 2 ü', amount: '1210.50', sendNotification: 'true' }]
  )
  t.strictSame(
    stored('F/3').map(({ fields }) => fields),
    [{ ...base, invoiceNumber: 'F/3', paidAt: '2026-11-21 23:30:00' }]
  )
  t.strictSame(
    stored('F-4').map(({ fields }) => fields),
    [{ ...base, invoiceNumber: 'F-4', sendNotification: 'true', paidAt: '2026-11-22 12:00:00' }]
  )
  for (const number of numbers) t.equal(stored(number)[0]?.sha256, sha256(pdf(number)), number)
  t.equal(portal.counts.calls.create, 4, 'one request each')
})

t.test('the same again is a duplicate; other facts are a conflict that a person resolves', async t => {
  const { portal, bridge } = await open(t, openBridgeHere, { REVIEW: 'true' })
  const event = (invoiceNumber: string, amount = '121.00') =>
    bridge.send({ ...fields, amount, invoiceNumber, pdf: samplePdf(invoiceNumber).toString('base64') })
  const act = (invoiceNumber: string, action: string) =>
    bridge.api<WholeInvoice>('POST', `/api/invoices/${invoiceNumber}/${action}`)

  for (const number of ['A-1', 'A-2']) {
    t.match(await event(number), { body: { result: 'accepted' } })
    t.match(await event(` ${number.toLowerCase()}`), { body: { result: 'duplicate' } })
    t.match(await reaches(bridge, number, 'held'), { code: 'REVIEW', wouldSend: { amount: '121.00' } })
    t.match(await event(number, '242.00'), { status: 200, body: { result: 'conflict' } })
    t.match(await reaches(bridge, number, 'held'), { code: 'INVOICE_CONFLICT' })
  }
  t.match(await act('A-1', 'take'), { state: 'waiting', amount: '242.00' })
  t.match(await act('A-2', 'keep'), { state: 'waiting', amount: '121.00' })
  for (const number of ['A-1', 'A-2']) {
    t.match(
      await until(
        () => bridge.api<WholeInvoice>('GET', `/api/invoices/${number}`),
        ({ state }) => state === 'held',
        'not judged anew'
      ),
      { code: 'REVIEW' },
      'what a person resolved is still looked at before it leaves'
    )
    t.equal(portal.invoices.length, number === 'A-1' ? 0 : 1)
    t.match(await act(number, 'deliver'), { state: 'waiting' })
    await reaches(bridge, number, 'delivered')
  }

  t.match(portal.invoices, [
    { invoiceNumber: 'A-1', amount: '242.00' },
    { invoiceNumber: 'A-2', amount: '121.00' }
  ])
  t.equal(portal.counts.calls.create, 2)
})

t.test('in review nothing leaves the house until a person releases it', async t => {
  const { portal, bridge } = await open(t, openBridgeHere, { REVIEW: 'true' })
  const pdf = samplePdf('R-1').toString('base64')

  await bridge.send({ ...fields, invoiceNumber: 'R-1', pdf })
  t.match(await reaches(bridge, 'R-1', 'held'), {
    code: 'REVIEW',
    wouldSend: { ...fields, invoiceNumber: 'R-1', paidAt: null, sendNotification: false }
  })
  t.equal(portal.counts.calls.create, 0)

  t.match(await bridge.api('POST', '/api/invoices/R-1/deliver'), { state: 'waiting' })
  t.match(await reaches(bridge, 'R-1', 'delivered'), { portalId: /^inv_/, code: null })
  t.match(portal.invoices, [{ invoiceNumber: 'R-1' }])
  t.match(await bridge.api('POST', '/api/invoices/R-1/deliver'), { code: 'STATE_CONFLICT', status: 409 })
})

t.test('of a customer that the portal refused to make it is said how to have it asked for again', async t => {
  const { bridge } = await open(t, openBridgeHere, { CUSTOMER_CREATE: 'true' })
  const customer = { customerName: 'Jansen', customerEmail: 'janßen@a.example', customerAddress: 'Dam 1' }
  const facts = { ...fields, ...customer, customerZipCode: '1012 JS', customerCity: 'Amsterdam' }

  const pdf = samplePdf('U-1').toString('base64')
  await bridge.send({ ...facts, customerId: undefined, invoiceNumber: 'U-1', pdf })

  const invoice = await reaches(bridge, 'U-1', 'held')
  t.match(invoice, {
    detail: /primaryEmail/,
    unmade: true,
    advice: { what: /did not get it/, operator: /the bridge asks once more/ }
  })
  t.notMatch(JSON.stringify(invoice.history), 'unmade', 'it is said once')
})

t.test('what the portal holds already is adopted, whoever put it there', async t => {
  const { handle: portal, url } = await openSandbox(t)
  const { id } = portal.add({ ...fields, invoiceNumber: 'H-1' })
  const bridge = await openBridgeHere(t, { ...quick, DATA_DIR: temporaryFolder(t), PORTAL_URL: url })

  await bridge.send({ ...fields, invoiceNumber: 'h-1', pdf: samplePdf('H-1').toString('base64') })
  t.match(await reaches(bridge, 'h-1', 'delivered'), { portalId: id, code: null })
  t.equal(portal.counts.calls.create, 0)
})

t.test('an invoice whose answer was lost is found, not sent again', async t => {
  const { portal, bridge } = await open(t, openBridgeHere)
  for (const fault of ['lost', 'garbage', 'fail-after', 'slow'] as const) {
    portal.fault({ on: { invoiceNumber: fault, call: 'create' }, fault, ms: 3000 })
    await bridge.send({ ...fields, invoiceNumber: fault, pdf: samplePdf(fault).toString('base64') })
  }
  for (const fault of ['lost', 'garbage', 'fail-after', 'slow']) await reaches(bridge, fault, 'delivered')

  t.equal(portal.invoices.length, 4)
  t.equal(portal.counts.calls.create, 4)
})

t.test('a bridge that is asked to end takes its leave in order', async t => {
  // An answer that comes too late is another case, tested elsewhere.
  const patient = { PORTAL_TIMEOUT_MS: '5000', PORTAL_SETTLE_MS: '6000' }
  const { portal, bridge } = await open(t, startBridge, patient)
  portal.fault({ on: { call: 'create' }, fault: 'slow', ms: 200 })
  await bridge.send({ ...fields, invoiceNumber: 'Z-1', pdf: samplePdf('Z-1').toString('base64') })
  await until(
    () => portal.counts.calls.create,
    created => created === 1,
    'nothing was sent'
  )

  t.equal(await bridge.kill('SIGTERM'), 0)
  t.match(bridge.output(), /"invoice delivered".*"bridge stopped"/s)
  t.notMatch(bridge.output(), /stopped before/)
})
