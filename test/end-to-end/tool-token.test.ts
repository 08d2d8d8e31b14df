// A tool that refuses its token for a while. The whole bridge runs in this process, with a wall clock that can be set
// forward, because a refused token is tried again after a minute.

import { pino } from 'pino'
import t, { type Test } from 'tap'
import { samplePdf } from '../../plugins/intake/sample.ts'
import { loadTools, settingsOf } from '../../plugins/registry.ts'
import { openBridge } from '../../src/bridge.ts'
import { readConfig } from '../../src/config.ts'
import { systemClock } from '../../src/core/clock.ts'
import type { Row } from '../../src/core/row.ts'
import { serve } from '../server.ts'
import { customerId, openSandbox, operatorToken, quick, secret, temporaryFolder, until } from './bridge-process.ts'
import { daysAgo, type ToolWorld, toolWorlds } from './tool-world.ts'

const email = 'administratie@bakkerijdevos.example'

const open = async (t: Test, tool: ToolWorld) => {
  const { handle: portal, url: portalUrl } = await openSandbox(t)
  const alerts: { code: string; invoiceNumber: string | null; text: string }[] = []
  const owner = await serve(t, async (request, response) => {
    alerts.push(JSON.parse(Buffer.concat(await Array.fromAsync(request)).toString()))
    response.end()
  })
  const lines: string[] = []
  let setMs = 0
  const clock = { ...systemClock, now: () => systemClock.now() + setMs }
  const tools = await loadTools()
  const config = readConfig(
    {
      ...quick,
      ...tool.env,
      PORTAL_TOKEN: 'token',
      PORTAL_URL: portalUrl,
      SEND_NOTIFICATION: 'false',
      OPERATOR_TOKEN: operatorToken,
      INTAKE_SECRET: secret,
      ALERT_URL: owner.origin,
      ALLOW_PRIVATE_ADDRESSES: 'true',
      DATA_DIR: temporaryFolder(t),
      PORT: '0'
    },
    settingsOf(tools)
  )
  const bridge = await openBridge({
    config,
    tools,
    clock,
    random: Math.random,
    logger: pino({ level: 'warn' }, { write: line => void lines.push(line) }),
    version: '1.2.3'
  })
  t.teardown(() => bridge.stop())
  const url = await bridge.start()
  const reaches = (number: string, what: string, holds: (row: Row) => boolean) =>
    until(
      () => bridge.ledger.find(number),
      row => row !== null && holds(row),
      `${number} is not ${what}`
    )
  return {
    portal,
    alerts,
    ledger: bridge.ledger,
    /** An invoice that becomes final, and its webhook. */
    async issue(number: string) {
      tool.issue({ number, cents: 100, email })
      t.match(await tool.tell({ url }, number, 'finalised'), { body: { result: 'accepted' } })
    },
    async send(invoiceNumber: string) {
      const pdf = samplePdf(invoiceNumber).toString('base64')
      await fetch(`${url}/webhooks/invoices`, {
        method: 'POST',
        headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
        body: JSON.stringify({ invoiceNumber, customerId, issuedAt: daysAgo(0), amount: '1.00', pdf })
      })
    },
    delivered: (number: string) => reaches(number, 'delivered', ({ state }) => state === 'delivered'),
    /** Just now, and to be tried again in a minute. */
    refused: (number: string) =>
      reaches(
        number,
        'refused',
        ({ code, nextAttemptAt }) => code === 'TOOL_UNAUTHORIZED' && (nextAttemptAt ?? 0) > clock.now()
      ),
    /** What the log says about the token. */
    told: () => lines.filter(line => line.includes('the tool refuses its token')),
    lines,
    async health() {
      const answer = (await (await fetch(`${url}/health`)).json()) as Health
      return { status: answer.status, output: answer.checks.tools?.[0]?.output }
    },
    minuteGoesBy() {
      setMs += 60_000
    }
  }
}

type Health = { status: string; checks: Record<string, { output?: string }[]> }

// The variable of each tool's token, and what the tool says of one that it does not take.
const refusals: Record<string, RegExp> = {
  stripe: /refuses STRIPE_API_KEY \(401\): it says: Invalid API Key provided: …/,
  moneybird: /refuses MONEYBIRD_API_TOKEN \(401\): it says: unauthorized/
}

for (const [name, openWorld] of Object.entries(toolWorlds)) {
  t.test(`${name}: a token that is refused pauses its deliveries, and taken again all are sent, once`, async t => {
    const tool = await openWorld(t, samplePdf(name))
    const opened = await open(t, tool)
    const { portal, alerts, ledger, issue, send, delivered, refused, health, minuteGoesBy } = opened
    const waiting = ['R-1', 'R-2', 'R-3']
    await issue('N-1')
    await delivered('N-1')

    tool.refuse(true)
    for (const number of waiting) await issue(number)
    for (const number of waiting) await refused(number)
    t.match(await health(), { status: 'warn', output: refusals[name] })
    t.match(opened.told(), [refusals[name]])
    t.match((await ledger.find('R-1'))?.history.at(-1), { detail: refusals[name] })

    minuteGoesBy()
    await send('G-1')
    await delivered('G-1')
    for (const number of waiting) await refused(number)
    await until(
      () => alerts,
      ({ length }) => length > 0,
      'nobody was told'
    )
    t.match(alerts, [{ code: 'TOOL_UNAUTHORIZED', invoiceNumber: null, text: refusals[name] }])
    t.match(await ledger.summary(), { delivered: 2, waiting: 3 }, 'what others send goes on')

    tool.refuse(false)
    minuteGoesBy()
    await send('G-2')
    for (const number of ['G-2', ...waiting]) await delivered(number)
    t.match(await health(), { status: 'pass' })
    t.equal(opened.told().length, 1, 'one line, however often it was refused')
    for (const [variable, value] of Object.entries(tool.env))
      if (/KEY|TOKEN|SECRET/.test(variable)) t.notMatch(opened.lines.join(), value, variable)
    t.equal(alerts.length, 1, 'one alert, however often it was refused')
    t.equal(portal.counts.calls.create, 6)
    t.strictSame(portal.invoices.map(({ invoiceNumber }) => invoiceNumber).sort(), ['G-1', 'G-2', 'N-1', ...waiting])
  })
}
