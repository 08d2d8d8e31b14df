// /v1/customer-invoices: the calls that the bridge depends on.

import multipart from '@fastify/multipart'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { atom, invoiceAnswer, localInstant, objectAnswer, pageAnswer } from './answers.ts'
import { addProblem, InvoiceForm, judge, ListQuery, PaidForm, read, refusal, type Settings } from './forms.ts'
import { keptBytesMax } from './pdfs.ts'
import type { Api, Portal } from './portal.ts'
import { PortalError } from './portal-error.ts'
import type { Store, StoredInvoice } from './store.ts'
import { readUpload, type Upload, uploadLimits } from './upload.ts'
import { spelled } from './ways.ts'

type ById = { Params: { id: string } }

const notificationForms = {
  words: { taken: ['true', 'false'], reason: 'must be true or false' },
  digits: { taken: ['1', '0'], reason: 'must be 1 or 0' }
}

export const customerInvoices: FastifyPluginAsync<Api> = async (app, api) => {
  // In a scope of its own: this call does not accept JSON, and its neighbours do.
  await app.register(creation, api)
  await app.register(reading, api)
  await app.register(payment, api)
}

const creation: FastifyPluginAsync<Api> = async (app, { portal, perform }) => {
  const { store, settings, clock } = portal
  const answer = answerOf(portal)

  app.removeAllContentTypeParsers()
  await app.register(multipart, { limits: uploadLimits })

  app.post('/customer-invoices', { config: { call: 'create' } }, async (request, reply) => {
    const upload = await readUpload(request, { keepBytesMax: portal.keepPdfs ? keptBytesMax : 0 })
    return perform(request, reply, {
      invoiceNumber: upload.fields.invoiceNumber ?? null,
      status: 201,
      prepare() {
        const { form, pdf } = check(upload, store, settings)
        return ({ isAnother = false, ...how } = {}) => {
          const before = store.invoices.entries.at(-1)
          const invoice = store.addInvoice({
            customerId: form.customerId,
            invoiceNumber: spelled(form.invoiceNumber, settings.spelling),
            issuedAt: form.issuedAt,
            dueAt: null,
            amount: form.amount,
            paidAt: form.paidAt !== undefined && settings.keepsPaidAt ? localInstant(form.paidAt) : null,
            sendNotification: form.sendNotification ?? null,
            fields: upload.fields,
            createdAt: clock.now() - settings.clockBackMs,
            ...how,
            ...pdf
          })
          return answer(isAnother && before ? { ...invoice, id: before.id } : invoice, request)
        }
      }
    })
  })
}

const reading: FastifyPluginAsync<Api> = async (app, { portal, perform }) => {
  const { store, settings, paths, clock } = portal
  const { invoices, pdfs } = store
  const answer = answerOf(portal)

  const isListed = ({ serial, listedFromMs }: StoredInvoice): boolean =>
    listedFromMs <= clock.monotonic() && settings.list !== 'empty' && (settings.list !== 'half' || serial % 2 === 0)

  app.get('/customer-invoices', { config: { call: 'list' } }, async (request, reply) =>
    perform(request, reply, {
      prepare() {
        const { page } = read(ListQuery, request.query)
        const base = originOf(request) + paths.api
        return () => {
          const shown = settings.list === 'one-page' ? 1 : page
          const { entries, more } = invoices.page(settings.order, shown, isListed)
          const how = { tellsNumber: settings.tellsNumbers }
          const answers = entries.map(invoice => invoiceAnswer(invoice, base, how))
          return pageAnswer(`${base}/customer-invoices`, page, { entries: answers, more, ...settings })
        }
      }
    })
  )

  app.get<ById>('/customer-invoices/:id', { config: { call: 'get' } }, async (request, reply) =>
    perform(request, reply, {
      invoiceNumber: numberOf(store, request.params.id),
      prepare() {
        const invoice = find(store, request.params.id)
        if (!settings.findsById) throw new PortalError(404)
        return () => answer(invoice, request)
      }
    })
  )

  app.get<ById>('/customer-invoices/:id/pdf', { config: { call: 'get' } }, async (request, reply) =>
    perform(request, reply, {
      invoiceNumber: numberOf(store, request.params.id),
      prepare() {
        const { id } = find(store, request.params.id)
        return () => {
          const { path, expiresAt } = pdfs.link(id)
          return { link: `${originOf(request)}${paths.pdfs}${path}`, expiresAt: atom(expiresAt) }
        }
      }
    })
  )
}

/** Nothing else of an invoice can be changed. */
const payment: FastifyPluginAsync<Api> = async (app, { portal, perform }) => {
  const { store } = portal
  const answer = answerOf(portal)

  app.patch<ById>('/customer-invoices/:id', { config: { call: 'pay' } }, async (request, reply) =>
    perform(request, reply, {
      invoiceNumber: numberOf(store, request.params.id),
      prepare() {
        const invoice = find(store, request.params.id)
        const { paidAt } = read(PaidForm, request.body)
        return () => {
          invoice.paidAt = localInstant(paidAt)
          return answer(invoice, request)
        }
      }
    })
  )
}

/** The answer about a single invoice. */
const answerOf =
  ({ settings, paths }: Portal) =>
  (invoice: StoredInvoice, request: FastifyRequest) =>
    objectAnswer(
      invoiceAnswer(invoice, originOf(request) + paths.api, { tellsNumber: settings.tellsNumbers }),
      settings
    )

const originOf = (request: FastifyRequest) => `${request.protocol}://${request.host}`

const numberOf = ({ invoices }: Store, id: string) => invoices.get(id)?.invoiceNumber ?? null

const find = ({ invoices }: Store, id: string) => {
  const invoice = invoices.get(id)
  if (!invoice) throw new PortalError(404)
  return invoice
}

/** Returns the form and its PDF, if nothing is wrong with either. Changes nothing, so it may be called again. */
const check = ({ fields, pdf, problems: inUpload }: Upload, store: Store, settings: Settings) => {
  const problems = new Map(inUpload)
  const { data, problems: inFields } = judge(InvoiceForm, fields)
  for (const [field, reasons] of inFields) if (!problems.has(field)) problems.set(field, reasons)

  const complain = (field: keyof InvoiceForm, isWrong: (value: string) => boolean, reason: string) => {
    const value = fields[field]
    if (value !== undefined && !problems.has(field) && isWrong(value)) addProblem(problems, field, reason)
  }
  const { taken, reason } = notificationForms[settings.notificationForm]
  complain('customerId', id => !store.customers.get(id), 'is no customer of this portal')
  complain('sendNotification', text => !taken.includes(text), reason)
  if (!settings.negativeAmounts) complain('amount', text => /^-|^0\.00$/.test(text), 'must be more than zero')
  // In the words of the framework that the portal seems to be built on.
  const inUse = 'The invoice number has already been taken.'
  if (settings.uniqueNumbers) complain('invoiceNumber', store.numberTaken, inUse)

  if (!data || !pdf || problems.size > 0) throw refusal(problems)
  return { form: data, pdf }
}
