// Whether memory grows with a PDF: sixteen of 20 MB at once, fetched from an address, and sent as multipart.

import { once } from 'node:events'
import { createServer } from 'node:http'
import { openSandbox, secret, startBridge, temporaryFolder, until } from '../end-to-end/bridge-process.ts'
import { type Bench, residentMb } from './bench.ts'

const pdfBytes = 19_900_000
const atOnce = 16

export const memory: Bench = async t => {
  const rows = []
  for (const way of ['pdfUrl', 'multipart'] as const) {
    for (const count of [1, atOnce]) {
      const { idle, peak } = await measure(t, way, count)
      rows.push({
        what: `${count} × 20 MB by ${way}: peak over idle`,
        figure: `${peak - idle} MB`,
        beside: `wanted: under 40 MB (idle ${idle}, peak ${peak})`
      })
    }
  }
  return rows
}

const measure = async (t: Parameters<Bench>[0], way: 'pdfUrl' | 'multipart', count: number) => {
  const { handle, url } = await openSandbox(t, { keepPdfs: false })
  const customer = handle.customers[0]?.id ?? ''
  const files = await serveFile(t)
  const bridge = await startBridge(t, {
    DATA_DIR: temporaryFolder(t),
    PORTAL_URL: url,
    WORKER_CONCURRENCY: String(atOnce)
  })
  // One small invoice first: what is loaded once is not what is measured.
  await bridge.send({ ...fields('WARM', customer), pdf: Buffer.from('%PDF-1.4').toString('base64') })
  await until(
    () => handle.invoices.length,
    stored => stored === 1,
    'the warm-up'
  )
  const idle = residentMb(bridge.pid)
  await Promise.all(
    Array.from({ length: count }, (_, index) =>
      way === 'pdfUrl'
        ? bridge.send({ ...fields(`P-${index}`, customer), pdfUrl: files })
        : sendForm(bridge.url, fields(`P-${index}`, customer))
    )
  )
  await until(
    () => handle.invoices.length,
    stored => stored === count + 1,
    'all delivered'
  )
  return { idle, peak: residentMb(bridge.pid, true) }
}

const fields = (invoiceNumber: string, customerId: string) => ({
  invoiceNumber,
  issuedAt: '2026-11-20',
  amount: '121.00',
  customerId
})

const file = Buffer.concat([Buffer.from('%PDF-1.4\n'), Buffer.alloc(pdfBytes, 'x')])

const serveFile = async (t: Parameters<Bench>[0]): Promise<string> => {
  const server = createServer((_request, response) => response.end(file)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  return `http://127.0.0.1:${(server.address() as { port: number }).port}/invoice.pdf`
}

const sendForm = async (url: string, values: Record<string, string>): Promise<void> => {
  const form = new FormData()
  for (const [name, value] of Object.entries(values)) form.set(name, value)
  form.set('pdf', new Blob([file], { type: 'application/pdf' }), 'invoice.pdf')
  const answer = await fetch(`${url}/webhooks/invoices`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}` },
    body: form
  })
  if (!answer.ok) throw new Error(`multipart was answered ${answer.status}: ${await answer.text()}`)
}
