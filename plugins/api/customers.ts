// The API for customers: the tools' customers with the links that the operator sets, and the portal's from the copy.

import type { FastifyInstance, onRequestAsyncHookHandler } from 'fastify'
import { type Clock, isoInstant } from '../../src/core/clock.ts'
import type { ToolCustomer } from '../../src/core/customer.ts'
import { BridgeError } from '../../src/core/errors.ts'
import type { Customers } from '../../src/delivery/customers.ts'
import type { Ledger } from '../../src/ledger/ledger.ts'
import type { Customer } from '../../src/view/answers.ts'
import { createLinks, csvType, takeCsv } from './links.ts'
import { createRoute, noTool, type Operations } from './route.ts'

export type CustomersApiOptions = {
  operations?: Operations
  ledger: Pick<Ledger, 'customers' | 'holdings' | 'tally'>
  customers: Pick<Customers, 'link' | 'unlink'>
  clock: Pick<Clock, 'now'>
  /** The names of the tools that exist, and of their senders. */
  tools: string[]
  engine: { wake: () => void }
  /** Refuses any client that is not the operator. */
  operator: onRequestAsyncHookHandler
}

export default async function customersApi(app: FastifyInstance, options: CustomersApiOptions) {
  const { ledger, customers, tools, engine, operator } = options

  app.addHook('onRequest', operator)
  const route = createRoute(app, options.operations)

  /** Null: the copy does not have this customer, or no longer. */
  const nameOf = async (portalId: string): Promise<string | null> =>
    (await ledger.holdings.customer(portalId))?.companyName ?? null

  const shown = async ({ id: _, link, unlinked, ...customer }: ToolCustomer): Promise<Customer> => ({
    ...customer,
    link: link && {
      by: link.by,
      portalId: link.portalId,
      name: await nameOf(link.portalId),
      how: link.how,
      at: isoInstant(link.at)
    },
    unlinked: unlinked && {
      ...unlinked,
      name: await nameOf(unlinked.portalId),
      at: isoInstant(unlinked.at)
    }
  })

  /** Accepts a tool that is no longer set up, too: its invoices may still wait for a person. */
  const isTool = async (tool: string): Promise<boolean> =>
    tools.includes(tool) || (await ledger.tally()).some(entry => entry.tool === tool)

  const known = async (tool: string): Promise<string> => {
    if (await isTool(tool)) return tool
    throw noTool(tools)
  }

  route('listCustomers', async ({ query }) => {
    const page = await ledger.customers.list(query)
    return { customers: await Promise.all(page.customers.map(shown)), next: page.next }
  })

  route('linkCustomer', async ({ params, body: { portalId }, log, actor }) => {
    const tool = await known(params.tool)
    const customer = await customers.link({ tool, ref: params.ref }, portalId, actor)
    log.info({ tool, portalId }, 'customer linked')
    engine.wake()
    return shown(customer)
  })

  route('unlinkCustomer', async ({ params, log, actor }) => {
    const who = { tool: await known(params.tool), ref: params.ref }
    const linked = await ledger.customers.find(who)
    const customer = linked?.link ? await customers.unlink(who, actor) : null
    if (!customer) throw new BridgeError('NOT_FOUND', 'there is no such link')
    log.info({ tool: who.tool }, 'customer unlinked')
    engine.wake()
    return shown(customer)
  })

  const links = createLinks({ ledger, clock: options.clock, engine, isTool })
  takeCsv(app)
  route('exportLinks', async (_asked, reply) => {
    reply.header?.('content-type', `${csvType}; charset=utf-8`)
    return links.export()
  })
  route('importLinks', async ({ text, log, actor }) => {
    if (text === undefined) throw new BridgeError('TYPE_UNSUPPORTED', `expected ${csvType}`)
    const done = await links.import(text, actor)
    log.info(done, 'links imported')
    return done
  })

  route('searchPortalCustomers', async ({ query: { q, limit } }) => {
    const found = await ledger.holdings.searchCustomers(q, limit)
    return {
      customers: found.map(({ id, companyName, primaryEmail, city, integration }) => ({
        id,
        companyName,
        primaryEmail,
        city,
        integration
      }))
    }
  })
}
