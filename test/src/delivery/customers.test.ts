// Whose invoice is it? Against the portal's strict double, by the real client; what is decided without it is proven by
// the ledger's contract and by claims.test.ts.

import t, { type Test } from 'tap'
import { buildSandbox } from '../../../plugins/sandbox/sandbox.ts'
import type { CustomerSeed } from '../../../plugins/sandbox/store.ts'
import { type Clock, systemClock } from '../../../src/core/clock.ts'
import type { MatchRules } from '../../../src/core/customer.ts'
import { BridgeError } from '../../../src/core/errors.ts'
import type { Customer } from '../../../src/core/invoice.ts'
import type { PortalCustomer } from '../../../src/core/portal-entry.ts'
import type { Loan } from '../../../src/core/row.ts'
import { createCustomers } from '../../../src/delivery/customers.ts'
import type { Ledger } from '../../../src/ledger/ledger.ts'
import { createBudget } from '../../../src/portal/budget.ts'
import { createPortal, type Portal } from '../../../src/portal/client.ts'
import { createReader } from '../../../src/portal/reader.ts'
import type { Written } from '../../../src/portal/verdict.ts'
import type { Failure } from '../../../src/rules/decide.ts'
import { serve } from '../../server.ts'
import { portalCustomerOf } from '../ledger/contract/customers.ts'
import { arrivalOf, borrowOne, minute, noon, stateOf } from '../ledger/fixtures.ts'
import { openMemory } from '../ledger/memory.ts'
import { handClock } from '../portal/hand-clock.ts'

const settleMs = minute
const settleInheritedMs = 5 * minute

type Options = {
  rules?: Partial<MatchRules>
  customers?: CustomerSeed[]
  timeoutMs?: number
  perMinute?: number
  /** Instead of one that only `pass` moves. */
  clock?: Clock
  /** Stands between the resolution and the client. */
  through?: (portal: Portal) => Partial<Portal>
}

/** An answer to a create that tells no more than this. */
const bare = (id: string): Written<PortalCustomer> => ({
  outcome: 'done',
  value: { ...portalCustomerOf(id, null), companyName: null, address: null, zipCode: null, city: null }
})

const unanswered = () => Promise.reject(new BridgeError('PORTAL_UNREACHABLE', 'the portal answered 500'))

const seed = (id: string, companyName: string, primaryEmail: string): CustomerSeed => ({
  id,
  companyName,
  primaryEmail
})

const connect = (t: Test, url: string, { timeoutMs = 5000, clock = systemClock } = {}): Portal => {
  const client = createPortal({ url, token: 'key', timeoutMs, timeZone: 'Europe/Amsterdam', clock })
  t.teardown(() => client.close())
  return client
}

const open = async (
  t: Test,
  { rules, customers, timeoutMs = 5000, perMinute = 10_000, through, ...options }: Options = {}
) => {
  let passed = 0
  const clock = options.clock ?? { ...systemClock, now: () => noon + passed, monotonic: () => passed }
  const app = await buildSandbox({
    clock: systemClock,
    requestsPerMinute: 100_000,
    customers: customers ?? [seed('cst_vos', 'Bakkerij De Vos', 'info@vos.example')]
  })
  t.teardown(() => app.close())
  const address = await app.listen({ port: 0, host: '127.0.0.1' })
  const client = connect(t, `${address}/v1`, { timeoutMs, clock })
  const portal = { ...client, ...through?.(client) }
  const ledger = openMemory()
  t.teardown(() => ledger.close())
  const budget = createBudget({ perMinute, clock, takenBefore: 0, keep: async () => ({ end: () => {} }) })
  const reader = createReader({ portal, budget, holdings: ledger.holdings, clock })
  /** As a process that begins: it knows what the ledger knows. */
  const start = (by: Partial<MatchRules> = {}) => {
    const customers = createCustomers({
      ledger,
      portal,
      budget,
      reader,
      clock,
      rules: { match: 'email', create: true, ...rules, ...by },
      portalTimeoutMs: timeoutMs,
      portalSettleMs: settleMs,
      portalSettleInheritedMs: settleInheritedMs
    })
    t.teardown(() => customers.stop())
    return customers
  }
  await reader.customers('sweep')
  const { sandbox } = app
  let byHand = 0
  let seen = 0
  /** What a person does in the portal itself. */
  const byPerson = async (method: string, path: string, fields: object): Promise<string> => {
    byHand += Number(method === 'POST')
    const answer = await fetch(`${address}/v1/customers${path}`, {
      method,
      headers: { authorization: 'Bearer key', 'content-type': 'application/json' },
      body: JSON.stringify(fields)
    })
    return ((await answer.json()) as { id: string }).id
  }
  return {
    ledger,
    budget,
    sandbox,
    start,
    customers: start(),
    pass: (ms: number) => {
      passed += ms
    },
    /** All customers of the portal called this. */
    called: (name: string) => sandbox.customers.filter(({ companyName }) => companyName === name),
    creates: () => sandbox.requests.filter(({ method }) => method === 'POST').length - byHand,
    enter: (companyName: string, primaryEmail: string) => {
      const { address, zipCode, city } = jansen
      return byPerson('POST', '', { companyName, primaryEmail, address, zipCode, city })
    },
    edit: (id: string, fields: object) => byPerson('PATCH', `/${id}`, fields),
    /** How often one customer was asked for since the last time. */
    asked: () => {
      const gets = sandbox.requests.filter(({ method, path }) => method === 'GET' && /customers\/cst_/.test(path))
      const since = gets.length - seen
      seen = gets.length
      return since
    }
  }
}

const jansen = {
  ref: '17',
  name: 'Jansen',
  emails: ['jansen@a.example'],
  address: 'Dam 1',
  zipCode: '1012 JS',
  city: 'Amsterdam',
  countryCode: 'NL'
}

