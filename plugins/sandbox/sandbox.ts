// The portal as documented, as a Fastify plugin: strict where the documentation is clear, with a setting where it is
// silent, and with faults on request. Everything is in memory, and gone when the app closes.

import Fastify, { type FastifyInstance, type FastifyPluginAsync, type FastifyServerOptions } from 'fastify'
import fp from 'fastify-plugin'
import type { z } from 'zod'
import type { Clock } from '../../src/core/clock.ts'
import { api } from './api.ts'
import { addByHand, control } from './control.ts'
import { createFaults, Fault } from './faults.ts'
import { type ByHand, read, Settings, SettingsEdit } from './forms.ts'
import type { Portal } from './portal.ts'
import { type Counts, createRequestLog, type LoggedRequest } from './request-log.ts'
import { type CustomerSeed, createStore, type StoredCustomer, type StoredInvoice } from './store.ts'
import { documented } from './ways.ts'

declare module 'fastify' {
  interface FastifyInstance {
    sandbox: Sandbox
  }
}

export type SandboxOptions = Partial<Settings> & {
  clock: Clock
  /** The only token that is accepted; without it, any is. */
  token?: string | undefined
  /** For ids. From 0 up to, not including, 1. */
  random?: (() => number) | undefined
  customers?: readonly CustomerSeed[] | undefined
  /** Whether to keep the bytes of the latest PDFs in memory, so that they can be served. */
  keepPdfs?: boolean | undefined
}

/** The sandbox as a test controls it. Its settings may be changed at any time. */
export type Sandbox = Settings & {
  /** Everything stored, oldest first, including what is not visible yet. */
  readonly invoices: readonly Readonly<StoredInvoice>[]
  readonly customers: readonly Readonly<StoredCustomer>[]
  /** The latest requests to the API, oldest first. */
  readonly requests: readonly Readonly<LoggedRequest>[]
  readonly counts: Readonly<Counts>
  /** Faults that have not hit a call yet. */
  readonly faults: readonly Readonly<Fault>[]
  /** Adds a fault for the next call that fits. */
  fault: (fault: z.input<typeof Fault>) => void
  clearFaults: () => void
  /** Acts as a person who makes an invoice in the portal itself. */
  add: (fields: ByHand) => Readonly<StoredInvoice>
  /** Acts as a person who deletes one there. False: it was not there. */
  delete: (id: string) => boolean
  /** The uploaded bytes, while they are kept. */
  pdf: (id: string) => Buffer | undefined
}

const defaults: Settings = {
  order: 'newest',
  // As documented; the vendor raises it on request.
  requestsPerMinute: 60,
  notificationForm: 'words',
  uniqueNumbers: false,
  negativeAmounts: false,
  ...documented
}

const sandbox: FastifyPluginAsync<SandboxOptions & { prefix?: string }> = async (app, options) => {
  const { clock, token, random, customers, keepPdfs = true, prefix = '', ...settings } = options
  const store = createStore({ clock, random, customers })
  const faults = createFaults()
  const log = createRequestLog(clock)
  const closing = new AbortController()

  const handle: Sandbox = {
    ...read(Settings, { ...defaults, ...read(SettingsEdit, settings) }),
    invoices: store.invoices.entries,
    customers: store.customers.entries,
    requests: log.requests,
    counts: log.counts,
    faults: faults.waiting,
    fault: fault => faults.add(read(Fault, fault)),
    clearFaults: faults.clear,
    add: fields => addByHand(store, fields),
    delete: store.deleteInvoice,
    pdf: store.pdfs.get
  }

  const paths = { api: `${prefix}/v1`, sandbox: `${prefix}/sandbox`, pdfs: `${prefix}/sandbox/pdfs` }
  const portal: Portal = {
    clock,
    token,
    keepPdfs,
    settings: handle,
    store,
    faults,
    log,
    closing: closing.signal,
    paths
  }

  app.decorate('sandbox', handle)
  app.addHook('preClose', async () => closing.abort())
  await app.register(api, { prefix: paths.api, portal })
  await app.register(control, { prefix: paths.sandbox, portal })
}

// `fp`, so that `app.sandbox` is visible to the app that registers this. The routes stay in two sealed scopes.
const plugin = fp(sandbox, { name: 'sandbox', fastify: '5.x' })

export default plugin

/** An app with nothing but the sandbox, ready to listen. */
export const buildSandbox = async ({
  logger = false,
  ...options
}: SandboxOptions & { logger?: FastifyServerOptions['logger'] }): Promise<FastifyInstance> => {
  // No connection is worth waiting for.
  const app = Fastify({ logger, forceCloseConnections: true })
  await app.register(plugin, options)
  await app.ready()
  return app
}
