// What each accounting tool issues reaches the portal once, whichever way the bridge learned of it.

import t, { type Test } from 'tap'
import { samplePdf } from '../../plugins/intake/sample.ts'
import { freePort } from '../../src/commands/free-port.ts'
import type { WholeInvoice } from '../../src/view/answers.ts'
import {
  type BridgeProcess,
  customerId,
  openSandbox,
  quick,
  sha256,
  startBridge,
  temporaryFolder,
  until
} from './bridge-process.ts'
import { daysAgo, operator, type ToolWorld, toolWorlds } from './tool-world.ts'

const email = 'administratie@bakkerijdevos.example'
// Real processes, started one after another.
t.setTimeout(580_000)

const paidSecond = /T\d\d:\d\d:\d\dZ$/

type World = {
  tool: ToolWorld
  portal: Awaited<ReturnType<typeof openSandbox>>['handle']
  start: (env?: Record<string, string>) => Promise<BridgeProcess>
}

const shown = (bridge: BridgeProcess, number: string) =>
  bridge.api<WholeInvoice>('GET', `/api/invoices/${encodeURIComponent(number)}`)

const reaches = (bridge: BridgeProcess, number: string, what: string, holds: (is: WholeInvoice) => boolean) =>
  until(() => shown(bridge, number), holds, `${number} is not ${what}`)

const delivered = (bridge: BridgeProcess, number: string) =>
  reaches(bridge, number, 'delivered', ({ state }) => state === 'delivered')

const held = (bridge: BridgeProcess, number: string, code: string) =>
  reaches(bridge, number, code, is => is.state === 'held' && is.code === code)