let numbers = 0

/** An invoice arrives and is borrowed, with whatever else is due. */
const lend = async (ledger: Ledger, customer: Partial<Customer> = {}, test = false): Promise<Loan> => {
  const invoiceNumber = `${++numbers}`
  const facts = { invoiceNumber, sourceId: invoiceNumber, customer: { ...jansen, ...customer } }
  await ledger.receive(arrivalOf(facts, { test }), noon)
  const lent = await ledger.borrow(99, noon, noon + minute)
  return lent.find(({ invoice }) => invoice.invoiceNumber === invoiceNumber) as Loan
}

const held = (code: string, detail: RegExp) => ({ kind: 'failed', code, detail })
const unmade = (detail: RegExp) => ({ ...held('CUSTOMER_UNKNOWN', detail), unmade: true })
const idIn = (found: object): string => ('portalId' in found ? String(found.portalId) : JSON.stringify(found))

t.test('the id of the tool, a link, and a unique address: in this order, without a request', async t => {
  const { ledger, customers, sandbox } = await open(t, {
    customers: [seed('cst_vos', 'Bakkerij De Vos', 'info@vos.example'), seed('cst_given', 'Given', 'given@a.example')]
  })
  const before = sandbox.counts.requests
  const vos = { emails: ['Info@Vos.example'], name: 'De Vos' }

  t.strictSame(await customers.find(await lend(ledger, { ...vos, portalId: 'cst_given' })), {
    portalId: 'cst_given'
  })
  await ledger.customers.link({ tool: 'acme', ref: 'linked' }, 'cst_vos', noon)
  t.strictSame(await customers.find(await lend(ledger, { ...vos, ref: 'linked', emails: [] })), {
    portalId: 'cst_vos'
  })
  t.strictSame(await customers.find(await lend(ledger, { ...vos, ref: 'linked', portalId: 'cst_given' })), {
    portalId: 'cst_given'
  })
  t.equal(sandbox.counts.requests, before)
})

t.test('an id that the invoice names is asked for once where the copy lacks it', async t => {
  const { ledger, customers, sandbox, start } = await open(t)
  const portalId = 'cst_vos'
  await ledger.holdings.learnCustomers([], (await ledger.holdings.beginRead()).read, noon)
  const before = sandbox.counts.requests

  for (let time = 1; time <= 3; time++)
    t.strictSame(await customers.find(await lend(ledger, { portalId })), { portalId })
  t.equal(sandbox.counts.requests, before + 1)

  const reviewed = await start().find(await lend(ledger, { portalId: 'cst_typo' }), { mayCreate: false })
  t.match(reviewed, held('CUSTOMER_UNKNOWN', /^the portal holds no customer cst_typo$/))
  sandbox.fault({ on: { call: 'customers' }, fault: '503' })
  t.match(
    await customers.find(await lend(ledger, { portalId: 'cst_typo' })),
    { code: 'PORTAL_UNREACHABLE' },
    'nothing is concluded while the portal does not answer'
  )
})

t.test('who is not known is held, with those who are called alike', async t => {
  const { ledger, start } = await open(t, {
    customers: [
      seed('cst_1', 'De Vos Bakkerij B.V.', 'a@a.example'),
      seed('cst_2', 'Vos Transport', 'b@a.example'),
      seed('cst_3', 'Bakkerij Van Dijk', 'c@a.example'),
      seed('cst_4', 'Slagerij', 'd@a.example')
    ]
  })
  const customers = start({ create: false })

  t.match(
    await customers.find(await lend(ledger, { name: 'Bakkerij De Vos' })),
    held('CUSTOMER_UNKNOWN', /; perhaps cst_1 \(De Vos Bakkerij B\.V\.\) or cst_[23] .* or cst_[23] /)
  )
  t.match(await customers.find(await lend(ledger, { name: 'BV' })), held('CUSTOMER_UNKNOWN', /address$/))
  t.match(
    await customers.find(await lend(ledger, { emails: ['a@a.example', 'b@a.example'] })),
    held('CUSTOMER_AMBIGUOUS', /cst_1, cst_2/)
  )
})

t.test('a new customer is created once, however many invoices of it come at once', async t => {
  const { ledger, customers, sandbox, creates } = await open(t)
  const loans = [await lend(ledger), await lend(ledger), await lend(ledger), await lend(ledger)]

  const found = await Promise.all(loans.map(loan => customers.find(loan)))

  t.equal(new Set(found.map(idIn)).size, 1)
  t.match(found[0], { portalId: /^cst_/ })
  t.equal(creates(), 1)
  t.match(sandbox.customers.at(-1), {
    companyName: 'Jansen',
    primaryEmail: 'jansen@a.example',
    city: 'Amsterdam'
  })
  t.strictSame(await customers.find(await lend(ledger, { emails: ['new@a.example'] })), found[0])
  t.match((await ledger.customers.list({ limit: 1 })).customers, [{ link: { how: 'created' } }])
})

t.test('two new customers with one address: one is created, the other is for a person', async t => {
  const { ledger, customers, creates } = await open(t)
  const loans = [await lend(ledger), await lend(ledger, { ref: '18', name: 'Pietersen' })]

  const found = await Promise.all(loans.map(loan => customers.find(loan)))

  t.equal(creates(), 1)
  t.match(found, [{ portalId: /^cst_/ }, { code: 'CUSTOMER_AMBIGUOUS' }])
})

t.test('whoever turned up in the portal since it was copied is not created', async t => {
  const { ledger, customers, enter, creates } = await open(t)
  const other = await enter('Jansen', 'JANSEN@a.example')

  t.strictSame(await customers.find(await lend(ledger)), { portalId: other })
  t.equal(creates(), 0)
})

