// Sends a signed sample event to a running bridge, the way the tool would. It always ends in review: nothing
// reaches the portal unless a person releases it.

import got from 'got'
import { isoInstant } from '../clock.ts'
import { bridgeUrl, invoicePath, parseAsk, refusal, WrongUse } from './ask.ts'
import type { Command } from './command.ts'
import { invoiceLines, type ShownInvoice } from './print.ts'
import { signedSample } from './sample.ts'

const waitMsMax = 15_000
const betweenLooksMs = 200

export const run: Command = async (args, { env, clock, print, complain }) => {
  const { values, positionals, ask } = parseAsk(args, {
    env,
    options: { customer: { type: 'string', default: 'cst_test' } },
    positionals: 1,
    usage: 'send-test <tool> [--customer cst_…]'
  })
  const [tool] = positionals
  if (tool !== 'invoices')
    throw new WrongUse(`No sample is known for ${tool}; the generic intake is called invoices.`)
  const secret = env.INTAKE_SECRET?.split(',')[0]?.trim()
  if (!secret) throw new WrongUse('Set INTAKE_SECRET to the value that the bridge has.')

  const url = bridgeUrl(env, values.url as string | undefined)
  const invoiceNumber = `TEST-${isoInstant(clock.now()).replace(/\D/g, '').slice(0, 17)}`
  const { body, headers } = signedSample(
    { invoiceNumber, customerId: String(values.customer), at: clock.now() },
    secret
  )
  try {
    await got.post(`${url}/webhooks/${tool}`, {
      body,
      headers: { ...headers, 'factuurbrug-test': 'true' },
      retry: { limit: 0 }
    })
  } catch (error) {
    throw refusal(error, url)
  }

  const giveUpAt = clock.monotonic() + waitMsMax
  for (;;) {
    const invoice = await ask<ShownInvoice>('GET', invoicePath(invoiceNumber))
    if (invoice.state === 'held' || invoice.state === 'dismissed') {
      print(values.json ? JSON.stringify(invoice, null, 2) : invoiceLines(invoice))
      return invoice.code === 'REVIEW' ? 0 : 1
    }
    if (clock.monotonic() > giveUpAt) {
      complain(`${invoiceNumber} was accepted, but after ${waitMsMax / 1000} s it is still ${invoice.state}.`)
      return 1
    }
    await clock.sleep(betweenLooksMs)
  }
}
