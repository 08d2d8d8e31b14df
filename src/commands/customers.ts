// Lists the tools' customers with their links, or the portal's own customers.

import type { Customer, PortalCustomer } from '../view/answers.ts'
import { endpoints } from '../view/endpoints.ts'
import { given, parseAsk, textOptions } from './ask.ts'
import { type Command, WrongUse } from './command.ts'
import { pageOf, table } from './print.ts'

const usage = 'customers [--linked true|false --q --limit --cursor], or customers --portal [--q --limit]'

const { listCustomers, searchPortalCustomers } = endpoints
const filters = Object.keys({ ...listCustomers.query.shape, ...searchPortalCustomers.query.shape })

export const run: Command = async (args, terminal) => {
  const options = { ...textOptions(filters), portal: { type: 'boolean' } } as const
  const { values, ask, show } = parseAsk(args, terminal, { options, usage })
  const { shape } = values.portal ? searchPortalCustomers.query : listCustomers.query
  const query = given(values, filters)
  for (const [name, value] of Object.entries(query))
    if (value === '' || !(name in shape)) throw new WrongUse(`Usage: factuurbrug ${usage}`)
  if (values.portal) {
    const found = await ask('searchPortalCustomers', { query })
    show(found, portalTable(found.customers))
    return 0
  }
  const page = await ask('listCustomers', { query })
  show(page, pageOf(customerTable(page.customers), page.next))
  return 0
}

export const customerTable = (customers: Customer[]): string =>
  customers.length === 0
    ? 'No customers.'
    : table([
        ['tool', 'ref', 'name', 'e-mail', 'portal', 'called', 'linked by'],
        ...customers.map(({ tool, ref, name, emails, link }) => [
          tool,
          ref,
          name,
          emails.join(', ') || null,
          link?.portalId,
          link?.name,
          link?.how
        ])
      ])

const portalTable = (customers: PortalCustomer[]): string =>
  customers.length === 0
    ? 'No customers.'
    : table([
        ['id', 'name', 'e-mail', 'city'],
        ...customers.map(({ id, companyName, primaryEmail, city }) => [id, companyName, primaryEmail, city])
      ])
