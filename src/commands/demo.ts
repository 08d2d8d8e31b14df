// The whole way in one command: a bridge and a portal sandbox in a folder of their own, one signed sample invoice from
// webhook to portal, and one for a customer that the portal does not know, which waits for a person on the page. Never
// touches the real portal or the folder of a real bridge.

import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { signedSample } from '../../plugins/intake/sample.ts'
import { loadTools, settingsOf } from '../../plugins/registry.ts'
import { buildSandbox } from '../../plugins/sandbox/sandbox.ts'
import { type Bridge, openBridge } from '../bridge.ts'
import { readConfig } from '../config.ts'
import type { HistoryEntry } from '../core/row.ts'
import { type Command, type Terminal, WrongUse } from './command.ts'
import { freePort } from './free-port.ts'
import { createLogger } from './serve.ts'

const deliveredWithinMs = 30_000
const betweenLooksMs = 50
const invoiceNumber = 'DEMO-0001'
const heldNumber = 'DEMO-0002'

// In the portal it has another name, and no address.
const stranger = { ref: 'K-1002', name: 'Bakkerij De Vos, filiaal Noord', email: 'noord@bakkerijdevos-noord.example' }

export const run: Command = async (args, terminal) => {
  const options = { once: { type: 'boolean', default: false }, machines: { type: 'string', default: '1' } } as const
  const { once: isShort, machines } = parseArgs({ args, options }).values
  if (!['1', '2'].includes(machines)) throw new WrongUse('--machines: expected 1 or 2')
  if (machines === '2') return (await import('./demo-machines.ts')).runMachines(terminal, { once: isShort })
  const { clock, random, print, stopped } = terminal
  const ended = stopped()
  const folder = await mkdtemp(join(tmpdir(), 'factuurbrug-demo-'))
  const sandbox = await buildSandbox({ clock, random })
  const portal = await sandbox.listen({ host: '127.0.0.1', port: 0 })
  const bridge = await openDemo(terminal, folder, `${portal}/v1`)
  const customer = sandbox.sandbox.customers[0]!
  try {
    const address = await bridge.start()
    const { OPERATOR_TOKEN: token, INTAKE_SECRET: secret } = bridge.secrets
    print(`A portal sandbox listens at ${portal}, a bridge at ${address}; their folder is ${folder}.`)
    print(`Sending invoice ${invoiceNumber} for ${customer.companyName}, signed, to ${address}/webhooks/invoices:`)
    const about = { at: clock.now(), timeZone: bridge.timeZone }
    const known = { customerId: customer.id, customerName: customer.companyName }
    const sample = signedSample({ invoiceNumber, ...known, ...about }, secret)
    const answer = await fetch(`${address}/webhooks/invoices`, { method: 'POST', ...sample })
    print(`  the bridge answered ${answer.status} ${await answer.text()}`)
    const delivered = await follow(bridge, terminal)
    const stored = sandbox.sandbox.invoices.find(invoice => invoice.invoiceNumber === invoiceNumber)
    if (!delivered || !stored) return 1
    print(
      `It is in the sandbox as ${stored.id}, ${stored.amount} ${stored.currency}, with its PDF of ${stored.bytes} bytes.`
    )
    // With --once the servers are gone, so there is nothing to look at.
    if (isShort) return 0
    const second = signedSample({ invoiceNumber: heldNumber, customer: stranger, ...about }, secret)
    await fetch(`${address}/webhooks/invoices`, { method: 'POST', ...second })
    print('')
    print(`Invoice ${heldNumber} waits for you: the portal does not know its customer. Say whose it is, on the page:`)
    print(`  open ${address}`)
    print(`  log in with the token ${token}`)
    print('')
    print('By command, or by the API:')
    print(`  curl -H 'Authorization: Bearer ${token}' ${address}/api/invoices/${invoiceNumber}`)
    print(`  npx factuurbrug invoice ${invoiceNumber} --url ${address} --token ${token}`)
    print(`What the sandbox holds: ${portal}/sandbox/invoices`)
    print('Ctrl-C ends it and removes its folder.')
    await ended
    return 0
  } finally {
    await bridge.stop()
    await sandbox.close()
    await rm(folder, { recursive: true, force: true })
  }
}

type Secrets = { OPERATOR_TOKEN: string; INTAKE_SECRET: string }

const openDemo = async (
  { clock, random, version }: Terminal,
  folder: string,
  portalUrl: string
): Promise<Bridge & { secrets: Secrets; timeZone: string }> => {
  const tools = await loadTools()
  const secrets: Secrets = {
    OPERATOR_TOKEN: randomBytes(16).toString('hex'),
    INTAKE_SECRET: `whsec_${randomBytes(24).toString('base64')}`
  }
  // The demo takes nothing from the real environment.
  const config = readConfig(
    {
      ...secrets,
      // Chosen beforehand, because the bridge shows its own address.
      PORT: String(await freePort()),
      DATA_DIR: folder,
      PORTAL_URL: portalUrl,
      PORTAL_TOKEN: 'demo',
      // The first start waits this long before it believes what it reads. A sandbox in the same process hides nothing.
      PORTAL_TIMEOUT_MS: '1000',
      PORTAL_SETTLE_MS: '2000',
      SEND_NOTIFICATION: 'false'
    },
    settingsOf(tools)
  )
  const bridge = await openBridge({ config, tools, clock, random, logger: createLogger({ level: 'error' }), version })
  return { ...bridge, secrets, timeZone: config.PORTAL_TIME_ZONE }
}

/** Prints the invoice's history as it grows. Returns whether the invoice was delivered. */
const follow = async ({ ledger }: Bridge, { clock, print, complain }: Terminal): Promise<boolean> => {
  const giveUpAt = clock.monotonic() + deliveredWithinMs
  let printed = 0
  while (clock.monotonic() < giveUpAt) {
    const invoice = await ledger.find(invoiceNumber)
    for (const entry of invoice?.history.slice(printed) ?? []) {
      printed += 1
      print(`  ${line(entry)}`)
    }
    if (invoice?.state === 'delivered') return true
    await clock.sleep(betweenLooksMs)
  }
  complain(`It was not delivered within ${deliveredWithinMs / 1000} s.`)
  return false
}

const line = ({ event, at: _at, ...detail }: HistoryEntry): string =>
  [event, ...Object.entries(detail).flatMap(([name, value]) => (value === null ? [] : [`${name}=${value}`]))].join(' ')