t.test('neither a test nor a review creates or keeps anything', async t => {
  const { ledger, customers, creates } = await open(t)

  t.match(await customers.find(await lend(ledger, {}, true)), { wouldCreate: { companyName: 'Jansen' } })
  t.strictSame((await ledger.customers.list({ limit: 9 })).customers, [])
  t.match(await customers.find(await lend(ledger), { mayCreate: false }), {
    wouldCreate: { primaryEmail: 'jansen@a.example' }
  })
  t.equal(creates(), 0)
})

t.test('what the portal refuses to create is held, with its words', async t => {
  const { ledger, customers, creates, pass } = await open(t)

  const found = await customers.find(await lend(ledger, { emails: ['no address'] }))

  t.match(found, held('CUSTOMER_UNKNOWN', /refused to create it: 422: .*primaryEmail/))
  t.equal(creates(), 1)
  const corrected = await lend(ledger)
  t.match(await customers.find(corrected), { code: 'PORTAL_BUSY', retryAfterMs: settleMs }, 'not before a look')
  pass(settleMs)
  t.match(await customers.find(corrected), { portalId: /^cst_/ })
})

t.test('what the portal refused is looked for once, and not asked for with each invoice', async t => {
  const { ledger, customers, creates, pass } = await open(t)
  const refused = { emails: ['no address'] }
  const loan = await lend(ledger, refused)
  await customers.find(loan)
  await ledger.record(loan, { to: 'held', code: 'CUSTOMER_UNKNOWN', detail: null }, noon)

  const next = await lend(ledger, refused)
  t.match(await customers.find(next), { code: 'PORTAL_BUSY', retryAfterMs: settleMs })
  pass(settleMs)
  for (const later of [next, await lend(ledger, refused)])
    t.match(await customers.find(later), unmade(/shows no customer with .*: 422: .*primaryEmail/))
  t.equal(creates(), 1)

  await ledger.act(loan.invoice.invoiceNumber, 'deliver', noon)
  t.match(await customers.find(await lend(ledger, refused)), unmade(/refused to create it: 422/))
  t.equal(creates(), 2)
})

t.test('once the portal makes what it refused, one word is enough for all that wait for it', async t => {
  let isBroken = true
  const { ledger, customers, creates, pass, ...world } = await open(t, {
    through: portal => ({
      createCustomer: async (fields, limits) =>
        isBroken
          ? { outcome: 'not-done', code: 'PORTAL_REJECTED', detail: '422: maintenance' }
          : portal.createCustomer(fields, limits)
    })
  })
  const isHeld = async (loan: Loan) => {
    pass(settleMs)
    const { code, detail } = (await customers.find(loan)) as Failure
    t.equal(code, 'CUSTOMER_UNKNOWN')
    await ledger.record(loan, { to: 'held', code, detail }, noon)
    t.match(await stateOf(ledger, loan.invoice.invoiceNumber), ['held', 'CUSTOMER_UNKNOWN'])
  }
  const invoices = [await lend(ledger), await lend(ledger), await lend(ledger, { ref: '18' })]
  for (const loan of invoices) await isHeld(loan)
  isBroken = false
  const [first] = invoices
  await ledger.act(first!.invoice.invoiceNumber, 'deliver', noon)
  t.strictSame(await customers.find(first!), { portalId: world.called('Jansen')[0]!.id })

  t.equal(creates(), 1)
  for (const { invoice } of invoices) t.match(await stateOf(ledger, invoice.invoiceNumber), ['waiting', null])
})

t.test('what the portal refused, kept, and shows late is not created twice, by whatever process', async t => {
  const refused = { outcome: 'not-done', code: 'PORTAL_REJECTED', detail: '422: zipCode: invalid' } as const
  let isShown = false
  const { ledger, customers, start, called, creates, pass } = await ready(t, {
    through: ({ createCustomer, customersPage }) => ({
      async createCustomer(fields, options) {
        const written = await createCustomer(fields, options)
        return fields.companyName === 'Warm' ? written : refused
      },
      async customersPage(number) {
        const page = await customersPage(number)
        return { ...page, items: page.items.filter(({ companyName }) => isShown || companyName !== 'Jansen') }
      }
    })
  })
  const loan = await lend(ledger)
  t.match(await customers.find(loan), held('CUSTOMER_UNKNOWN', /refused to create it: 422/))
  const before = creates()

  t.match(await customers.find(loan), { code: 'PORTAL_BUSY', retryAfterMs: settleMs })
  t.match(await start().find(loan), { code: 'PORTAL_BUSY', retryAfterMs: settleInheritedMs })
  isShown = true
  pass(settleMs)
  t.strictSame(await customers.find(loan), { portalId: called('Jansen')[0]?.id })
  t.equal(creates(), before)
  t.equal(called('Jansen').length, 1)
})

/** One create went well, so that all customers were read just now and the fault befalls the next create itself. */
const ready = async (t: Test, options: Options = {}) => {
  const house = await open(t, options)
  const warm = { ref: 'warm', name: 'Warm', emails: ['warm@a.example'] }
  t.match(await house.customers.find(await lend(house.ledger, warm)), { portalId: /^cst_/ })
  return house
}

const vos = { ref: '17', name: 'De Vos', emails: ['info@vos.example'] }

t.test('a new match costs one question of that customer, a known one none', async t => {
  const { ledger, customers, asked } = await open(t)

  t.strictSame(await customers.find(await lend(ledger, vos)), { portalId: 'cst_vos' })
  t.equal(asked(), 1)
  for (let time = 1; time <= 3; time += 1)
    t.strictSame(await customers.find(await lend(ledger, vos)), { portalId: 'cst_vos' })
  t.equal(asked(), 0)
})

t.test('of invoices that come together one asks for all', async t => {
  const { ledger, customers, asked } = await open(t)
  const loans = [await lend(ledger, vos), await lend(ledger, vos), await lend(ledger, vos)]

  const found = await Promise.all(loans.map(loan => customers.find(loan)))

  t.strictSame(found, Array(3).fill({ portalId: 'cst_vos' }))
  t.equal(asked(), 1)
})

