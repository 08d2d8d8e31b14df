import t from 'tap'
import { factuurbrug } from '../../command-line.ts'
import { type Reached, until } from '../../end-to-end/bridge-process.ts'
import { openHouse } from './fixtures.ts'

t.test('a script can ask by the exit code whether something needs a person', async t => {
  const { bridge, portalUrl, person, bring } = await openHouse(t)
  await bring('A-1', 'delivered')

  t.match(await factuurbrug(['status'], person), {
    code: 0,
    stderr: '',
    stdout: new RegExp(
      `delivered +1\n.*\nLive since \\S+ \\S+ Europe/Amsterdam: what comes in is sent\\.\\nNothing needs a person\\.\nPortal: ${portalUrl}\nTool invoices: on, webhooks to ${bridge.url}/webhooks/invoices\n`,
      's'
    )
  })

  await bring('A-2', 'held', { currency: 'USD' })
  await bring('A-3', 'held', { currency: 'GBP' })
  await bring('A-1', 'delivered', { amount: '99.00' })
  const { code, stdout } = await factuurbrug(['status'], person)
  t.equal(code, 1)
  const [, ...attention] = /^3 need a person:\n {2}(.*)\n {2}(.*)\nPortal:/m.exec(stdout) ?? []
  t.match(attention.toSorted(), [/^1 +delivered +INVOICE_CONFLICT /, /^2 +held +CURRENCY_UNSUPPORTED /])
  const listed = await Promise.all(
    attention.map(async line => {
      const [, command = ''] = line.split(/ {2}factuurbrug /)
      const { invoices } = JSON.parse((await factuurbrug([...command.split(' '), '--json'], person)).stdout)
      return invoices.map(({ invoiceNumber }: { invoiceNumber: string }) => invoiceNumber)
    })
  )
  t.strictSame(listed.toSorted(), [['A-1'], ['A-3', 'A-2']], 'it says how to list exactly those')

  const json = await factuurbrug(['status', '--json'], person)
  t.equal(json.code, 1)
  t.match(JSON.parse(json.stdout), { delivered: 1, held: 2, attention: 3, portal: { tokenRefused: false } })
})

t.test('it speaks Dutch where that is asked for, or is the language of the mails', async t => {
  const { bridge, person, bring } = await openHouse(t, { STRIPE_API_URL: 'http://127.0.0.1:9' })
  await bring('A-2', 'held', { currency: 'USD' })
  const dutch = new RegExp(
    `wacht op jou \\(held\\) +1\\n.*Live sinds .*: wat binnenkomt, wordt verstuurd\\.\\n1 wacht op jou:\\n +1 +held +CURRENCY_UNSUPPORTED.*Koppeling invoices: aan, webhooks naar ${bridge.url}.*\\nKoppeling stripe: het geheim voor webhooks ontbreekt: STRIPE_WEBHOOK_SECRET\\n$`,
    's'
  )

  t.match(await factuurbrug(['status', '--lang', 'nl'], person), { code: 1, stdout: dutch })
  const mailed = (LANGUAGE: string) => ({ env: { ...person.env, LANGUAGE } })
  t.match(await factuurbrug(['status'], mailed('nl')), { stdout: dutch })
  t.match(await factuurbrug(['status', '--lang', 'en'], mailed('nl')), { stdout: /Live since/ })
  t.match(await factuurbrug(['status'], mailed('de:nl')), { stdout: /Live since/ }, 'what a system has under this name')
  t.match(await factuurbrug(['status', '--lang', 'fr'], person), { code: 2, stderr: /--lang: expected nl or en/ })
})

t.test('a refused token is said, and exits 1', async t => {
  const { portal, bridge, person, bring } = await openHouse(t)
  portal.fault({ on: { call: 'create' }, fault: '401' })
  await bring('A-1', 'waiting')
  await until(
    () => bridge.api<{ portal: { tokenRefused: boolean } }>('GET', '/api/summary'),
    ({ portal }) => portal.tokenRefused,
    'the token is not refused'
  )

  t.match(await factuurbrug(['status'], person), {
    code: 1,
    stdout: /^Portal: .*: it refuses PORTAL_TOKEN, so deliveries pause\. Make a new API key\.$/m
  })
  t.notMatch((await factuurbrug(['status'], person)).stdout, /PORTAL_TOKEN.*PORTAL_TOKEN|Warning/s, 'once')
})

t.test('what health warns of is said, and exits 1', async t => {
  const { person, bridge } = await openHouse(t, { STRIPE_API_URL: 'http://127.0.0.1:9' })
  const warned = await factuurbrug(['status'], person)

  t.match(warned, {
    code: 1,
    stdout: /\nTool stripe: on, .*\nTool stripe: webhook secret missing: STRIPE_WEBHOOK_SECRET\n$/s
  })
  const { checks } = (await (await fetch(`${bridge.url}/health`)).json()) as Health
  t.strictSame(
    JSON.parse((await factuurbrug(['status', '--json'], person)).stdout).warnings,
    checks.tools?.map(({ componentId: tool, output }) => ({ check: 'tools', tool, output })),
    'from one source'
  )
})

