// Who is whose: the tools' customers with their links, or the portal's own customers.

import { parseAsk } from './ask.ts'
import { type Command, WrongUse } from './command.ts'
import { table } from './print.ts'

export type ShownCustomer = {
  tool: string
  ref: string
  name: string | null
  emails: string[]
  link: { portalId: string; name: string | null; how: string } | null
}

type PortalCustomer = {
  id: string
  companyName: string | null
  primaryEmail: string | null
  city: string | null
}

const usage = 'customers [--linked true|false --limit --cursor], or customers --portal [--q --limit]'

const options = {
  linked: { type: 'string' },
  portal: { type: 'boolean' },
  q: { type: 'string' },
  limit: { type: 'string' },
  cursor: { type: 'string' }
} as const

export const run: Command = async (args, { env, print }) => {
  const { values, ask } = parseAsk(args, { env, options, positionals: 0, usage })
  const filters = values.portal ? ['q', 'limit'] : ['linked', 'limit', 'cursor']
  const query = new URLSearchParams()
  for (const name of ['linked', 'q', 'limit', 'cursor']) {
    const value = values[name]
    if (typeof value !== 'string') continue
    if (value === '' || !filters.includes(name)) throw new WrongUse(`Usage: factuurbrug ${usage}`)
    query.set(name, value)
  }
  const show = (answer: object, lines: string) => print(values.json ? JSON.stringify(answer, null, 2) : lines)
  if (values.portal) {
    const answer = await ask<{ customers: PortalCustomer[] }>('GET', `/api/portal/customers?${query}`)
    show(answer, portalTable(answer.customers))
    return 0
  }
  const page = await ask<{ customers: ShownCustomer[]; next: string | null }>(
    'GET',
    `/api/customers?${query}`
  )
  show(page, customerTable(page.customers) + (page.next ? `\nMore: add --cursor ${page.next}` : ''))
  return 0
}

export const customerTable = (customers: ShownCustomer[]): string =>
  customers.length === 0
    ? 'No customers.'
    : table([
        ['tool', 'ref', 'name', 'e-mail', 'portal', 'called', 'linked by'],
        ...customers.map(({ tool, ref, name, emails, link }) => [
          tool,
          ref,
          name ?? '-',
          emails.join(', ') || '-',
          link?.portalId ?? '-',
          link?.name ?? '-',
          link?.how ?? '-'
        ])
      ])

const portalTable = (customers: PortalCustomer[]): string =>
  customers.length === 0
    ? 'No customers.'
    : table([
        ['id', 'name', 'e-mail', 'city'],
        ...customers.map(({ id, companyName, primaryEmail, city }) => [
          id,
          companyName ?? '-',
          primaryEmail ?? '-',
          city ?? '-'
        ])
      ])
