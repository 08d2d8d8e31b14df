// Customers that find themselves: 1,000 invoices of 200 customers, of whom 190 have an address of their own in the portal,
// five share one, and five have none; then ten links by a person.

import { openSandbox, startBridge, temporaryFolder, until } from '../end-to-end/bridge-process.ts'
import { type Bench, invoice } from './bench.ts'

const customers = 200
const known = 190
const invoices = 1000

type Summary = { waiting: number; sending: number; delivered: number; held: number }

export const customersFound: Bench = async t => {
  const own = Array.from({ length: known }, (_, index) => seed(`klant${index}@own.example`, `Klant ${index}`))
  const shared = [seed('kantoor@shared.example', 'Kantoor')]
  const { handle, url } = await openSandbox(t, { customers: [...own, ...shared], keepPdfs: false })
  const bridge = await startBridge(t, {
    DATA_DIR: temporaryFolder(t),
    PORTAL_URL: url,
    PORTAL_REQUESTS_PER_MINUTE: '100000',
    WORKER_CONCURRENCY: '8'
  })
  const rest = () =>
    until(
      () => bridge.api<Summary>('GET', '/api/summary'),
      ({ waiting, sending }) => waiting + sending === 0,
      'rest',
      120_000
    )
  const emailOf = (customer: number): string => {
    if (customer < known) return `klant${customer}@own.example`
    return customer < known + 5 ? 'kantoor@shared.example' : `nieuw${customer}@none.example`
  }
  // The first of the five is delivered where it comes before its rivals were heard of: nothing contradicts it yet.
  for (let number = 0; number < invoices; number += 1) {
    const customer = number % customers
    const { customerId: _, ...fields } = invoice(`C-${number}`, '')
    await bridge.send({
      ...fields,
      customerRef: `ref-${customer}`,
      customerName: `Klant ${customer}`,
      customerEmail: emailOf(customer)
    })
  }
  const alone = await rest()
  const wrong = handle.invoices.filter(stored => ownerOf(stored.invoiceNumber) >= known).length
  for (let customer = known; customer < customers; customer += 1) {
    const target = handle.customers[customer - known]?.id
    await fetch(`${bridge.url}/api/customers/invoices/ref-${customer}`, {
      method: 'PUT',
      headers: { authorization: 'Bearer an operator token for tests', 'content-type': 'application/json' },
      body: JSON.stringify({ portalId: target })
    })
  }
  const linked = await rest()
  const { create, get } = handle.counts.calls
  return [
    {
      what: `${invoices} invoices of ${customers} customers: delivered by themselves`,
      figure: `${alone.delivered}, ${wrong} wrong`,
      beside: `wanted: ${(invoices / customers) * known}; ${alone.held} held`
    },
    {
      what: 'after ten links',
      figure: String(linked.delivered),
      beside: `${create} creates, ${get} gets, ${handle.counts.calls.customers} customer calls`
    }
  ]
}

const ownerOf = (invoiceNumber: string): number => Number(invoiceNumber.slice(2)) % customers

const seed = (primaryEmail: string, companyName: string) => ({
  companyName,
  address: 'Dorpsstraat 1',
  zipCode: '1234 AB',
  city: 'Ons Dorp',
  primaryEmail
})
