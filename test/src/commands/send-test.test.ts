import t from 'tap'
import { factuurbrug } from '../../command-line.ts'
import { operatorToken } from '../../end-to-end/bridge-process.ts'
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
    stdout:
      /^number +TEST-\d{17}\nstate +held REVIEW\n.*\(a test\).*would send.*\nThe way is open\. Now: factuurbrug dismiss TEST/s
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