t.test('an address that moved to another portal customer takes no invoice to the first', async t => {
  const { ledger, customers, start, enter, edit, creates } = await open(t)
  const never = start({ create: false })
  await edit('cst_vos', { primaryEmail: 'old@vos.example' })
  const other = await enter('De Vos Nieuw', 'info@vos.example')
  const loan = await lend(ledger, vos)

  t.match(await never.find(loan), held('CUSTOMER_UNKNOWN', /no portal customer has its e-mail address/))
  await ledger.record(loan, { to: 'held', code: 'CUSTOMER_UNKNOWN', detail: null }, noon)
  t.match((await ledger.holdings.customer('cst_vos'))?.primaryEmail, 'old@vos.example', 'the copy is told')
  t.match((await ledger.customers.list({ limit: 1 })).customers, [{ link: null }])

  t.strictSame(await customers.find(await lend(ledger, { ...jansen, ...vos })), { portalId: other })
  t.equal(creates(), 0, 'nor is it created beside the second')
  t.equal((await stateOf(ledger, loan.invoice.invoiceNumber))[0], 'waiting', 'the list has released the first')
})

t.test('nothing is created from a list that was just found wrong', async t => {
  const { ledger, customers, enter, edit, creates, pass } = await ready(t)
  pass(1)
  await edit('cst_vos', { primaryEmail: 'old@vos.example' })
  const other = await enter('De Vos Nieuw', 'info@vos.example')
  const before = creates()

  t.strictSame(await customers.find(await lend(ledger, { ...jansen, ...vos })), { portalId: other })
  t.equal(creates(), before)
})

t.test('a match is not guessed at while the portal does not answer', async t => {
  const { ledger, customers, sandbox } = await open(t)
  sandbox.fault({ on: { call: 'customers' }, fault: '503' })
  const loans = [await lend(ledger, vos), await lend(ledger, vos)]

  const found = await Promise.all(loans.map(loan => customers.find(loan)))

  t.match(found, [{ code: 'PORTAL_UNREACHABLE' }, { portalId: 'cst_vos' }], 'and each asks for itself')
})

t.test('of a test and in review nothing more is kept, and it is asked all the same', async t => {
  const { ledger, customers, asked } = await open(t)

  t.strictSame(await customers.find(await lend(ledger, vos, true)), { portalId: 'cst_vos' })
  t.equal(asked(), 1)
  t.strictSame((await ledger.customers.list({ limit: 9 })).customers, [])
  t.strictSame(await customers.find(await lend(ledger, vos), { mayCreate: false }), { portalId: 'cst_vos' })
})

/** A portal whose list and whose answers to an id can say otherwise than they should. */
const twisted = () => {
  const unfound = new Set<string>()
  const unlisted = new Set<string>()
  let nameless = false
  const through: Options['through'] = portal => ({
    async customer(id) {
      const found = await portal.customer(id)
      if (unfound.has(id)) return null
      return found && nameless ? { ...found, primaryEmail: null } : found
    },
    async customersPage(page) {
      const { items, more } = await portal.customersPage(page)
      return { items: items.filter(({ id }) => !unlisted.has(id)), more }
    }
  })
  return {
    through,
    unfound,
    unlisted,
    hideAddresses() {
      nameless = true
    }
  }
}

t.test('listed, and not there by its id: neither is believed, and it is asked less and less often', async t => {
  const portal = twisted()
  const { ledger, customers, asked, pass, sandbox } = await open(t, { through: portal.through })
  const lists = () => sandbox.requests.filter(({ path }) => /customers\?/.test(path)).length
  portal.unfound.add('cst_vos')
  const loan = await lend(ledger, vos)
  const before = lists()

  const again = { code: 'PORTAL_BUSY', detail: /lists cst_vos, but answers that it holds no such customer/ }
  t.match(await customers.find(loan), { ...again, retryAfterMs: minute })
  t.equal(lists(), before + 2, 'the list is read anew')
  t.match(await customers.find(await lend(ledger, vos)), { ...again, retryAfterMs: minute })
  t.equal(asked(), 1)
  for (const pause of [2, 4, 8, 16, 32, 60, 60]) {
    pass(pause === 2 ? minute : (pause === 60 ? 32 : pause / 2) * minute)
    if (pause === 60) pass(28 * minute)
    t.match(await customers.find(loan), { ...again, retryAfterMs: pause * minute })
  }

  portal.unfound.clear()
  pass(60 * minute)
  t.strictSame(await customers.find(loan), { portalId: 'cst_vos' })
})

t.test('neither listed nor there by its id: not matched any more', async t => {
  const portal = twisted()
  const { ledger, start } = await open(t, { through: portal.through })
  portal.unfound.add('cst_vos')
  portal.unlisted.add('cst_vos')

  t.match(await start({ create: false }).find(await lend(ledger, vos)), held('CUSTOMER_UNKNOWN', /no portal customer/))
  t.equal(await ledger.holdings.customer('cst_vos'), null)
})

t.test('an answer that tells no address: the list is read anew, and has the word', async t => {
  const portal = twisted()
  const { ledger, customers, edit, enter } = await open(t, {
    through: portal.through,
    customers: [seed('cst_vos', 'De Vos', 'info@vos.example'), seed('cst_dijk', 'Van Dijk', 'info@dijk.example')]
  })
  portal.hideAddresses()
  await edit('cst_vos', { primaryEmail: 'old@vos.example' })
  const other = await enter('De Vos Nieuw', 'info@vos.example')

  t.strictSame(await customers.find(await lend(ledger, vos)), { portalId: other })
  const dijk = { ref: '18', name: 'Van Dijk', emails: ['info@dijk.example'] }
  t.strictSame(await customers.find(await lend(ledger, dijk)), { portalId: 'cst_dijk' })
})

