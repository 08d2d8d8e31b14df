// A bridge and a sandbox for commands to speak with.

import { samplePdf } from '../../../plugins/intake/sample.ts'
import type { Surroundings } from '../../command-line.ts'
import {
  type BridgeProcess,
  customerId,
  type Disposable,
  openSandbox,
  operatorToken,
  quick,
  secret,
  startBridge,
  temporaryFolder,
  until
} from '../../end-to-end/bridge-process.ts'

export type House = {
  portal: Awaited<ReturnType<typeof openSandbox>>['handle']
  portalUrl: string
  bridge: BridgeProcess
  folder: string
  /** What the person has set who types the commands. */
  person: Surroundings
  /** Sends an event, and waits until the invoice stands there. */
  bring: (invoiceNumber: string, state: string, more?: Record<string, unknown>) => Promise<void>
}

export const openHouse = async (
  t: Disposable,
  env: Record<string, string> = {},
  sandbox: Parameters<typeof openSandbox>[1] = {}
): Promise<House> => {
  const { handle: portal, url: portalUrl } = await openSandbox(t, sandbox)
  const folder = temporaryFolder(t)
  const bridge = await startBridge(t, { ...quick, DATA_DIR: folder, PORTAL_URL: portalUrl, ...env })
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
