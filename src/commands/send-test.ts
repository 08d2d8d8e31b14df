// Sends a signed sample event to a running bridge, the way the tool would. It always ends in review: nothing
// reaches the portal unless a person releases it. Then it is dismissed: a sample is no reason to mail the owner.

import got from 'got'
import { loadTools } from '../../plugins/registry.ts'
import { isoInstant } from '../clock.ts'
import { readSettings } from '../config.ts'
import { bridgeUrl, invoicePath, parseAsk, refusal } from './ask.ts'
import { type Command, WrongUse } from './command.ts'
import { invoiceLines, type ShownInvoice } from './print.ts'

const waitMsMax = 15_000
const betweenLooksMs = 200

export const run: Command = async (args, { env, clock, print, complain }) => {
  const { values, positionals, ask } = parseAsk(args, {
    env,
    options: { customer: { type: 'string', default: 'cst_test' }, keep: { type: 'boolean' } },
    positionals: 1,
    usage: 'send-test <tool> [--customer cst_…] [--keep]'
  })
  const [name = ''] = positionals
  const modules = await loadTools()
  const found = modules.find(({ tool }) => tool.name === name)
  if (!found) {
    throw new WrongUse(`There is no tool ${name}: ${modules.map(({ tool }) => tool.name).join(', ')}`)
  }
  const settings = readSettings(env, found.tool.settings)

  const url = bridgeUrl(env, values.url as string | undefined)
  const invoiceNumber = `TEST-${isoInstant(clock.now()).replace(/\D/g, '').slice(0, 17)}`
  const about = { invoiceNumber, customerId: String(values.customer), at: clock.now() }
  const { body, headers } = found.tool.sample(settings as never, about)
  try {
    await got.post(`${url}/webhooks/${name}`, {
      body,
      headers: { ...headers, 'factuurbrug-test': 'true' },
      retry: { limit: 0 }
    })
  } catch (error) {
    throw refusal(error, url)
  }

  const dismiss = () => ask('POST', `${invoicePath(invoiceNumber)}/dismiss`)
  const giveUpAt = clock.monotonic() + waitMsMax
  for (;;) {
    const invoice = await ask<ShownInvoice>('GET', invoicePath(invoiceNumber))
    if (invoice.state === 'held' || invoice.state === 'dismissed') {
      print(values.json ? JSON.stringify(invoice, null, 2) : invoiceLines(invoice))
      if (!values.keep) await dismiss()
      if (!values.keep && !values.json)
        print('It is dismissed again. With --keep it stays held, for you to deliver.')
      return invoice.code === 'REVIEW' ? 0 : 1
    }
    if (clock.monotonic() > giveUpAt) {
      await dismiss()
      complain(
        `${invoiceNumber} was accepted, but after ${waitMsMax / 1000} s it is still ${invoice.state}. It is dismissed: send another one later.`
      )
      return 1
    }
    await clock.sleep(betweenLooksMs)
  }
}
