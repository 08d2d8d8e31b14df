// Everything under /sandbox, which no portal has. It is for other processes that test against the sandbox, and needs no
// token and no budget; in the same process `app.sandbox` does the same.

import type { FastifyPluginAsync } from 'fastify'
import { z } from 'zod'
import { isoInstant } from '../../src/core/clock.ts'
import { atom, localInstant } from './answers.ts'
import { Fault } from './faults.ts'
import { ByHand, read, refusal, Settings, SettingsEdit } from './forms.ts'
import type { Portal } from './portal.ts'
import { asPortalError, PortalError } from './portal-error.ts'
import type { Store, StoredInvoice } from './store.ts'

const PdfQuery = z.strictObject({ expires: z.string(), signature: z.string() })

const loginPage = '<!doctype html><title>Log in</title><form method="post"><input name="email"></form>'

/** Acts as a person who makes an invoice in the portal itself. */
export const addByHand = (store: Store, fields: unknown): StoredInvoice => {
  const { createdAt, paidAt, dueAt = null, ...form } = read(ByHand, fields)
  if (!store.customers.has(form.customerId)) throw refusal(new Map([['customerId', ['is no customer of this portal']]]))
  return store.addInvoice({
    ...form,
    dueAt,
    paidAt: paidAt === undefined ? null : localInstant(paidAt),
    createdAt: createdAt === undefined ? undefined : Temporal.Instant.from(createdAt).epochMilliseconds,
    sendNotification: null,
    fields: {},
    sha256: null,
    bytes: 0
  })
}

export const control: FastifyPluginAsync<{ portal: Portal }> = async (app, { portal }) => {
  const { store, faults, settings, log } = portal

  const show = ({ serial, visibleFromMs, listedFromMs, ...invoice }: StoredInvoice) => ({
    ...invoice,
    paidAt: invoice.paidAt === null ? null : atom(invoice.paidAt),
    createdAt: atom(invoice.createdAt),
    visible: store.invoices.get(invoice.id) !== undefined
  })

  app.setErrorHandler((error, request, reply) => {
    const answer = asPortalError(error)
    if (answer.statusCode === 500) request.log.error({ err: error }, 'sandbox failed')
    return reply.code(answer.statusCode).send(answer.toJSON())
  })

  app.get('/invoices', async () => ({ invoices: store.invoices.entries.map(show) }))

  app.post('/customer-invoices', async (request, reply) => {
    reply.code(201)
    return show(addByHand(store, request.body))
  })

  app.delete<{ Params: { id: string } }>('/customer-invoices/:id', async (request, reply) => {
    if (!store.deleteInvoice(request.params.id)) throw new PortalError(404)
    return reply.code(204).send()
  })

  app.get('/faults', async () => ({ faults: faults.waiting }))

  app.post('/faults', async (request, reply) => {
    faults.add(read(Fault, request.body))
    reply.code(201)
    return { faults: faults.waiting }
  })

  app.delete('/faults', async (_request, reply) => {
    faults.clear()
    return reply.code(204).send()
  })

  app.get('/settings', async () => Settings.strip().parse(settings))

  app.patch('/settings', async request =>
    Settings.strip().parse(Object.assign(settings, read(SettingsEdit, request.body)))
  )

  app.get('/requests', async () => ({
    requests: log.requests.map(request => ({ ...request, at: isoInstant(request.at) })),
    counts: log.counts
  }))

  app.get<{ Params: { id: string } }>('/pdfs/:id', async (request, reply) => {
    const { id } = request.params
    const content = store.pdfs.get(id)
    if (!store.pdfs.holds(id, read(PdfQuery, request.query))) throw new PortalError(403)
    if (!content) throw new PortalError(404, { message: 'The bytes of this PDF are not kept.' })
    return reply.type('application/pdf').send(content)
  })

  // Where the fault `redirect` leads: a client that follows it gets a 200.
  app.get('/login', async (_request, reply) => reply.type('text/html; charset=utf-8').send(loginPage))
}