t.test('a link outlives an answer that its customer is not there, as long as the list has it', async t => {
  const portal = twisted()
  const { ledger, customers } = await open(t, { through: portal.through })
  await ledger.customers.link({ tool: 'acme', ref: '17' }, 'cst_vos', noon)
  const { read } = await ledger.holdings.beginRead()
  await ledger.holdings.learnCustomers([], read, noon)
  portal.unfound.add('cst_vos')
  const loan = await lend(ledger)

  t.match(await customers.find(loan), { code: 'PORTAL_BUSY' })
  t.match((await ledger.customers.list({ limit: 1 })).customers, [{ link: { portalId: 'cst_vos' } }])
  t.strictSame(await customers.find(loan), { portalId: 'cst_vos' }, 'by its link')
})

t.test('an id that an invoice names, and that is not there, ends no link to it', async t => {
  const portal = twisted()
  const { ledger, customers } = await open(t, { through: portal.through })
  await ledger.customers.link({ tool: 'acme', ref: '18' }, 'cst_vos', noon)
  const { read } = await ledger.holdings.beginRead()
  await ledger.holdings.learnCustomers([], read, noon)
  portal.unfound.add('cst_vos')

  t.match(await customers.find(await lend(ledger, { portalId: 'cst_vos' })), held('CUSTOMER_UNKNOWN', /no customer/))
  await t.rejects(customers.link({ tool: 'acme', ref: '19' }, 'cst_vos'), { code: 'FIELDS_INVALID' })
  t.match(await ledger.customers.find({ tool: 'acme', ref: '18' }), { link: { portalId: 'cst_vos' } })
})

for (const fault of ['429', '401', '403'] as const)
  t.test(`${fault}: certainly not created, so it is tried again at once`, async t => {
    const { ledger, customers, sandbox, called } = await ready(t)
    sandbox.fault({ on: { call: 'customers' }, fault, ...(fault === '429' ? { ms: 7000 } : {}) })
    const loan = await lend(ledger)

    t.match(
      await customers.find(loan),
      fault === '429' ? { code: 'PORTAL_BUSY', retryAfterMs: 7000 } : { code: 'PORTAL_UNAUTHORIZED' }
    )
    t.match(await customers.find(loan), { portalId: /^cst_/ })
    t.equal(called('Jansen').length, 1)
  })

for (const fault of [
  'lost',
  'fail-after',
  'garbage',
  'garbage-json',
  'fail-before',
  'reset-before',
  'redirect'
] as const)
  t.test(`${fault}: a create whose answer is not known is looked for, then sent again or not`, async t => {
    const { ledger, customers, sandbox, called, creates, pass } = await ready(t)
    sandbox.fault({ on: { call: 'customers' }, fault })
    const loan = await lend(ledger)
    const stands = ['fail-before', 'reset-before', 'redirect'].includes(fault) ? 0 : 1

    t.match(await customers.find(loan), { code: 'PORTAL_UNREACHABLE' })
    t.equal(called('Jansen').length, stands)
    t.match(await customers.find(loan), { code: 'PORTAL_BUSY', retryAfterMs: settleMs })
    pass(settleMs - 1)
    t.match(await customers.find(await lend(ledger)), { code: 'PORTAL_BUSY', retryAfterMs: 1 })
    t.equal(creates(), 2, 'nothing was sent in between')
    pass(1)

    const found = await customers.find(loan)

    t.equal(called('Jansen').length, 1)
    t.strictSame(found, { portalId: called('Jansen')[0]?.id })
    t.equal(creates(), stands === 1 ? 2 : 3)
    t.strictSame(await customers.find(await lend(ledger)), found)
  })

t.test('killed between the write-ahead row and the answer: the next process looks first, and later', async t => {
  for (const stands of [true, false]) {
    const { ledger, start, enter, called, creates, pass } = await ready(t)
    const loan = await lend(ledger)
    const sighting = { invoiceId: loan.id, tool: loan.tool, customer: loan.invoice.customer, test: false }
    await ledger.customers.beginCreate(sighting, { match: 'email', create: true }, noon)
    if (stands) await enter('Jansen', 'jansen@a.example')
    const [before, customers] = [creates(), start()]

    t.match(await customers.find(loan), { code: 'PORTAL_BUSY', retryAfterMs: settleInheritedMs })
    pass(settleInheritedMs - 1)
    t.match(await customers.find(loan), { code: 'PORTAL_BUSY', retryAfterMs: 1 })
    t.equal(creates(), before)
    pass(1)
    t.strictSame(await customers.find(loan), { portalId: called('Jansen')[0]?.id })
    t.equal(called('Jansen').length, 1)
    t.equal(creates(), stands ? before : before + 1)
  }
})

t.test('a process that froze before it spoke sends nothing late', async t => {
  const limits: unknown[] = []
  const { ledger, customers, called } = await open(t, {
    through: portal => ({
      createCustomer(fields, options) {
        limits.push(options)
        return portal.createCustomer(fields, limits.length === 1 ? { startBy: -1 } : options)
      }
    })
  })
  const loan = await lend(ledger)

  t.match(await customers.find(loan), { code: 'PORTAL_UNREACHABLE' })
  t.strictSame(limits, [{ startBy: 5000, endBy: 5000 }])
  t.equal(called('Jansen').length, 0)
  t.match(await customers.find(loan), { portalId: /^cst_/ }, 'certainly nothing left, so it may be sent')
})

t.test('an address that the portal says is taken, and lists nobody with: for a person, not for ever', async t => {
  const { ledger, customers, sandbox, creates, pass } = await ready(t)
  sandbox.fault({
    on: { call: 'customers' },
    fault: '422',
    message: 'The primaryEmail has already been taken.'
  })
  const loan = await lend(ledger)
  t.match(await customers.find(loan), { code: 'PORTAL_UNREACHABLE' })
  pass(settleMs)

  t.match(await customers.find(loan), held('CUSTOMER_UNKNOWN', /already been taken/))
  t.equal(creates(), 2)
})

