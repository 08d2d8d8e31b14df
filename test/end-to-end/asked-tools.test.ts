// Tools that are asked, with webhooks or without: what they hold reaches the portal once, without anybody telling the
// bridge.

import { readFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { samplePdf } from '../../plugins/intake/sample.ts'
import { freePort } from '../../src/commands/free-port.ts'
import { isoInstant, systemClock } from '../../src/core/clock.ts'
import type { WholeInvoice } from '../../src/view/answers.ts'
import { openEBoekhouden } from '../fixtures/e-boekhouden-api.ts'
import { openMollie } from '../fixtures/mollie-api.ts'
import { openRompslomp, rompslompInvoice } from '../fixtures/rompslomp-api.ts'
import { openWeFact, wefactInvoice } from '../fixtures/wefact-api.ts'
import { type Order, openShop, key as shopKey, secret as shopSecret } from '../fixtures/woocommerce-api.ts'
import { customerId, openSandbox, quick, sha256, startBridge, temporaryFolder, until } from './bridge-process.ts'
import { daysAgo } from './tool-world.ts'

const email = 'administratie@bakkerijdevos.example'
// Real processes, started one after another.
t.setTimeout(580_000)

/** Each of them, with an invoice that becomes final, and is paid, cancelled or restored if the tool tells of that. */
type Vendor = { pdf: Buffer; issue: (number: string) => void } & Partial<
  Record<'pay' | 'cancel' | 'restore', (number: string) => void>
>

/** Each number ends in an ordinal of its own. */
const ordinalOf = (number: string): number => Number(number.split('/')[1])

const fixture = (name: string) => JSON.parse(readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url), 'utf8'))

/** As WeFact writes a time. */
const localTime = () =>
  Temporal.Now.plainDateTimeISO('Europe/Amsterdam').toString({ smallestUnit: 'second' }).replace('T', ' ')

const openVendors = async (t: Test) => {
  const rompslomp = await openRompslomp(t)
  const eBoekhouden = await openEBoekhouden(t, systemClock)
  const facts = { wefact: await openWeFact(t, systemClock), hostfact: await openWeFact(t, systemClock) }
  for (const [name, vendor] of Object.entries({ rompslomp, eBoekhouden, ...facts })) vendor.pdf = samplePdf(name)
  const mollie = await openMollie(t)
  const shop = await openShop(t)
  mollie.pdf.body = samplePdf('mollie')
  shop.pdf = samplePdf('woocommerce')
  eBoekhouden.relations.set('104', { id: 104, name: 'Bakkerij De Vos', emailAddress: email })

  const ofFact = ({ invoices, pdf }: (typeof facts)['wefact']): Vendor => ({
    pdf,
    issue: InvoiceCode =>
      invoices.push(
        wefactInvoice(ordinalOf(InvoiceCode), {
          InvoiceCode,
          EmailAddress: email,
          Date: daysAgo(0),
          Modified: localTime()
        })
      ),
    pay: number => {
      const paid = invoices.find(({ InvoiceCode }) => InvoiceCode === number)
      Object.assign(paid!, { Status: '4', PayDate: daysAgo(0), Modified: localTime() })
    },
    cancel: number => {
      const cancelled = invoices.find(({ InvoiceCode }) => InvoiceCode === number)
      Object.assign(cancelled!, { Status: '9', Modified: localTime() })
    }
  })
  const vendors: Record<string, Vendor> = {
    rompslomp: {
      pdf: rompslomp.pdf,
      issue: invoice_number =>
        rompslomp.invoices.push(
          rompslompInvoice(1, {
            invoice_number,
            date: daysAgo(0),
            cached_contact: { name: 'Bakkerij De Vos', contact_person_email_address: email }
          })
        ),
      pay: number => {
        const paid = rompslomp.invoices.find(({ invoice_number }) => invoice_number === number)
        Object.assign(paid!, { payment_status: 'paid', open_amount: '0.0' })
      }
    },
    'e-boekhouden': {
      pdf: eBoekhouden.pdf,
      issue: invoiceNumber => eBoekhouden.invoices.push(eBoekhouden.invoice(1, { invoiceNumber, date: daysAgo(0) }))
    },
    mollie: {
      pdf: samplePdf('mollie'),
      issue: invoiceNumber => {
        const whole = fixture('mollie/sales-invoice')
        const [createdAt, issuedAt] = [isoInstant(systemClock.now()), isoInstant(systemClock.now())]
        const totalAmount = { value: '181.50', currency: 'EUR' }
        const recipient = { ...whole.recipient, email }
        const _links = { pdfLink: { href: `${mollie.url}/pdf/1`, type: 'application/pdf' } }
        const id = `invoice_${ordinalOf(invoiceNumber)}`
        mollie.invoices.unshift({
          ...whole,
          ...{ id, invoiceNumber, createdAt, issuedAt, totalAmount, recipient, _links }
        })
      },
      pay: number => {
        const paid = mollie.invoices.find(({ invoiceNumber }) => invoiceNumber === number)
        Object.assign(paid!, { status: 'paid', paidAt: isoInstant(systemClock.now()) })
      },
      cancel: number => {
        const cancelled = mollie.invoices.find(({ invoiceNumber }) => invoiceNumber === number)
        Object.assign(cancelled!, { status: 'canceled' })
      }
    },
    woocommerce: {
      pdf: samplePdf('woocommerce'),
      issue: wpo_wcpdf_invoice_number => {
        const whole: Order = fixture('woocommerce/order')
        const time = isoInstant(systemClock.now()).slice(0, 19)
        const [date_created_gmt, date_modified_gmt, date_paid_gmt] = [time, time, null]
        const id = ordinalOf(wpo_wcpdf_invoice_number)
        const order = {
          id,
          wpo_wcpdf_invoice_number,
          date_created_gmt,
          date_modified_gmt,
          date_paid_gmt,
          total: '181.50'
        }
        shop.orders.push({ ...whole, ...order, meta_data: [], billing: { ...(whole.billing as object), email } })
      },
      pay: number => {
        const time = isoInstant(systemClock.now()).slice(0, 19)
        const paid = shop.orders.find(({ wpo_wcpdf_invoice_number }) => wpo_wcpdf_invoice_number === number)
        Object.assign(paid!, { date_paid_gmt: time, date_modified_gmt: time })
      },
      cancel: number => {
        const cancelled = shop.orders.find(({ wpo_wcpdf_invoice_number }) => wpo_wcpdf_invoice_number === number)
        Object.assign(cancelled!, {
          status: 'cancelled',
          date_modified_gmt: isoInstant(systemClock.now()).slice(0, 19)
        })
      },
      restore: number => {
        const restored = shop.orders.find(({ wpo_wcpdf_invoice_number }) => wpo_wcpdf_invoice_number === number)
        // The shop tells times to the second.
        const date_modified_gmt = isoInstant(systemClock.now() + 1000).slice(0, 19)
        Object.assign(restored!, { status: 'processing', date_modified_gmt })
      }
    },
    wefact: ofFact(facts.wefact),
    hostfact: ofFact(facts.hostfact)
  }
  const env = {
    ROMPSLOMP_API_URL: rompslomp.url,
    ROMPSLOMP_TOKEN: rompslomp.token,
    ROMPSLOMP_COMPANY_ID: rompslomp.company,
    E_BOEKHOUDEN_API_URL: eBoekhouden.url,
    E_BOEKHOUDEN_TOKEN: eBoekhouden.token,
    MOLLIE_API_URL: mollie.url,
    MOLLIE_API_KEY: mollie.key,
    WOOCOMMERCE_URL: shop.url,
    WOOCOMMERCE_KEY: shopKey,
    WOOCOMMERCE_SECRET: shopSecret,
    WEFACT_API_URL: facts.wefact.url,
    WEFACT_KEY: facts.wefact.key,
    HOSTFACT_API_URL: facts.hostfact.url,
    HOSTFACT_KEY: facts.hostfact.key
  }
  return { vendors, env }
}

