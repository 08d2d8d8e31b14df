// The operator's word on whose customer is whose: the tools' customers with their links, and the portal's from the copy.

import type { FastifyInstance, onRequestAsyncHookHandler } from 'fastify'
import { z } from 'zod'
import { isoInstant } from '../../src/core/clock.ts'
import { BridgeError } from '../../src/core/errors.ts'
import type { Customers } from '../../src/delivery/customers.ts'
import type { ToolCustomer } from '../../src/ledger/customers.ts'
import type { Ledger } from '../../src/ledger/ledger.ts'

export type CustomersApiOptions = {
  ledger: Pick<Ledger, 'customers' | 'holdings' | 'tally'>
  customers: Pick<Customers, 'link' | 'unlink'>
  /** The names of the tools that exist, and of their senders. */
  tools: string[]
  engine: { wake: () => void }
  /** Refuses whoever is not the operator. */
  operator: onRequestAsyncHookHandler
}

const pageSizeMax = 200

const limit = z.coerce
  .number('expected a number')
  .int()
  .min(1)
  .max(pageSizeMax, `expected at most ${pageSizeMax}`)
  .default(50)

const Query = z.strictObject({
  linked: z
    .enum(['true', 'false'], 'expected true or false')
    .transform(text => text === 'true')
    .optional(),
  limit,
  cursor: z
    .string()
    .regex(/^\d{1,15}$/, 'expected the `next` of an earlier answer')
    .optional()
})

const PortalQuery = z.strictObject({ q: z.string().max(200).default(''), limit })

// The vendor's own examples have ids with characters one would not expect: no tighter than the prefix.
const Link = z.strictObject({
  portalId: z
    .string("expected the portal's id of a customer, cst_…")
    .trim()
    .regex(/^cst_\S{1,100}$/, "expected the portal's id of a customer, cst_…")
})

type ByRef = { Params: { tool: string; ref: string } }

export default async function customersApi(app: FastifyInstance, options: CustomersApiOptions) {
  const { ledger, customers, tools, engine, operator } = options

  app.addHook('onRequest', operator)

  const shown = async ({ id: _, link, ...customer }: ToolCustomer) => ({
    ...customer,
    link: link && {
      portalId: link.portalId,
      // Null where the copy does not hold it (any more).
      name: (await ledger.holdings.customer(link.portalId))?.companyName ?? null,
      how: link.how,
      at: isoInstant(link.at)
    }
  })

  /** Also one that is not set up any more, and of which invoices wait for a person's word. */
  const known = async (tool: string): Promise<string> => {
    if (tools.includes(tool) || (await ledger.tally()).some(entry => entry.tool === tool)) return tool
    throw invalid([{ field: 'tool', message: `expected one of ${tools.join(', ')}` }])
  }

  app.get('/customers', async request => {
    const page = await ledger.customers.list(parsed(Query, request.query))
    return { customers: await Promise.all(page.customers.map(shown)), next: page.next }
  })

  app.put<ByRef>('/customers/:tool/:ref', async ({ params: { tool, ref }, body, log }) => {
    const { portalId } = parsed(Link, body ?? {})
    const customer = await customers.link({ tool: await known(tool), ref }, portalId)
    log.info({ tool, portalId }, 'customer linked')
    engine.wake()
    return shown(customer)
  })

  app.delete<ByRef>('/customers/:tool/:ref', async ({ params: { tool, ref }, log }) => {
    const linked = await ledger.customers.find({ tool: await known(tool), ref })
    const customer = linked?.link ? await customers.unlink({ tool, ref }) : null
    if (!customer) throw new BridgeError('NOT_FOUND', 'there is no such link')
    log.info({ tool }, 'customer unlinked')
    engine.wake()
    return shown(customer)
  })

  app.get('/portal/customers', async request => {
    const { q, limit } = parsed(PortalQuery, request.query)
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

type Problems = NonNullable<ConstructorParameters<typeof BridgeError>[2]>['problems']

const invalid = (problems: Problems & {}) => new BridgeError('FIELDS_INVALID', undefined, { problems })

const parsed = <S extends z.ZodType>(schema: S, input: unknown): z.output<S> => {
  const { success, data, error } = schema.safeParse(input)
  if (success) return data
  throw invalid(
    error.issues.flatMap(issue =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map(field => ({ field, message: 'unknown field' }))
        : [{ field: String(issue.path[0] ?? 'body'), message: issue.message }]
    )
  )
}
