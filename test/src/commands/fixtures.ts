// A bridge and a sandbox for commands to speak with.

import { samplePdf } from '../../../plugins/intake/sample.ts'
import type { Surroundings } from '../../command-line.ts'
import { openBridgeHere } from '../../end-to-end/bridge-here.ts'
import {
  customerId,
  type Disposable,
  openSandbox,
  operatorToken,
  quick,
  type Reached,
  secret,
  temporaryFolder,
  until
} from '../../end-to-end/bridge-process.ts'

export type House<Bridge extends Reached = Reached> = {
  portal: Awaited<ReturnType<typeof openSandbox>>['handle']
  portalUrl: string
  bridge: Bridge
  folder: string
  /** What the person has set who types the commands. */
  person: Surroundings
  /** Sends an event, and waits until the invoice stands there. */
  bring: (invoiceNumber: string, state: string, more?: Record<string, unknown>) => Promise<void>
}

export const openHouse = (
  t: Disposable,
  env: Record<string, string> = {},
  sandbox: Parameters<typeof openSandbox>[1] = {}
): Promise<House> => openHouseWith(openBridgeHere, t, env, sandbox)

/** `start`: in this process, or in one of its own. */
export const openHouseWith = async <Bridge extends Reached>(
  start: (t: Disposable, env: Record<string, string>) => Promise<Bridge>,
  t: Disposable,
  env: Record<string, string> = {},
  sandbox: Parameters<typeof openSandbox>[1] = {}
): Promise<House<Bridge>> => {
  const { handle: portal, url: portalUrl } = await openSandbox(t, sandbox)
  const folder = temporaryFolder(t)
  const bridge = await start(t, { ...quick, DATA_DIR: folder, PORTAL_URL: portalUrl, ...env })
  return {
    portal,
    portalUrl,
    bridge,
    folder,
    person: {
      env: {
        FACTUURBRUG_URL: bridge.url,
        OPERATOR_TOKEN: operatorToken,
        INTAKE_SECRET: secret,
        PORTAL_URL: portalUrl,
        PORTAL_TOKEN: 'token'
      }
    },
    bring: async (invoiceNumber, state, more = {}) => {
      await bridge.send({
        invoiceNumber,
        customerId,
        issuedAt: '2026-11-20',
        amount: '121.00',
        pdf: samplePdf(invoiceNumber).toString('base64'),
        ...more
      })
      await until(
        () => bridge.api<{ state: string }>('GET', `/api/invoices/${encodeURIComponent(invoiceNumber)}`),
        invoice => invoice.state === state,
        `${invoiceNumber} is not ${state}`
      )
    }
  }
}