t.test(
  'what became final while the bridge was down is delivered once; where the tool tells, paid and cancelled follow',
  async t => {
    const { vendors, env } = await openVendors(t)
    const { handle: portal, url } = await openSandbox(t)
    const folder = temporaryFolder(t)
    const port = String(await freePort())
    const start = () => startBridge(t, { ...quick, ...env, DATA_DIR: folder, PORT: port, PORTAL_URL: url })
    await (await start()).kill('SIGKILL')
    const issuedAt = daysAgo(0)
    for (const [name, { issue }] of Object.entries(vendors)) issue(`${name}/1`)

    const bridge = await start()
    for (const [name, { pdf }] of Object.entries(vendors)) {
      const shown = () => bridge.api<WholeInvoice>('GET', `/api/invoices/${encodeURIComponent(`${name}/1`)}`)
      await until(shown, ({ state }) => state === 'delivered', `${name} is not delivered`)
      const fields = { customerId, invoiceNumber: `${name}/1`, issuedAt, amount: '181.50' }
      t.match(
        portal.invoices.filter(({ invoiceNumber }) => invoiceNumber === fields.invoiceNumber),
        [{ fields, sha256: sha256(pdf) }]
      )
    }

    const paying = Object.entries(vendors).filter(([, { pay }]) => pay)
    for (const [name, { pay }] of paying) pay?.(`${name}/1`)
    await Promise.all(paying.map(([tool]) => bridge.api('POST', '/api/catch-up', { tool, since: daysAgo(1) })))
    await until(
      () => portal.invoices.filter(({ paidAt }) => paidAt !== null).length,
      count => count === paying.length,
      'not all are paid'
    )

    const cancelling = Object.entries(vendors).filter(([, { cancel }]) => cancel)
    const reach = async (what: string, holds: (shown: WholeInvoice) => boolean) => {
      await Promise.all(cancelling.map(([tool]) => bridge.api('POST', '/api/catch-up', { tool, since: daysAgo(1) })))
      for (const [name] of cancelling)
        await until(
          () => bridge.api<WholeInvoice>('GET', `/api/invoices/${encodeURIComponent(`${name}/2`)}`),
          holds,
          `${name} is not ${what}`
        )
    }
    for (const [name, { issue }] of cancelling) issue(`${name}/2`)
    await reach('delivered', ({ state }) => state === 'delivered')
    for (const [name, { cancel }] of cancelling) cancel?.(`${name}/2`)
    await reach('told of', ({ state, code }) => state === 'delivered' && code === 'VOIDED_IN_TOOL')
    t.strictSame(
      cancelling.map(([name]) => name),
      ['mollie', 'woocommerce', 'wefact', 'hostfact']
    )
    t.equal(portal.counts.calls.create, Object.keys(vendors).length + cancelling.length)

    const { issue, cancel, restore } = vendors.woocommerce!
    const restored = async (what: string, holds: (shown: WholeInvoice) => boolean) => {
      await bridge.api('POST', '/api/catch-up', { tool: 'woocommerce', since: daysAgo(1) })
      await until(() => bridge.api<WholeInvoice>('GET', '/api/invoices/woocommerce%2F3'), holds, `it is not ${what}`)
    }
    issue('woocommerce/3')
    cancel?.('woocommerce/3')
    await restored('dismissed', ({ code }) => code === 'VOIDED_IN_TOOL')
    restore?.('woocommerce/3')
    await restored('delivered', ({ state }) => state === 'delivered')
  }
)