t.test('a wrong secret of a sender is said, and exits 1', async t => {
  const { person } = await openHouse(t)
  const wrong = { env: { ...person.env, INTAKE_SECRET: 'another secret of a sender' } }
  for (let at = 0; at < 3; at += 1) await factuurbrug(['send-test', 'invoices'], wrong)

  t.match(await factuurbrug(['status'], person), {
    code: 1,
    stdout:
      /^Tool invoices: 3 requests refused \(wrong secret\?\), last at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d Europe\/Amsterdam$/m
  })
})

t.test('what an authentic sender sent in vain is counted by its fields, and exits 1', async t => {
  const { person, bridge } = await openHouse(t)
  for (const amount of ['geheim', '1,00']) await bridge.send({ invoiceNumber: 'A-1', amount })

  const { code, stdout } = await factuurbrug(['status'], person)
  t.equal(code, 1)
  t.match(
    stdout,
    /^Tool invoices: 2 authentic requests refused since \S+ \S+ Europe\/Amsterdam, last at \S+ \S+ Europe\/Amsterdam \(.*amount.*\): correct the sender, and send again$/m
  )
  t.notMatch(stdout, 'geheim')
})

t.test('what is not about a tool names its check', async t => {
  const { person } = await openHouse(t, { INTAKE_SECRET: '' })

  t.match(await factuurbrug(['status'], person), {
    code: 1,
    stdout: /^Warning \(tools\): no tool is set up: set INTAKE_SECRET\n/m
  })
})

t.test('times are those of the portal, and say so; for programs they are instants', async t => {
  const { bridge, person, bring } = await openHouse(t)
  await bring('A-1', 'waiting', { pdf: undefined, pdfUrl: 'http://127.0.0.1:9/a.pdf' })
  const asked = (zone: Record<string, string>) => factuurbrug(['status'], { env: { ...person.env, ...zone } })
  const { oldestWaitingAt } = await bridge.api<{ oldestWaitingAt: string }>('GET', '/api/summary')
  const there = (zone: string) =>
    Temporal.Instant.from(oldestWaitingAt)
      .toZonedDateTimeISO(zone)
      .toPlainDateTime()
      .toString({ smallestUnit: 'second' })
      .replace('T', ' ')

  t.match(oldestWaitingAt, /Z$/)
  for (const zone of ['Europe/Amsterdam', 'Asia/Tokyo'])
    t.match((await asked({ PORTAL_TIME_ZONE: zone })).stdout, `oldest since ${there(zone)} ${zone}\n`)
  t.match(await asked({ PORTAL_TIME_ZONE: 'Europe/Amsterdm' }), {
    code: 1,
    stdout: '',
    stderr: /^ {2}PORTAL_TIME_ZONE: expected a time zone such as Europe\/Amsterdam, not "Europe\/Amsterdm"$/m
  })
})

type Health = { checks: Record<string, { componentId: string; output: string }[]> }

const portalIs = (bridge: Reached, what: string, holds: (portal: PortalSummary) => boolean) =>
  until(
    async () => (await bridge.api<{ portal: PortalSummary }>('GET', '/api/summary')).portal,
    holds,
    `the portal is not ${what}`
  )

type PortalSummary = { state: string; filling: object | null; budget: { pausedForMs: number } }

t.test('a portal that is down is said, and asks nothing of a person', async t => {
  const { portal, person, bring, bridge } = await openHouse(t)
  await bring('A-0', 'delivered')
  portal.fault({ on: { call: 'any' }, fault: '503', times: 1000 })
  for (const number of ['A-1', 'A-2', 'A-3', 'A-4', 'A-5']) await bring(number, 'sending')
  await portalIs(bridge, 'down', ({ state }) => state === 'down')

  t.match(await factuurbrug(['status'], person), {
    code: 0,
    stdout:
      /^Portal: .*: it has not answered since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d Europe\/Amsterdam, so deliveries pause\. They go on by themselves\. The sandbox may not be running: `npm run sandbox` starts it\.$/m
  })
})

t.test('a portal that asked for a pause is said, and for how long', async t => {
  const { portal, person, bring, bridge } = await openHouse(t)
  portal.fault({ on: { call: 'create' }, fault: '429', ms: 600_000 })
  await bring('A-1', 'waiting')
  await portalIs(bridge, 'pausing', ({ budget }) => budget.pausedForMs > 0)

  t.match(await factuurbrug(['status'], person), {
    code: 0,
    stdout: /^Portal: .*: it asked for a pause, for another (600|5\d\d) s\.$/m
  })
})

t.test('how far the first read of the portal is, is said', async t => {
  const { person, bridge } = await openHouse(t, { PORTAL_REQUESTS_PER_MINUTE: '1' })
  await portalIs(bridge, 'being read', ({ filling }) => filling !== null)

  t.match(await factuurbrug(['status'], person), {
    code: 0,
    stdout:
      /^Portal: .*: it is being read for the first time, [01] pages? so far\. Deliveries begin when that is done\.$/m
  })
})
