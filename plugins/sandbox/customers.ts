// /v1/customers. Calls can read what a bookkeeping program sets, but cannot write it.

import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { customerAnswer, objectAnswer, pageAnswer } from './answers.ts'
import { CustomerEdit, CustomerForm, ListQuery, read } from './forms.ts'
import type { Api } from './portal.ts'
import { PortalError } from './portal-error.ts'

type ById = { Params: { id: string } }

export const customerRoutes: FastifyPluginAsync<Api> = async (app, { portal, perform }) => {
  const { store, settings, paths } = portal
  const config = { call: 'customers' } as const

  const pathOf = (request: FastifyRequest) => `${request.protocol}://${request.host}${paths.api}/customers`

  const find = (id: string) => {
    const customer = store.customers.get(id)
    if (!customer) throw new PortalError(404)
    return customer
  }

  app.get('/customers', { config }, async (request, reply) =>
    perform(request, reply, {
      prepare() {
        const { page } = read(ListQuery, request.query)
        return () => {
          const shown = settings.list === 'one-page' ? 1 : page
          const { entries, more } = store.customers.page(settings.order, shown)
          return pageAnswer(pathOf(request), page, { entries: entries.map(customerAnswer), more, ...settings })
        }
      }
    })
  )

  app.post('/customers', { config }, async (request, reply) =>
    perform(request, reply, {
      status: 201,
      prepare() {
        const form = read(CustomerForm, request.body)
        return () => objectAnswer(customerAnswer(store.addCustomer(form)), settings)
      }
    })
  )

  app.get<ById>('/customers/:id', { config }, async (request, reply) =>
    perform(request, reply, {
      prepare() {
        const customer = find(request.params.id)
        return () => objectAnswer(customerAnswer(customer), settings)
      }
    })
  )

  app.patch<ById>('/customers/:id', { config }, async (request, reply) =>
    perform(request, reply, {
      prepare() {
        const customer = find(request.params.id)
        const edit = read(CustomerEdit, request.body)
        return () => objectAnswer(customerAnswer(Object.assign(customer, edit)), settings)
      }
    })
  )
}