t.test('a portal that answers with a customer that it had: nothing is linked or changed, and none is made', async t => {
  for (const isWhole of [true, false]) {
    const asked: string[] = []
    const { ledger, customers, pass } = await ready(t, {
      customers: [seed('cst_old', 'Jansen', 'old@a.example')],
      through: portal => ({
        async createCustomer(fields, limits) {
          asked.push(fields.companyName)
          if (fields.companyName === 'Warm') return portal.createCustomer(fields, limits)
          const value = (await portal.customer('cst_old'))!
          return { outcome: 'done', value: isWhole ? value : { ...value, companyName: null, primaryEmail: null } }
        }
      })
    })
    const before = await ledger.holdings.customer('cst_old')
    const loan = await lend(ledger)
    const doubt = 'the portal answered with cst_old, which has another e-mail address'

    t.match(await customers.find(loan), {
      ...{ code: 'PORTAL_UNREACHABLE', answered: true, retryAfterMs: settleMs },
      detail: `it is not known whether the customer was created: ${doubt}`
    })
    t.match(await customers.find(await lend(ledger)), { code: 'PORTAL_BUSY', retryAfterMs: settleMs })
    pass(settleMs)
    t.match(await customers.find(loan), {
      code: 'CUSTOMER_UNKNOWN',
      detail: `the portal was asked to create it, and shows no customer with its name and e-mail address: ${doubt}`
    })
    t.strictSame(asked, ['Warm', 'Jansen'])
    t.match(await ledger.customers.find({ tool: 'acme', ref: '17' }), { link: null })
    t.strictSame(await ledger.holdings.customer('cst_old'), before)
  }
})

/** The portal stores and shows another address than it was sent. */
const misstoring: Options['through'] = portal => ({
  createCustomer: (fields, limits) =>
    portal.createCustomer({ ...fields, primaryEmail: `post-${fields.primaryEmail}` }, limits)
})

t.test('a portal that stores another address is asked once, whatever comes, until a person says so', async t => {
  const { ledger, customers, start, called, creates, pass } = await open(t, { through: misstoring })
  const loan = await lend(ledger)
  t.match(await customers.find(loan), { code: 'PORTAL_UNREACHABLE', detail: /has another e-mail address$/ })
  const { id } = called('Jansen')[0]!
  const shown = 'the portal was asked to create it, and shows no customer with its name and e-mail address'
  const answered = `${shown}: the portal answered with ${id}, which has another e-mail address`
  const unmade = { code: 'CUSTOMER_UNKNOWN', detail: `${answered}; perhaps ${id} (Jansen)`, unmade: true }

  for (const by of [customers, start(), start()]) {
    pass(settleInheritedMs)
    t.match(await by.find(loan), unmade)
    t.match(await by.find(await lend(ledger)), unmade)
    t.match(await by.find(await lend(ledger, { ref: '18' })), unmade, 'another reference, and the same in all else')
    t.match(await by.find(await lend(ledger), { mayCreate: false }), unmade)
  }
  t.equal(creates(), 1)

  await ledger.record(loan, { to: 'held', code: 'CUSTOMER_UNKNOWN', detail: null }, noon)
  await ledger.act(loan.invoice.invoiceNumber, 'deliver', noon)
  t.match(await customers.find(await lend(ledger)), { code: 'PORTAL_UNREACHABLE' })
  pass(settleMs)
  t.match(await customers.find(await lend(ledger)), { code: 'CUSTOMER_UNKNOWN' })
  t.equal(creates(), 2, 'once for each word')

  t.match(await customers.find(await lend(ledger, { city: 'Utrecht' })), { code: 'PORTAL_UNREACHABLE' })
  t.equal(creates(), 3, 'nor is it the same customer that is asked for')
  await customers.link({ tool: 'acme', ref: '17' }, id!)
  t.strictSame(await customers.find(await lend(ledger, { city: 'Utrecht' })), { portalId: id })
})

t.test('two creates at once whose answers are mixed up: each customer gets its own', async t => {
  const [jan, piet] = ['Jansen', 'Pietersen'] as const
  const names = [jan, piet]
  const mixedUp = [
    { Jansen: piet, Pietersen: jan },
    { Jansen: jan, Pietersen: jan },
    { Jansen: piet, Pietersen: piet }
  ]
  for (const [whose, isBare] of mixedUp.flatMap(whose => [[whose, false] as const, [whose, true] as const])) {
    const what = JSON.stringify({ whose, isBare })
    const answers = new Map<string, Written<PortalCustomer>>()
    const both = Promise.withResolvers<void>()
    const { ledger, customers, called, creates, pass } = await ready(t, {
      through: portal => ({
        async createCustomer(fields, limits) {
          const written = await portal.createCustomer(fields, limits)
          const name = names.find(name => name === fields.companyName)
          if (!name || written.outcome !== 'done') return written
          answers.set(name, isBare ? bare(written.value.id) : written)
          if (answers.size === names.length) both.resolve()
          await both.promise
          return answers.get(whose[name])!
        }
      })
    })
    const pietersen = { ref: '18', name: piet, emails: ['pietersen@a.example'] }
    const loans = [await lend(ledger), await lend(ledger, pietersen)]
    const find = () => Promise.all(loans.map(loan => customers.find(loan)))

    const found = await find()
    const own = names.map(name => ({ portalId: called(name)[0]!.id! }))
    const doubt = { code: 'PORTAL_UNREACHABLE', answered: true, detail: /which has another e-mail address$/ }
    for (const [at, name] of names.entries()) t.match(found[at], whose[name] === name ? own[at]! : doubt, what)
    pass(settleMs)
    t.strictSame(await find(), own, what)
    t.equal(creates(), 3, what)
  }
})

