// /v1/invoices: despite its name, what the vendor bills the owner of the portal. Amounts are numbers here and dates are
// instants, unlike everywhere else: the documentation declares text and shows numbers.

import type { FastifyPluginAsync } from 'fastify'
import { pageAnswer } from './answers.ts'
import { ListQuery, read } from './forms.ts'
import type { Api } from './portal.ts'
import { PortalError } from './portal-error.ts'

const bill = (id: string, invoiceNumber: string, issuedAt: string, isPaid: boolean) => ({
  id: `fac_${id}`,
  invoiceNumber,
  lines: [
    {
      id: `fcl_${id}`,
      description: 'Subscription',
      quantity: 1,
      currency: 'EUR',
      amountExclVat: 20,
      vatRate: 21,
      vatAmount: 4.2,
      amountInclVat: 24.2
    }
  ],
  currency: 'EUR',
  subtotalAmount: 20,
  vatAmount: 4.2,
  totalAmount: 24.2,
  issuedAt,
  isPaid
})

const bills = [
  bill('sample00002025', 'MKP-2025.0011', '2025-05-12T00:00:00.000Z', false),
  bill('sample00001025', 'MKP-2025.0010', '2025-04-12T00:00:00.000Z', true)
]

export const billRoutes: FastifyPluginAsync<Api> = async (app, { portal, perform }) => {
  app.get('/invoices', async (request, reply) =>
    perform(request, reply, {
      prepare() {
        const { page } = read(ListQuery, request.query)
        const path = `${request.protocol}://${request.host}${portal.paths.api}/invoices`
        // All of them fit on the first page.
        return () =>
          pageAnswer(path, page, { entries: page === 1 ? bills : [], more: false, wrapped: portal.settings.wrapped })
      }
    })
  )

  app.get<{ Params: { id: string } }>('/invoices/:id', async (request, reply) =>
    perform(request, reply, {
      prepare() {
        const found = bills.find(({ id }) => id === request.params.id)
        if (!found) throw new PortalError(404)
        return () => found
      }
    })
  )
}
