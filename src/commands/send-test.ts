// Sends a signed sample event to a running bridge, the way the tool would. It always ends in review: nothing reaches
// the portal unless a person releases it. It is for a customer that exists, because finding the customer is tested,
// too. Then the command dismisses it, so that the owner gets no mail about a sample.

import got from 'got'
import { loadTools, sourcesOf } from '../../plugins/registry.ts'
import { readSettings } from '../config.ts'
import type { Clock } from '../core/clock.ts'
import { testNumber } from '../core/invoice.ts'
import { ledgerNames, sendersOf } from '../tools/senders.ts'
import { type Ask, parseAsk, refusal } from './ask.ts'
import { type Command, CommandFailed, WrongUse } from './command.ts'
import { invoiceLines } from './print.ts'

const waitMsMax = 15_000
const betweenLooksMs = 200

export const run: Command = async (args, terminal) => {
  const { env, clock, random, print, complain } = terminal
  const { values, positionals, ask, show, url, timeZone } = parseAsk(args, terminal, {
    options: { customer: { type: 'string' }, keep: { type: 'boolean' } },
    positionals: 1,
    usage: 'send-test <tool> [--customer cst_…] [--keep]'
  })
  const [asked = ''] = positionals
  const [name = '', sender] = asked.split(':')
  const sources = sourcesOf(await loadTools())
  const source = sources.find(({ name: known }) => known === name)
  if (!source) throw new WrongUse(`There is no tool ${asked}: ${sources.map(({ name }) => name).join(', ')}`)
  if (!source.sample) throw new WrongUse(`${asked} sends no invoices: \`factuurbrug check\` tries its API.`)
  const settings = readSettings(env, source.settings)
  if (sender !== undefined && !sendersOf(source, settings).names.includes(sender))
    throw new WrongUse(`There is no ${asked}: ${ledgerNames(source, settings).join(', ')}`)

  const invoiceNumber = testNumber(clock.now(), random())
  const customerId = values.customer ?? (await anyCustomer(ask, clock))
  const about = {
    ...{ invoiceNumber, customerId, at: clock.now(), timeZone },
    ...(sender === undefined ? {} : { sender })
  }
  const { body, headers } = source.sample(settings as never, about)
  try {
    await got.post(`${url}/webhooks/${name}`, {
      body,
      headers: { ...headers, 'factuurbrug-test': 'true' },
      retry: { limit: 0 }
    })
  } catch (error) {
    throw refusal(error, url)
  }

  const params = { invoiceNumber }
  const dismiss = () => ask('dismiss', { params })
  const invoice = await within(clock, async () => {
    const shown = await ask('getInvoice', { params })
    return shown.state === 'held' || shown.state === 'dismissed' ? shown : null
  })
  if (invoice === null) {
    await dismiss()
    complain(
      `${invoiceNumber} was accepted, but after ${waitMsMax / 1000} s it is still waiting. It is dismissed: send another one later.`
    )
    return 1
  }
  show(invoice, invoiceLines(invoice, timeZone))
  if (!values.keep) await dismiss()
  if (!values.json)
    print(
      values.keep
        ? `It stays held: \`deliver\` would send it to ${customerId}.`
        : 'It is dismissed again. With --keep it stays held, for you to deliver.'
    )
  return invoice.code === 'REVIEW' ? 0 : 1
}

/** The first reading of the portal begins with its customers, so one comes soon. */
const anyCustomer = async (ask: Ask, clock: Clock): Promise<string> => {
  const read = await within(clock, async () => {
    const { portal } = await ask('summary')
    const { customers } = await ask('searchPortalCustomers', { query: { limit: '1' } })
    return customers.length > 0 || portal.filling === null ? customers : null
  })
  const [customer] = read ?? []
  if (customer) return customer.id
  throw new CommandFailed('The bridge knows no customer of the portal (yet). Name one: --customer <cst_…>.')
}

/** Looks again and again until there is something to see. Null: nothing came in time. */
const within = async <T>(clock: Clock, look: () => Promise<T | null>): Promise<T | null> => {
  const giveUpAt = clock.monotonic() + waitMsMax
  for (;;) {
    const seen = await look()
    if (seen !== null || clock.monotonic() > giveUpAt) return seen
    await clock.sleep(betweenLooksMs)
  }
}