t.test('an answer to a create with nothing but an id: the portal is asked who that is', async t => {
  const unreachable = new BridgeError('PORTAL_UNREACHABLE', 'the portal answered 500')
  for (const [shown, unknownYet] of [
    ['as it is', null],
    ['not yet', /which shows no e-mail address$/],
    ['without an address', /which shows no e-mail address$/],
    ['with 500', /the portal answered 500$/]
  ] as const) {
    const { ledger, customers, called, creates, asked, pass } = await ready(t, {
      through: portal => ({
        async createCustomer(fields, limits) {
          const written = await portal.createCustomer(fields, limits)
          const isOurs = fields.companyName === 'Jansen' && written.outcome === 'done'
          return isOurs ? bare(written.value.id) : written
        },
        async customer(id) {
          if (shown === 'with 500') throw unreachable
          const customer = await portal.customer(id)
          if (shown === 'not yet') return null
          return customer && shown === 'without an address' ? { ...customer, primaryEmail: null } : customer
        }
      })
    })
    asked()
    const loan = await lend(ledger)

    const found = await customers.find(loan)
    const own = { portalId: called('Jansen')[0]!.id! }
    t.match(found, unknownYet ? { code: 'PORTAL_UNREACHABLE', detail: unknownYet } : own, shown)
    t.equal(asked(), shown === 'with 500' ? 0 : 1, shown)
    pass(settleMs)
    t.strictSame(await customers.find(loan), own, `${shown}: the list shows it`)
    t.equal(creates(), 2, shown)
  }
})

t.test('an unclear answer to a create tells that the portal is there, a lost one does not', async t => {
  for (const [fault, answered] of [
    ['409', true],
    ['lost', false]
  ] as const) {
    const { ledger, customers, sandbox } = await ready(t)
    sandbox.fault({ on: { call: 'customers' }, fault })
    t.match(await customers.find(await lend(ledger)), {
      code: 'PORTAL_UNREACHABLE',
      answered,
      retryAfterMs: settleMs
    })
  }
})

t.test('of two that look for one creation at once, the second takes what the first found', async t => {
  const { ledger, customers, called, pass } = await ready(t, {
    through: ({ createCustomer }) => ({
      async createCustomer(fields, limits) {
        const written = await createCustomer(fields, limits)
        if (fields.companyName === 'Warm') return written
        return { outcome: 'done', value: portalCustomerOf('cst_dijk', 'info@dijk.example') }
      }
    })
  })
  const loan = await lend(ledger)
  t.match(await customers.find(loan), { detail: /cst_dijk, which has another e-mail address/ })
  pass(settleMs)

  const found = await Promise.all([customers.find(loan), customers.find(await lend(ledger))])
  const portalId = called('Jansen')[0]?.id
  t.strictSame(found, [{ portalId }, { portalId }])
})

t.test('all that look for one creation at once are held if the portal did not make it', async t => {
  const asked: string[] = []
  const { ledger, customers, pass } = await ready(t, {
    through: ({ createCustomer }) => ({
      async createCustomer(fields, limits) {
        asked.push(fields.companyName)
        if (fields.companyName !== 'Jansen') return createCustomer(fields, limits)
        return { outcome: 'unknown', detail: '409: another has it', answered: true }
      }
    })
  })
  const loans = [await lend(ledger), await lend(ledger), await lend(ledger, { ref: '18', name: 'Pietersen' })]
  await customers.find(loans[0]!)
  pass(settleMs)

  const [first, second, other] = await Promise.all(loans.map(loan => customers.find(loan)))

  for (const found of [first, second])
    t.match(found, held('CUSTOMER_UNKNOWN', /^the portal was asked to create it, .*: 409: another has it$/))
  t.match(other, { portalId: /^cst_/ }, 'what it said was not about a customer with another name')
  t.strictSame(asked, ['Warm', 'Jansen', 'Pietersen'])
})

t.test('if the look finds its address under another name, an invoice is judged by that', async t => {
  const { ledger, customers, sandbox, enter, pass } = await ready(t)
  sandbox.fault({ on: { call: 'customers' }, fault: '422', message: 'The primaryEmail has already been taken.' })
  const loan = await lend(ledger)
  t.match(await customers.find(loan), { code: 'PORTAL_UNREACHABLE' })
  const portalId = await enter('Jansen & Zn', 'jansen@a.example')
  pass(settleMs)

  t.strictSame(await customers.find(loan), { portalId })
})

t.test('whatever breaks in us while a customer is created is unknown, and looked for', async t => {
  let isBroken = true
  const { ledger, customers, called, creates, pass } = await ready(t, {
    through: portal => ({
      async createCustomer(fields, limits) {
        const written = await portal.createCustomer(fields, limits)
        if (fields.companyName === 'Warm' || !isBroken) return written
        isBroken = false
        throw new Error('a bug')
      }
    })
  })
  const loan = await lend(ledger)

  t.match(await customers.find(loan), {
    code: 'PORTAL_UNREACHABLE',
    detail: /not known whether the customer was created: a bug$/
  })
  t.match(await customers.find(loan), { code: 'PORTAL_BUSY', retryAfterMs: settleMs })
  pass(settleMs)
  t.strictSame(await customers.find(loan), { portalId: called('Jansen')[0]?.id })
  t.equal(creates(), 2)
})

t.test('a ledger that cannot keep the answer to a create has it looked for', async t => {
  const { ledger, customers, called, creates, pass } = await ready(t)
  const { created } = ledger.customers
  ledger.customers.created = async () => {
    ledger.customers.created = created
    throw new BridgeError('LEDGER_UNAVAILABLE')
  }
  const loan = await lend(ledger)

  t.match(await customers.find(loan), { code: 'LEDGER_UNAVAILABLE' })
  t.match(await customers.find(loan), { code: 'PORTAL_BUSY', retryAfterMs: settleMs })
  pass(settleMs)
  t.strictSame(await customers.find(loan), { portalId: called('Jansen')[0]?.id })
  t.equal(creates(), 2)
})

