import t from 'tap'
import { run } from '../../../src/commands/send-test.ts'
import { systemClock } from '../../../src/core/clock.ts'
import { testNumber } from '../../../src/core/invoice.ts'
import { factuurbrug } from '../../command-line.ts'
import { operatorToken, until } from '../../end-to-end/bridge-process.ts'
import { openHouse } from './fixtures.ts'

t.test('a test goes the whole way up to the portal, and no further', async t => {
  const { portal, person } = await openHouse(t)

  const existing = portal.customers.map(({ id }) => id)
  const [customer = ''] = existing.slice(-1)

  const [shown, json, nobody] = await Promise.all([
    factuurbrug(['send-test', 'invoices'], person),
    factuurbrug(['send-test', 'invoices', '--json', '--customer', customer], person),
    factuurbrug(['send-test', 'invoices', '--customer', 'cst_nee'], person)
  ])

  t.match(shown, {
    code: 0,
    stderr: '',
    stdout: /^number +TEST-\d{20}\nstate +held REVIEW\n.*\(a test\).*would send.*\nIt is dismissed again\./s
  })
  t.ok(existing.includes(/customerId +(\S+)/.exec(shown.stdout)?.[1] ?? ''), 'of a customer that exists')
  t.match(nobody, { code: 1, stdout: /^state +held CUSTOMER_UNKNOWN$/m })
  t.notMatch(nobody.stdout, /everything is ready|would send|The way is open/)
  t.match(JSON.parse(json.stdout), {
    state: 'held',
    code: 'REVIEW',
    test: true,
    wouldSend: { customerId: customer, amount: '121.00' }
  })
  t.equal(portal.counts.calls.create, 0)
})

t.test('the number of a test has one length, whatever its moment and its chance', async t => {
  const second = Temporal.Instant.from('2026-11-20T10:00:00Z').epochMilliseconds
  const wrong: string[] = []
  for (let ms = 0; ms < 10_000; ms += 1)
    for (const chance of [0, 0.0009, ms / 10_000, 0.9999999999999999]) {
      const number = testNumber(second + ms, chance)
      if (!/^TEST-\d{20}$/.test(number)) wrong.push(number)
    }

  t.strictSame(wrong, [])
  t.equal(testNumber(second, 0.0421), 'TEST-20261120100000000042')
})

const healthOf = async ({ url }: { url: string }) => {
  const answer = await fetch(`${url}/health?fail=warn`)
  return [answer.status, ((await answer.json()) as { status: string }).status]
}

t.test('a test leaves nothing behind that asks for a person', async t => {
  const { bridge, person } = await openHouse(t)

  const { stdout } = await factuurbrug(['send-test', 'invoices'], person)

  const [invoiceNumber = ''] = /TEST-\d+/.exec(stdout) ?? []
  t.match(stdout, /\nIt is dismissed again\. With --keep it stays held, for you to deliver\.\n$/)
  t.match(await bridge.api('GET', `/api/invoices/${invoiceNumber}`), {
    state: 'dismissed',
    code: 'BY_OPERATOR',
    history: [{ event: 'received' }, { event: 'held', code: 'REVIEW' }, { event: 'operator: dismiss' }]
  })
  t.strictSame(await healthOf(bridge), [200, 'pass'])
})

t.test('a test that is kept waits for a person, who may have it delivered', async t => {
  const { portal, bridge, person } = await openHouse(t)

  const { code, stdout } = await factuurbrug(
    ['send-test', 'invoices', '--keep', '--customer', 'cst_fietsenvanlint'],
    person
  )

  const [invoiceNumber = ''] = /TEST-\d+/.exec(stdout) ?? []
  t.equal(code, 0)
  t.notMatch(stdout, 'dismissed')
  t.strictSame(await healthOf(bridge), [503, 'warn'])
  await factuurbrug(['deliver', invoiceNumber], person)
  await until(
    () => portal.invoices,
    ({ length }) => length === 1,
    'it was not delivered'
  )
})

