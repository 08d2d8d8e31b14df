// Customers that are matched without a person: 1,000 invoices of 200 customers, of whom 190 have an address of their
// own in the portal, five share one, and five have none; then ten links by a person. And one that a person enters in
// the portal.

import { type BridgeProcess, openSandbox, startBridge, temporaryFolder, until } from '../end-to-end/bridge-process.ts'
import { type Bench, invoice } from './bench.ts'

const customers = 200
const known = 190
const sharing = 5
const invoices = 1000

type Summary = { waiting: number; sending: number; delivered: number; held: number }

export const customersFound: Bench = async t => {
  const own = Array.from({ length: known }, (_, index) => entry(`klant${index}@own.example`, `Klant ${index}`))
  const same = Array.from({ length: sharing }, (_, index) => entry('kantoor@shared.example', `Filiaal ${index}`))
  const none = Array.from({ length: customers - known - sharing }, (_, index) =>
    entry(`ander${index}@other.example`, `Nieuw ${index}`)
  )
  const { handle, url } = await openSandbox(t, { customers: [...own, ...same, ...none], keepPdfs: false })
  const bridge = await startBridge(t, {
    DATA_DIR: temporaryFolder(t),
    PORTAL_URL: url,
    PORTAL_REQUESTS_PER_MINUTE: '100000',
    WORKER_CONCURRENCY: '8'
  })
  for (let number = 0; number < invoices; number += 1)
    await send(bridge, `C-${number}`, number % customers, emailOf(number % customers))
  const alone = await rest(bridge)
  const isRight = ({ invoiceNumber, customerId }: { invoiceNumber: string; customerId: string }): boolean =>
    customerId === handle.customers[Number(invoiceNumber.slice(2)) % customers]?.id
  const right = handle.invoices.filter(isRight).length
  for (let customer = known; customer < customers; customer += 1)
    await bridge.api('PUT', `/api/customers/invoices/ref-${customer}`, {
      portalId: handle.customers[customer]?.id
    })
  const linked = await rest(bridge)
  const { create, get } = handle.counts.calls
  return [
    {
      what: `${invoices} invoices of ${customers} customers: delivered by themselves`,
      figure: `${alone.delivered}, ${right} right`,
      beside: `wanted: ${(invoices / customers) * known}; ${alone.held} held`
    },
    {
      what: 'after ten links',
      figure: `${linked.delivered}, ${handle.invoices.filter(isRight).length} right`,
      beside: `${create} creates, ${get} gets, ${handle.counts.calls.customers} customer calls`
    }
  ]
}

export const customerByHand: Bench = async t => {
  const { handle, url } = await openSandbox(t, { keepPdfs: false })
  const bridge = await startBridge(t, { DATA_DIR: temporaryFolder(t), PORTAL_URL: url })
  await send(bridge, 'H-1', 0, 'nieuw@hand.example')
  await until(
    () => bridge.api<Summary>('GET', '/api/summary'),
    ({ held }) => held === 1,
    'the invoice held'
  )
  const enteredAt = performance.now()
  await fetch(`${url}/customers`, {
    method: 'POST',
    headers: { authorization: 'Bearer token', 'content-type': 'application/json' },
    body: JSON.stringify(entry('nieuw@hand.example', 'Nieuw'))
  })
  await until(
    () => handle.invoices.length,
    stored => stored === 1,
    'its delivery',
    600_000
  )
  return [
    {
      what: 'a customer entered in the portal by hand: their invoice',
      figure: `${Math.round((performance.now() - enteredAt) / 1000)} s later`,
      beside: 'wanted: within 300 s'
    }
  ]
}

const rest = (bridge: BridgeProcess): Promise<Summary> =>
  until(
    () => bridge.api<Summary>('GET', '/api/summary'),
    ({ waiting, sending }) => waiting + sending === 0,
    'rest',
    120_000
  )

const send = async (
  bridge: BridgeProcess,
  invoiceNumber: string,
  customer: number,
  customerEmail: string
): Promise<void> => {
  const { customerId: _, ...fields } = invoice(invoiceNumber, '')
  await bridge.send({
    ...fields,
    customerRef: `ref-${customer}`,
    customerName: `Klant ${customer}`,
    customerEmail
  })
}

const emailOf = (customer: number): string => {
  if (customer < known) return `klant${customer}@own.example`
  return customer < known + sharing ? 'kantoor@shared.example' : `nieuw${customer}@none.example`
}

const entry = (primaryEmail: string, companyName: string) => ({
  companyName,
  address: 'Dorpsstraat 1',
  zipCode: '1234 AB',
  city: 'Ons Dorp',
  primaryEmail
})
