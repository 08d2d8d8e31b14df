// The API for the sources: what is set up and received from each, whether the bridge can ask it, fetching one invoice
// again, and a test.

import type { FastifyInstance, onRequestAsyncHookHandler } from 'fastify'
import { type Clock, isoInstant } from '../../src/core/clock.ts'
import { BridgeError } from '../../src/core/errors.ts'
import { testNumber } from '../../src/core/invoice.ts'
import type { Ledger } from '../../src/ledger/ledger.ts'
import type { ToolClient } from '../../src/tools/client.ts'
import { lookAt } from '../../src/tools/finding.ts'
import { oneInvoice } from '../../src/tools/one-invoice.ts'
import type { Receiver } from '../../src/tools/receiver.ts'
import type { Source } from '../../src/tools/source.ts'
import type { Summary, Tool } from '../../src/view/answers.ts'
import { createRoute, noTool, type Operations } from './route.ts'

/** A source under one of its names in the ledger. */
export type NamedSource = Summary['tools'][number] & {
  source: Source
  /** Null where it is off. */
  settings: Readonly<Record<string, unknown>> | null
  /** The sender, where senders are told apart. */
  sender: string | undefined
}

export type ToolsApiOptions = {
  operations?: Operations
  ledger: Pick<Ledger, 'list' | 'askedTo' | 'holdings'>
  sources: NamedSource[]
  toolClient: Pick<ToolClient, 'tools' | 'connection' | 'asking'>
  receiver: Pick<Receiver, 'receiveFromTool'>
  clock: Clock
  random: () => number
  timeZone: string
  /** Whether a tool, running elsewhere, can reach the bridge at its address. */
  isReachable: boolean
  /** Refuses any client that is not the operator. */
  operator: onRequestAsyncHookHandler
}

export default async function toolsApi(app: FastifyInstance, options: ToolsApiOptions) {
  const { ledger, sources, toolClient, receiver, clock, timeZone, isReachable } = options

  app.addHook('onRequest', options.operator)
  const route = createRoute(app, options.operations)

  const named = (name: string): NamedSource => {
    const found = sources.find(source => source.name === name)
    if (found) return found
    throw noTool(sources.map(({ name }) => name))
  }

  const asked = (name: string) =>
    toolClient.tools().find(({ tool, settings }) => tool.name === name && tool.canAsk(settings))

  /** Throws when the tool has no API, or the bridge has no token for it. */
  const mustBeAsked = (name: string) => {
    const open = asked(named(name).name)
    if (open) return open
    throw new BridgeError('TOOL_CANNOT_BE_ASKED', `${name} has no API to ask, or its token is not set`)
  }

  const shown = async ({ name, on, missingSecret, address, source, settings }: NamedSource): Promise<Tool> => {
    const [last] = (await ledger.list({ tool: name, limit: 1 })).rows
    const askedTo = await ledger.askedTo(name)
    return {
      name,
      on,
      missingSecret,
      address,
      canBeAsked: asked(name) !== undefined,
      canFetch: asked(name)?.tool.load !== undefined,
      canTest: source.sample !== undefined,
      settings: Object.keys(source.settings.shape).map(variable => ({
        name: variable,
        isSet: settings?.[variable] !== undefined
      })),
      lastInvoiceAt: last ? isoInstant(last.receivedAt) : null,
      askedTo: askedTo === null ? null : isoInstant(askedTo)
    }
  }

  route('listTools', async () => ({ tools: await Promise.all(sources.map(shown)) }))

  route('checkTool', async ({ params: { tool: name } }) => {
    const open = mustBeAsked(name)
    const { tool } = open
    const address = isReachable ? named(name).address : null
    const found = tool.check ? await lookAtAll(() => tool.check!(address, toolClient.connection(open))) : []
    return { findings: found.map(({ ok, what, found }) => ({ ok, what, found })) }
  })

  route('fetchInvoice', async ({ params: { tool: name }, body: { id } }) => {
    const open = mustBeAsked(name)
    const connection = toolClient.connection(open)
    const invoice = await toolClient.asking(name, () => oneInvoice(id, { tool: open.tool, connection }))
    if (!invoice) throw new BridgeError('NOT_FOUND', `${name} holds no invoice with this id or number`)
    const { result } = await receiver.receiveFromTool(name, invoice, { now: clock.now(), anyAge: true })
    return { result, invoiceNumber: invoice.invoice.invoiceNumber }
  })

  route('sendTest', async ({ params: { tool: name } }) => {
    const { source, settings, sender, name: known } = named(name)
    if (settings === null) throw new BridgeError('TOOL_NOT_SET_UP')
    if (!source.sample) throw new BridgeError('NOT_FOUND', `${known} sends no invoices, so there is no test of one`)
    const [customer] = await ledger.holdings.searchCustomers('', 1)
    if (!customer) throw new BridgeError('NOT_FOUND', 'the bridge knows no customer of the portal (yet)')
    const invoiceNumber = testNumber(clock.now(), options.random())
    const about = { invoiceNumber, customerId: customer.id, at: clock.now(), timeZone }
    const { body, headers } = source.sample(settings as never, { ...about, ...(sender ? { sender } : {}) })
    // Goes through the same address as any other request, proof included.
    const answer = await app.inject({
      method: 'POST',
      url: `/webhooks/${source.name}`,
      headers: { ...headers, 'factuurbrug-test': 'true' },
      payload: body
    })
    if (answer.statusCode !== 200)
      throw new BridgeError('STATE_CONFLICT', `${known} refuses its own test: ${answer.payload}`)
    return { invoiceNumber }
  })
}

const lookAtAll = async <T>(look: () => Promise<T[]>): Promise<(T | Awaited<ReturnType<typeof lookAt>>)[]> => {
  try {
    return await look()
  } catch (error) {
    return [
      await lookAt('API', () => {
        throw error
      })
    ]
  }
}