t.test('a test that does not get there in time is not left behind, either', async t => {
  const { bridge, person } = await openHouse(t, { PORTAL_REQUESTS_PER_MINUTE: '2' })
  await until(
    () => bridge.api<{ customers: unknown[] }>('GET', '/api/portal/customers?limit=1'),
    ({ customers }) => customers.length > 0,
    'the customers are known'
  )
  const complaints: string[] = []
  // Its patience, but not the bridge's, runs out a thousand times as fast.
  const clock = { ...systemClock, monotonic: () => systemClock.monotonic() * 1000 }
  const terminal = {
    env: person.env ?? {},
    clock,
    random: Math.random,
    print: () => {},
    complain: (text: string) => complaints.push(text),
    overridden: [],
    version: '1.2.3',
    confirm: async () => null,
    stopped: () => new Promise<string>(() => {})
  }

  t.equal(await run(['invoices'], terminal, 'send-test'), 1)
  t.match(complaints, [/^TEST-\d+ was accepted, but after 15 s it is still waiting\..*dismissed.*\.$/])
  t.match(await bridge.api('GET', '/api/summary'), { waiting: 0, dismissed: 1 })
})

const two = {
  INTAKE_SENDERS: 'shop,books',
  INTAKE_SECRET: 'books:a secret of the books,shop:a secret of the shop'
}

t.test('each sender that is told apart can be tried, and is named as the ledger has it', async t => {
  const { bridge, person } = await openHouse(t, two)
  const env = { ...person.env, ...two }
  const from = async (tool: string) => {
    const { code, stdout } = await factuurbrug(['send-test', tool, '--json'], { env })
    return code === 0 ? (JSON.parse(stdout) as { tool: string }).tool : stdout
  }

  t.equal(await from('invoices'), 'invoices')
  t.equal(await from('invoices:shop'), 'invoices', 'the first')
  t.equal(await from('invoices:books'), 'invoices:books')
  t.match(await factuurbrug(['send-test', 'invoices:web'], { env }), {
    code: 2,
    stderr: 'There is no invoices:web: invoices, invoices:books\n'
  })
  t.match(await factuurbrug(['send-test', 'invoices:books'], person), { code: 2, stderr: /: invoices\n$/ })
  t.match(await bridge.api('GET', '/api/summary'), { dismissed: 3 })
})

t.test('a portal without customers is told in words', async t => {
  const { person } = await openHouse(t, {}, { customers: [] })

  t.match(await factuurbrug(['send-test', 'invoices'], person), {
    code: 1,
    stdout: '',
    stderr: /^The bridge knows no customer of the portal \(yet\)\. Name one: --customer/
  })
})

t.test('what keeps a test from arriving is said', async t => {
  const { bridge, person } = await openHouse(t)
  const env = { FACTUURBRUG_URL: bridge.url, OPERATOR_TOKEN: operatorToken }

  const [tool, unset, wrong, nobody] = await Promise.all([
    factuurbrug(['send-test', 'acme'], person),
    factuurbrug(['send-test', 'invoices'], { env }),
    factuurbrug(['send-test', 'invoices'], { env: { ...env, INTAKE_SECRET: 'another secret of a sender' } }),
    factuurbrug(['send-test', 'invoices', '--url', 'http://127.0.0.1:1'], person)
  ])

  t.match(tool, { code: 2, stderr: /^There is no tool acme: .*\binvoices\b/ })
  t.match(unset, { code: 1, stdout: '', stderr: /^ {2}INTAKE_SECRET: missing; /m })
  t.match(wrong, { code: 1, stderr: /^NOT_AUTHENTIC: .*\nCopy the secret again/ })
  t.match(nobody, { code: 1, stderr: /^No bridge answers at http:\/\/127\.0\.0\.1:1 / })
})