t.test('without a slot in time nobody is created, and it is told when one is free', async t => {
  const clock = handClock()
  const { ledger, budget, customers } = await ready(t, { clock })
  budget.heard({ remaining: null, pauseMs: 200_000 })
  const finding = customers.find(await lend(ledger))
  while (budget.state().waiting.delivery === 0) await clock.rest()
  await clock.advance(75_000)

  t.match(await finding, { code: 'PORTAL_BUSY', detail: null, retryAfterMs: 125_000 })
  t.equal((await ledger.customers.list({ limit: 1 })).customers[0]?.link, null)
})

t.test('a portal that cannot be read creates nobody', async t => {
  const { ledger, customers, sandbox, creates } = await open(t)
  sandbox.fault({ on: { call: 'customers' }, fault: '503' })
  const loan = await lend(ledger)

  t.match(await customers.find(loan), { code: 'PORTAL_UNREACHABLE' })
  t.equal(creates(), 0)
  t.match(await customers.find(loan), { portalId: /^cst_/ })
})

t.test(
  'a customer that was deleted in the portal: its link goes, and the invoice is held with that reason',
  async t => {
    const { ledger, customers, creates } = await open(t)
    await ledger.customers.link({ tool: 'acme', ref: '17' }, 'cst_gone', noon)
    const [first, second] = [await lend(ledger), await lend(ledger)]

    const found = await Promise.all([customers.find(first), customers.find(second)])

    t.match(found, [held('CUSTOMER_UNKNOWN', /cst_gone, no longer exists/), held('CUSTOMER_UNKNOWN', /cst_gone/)])
    t.match((await ledger.customers.list({ limit: 1 })).customers, [{ link: null }])
    t.match(await customers.find(await lend(ledger)), held('CUSTOMER_UNKNOWN', /cst_gone/))
    t.equal(creates(), 0, 'somebody deleted it: the bridge does not make it again')
  }
)

t.test('a customer that was merged into another is gone once the list agrees, and that is the reason', async t => {
  const into = seed('cst_vos', 'Bakkerij De Vos', 'info@vos.example')
  const { origin } = await serve(t, (_request, response) => response.end(JSON.stringify(into)))
  const through: Options['through'] = () => ({ customer: connect(t, `${origin}/v1`).customer })
  const { ledger, customers, creates } = await open(t, { through })
  await ledger.customers.link({ tool: 'acme', ref: '17' }, 'cst_merged', noon)

  const loan = await lend(ledger)
  t.match(await customers.find(loan), held('CUSTOMER_UNKNOWN', /cst_merged, no longer exists/))

  t.match((await ledger.customers.list({ limit: 1 })).customers, [{ link: null }])
  t.match(await customers.find(loan), held('CUSTOMER_UNKNOWN', /cst_merged/))
  t.equal(creates(), 0)
  await t.rejects(customers.link({ tool: 'acme', ref: '17' }, 'cst_merged'), { code: 'FIELDS_INVALID' })
})

t.test('a customer that only the copy lacks is asked for once', async t => {
  const { ledger, customers, sandbox } = await open(t)
  await ledger.customers.link({ tool: 'acme', ref: '17' }, 'cst_vos', noon)
  await ledger.holdings.learnCustomers([], (await ledger.holdings.beginRead()).read, noon)
  const before = sandbox.counts.requests

  t.strictSame(await customers.find(await lend(ledger)), { portalId: 'cst_vos' })
  t.strictSame(await customers.find(await lend(ledger)), { portalId: 'cst_vos' })
  t.equal(sandbox.counts.requests, before + 1)
})

t.test('whether it still exists is not guessed while the portal does not answer', async t => {
  for (const whom of ['nobody', 'others'] as const) {
    const down: Partial<Portal> = { customer: unanswered, ...(whom === 'nobody' ? { invoicesPage: unanswered } : {}) }
    const { ledger, customers } = await open(t, { through: () => down })
    await ledger.customers.link({ tool: 'acme', ref: '17' }, 'cst_gone', noon)
    const vos = { ref: '18', name: 'De Vos', emails: ['info@vos.example'] }

    for (const loan of [await lend(ledger), await lend(ledger, vos)])
      t.match(await customers.find(loan), { code: 'PORTAL_UNREACHABLE', answered: whom === 'others' }, whom)
    const [matched, linked] = (await ledger.customers.list({ limit: 2 })).customers
    t.match([matched?.link, linked?.link], [null, { portalId: 'cst_gone' }], whom)
  }
})

t.test("a person's link is taken for a customer that exists, and releases what waited", async t => {
  const { ledger, start } = await open(t)
  const customers = start({ create: false })
  const loan = await lend(ledger)
  t.match(await customers.find(loan), held('CUSTOMER_UNKNOWN', /no portal customer/))
  await ledger.record(loan, { to: 'held', code: 'CUSTOMER_UNKNOWN', detail: null }, noon)
  const who = { tool: 'acme', ref: '17' }

  await t.rejects(customers.link(who, 'cst_typo'), {
    code: 'FIELDS_INVALID',
    problems: [{ field: 'portalId' }]
  })
  t.equal((await stateOf(ledger, loan.invoice.invoiceNumber))[0], 'held')
  t.match(await customers.link(who, 'cst_vos'), { link: { portalId: 'cst_vos', how: 'person' } })
  t.strictSame(await customers.find(await borrowOne(ledger, noon)), { portalId: 'cst_vos' })
  t.match(await customers.unlink(who), { link: null })
})