for (const [name, openWorld] of Object.entries(toolWorlds)) {
  const open = async (t: Test): Promise<World> => {
    const tool = await openWorld(t, samplePdf(name))
    const { handle: portal, url } = await openSandbox(t)
    const folder = temporaryFolder(t)
    const port = String(await freePort())
    return {
      tool,
      portal,
      start: env => startBridge(t, { ...quick, ...tool.env, DATA_DIR: folder, PORT: port, PORTAL_URL: url, ...env })
    }
  }

  t.test(
    `${name}: what became final while the bridge was down is delivered once, with webhooks of it in the middle`,
    async t => {
      const { tool, portal, start } = await open(t)
      await (await start()).kill('SIGKILL')
      const issuedAt = daysAgo(0)
      tool.issue({ number: 'N-1', cents: 12345, email })
      tool.issue({ number: 'N-2', cents: 500, email })

      const bridge = await start()
      const answers = await Promise.all(Array.from({ length: 6 }, () => tool.tell(bridge, 'N-1', 'finalised')))
      await delivered(bridge, 'N-1')
      await delivered(bridge, 'N-2')
      const later = await tool.tell(bridge, 'N-1', 'finalised')

      for (const { status, body } of answers) {
        t.equal(status, 200)
        t.match(body.result, /^(accepted|duplicate)$/)
      }
      t.strictSame(later, { status: 200, body: { result: 'duplicate' } })
      t.equal(portal.counts.calls.create, 2)
      const fields = { customerId, issuedAt, sendNotification: 'false' }
      t.strictSame(portal.invoices.map(({ fields, sha256 }) => ({ fields, sha256 })).sort(byNumber), [
        { fields: { ...fields, invoiceNumber: 'N-1', amount: '123.45' }, sha256: sha256(tool.pdf) },
        { fields: { ...fields, invoiceNumber: 'N-2', amount: '5.00' }, sha256: sha256(tool.pdf) }
      ])
    }
  )

  t.test(`${name}: what was issued before the start stays out, until a person asks for it`, async t => {
    const { tool, portal, start } = await open(t)
    const issuedAt = daysAgo(3)
    tool.issue({ number: 'O-1', cents: 100, email, daysAgo: 3 })
    const first = await start()
    const ignored = { status: 200, body: { result: 'ignored', reason: 'BEFORE_START' } }
    t.strictSame(await tool.tell(first, 'O-1', 'finalised'), ignored)
    await first.kill('SIGKILL')

    tool.pay('O-1')
    tool.issue({ number: 'N-1', cents: 100, email })
    const bridge = await start()
    await delivered(bridge, 'N-1')
    t.strictSame(await tool.tell(bridge, 'O-1', 'paid'), ignored)
    t.match(await shown(bridge, 'O-1'), { status: 404 })
    t.match(
      portal.invoices.map(({ invoiceNumber }) => invoiceNumber),
      ['N-1']
    )

    t.match(await operator(bridge, 'POST', '/api/catch-up', { tool: name, since: daysAgo(5) }), {
      status: 200,
      body: { accepted: 1, conflict: 0, ignored: 0 }
    })
    await delivered(bridge, 'O-1')
    t.match(await shown(bridge, 'O-1'), { issuedAt, paidAt: paidSecond })
    t.equal(portal.counts.calls.create, 2)
  })

  t.test(
    `${name}: what is paid later is marked paid; what is cancelled is dismissed, or told of once delivered`,
    async t => {
      const { tool, portal, start } = await open(t)
      const bridge = await start()
      for (const number of ['P-1', 'V-1', 'V-2'])
        tool.issue({ number, cents: 100, ...(number === 'V-1' ? {} : { email }) })
      for (const number of ['P-1', 'V-1', 'V-2']) t.match(await tool.tell(bridge, number, 'finalised'), { status: 200 })
      await delivered(bridge, 'P-1')
      await delivered(bridge, 'V-2')
      await held(bridge, 'V-1', 'CUSTOMER_UNKNOWN')

      tool.pay('P-1')
      await tool.tell(bridge, 'P-1', 'paid')
      for (const number of ['V-1', 'V-2']) {
        tool.cancel(number)
        t.match(await tool.tell(bridge, number, 'voided'), { status: 200 })
      }

      await until(
        () => portal.invoices.find(({ invoiceNumber }) => invoiceNumber === 'P-1')?.paidAt ?? null,
        paidAt => paidAt !== null,
        'P-1 is not paid'
      )
      t.match(await reaches(bridge, 'V-1', 'dismissed', ({ state }) => state === 'dismissed'), {
        code: 'VOIDED_IN_TOOL'
      })
      t.match(await reaches(bridge, 'V-2', 'told of', ({ code }) => code !== null), {
        state: 'delivered',
        code: 'VOIDED_IN_TOOL'
      })
      t.strictSame(await tool.tell(bridge, 'V-2', 'voided').then(({ status }) => status), 200)
      t.equal(portal.counts.calls.create, 2)
      t.equal(portal.counts.calls.pay, 1)
    }
  )

  t.test(`${name}: an invoice of somebody unknown waits for a person's word, and goes to whom they say`, async t => {
    const { tool, portal, start } = await open(t)
    const bridge = await start()
    tool.issue({ number: 'C-1', cents: 100, email: 'niemand@onbekend.example' })
    await tool.tell(bridge, 'C-1', 'finalised')
    await held(bridge, 'C-1', 'CUSTOMER_UNKNOWN')
    t.equal(portal.counts.calls.create, 0)

    const path = `/api/customers/${name}/${tool.customerRef('C-1')}`
    t.match(await operator(bridge, 'PUT', path, { portalId: 'cst_nobody' }), {
      status: 422,
      body: { code: 'FIELDS_INVALID' }
    })
    t.match(await operator(bridge, 'PUT', path, { portalId: 'cst_fietsenvanlint' }), {
      status: 200,
      body: { link: { portalId: 'cst_fietsenvanlint', name: 'Fietsen Van Lint' } }
    })
    await delivered(bridge, 'C-1')

    t.match(portal.invoices, [{ invoiceNumber: 'C-1', customerId: 'cst_fietsenvanlint' }])
  })

  t.test(`${name}: while its token is refused nothing is sent, and health says so`, async t => {
    const { tool, portal, start } = await open(t)
    const bridge = await start(tool.refused)
    tool.issue({ number: 'U-1', cents: 100, email })
    t.match(await tool.tell(bridge, 'U-1', 'finalised'), { status: 200, body: { result: 'accepted' } })

    t.match(await reaches(bridge, 'U-1', 'refused', ({ code }) => code === 'TOOL_UNAUTHORIZED'), {
      state: 'waiting',
      nextAttemptAt: String
    })
    const health = await fetch(`${bridge.url}/health`)
    t.equal(health.status, 200, 'events are taken in all the same')
    t.match(await health.json(), {
      status: 'warn',
      checks: { tools: [{ status: 'warn', componentId: name, output: /API token/ }] }
    })
    t.equal(portal.counts.calls.create, 0)
  })

  t.test(`${name}: an authentic event that cannot be read is kept for a person, once`, async t => {
    const { tool, start } = await open(t)
    const bridge = await start()
    tool.issue({ number: 'X-1', cents: 100, email })
    const accepted = { status: 200, body: { result: 'accepted' } }

    t.strictSame(await tool.tell(bridge, 'X-1', 'unreadable'), accepted)
    t.strictSame(await tool.tell(bridge, 'X-1', 'unreadable'), accepted)
    const { invoices } = await bridge.api<{ invoices: WholeInvoice[] }>('GET', '/api/invoices?state=held')
    t.match(invoices, [{ tool: name, code: 'EVENT_UNREADABLE' }])
    t.equal(invoices.length, 1)

    const [{ invoiceNumber } = { invoiceNumber: '' }] = invoices
    t.match(await bridge.api('POST', `/api/invoices/${invoiceNumber}/deliver`), { state: 'waiting' })
    await held(bridge, invoiceNumber, 'EVENT_UNREADABLE')
  })
}

type Stored = { fields: Readonly<Record<string, string>> }
const byNumber = (a: Stored, b: Stored) => (a.fields.invoiceNumber ?? '').localeCompare(b.fields.invoiceNumber ?? '')
