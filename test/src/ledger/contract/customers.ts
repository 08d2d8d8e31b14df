// Whose customer is whose: what is entered, what is remembered, and which loans and which held rows that touches.

import type { Creation, MatchRules, Sighting, Verdict } from '../../../../src/core/customer.ts'
import { type Customer, nothingKnown } from '../../../../src/core/invoice.ts'
import type { PortalCustomer } from '../../../../src/core/portal-entry.ts'
import type { Loan } from '../../../../src/core/row.ts'
import type { Ledger } from '../../../../src/ledger/ledger.ts'
import { arrivalOf, bodyOf, borrowOne, draftOf, minute, noon, type Promised, rowOf, stateOf } from '../fixtures.ts'

const rules: MatchRules = { match: 'email', create: false }
const creating: MatchRules = { match: 'email', create: true }

export const portalCustomerOf = (id: string, primaryEmail: string | null, companyName = 'Kees'): PortalCustomer => ({
  id,
  companyName,
  primaryEmail,
  address: null,
  zipCode: null,
  city: null,
  countryCode: null,
  integration: null,
  createdAt: noon
})

/** All of the portal's customers. */
const portalHolds = async ({ holdings }: Ledger, ...customers: PortalCustomer[]) => {
  const { read } = await holdings.beginRead()
  await holdings.learnCustomers(customers, read, noon)
}

let numbers = 0

/** An invoice arrives and is borrowed, with whatever else is due. */
const lend = async (
  ledger: Ledger,
  customer: Partial<Customer>,
  tool = 'acme',
  invoiceNumber = `C-${++numbers}`
): Promise<Loan> => {
  await ledger.receive(arrivalOf({ invoiceNumber, sourceId: invoiceNumber, customer }, { tool }), noon)
  const lent = await ledger.borrow(99, noon, noon + minute)
  return lent.find(({ invoice }) => invoice.invoiceNumber === invoiceNumber) as Loan
}

const sightingOf = ({ id, tool, invoice: { customer }, test }: Loan): Sighting => ({
  invoiceId: id,
  tool,
  customer,
  test
})

/** A match is confirmed: the portal tells the same as its copy. */
const judgeSighting = async ({ customers, holdings }: Ledger, sighting: Sighting, by = rules): Promise<Verdict> => {
  const verdict = await customers.judge(sighting, by, noon)
  if (verdict.kind !== 'match') return verdict
  const found = (await holdings.customer(verdict.portalId)) as PortalCustomer
  return customers.confirmMatch(sighting, found, by, noon)
}

const judge = (ledger: Ledger, loan: Loan, by = rules) => judgeSighting(ledger, sightingOf(loan), by)

const ask = async (ledger: Ledger, customer: Partial<Customer>, { by = rules, tool = 'acme' } = {}) =>
  judge(ledger, await lend(ledger, customer, tool), by)

const hold = (
  ledger: Ledger,
  loan: Loan,
  code: 'CUSTOMER_UNKNOWN' | 'CUSTOMER_AMBIGUOUS' = 'CUSTOMER_UNKNOWN',
  detail: string | null = null
) => ledger.record(loan, { to: 'held', code, detail }, noon)

const kees = { ref: '1', name: 'Kees', emails: ['kees@a.example'] }
const anna = { ref: '2', name: 'Anna', emails: ['anna@a.example'] }
const shared = ['boek@houder.example']

export function customersContract(promised: Promised): void {
  promised('a unique address is a match, in any notation, and stays one when it changes', async (t, ledger) => {
    await portalHolds(
      ledger,
      portalCustomerOf('cst_1', ' Kees@A.example'),
      portalCustomerOf('cst_2', 'kees+1@a.example')
    )

    t.strictSame(await ask(ledger, { ...kees, emails: ['KEES@a.example '] }), {
      kind: 'is',
      portalId: 'cst_1'
    })
    t.strictSame(await ask(ledger, { ...kees, emails: ['new@a.example'] }), {
      kind: 'is',
      portalId: 'cst_1'
    })
    t.match(
      await ask(ledger, { ...kees, emails: ['kees+1@a.example'] }),
      { kind: 'ambiguous' },
      'now it is that of another'
    )
    t.match((await ledger.customers.list({ limit: 9 })).customers, [
      {
        ref: '1',
        name: 'Kees',
        emails: ['kees+1@a.example'],
        link: { portalId: 'cst_1', how: 'email', at: noon }
      }
    ])
  })

  promised('a match makes a link only once the portal itself has told of it', async (t, ledger) => {
    await portalHolds(ledger, portalCustomerOf('cst_1', 'kees@a.example'))
    const loan = await lend(ledger, kees)
    const sighting = sightingOf(loan)

    for (const time of ['first', 'second'])
      t.strictSame(await ledger.customers.judge(sighting, rules, noon), { kind: 'match', portalId: 'cst_1' }, time)
    t.match((await ledger.customers.list({ limit: 9 })).customers, [{ ref: '1', link: null }])

    const found = portalCustomerOf('cst_1', 'KEES@a.example')
    const is = { kind: 'is', portalId: 'cst_1' }
    t.strictSame(await ledger.customers.confirmMatch(sighting, found, rules, noon), is)
    t.strictSame(await ledger.customers.judge(sighting, rules, noon), is)
  })

  promised('an address that has moved on since it was copied makes no link', async (t, ledger) => {
    await portalHolds(ledger, portalCustomerOf('cst_1', 'kees@a.example'), portalCustomerOf('cst_2', null))
    const loan = await lend(ledger, kees)
    const told = (id: string, email: string) =>
      ledger.customers.confirmMatch(sightingOf(loan), portalCustomerOf(id, email), rules, noon)

    t.match(await told('cst_1', 'anna@a.example'), { kind: 'unknown' })
    t.match(await ledger.holdings.customer('cst_1'), { primaryEmail: 'anna@a.example' }, 'the copy is told')
    t.match(await told('cst_2', 'kees@a.example'), { kind: 'is', portalId: 'cst_2' })
    t.strictSame(await ledger.customers.find({ tool: 'acme', ref: '1' }).then(found => found?.link?.portalId), 'cst_2')
  })

  promised('confirmed too late, a match that is none any more makes no link', async (t, ledger) => {
    await portalHolds(ledger, portalCustomerOf('cst_1', 'kees@a.example'))
    const loan = await lend(ledger, kees)
    t.match(await ledger.customers.judge(sightingOf(loan), rules, noon), { kind: 'match' })
    const found = portalCustomerOf('cst_1', 'kees@a.example')

    await ledger.holdings.learnCustomer(portalCustomerOf('cst_2', 'kees@a.example'), noon)
    const confirm = () => ledger.customers.confirmMatch(sightingOf(loan), found, rules, noon)

    t.match(await confirm(), { kind: 'ambiguous', why: /cst_1, cst_2/ })
    await ledger.customers.link({ tool: 'acme', ref: '1' }, 'cst_2', noon)
    t.match(await confirm(), { kind: 'is', portalId: 'cst_2' }, "a person's word came first")
  })

  promised('an empty address matches nobody', async (t, ledger) => {
    await portalHolds(ledger, portalCustomerOf('cst_1', ' '), portalCustomerOf('cst_2', null))

    t.match(await ask(ledger, { ...kees, emails: ['', ' '] }), { kind: 'unknown' })
    t.match(await ask(ledger, { ...anna, emails: [] }), { kind: 'unknown' })
  })

  promised('several matches are for a person, of one address or of several', async (t, ledger) => {
    await portalHolds(
      ledger,
      portalCustomerOf('cst_1', 'kees@a.example'),
      portalCustomerOf('cst_2', 'anna@a.example'),
      portalCustomerOf('cst_3', 'ANNA@a.example')
    )

    t.match(await ask(ledger, { ...kees, emails: ['kees@a.example', 'anna@a.example'] }), {
      kind: 'ambiguous'
    })
    t.match(await ask(ledger, anna), { kind: 'ambiguous', why: /cst_2, cst_3/ })
    t.strictSame((await ledger.customers.list({ linked: true, limit: 9 })).customers, [])
  })

  promised("a bookkeeper's address never puts one company's invoice into another's portal", async (t, ledger) => {
    await portalHolds(ledger, portalCustomerOf('cst_1', 'boek@houder.example'))
    const first = await lend(ledger, { ...kees, emails: shared })
    t.match(await judge(ledger, first), { kind: 'is' }, 'nobody can know yet')

    const second = await lend(ledger, { ...anna, emails: shared })
    t.match(await judge(ledger, second), { kind: 'ambiguous' })

    t.equal(await ledger.sending(first, bodyOf(first), noon), 'lost', 'what had not left yet is judged again')
    const again = await borrowOne(ledger, noon)
    t.equal(again.id, first.id)
    t.match(await judge(ledger, again), { kind: 'ambiguous' }, "a match was no person's word")

    await ledger.customers.link({ tool: 'acme', ref: '1' }, 'cst_1', noon)
    t.match(await ask(ledger, { ...kees, emails: shared }), { kind: 'is' })
    t.match(await ask(ledger, { ...anna, emails: shared }), { kind: 'ambiguous' })
    await ledger.customers.link({ tool: 'acme', ref: '2' }, 'cst_2', noon)
    t.match(await ask(ledger, { ref: '3', name: 'Piet', emails: shared }), { kind: 'ambiguous' })
  })

  promised('nor where the names are not known', async (t, ledger) => {
    await portalHolds(ledger, portalCustomerOf('cst_1', 'boek@houder.example'))
    t.match(await ask(ledger, { ref: '1', name: null, emails: shared }), { kind: 'is' })

    t.match(await ask(ledger, { ref: '2', name: null, emails: shared }), { kind: 'ambiguous' })
  })

  promised('one company that the tool knows twice is one; another tool is another world', async (t, ledger) => {
    await portalHolds(ledger, portalCustomerOf('cst_1', 'kees@a.example'))

    t.match(await ask(ledger, { ...kees, ref: '1' }), { kind: 'is' })
    t.match(await ask(ledger, { ...kees, ref: '2', name: ' KEES.' }), { kind: 'is' })
    t.match(await ask(ledger, { ...kees, ref: '1', name: 'Kees & Co' }, { tool: 'rival' }), { kind: 'is' })
    t.match(await ask(ledger, kees), { kind: 'is' })
  })

  promised("the tool's own word about one customer stands against a match of another", async (t, ledger) => {
    await portalHolds(ledger, portalCustomerOf('cst_1', 'anna@a.example'))
    const loan = await lend(ledger, anna)
    t.match(await judge(ledger, loan), { kind: 'is' })

    t.strictSame(await ask(ledger, { ...kees, portalId: 'cst_1' }), { kind: 'is', portalId: 'cst_1' })

    t.equal(await ledger.sending(loan, bodyOf(loan), noon), 'lost')
    t.match(await judge(ledger, loan), { kind: 'ambiguous' })
    t.match(await ask(ledger, kees), { kind: 'unknown' }, 'and was said of that invoice only')
  })

  promised('who is named by the portal’s id alone is nobody else: its address is a match', async (t, ledger) => {
    await portalHolds(ledger, portalCustomerOf('cst_1', 'kees@a.example'))
    const is = { kind: 'is', portalId: 'cst_1' }
    const byId = { ...nothingKnown, ref: 'cst_1', portalId: 'cst_1' }
    const byAddress = { ...nothingKnown, ref: 'kees@a.example', emails: ['kees@a.example'] }

    for (const customer of [byId, byAddress, byId, byAddress]) t.strictSame(await ask(ledger, customer), is)
    t.strictSame(await ask(ledger, { ...byId, name: 'Anna' }), is)
    t.strictSame(await ask(ledger, byAddress), is)
    t.match(await ask(ledger, { ...byAddress, name: 'Kees' }), { kind: 'ambiguous' })
  })

  promised('where the address is all that tells a customer, another name is another customer', async (t, ledger) => {
    await portalHolds(ledger, portalCustomerOf('cst_1', 'boek@houder.example'))
    const ref = 'boek@houder.example'
    const first = await lend(ledger, { ref, name: 'Kees', emails: shared })
    t.match(await judge(ledger, first), { kind: 'is' })

    t.match(await ask(ledger, { ref, name: 'Anna', emails: shared }), { kind: 'ambiguous' })
    t.equal(await ledger.sending(first, bodyOf(first), noon), 'lost')
    t.match(await ask(ledger, { ref, name: 'Kees', emails: shared }), { kind: 'ambiguous' })

    await ledger.customers.link({ tool: 'acme', ref }, 'cst_1', noon)
    t.match(await ask(ledger, { ref, name: 'Anna', emails: shared }), { kind: 'is' }, 'a person has seen both names')
    t.match(await ask(ledger, { ref, name: 'Piet', emails: shared }), { kind: 'ambiguous' }, 'but not this one')
  })

  promised('linked before any invoice told of it, it is for the first name that comes', async (t, ledger) => {
    const ref = 'Kees@a.example'
    await ledger.customers.link({ tool: 'acme', ref }, 'cst_1', noon)
    await portalHolds(ledger, portalCustomerOf('cst_1', null))

    t.match(await ask(ledger, { ...kees, ref: ' kees@A.example ' }), { kind: 'is', portalId: 'cst_1' })
    t.match(await ask(ledger, { ...anna, ref }), { kind: 'ambiguous' })
  })

  const jansen = { ref: '17', name: 'Jansen', emails: ['jansen@a.example'] }
  const pietersen = { ref: '17', name: 'Pietersen', emails: ['piet@b.example'] }

  promised('two companies with one number: a link holds for the one that it was made for', async (t, ledger) => {
    await portalHolds(ledger, portalCustomerOf('cst_1', 'jansen@a.example'), portalCustomerOf('cst_2', null))
    await ledger.customers.link({ tool: 'acme', ref: 'by a person' }, 'cst_2', noon)

    for (const [ref, portalId] of [
      ['matched', 'cst_1'],
      ['by a person', 'cst_2']
    ] as const) {
      t.match(await ask(ledger, { ...jansen, ref }), { kind: 'is', portalId }, ref)
      const why = new RegExp(`linked to ${portalId} for another name and another e-mail address`)
      t.match(await ask(ledger, { ...pietersen, ref }), { kind: 'ambiguous', why }, ref)
      t.match(await ask(ledger, { ...jansen, ref }), { kind: 'is', portalId }, ref)
    }
  })

  promised('nor is an address of the one matched for the other, whichever is told last', async (t, ledger) => {
    const old = await lend(ledger, jansen)
    t.match(await ask(ledger, pietersen), { kind: 'unknown' })
    await portalHolds(ledger, portalCustomerOf('cst_2', 'piet@b.example'))

    t.match(await judge(ledger, old), { kind: 'ambiguous', why: /last came with another name and another/ })
    t.match(await ask(ledger, pietersen), { kind: 'is', portalId: 'cst_2' })
    t.match(await judge(ledger, old), { kind: 'ambiguous', why: /linked to cst_2 for another name/ })
  })

  promised('whoever changes name this year and address the next is never held', async (t, ledger) => {
    await portalHolds(ledger, portalCustomerOf('cst_1', 'jansen@a.example'))
    const years = [
      jansen,
      { ...jansen, name: 'Jansen & Dochter' },
      { ...jansen, name: 'Jansen & Dochter', emails: ['info@dochter.example'] },
      { ...jansen, name: null, emails: ['info@dochter.example'] },
      { ...jansen, name: 'Dochter BV', emails: ['INFO@dochter.example', 'boek@houder.example'] },
      { ...jansen, name: 'Dochter BV', emails: [] },
      { ...jansen, name: null, emails: ['boek@houder.example'] },
      { ...jansen, name: null, emails: [] }
    ]
    for (const year of years) t.match(await ask(ledger, year), { kind: 'is', portalId: 'cst_1' }, JSON.stringify(year))
    t.match(await ask(ledger, pietersen), { kind: 'ambiguous' })
    t.match(await ask(ledger, jansen), { kind: 'is' }, 'what it was once it may be again')
  })

  promised(
    'linked before any invoice told of it, a number is for the first that tells something',
    async (t, ledger) => {
      await portalHolds(ledger, portalCustomerOf('cst_1', null))
      await ledger.customers.link({ tool: 'acme', ref: '17' }, 'cst_1', noon)

      t.match(await ask(ledger, { ref: '17', name: null, emails: [] }), { kind: 'is' })
      t.match(await ask(ledger, jansen), { kind: 'is' })
      t.match(await ask(ledger, pietersen), { kind: 'ambiguous' })
      t.match(await ask(ledger, { ...pietersen, emails: [] }), { kind: 'ambiguous' })
      t.match(await ask(ledger, { ...pietersen, name: null }), { kind: 'ambiguous' })
      t.match(await ask(ledger, { ref: '17', name: null, emails: [] }), { kind: 'is' })
    }
  )

  promised(
    'led to another portal customer, a link is for what is held now, and not for what it was made for',
    async (t, ledger) => {
      await portalHolds(ledger, portalCustomerOf('cst_1', 'jansen@a.example'), portalCustomerOf('cst_2', null))
      const who = { tool: 'acme', ref: '17' }
      await ask(ledger, jansen)
      const held = await lend(ledger, pietersen, 'acme', 'held')
      await judge(ledger, held)
      await hold(ledger, held, 'CUSTOMER_AMBIGUOUS')

      await ledger.customers.link(who, 'cst_2', noon)
      t.strictSame(await judge(ledger, held), { kind: 'is', portalId: 'cst_2' })
      t.match(await ask(ledger, jansen), { kind: 'ambiguous' })

      await ledger.customers.unlink(who, noon)
      await hold(ledger, await lend(ledger, jansen, 'acme', 'first again'), 'CUSTOMER_AMBIGUOUS')
      await ledger.customers.link(who, 'cst_1', noon)
      t.match(await ask(ledger, pietersen), { kind: 'ambiguous' }, 'also when it was removed in between')
      t.match(await ask(ledger, jansen), { kind: 'is', portalId: 'cst_1' })
    }
  )

  const alfa = { ref: '17', name: 'Alfa BV', emails: ['alfa@a.example'] }
  const beta = { ref: '17', name: 'Beta BV', emails: ['beta@b.example'] }
  const atAlfa = portalCustomerOf('cst_alfa', 'info@alfa.example', 'Alfa B.V.')
  const who = { tool: 'acme', ref: '17' }

  const holdAll = async (ledger: Ledger, invoices: Record<string, Partial<Customer>>) => {
    for (const [invoiceNumber, customer] of Object.entries(invoices))
      await ledger.receive(arrivalOf({ invoiceNumber, customer }), noon)
    for (const loan of await ledger.borrow(99, noon, noon + minute)) await hold(ledger, loan, 'CUSTOMER_AMBIGUOUS')
  }

  promised('a link releases nothing of another company under the same number', async (t, ledger) => {
    await portalHolds(ledger, atAlfa)
    await holdAll(ledger, {
      'A-1': alfa,
      'B-1': beta,
      'B-2': { ...beta, name: null },
      'A-2': { ...alfa, name: 'Alfa Nieuw' },
      '?': { ref: '17', name: null, emails: [] }
    })

    await ledger.customers.link(who, 'cst_alfa', noon)

    for (const number of ['A-1', 'A-2']) t.match(await stateOf(ledger, number), ['waiting', null], number)
    for (const number of ['B-1', 'B-2', '?'])
      t.strictSame(await stateOf(ledger, number), ['held', 'CUSTOMER_AMBIGUOUS'], number)
    t.match(await ask(ledger, alfa), { kind: 'is', portalId: 'cst_alfa' })
    t.match(await ask(ledger, { ...alfa, emails: ['new@alfa.example'] }), { kind: 'is' })
    t.match(await ask(ledger, beta), { kind: 'ambiguous' }, 'and learns nothing of it')
  })

  promised('where it cannot be told which company a link is for it is for none', async (t, ledger) => {
    await portalHolds(ledger, portalCustomerOf('cst_alfa', 'alfa@a.example', 'Alfa BV'))
    t.match(await ask(ledger, alfa), { kind: 'is', portalId: 'cst_alfa' })
    const moved = { ref: '17', name: 'Alfa Nieuw BV', emails: ['nieuw@alfa.example'] }
    await holdAll(ledger, { 2: beta, 3: { ...beta, emails: [] }, 8: moved, 9: moved })
    await t.rejects(ledger.customers.link(who, 'cst_alfa', noon), {
      code: 'STATE_CONFLICT',
      message: /Beta BV \(2, 3\); Alfa Nieuw BV \(8, 9\); none of them .*`dismiss`.*INTAKE_SENDERS/
    })
    for (const number of ['2', '3', '8', '9']) t.match(await stateOf(ledger, number), ['held', /./], number)

    for (const number of ['2', '3']) await ledger.act(number, 'dismiss', noon)
    await ledger.customers.link(who, 'cst_alfa', noon)
    t.strictSame(await stateOf(ledger, '8'), ['waiting', null])
    t.match(await ask(ledger, moved), { kind: 'is', portalId: 'cst_alfa' })
  })

  promised('nor where more than one is called as the portal calls it', async (t, ledger) => {
    await portalHolds(ledger, portalCustomerOf('cst_alfa', 'beta@b.example', 'Alfa BV'))
    await holdAll(ledger, { 1: alfa, 2: beta })

    await t.rejects(ledger.customers.link(who, 'cst_alfa', noon), {
      code: 'STATE_CONFLICT',
      message: /Alfa BV \(1\); Beta BV \(2\); more than one of them/
    })
    t.equal(await ledger.customers.find(who), null)
  })

  promised('a link that was removed tells whom it was for', async (t, ledger) => {
    await portalHolds(ledger, portalCustomerOf('cst_1', null, 'Holding'))
    await ledger.customers.link(who, 'cst_1', noon)
    t.match(await ask(ledger, alfa), { kind: 'is', portalId: 'cst_1' })
    await ledger.customers.unlink(who, noon)
    await holdAll(ledger, { 1: alfa, 2: beta })

    await ledger.customers.link(who, 'cst_1', noon)

    t.strictSame(await stateOf(ledger, '1'), ['waiting', null])
    t.strictSame(await stateOf(ledger, '2'), ['held', 'CUSTOMER_AMBIGUOUS'])
  })

  promised('a wrong match that a person corrects is corrected for all that comes', async (t, ledger) => {
    await portalHolds(ledger, portalCustomerOf('cst_1', 'jansen@a.example'), portalCustomerOf('cst_2', null))
    await ask(ledger, jansen)

    await ledger.customers.link({ tool: 'acme', ref: '17' }, 'cst_2', noon)

    t.match(await ask(ledger, jansen), { kind: 'is', portalId: 'cst_2' })
    t.match(await ask(ledger, pietersen), { kind: 'ambiguous' })
  })

  promised('who was created is nobody else with the same number', async (t, ledger) => {
    const loan = await lend(ledger, jansen)
    const creation = await ledger.customers.beginCreate(sightingOf(loan), creating, noon)
    await ledger.customers.created(creation!, portalCustomerOf('cst_1', 'jansen@a.example', 'Jansen'), noon)

    t.match(await ask(ledger, pietersen, { by: creating }), { kind: 'ambiguous' })
    t.match(await ask(ledger, jansen, { by: creating }), { kind: 'is', portalId: 'cst_1' })
  })

  promised('an older invoice that comes later takes no newer address away', async (t, ledger) => {
    const old = await lend(ledger, { ...kees, emails: ['old@a.example'] })
    const young = await lend(ledger, { ...kees, emails: ['new@a.example'] })
    const emails = async () => (await ledger.customers.list({ limit: 1 })).customers[0]?.emails

    await judge(ledger, young)
    await judge(ledger, old)
    t.strictSame(await emails(), ['new@a.example'])

    const corrected = {
      ...sightingOf(old),
      customer: { ...old.invoice.customer, emails: ['best@a.example'] }
    }
    await ledger.customers.judge(corrected, rules, noon)
    t.strictSame(await emails(), ['best@a.example'], 'what it told before and now tells otherwise is news')
    await judge(ledger, young)
    t.strictSame(await emails(), ['best@a.example'], 'and told again it is none')
  })

  promised('an invoice that tells nothing but the number takes nothing away', async (t, ledger) => {
    const first = await lend(ledger, jansen)
    const nothing = { ...nothingKnown, ref: '17' }
    await judge(ledger, first)

    t.match(await ask(ledger, nothing), { kind: 'unknown' })

    t.match(await ledger.customers.find({ tool: 'acme', ref: '17' }), {
      name: 'Jansen',
      emails: jansen.emails
    })
    await portalHolds(ledger, portalCustomerOf('cst_1', 'jansen@a.example'))
    t.match(await judge(ledger, first), { kind: 'is', portalId: 'cst_1' })
    t.match(await ask(ledger, nothing), { kind: 'is', portalId: 'cst_1' })
  })

  promised('nor what an older one tells that is looked at later', async (t, ledger) => {
    const old = await lend(ledger, jansen)
    await ask(ledger, { ...nothingKnown, ref: jansen.ref })
    await portalHolds(ledger, portalCustomerOf('cst_1', 'jansen@a.example'))

    t.match(await judge(ledger, old), { kind: 'is', portalId: 'cst_1' })
  })

  promised('a corrected address releases what waited for the customer, oldest first', async (t, ledger) => {
    await portalHolds(ledger, portalCustomerOf('cst_1', 'kees@a.example'))
    const wrong = { ...kees, emails: ['kees@typo.example'] }
    for (const invoiceNumber of ['old', 'older', 'other']) {
      const loan = await lend(ledger, invoiceNumber === 'other' ? anna : wrong, 'acme', invoiceNumber)
      t.match(await judge(ledger, loan), { kind: 'unknown' })
      await hold(ledger, loan)
    }

    t.match(await ask(ledger, kees), { kind: 'is' })

    t.match(
      (await ledger.borrow(9, noon, noon + 1)).map(({ invoice }) => invoice.invoiceNumber),
      ['old', 'older']
    )
    t.strictSame(await stateOf(ledger, 'other'), ['held', 'CUSTOMER_UNKNOWN'])
    t.match((await rowOf(ledger, 'old')).history.at(-1), { event: 'released', why: 'the customer changed' })
  })

  promised('a corrected event of the held invoice itself releases it', async (t, ledger) => {
    await hold(ledger, await lend(ledger, kees, 'acme', 'held'))
    const customer = { ...kees, emails: ['kees@right.example'] }

    await ledger.receive(arrivalOf({ invoiceNumber: 'held', sourceId: 'held', customer }), noon)

    t.strictSame(await stateOf(ledger, 'held'), ['waiting', null])
  })

  promised('an address that the rival left frees who has it rightly', async (t, ledger) => {
    await portalHolds(ledger, portalCustomerOf('cst_1', 'kees@a.example'))
    await ask(ledger, { ...anna, emails: ['kees@a.example'] })
    const loan = await lend(ledger, kees, 'acme', 'held')
    const judged = (await judge(ledger, loan)) as { why: string }
    await hold(ledger, loan, 'CUSTOMER_AMBIGUOUS', judged.why)
    const detail = new RegExp(`another customer of the tool, ${anna.ref} \\(${anna.name}\\), has the same claim`)
    t.match((await rowOf(ledger, 'held')).history.at(-1), { event: 'held', detail }, 'who the rival is')
    await ledger.customers.unlink({ tool: 'acme', ref: '2' }, noon)

    await ask(ledger, anna)

    t.strictSame(await stateOf(ledger, 'held'), ['waiting', null])
    t.match(await judge(ledger, loan), { kind: 'is', portalId: 'cst_1' })
  })

  promised('what the portal learns releases those whom it concerns, and no other', async (t, ledger) => {
    await portalHolds(
      ledger,
      portalCustomerOf('cst_1', 'twice@a.example'),
      portalCustomerOf('cst_2', 'twice@a.example')
    )
    const waiting = { kees, anna, twice: { ref: '3', name: 'Twee', emails: ['twice@a.example'] } }
    for (const [invoiceNumber, customer] of Object.entries(waiting)) {
      const loan = await lend(ledger, customer, 'acme', invoiceNumber)
      await judge(ledger, loan)
      await hold(ledger, loan, invoiceNumber === 'twice' ? 'CUSTOMER_AMBIGUOUS' : 'CUSTOMER_UNKNOWN')
    }

    await portalHolds(ledger, portalCustomerOf('cst_1', 'twice@a.example'), portalCustomerOf('cst_2', 'KEES@a.example'))

    t.strictSame(await stateOf(ledger, 'kees'), ['waiting', null])
    t.strictSame(await stateOf(ledger, 'twice'), ['waiting', null], 'one of the two has left')
    t.strictSame(await stateOf(ledger, 'anna'), ['held', 'CUSTOMER_UNKNOWN'])
    const { history } = await rowOf(ledger, 'anna')
    await portalHolds(ledger, portalCustomerOf('cst_1', 'twice@a.example'), portalCustomerOf('cst_2', 'kees@a.example'))
    t.strictSame((await rowOf(ledger, 'anna')).history, history, 'and is not troubled by what stays')
  })

  promised('a second customer of the portal with the address ends what rests on the match', async (t, ledger) => {
    await portalHolds(ledger, portalCustomerOf('cst_1', 'kees@a.example'))
    const loan = await lend(ledger, kees)
    t.match(await judge(ledger, loan), { kind: 'is', portalId: 'cst_1' })

    await portalHolds(ledger, portalCustomerOf('cst_1', 'kees@a.example'), portalCustomerOf('cst_2', 'kees@a.example'))

    t.equal(await ledger.sending(loan, bodyOf(loan), noon), 'lost')
    t.match(await judge(ledger, loan), { kind: 'ambiguous' })
  })

  promised('a customer that the invoice names by an id releases it once the portal has one', async (t, ledger) => {
    for (const invoiceNumber of ['list', 'alone']) {
      const loan = await lend(ledger, { ref: invoiceNumber, portalId: `cst_${invoiceNumber}` }, 'acme', invoiceNumber)
      await judge(ledger, loan)
      await hold(ledger, loan)
    }

    await portalHolds(ledger, portalCustomerOf('cst_list', null))
    t.strictSame(await stateOf(ledger, 'list'), ['waiting', null])
    t.strictSame(await stateOf(ledger, 'alone'), ['held', 'CUSTOMER_UNKNOWN'])

    await ledger.holdings.learnCustomer(portalCustomerOf('cst_alone', null), noon)
    t.strictSame(await stateOf(ledger, 'alone'), ['waiting', null])
  })

  promised('a link releases, ends loans, and is removed for good', async (t, ledger) => {
    await portalHolds(ledger, portalCustomerOf('cst_1', 'kees@a.example'), portalCustomerOf('cst_2', null))
    const lent = await lend(ledger, kees)
    await judge(ledger, lent)
    await hold(ledger, await lend(ledger, kees, 'acme', 'held'))

    const who = { tool: 'acme', ref: ' 1 ' }
    t.match(await ledger.customers.link(who, 'cst_2', noon), {
      ref: '1',
      link: { portalId: 'cst_2', how: 'person' }
    })
    t.strictSame(await stateOf(ledger, 'held'), ['waiting', null])
    t.match((await rowOf(ledger, 'held')).history.at(-1), { event: 'released', why: 'linked to cst_2' })
    t.equal(await ledger.sending(lent, bodyOf(lent), noon), 'lost')

    const loans = await ledger.borrow(9, noon, noon + 1e6)
    t.equal(loans.length, 2)
    t.match(await judge(ledger, loans[0]!), { kind: 'is', portalId: 'cst_2' })
    t.match(await ledger.customers.unlink(who, noon), { link: null })
    t.equal(await ledger.sending(loans[0]!, bodyOf(loans[0]!), noon), 'lost')
    t.match(await judge(ledger, loans[0]!), { kind: 'is', portalId: 'cst_1' }, 'the match was never refused')
    const sanne = { by: 'Sanne', via: 'page', from: '192.0.2.1' } as const
    await ledger.customers.unlink(who, noon, sanne)
    t.match(await judge(ledger, loans[0]!, creating), { kind: 'unknown', why: /cst_1/ }, 'now it is')
    t.match(await ledger.customers.unlink(who, noon), { link: null }, 'twice is once')
    t.match(await ledger.customers.find(who), { unlinked: { portalId: 'cst_1', at: noon, by: sanne } }, 'who did it')
    t.equal(await ledger.customers.unlink({ tool: 'acme', ref: 'nobody' }, noon), null)

    await ledger.customers.link(who, 'cst_1', noon)
    t.match(await judge(ledger, loans[0]!), { kind: 'is', portalId: 'cst_1' })
  })

  promised('a reference is one in any case, and one per tool', async (t, ledger) => {
    await ledger.customers.link({ tool: 'acme', ref: 'CUS_1' }, 'cst_1', noon)
    await portalHolds(ledger, portalCustomerOf('cst_1', null))

    t.match(await ask(ledger, { ...kees, ref: ' cus_1' }), { kind: 'is' })
    t.match(await ask(ledger, { ...kees, ref: 'CUS_1' }, { tool: 'rival' }), { kind: 'unknown' })
    t.equal((await ledger.customers.list({ limit: 9 })).customers.length, 2)
    t.match(await ledger.customers.find({ tool: 'acme', ref: 'Cus_1 ' }), { link: { portalId: 'cst_1' } })
    t.match(await ledger.customers.find({ tool: 'rival', ref: 'CUS_1' }), { link: null })
    t.equal(await ledger.customers.find({ tool: 'acme', ref: 'cus_2' }), null)
  })

  promised('who is deleted in the portal is linked to nobody, and is not created again', async (t, ledger) => {
    await ledger.customers.link({ tool: 'acme', ref: '1' }, 'cst_1', noon)
    t.strictSame(await ask(ledger, kees), { kind: 'confirm', portalId: 'cst_1' })

    await ledger.customers.lost('cst_1', noon)

    t.match(await ask(ledger, kees, { by: creating }), { kind: 'unknown', why: /cst_1/ })
    t.match((await ledger.customers.list({ limit: 9 })).customers, [{ link: null }])
  })

  promised('a customer is being created once, whoever asks, and once per address', async (t, ledger) => {
    const [a, b, c] = [
      await lend(ledger, kees),
      await lend(ledger, kees),
      await lend(ledger, { ...kees, ref: '9', name: 'Anna' })
    ]
    t.match(await judge(ledger, a, creating), { kind: 'create', fields: { primaryEmail: 'kees@a.example' } })

    const begun = await Promise.all(
      [a, b, c].map(loan => ledger.customers.beginCreate(sightingOf(loan), creating, noon))
    )

    t.match(begun, [{ fields: { companyName: 'Kees' }, answer: null }, null, null])
    const creation = begun[0]!
    for (const loan of [a, b, c]) t.match(await judge(ledger, loan, creating), { kind: 'creating', creation })
    t.match(await judge(ledger, b, rules), { kind: 'creating' }, 'whatever the setting says since')

    await hold(ledger, b)
    await ledger.customers.created(creation, portalCustomerOf('cst_new', 'kees@a.example'), noon)
    t.equal((await rowOf(ledger, b.invoice.invoiceNumber)).state, 'waiting')
    t.match(await judge(ledger, a, creating), { kind: 'is', portalId: 'cst_new' })
    t.match(await judge(ledger, c, creating), { kind: 'ambiguous' })
    t.match(await judge(ledger, a, creating), { kind: 'is', portalId: 'cst_new' }, 'it was made for this one')
  })

  promised('an answer that may be about another customer links nobody, and changes nothing', async (t, ledger) => {
    const old = portalCustomerOf('cst_old', 'old@a.example')
    await portalHolds(ledger, old)
    const [loan, waiting] = [await lend(ledger, kees), await lend(ledger, kees)]
    const begin = () => ledger.customers.beginCreate(sightingOf(loan), creating, noon)
    const creation = (await begin())!
    await hold(ledger, waiting)

    for (const [answer, why] of [
      [{ ...old, primaryEmail: null }, 'was there before, without this e-mail address'],
      [portalCustomerOf('cst_old', 'kees@a.example'), 'was there before, without this e-mail address'],
      [portalCustomerOf('cst_new', 'anna@a.example'), 'has another e-mail address'],
      [portalCustomerOf('cst_new', null, 'Kees'), 'shows no e-mail address']
    ] as const) {
      const doubt = `the portal answered with ${answer.id}, which ${why}`
      t.equal(await ledger.customers.created(creation, answer, noon), doubt)
      t.match(await judge(ledger, loan, creating), { kind: 'creating', creation: { ...creation, answer: doubt } })
    }

    t.equal(await begin(), null, 'nor is it created again')
    t.strictSame(await ledger.holdings.customer('cst_old'), old)
    t.equal(await ledger.holdings.customer('cst_new'), null)
    t.strictSame(await stateOf(ledger, waiting.invoice.invoiceNumber), ['held', 'CUSTOMER_UNKNOWN'])
    await portalHolds(ledger, old, portalCustomerOf('cst_new', 'kees@a.example'))
    await ledger.customers.settleCreation(creation, noon)
    t.match(await judge(ledger, loan, creating), { kind: 'is', portalId: 'cst_new' }, 'a look finds it')
  })

  promised('an answer with nothing but an id is believed if a reading saw its address', async (t, ledger) => {
    const [first, second] = [await lend(ledger, kees), await lend(ledger, anna)]
    const [forKees, forAnna] = await Promise.all(
      [first, second].map(loan => ledger.customers.beginCreate(sightingOf(loan), creating, noon))
    )
    const answer = { ...portalCustomerOf('cst_1', null), companyName: null }

    t.match(await ledger.customers.created(forKees!, answer, noon), /cst_1, which shows no e-mail address/)
    t.equal(await ledger.customers.created(forKees!, { ...answer, primaryEmail: 'kees@a.example' }, noon), null)
    t.match(
      await ledger.holdings.customer('cst_1'),
      { companyName: 'Kees', primaryEmail: 'kees@a.example', city: /./ },
      'the rest is what was sent'
    )
    t.match(await ledger.customers.created(forAnna!, answer, noon), /cst_1, which was there before/)
    await ledger.holdings.learnCustomer(portalCustomerOf('cst_2', 'anna@a.example', 'Anna'), noon)
    t.equal(await ledger.customers.created(forAnna!, { ...answer, id: 'cst_2' }, noon), null, 'a reading saw it first')
    t.match(await judge(ledger, first, creating), { kind: 'is', portalId: 'cst_1' })
    t.match(await judge(ledger, second, creating), { kind: 'is', portalId: 'cst_2' })
  })

  promised('a reading that does not show yet what was just created does not take it for gone', async (t, ledger) => {
    const loan = await lend(ledger, kees)
    const creation = (await ledger.customers.beginCreate(sightingOf(loan), creating, noon))!
    t.equal(await ledger.customers.created(creation, portalCustomerOf('cst_new', 'kees@a.example'), noon), null)

    await portalHolds(ledger)
    t.match(await judge(ledger, loan, creating), { kind: 'is', portalId: 'cst_new' })
    t.match(await judge(ledger, await lend(ledger, kees, 'rival'), creating), { kind: 'is', portalId: 'cst_new' })

    const { read } = await ledger.holdings.beginRead()
    await ledger.holdings.learnCustomers([], read, noon + 10 * minute)
    t.match(await judge(ledger, loan, creating), { kind: 'confirm', portalId: 'cst_new' })
  })

  promised('nobody is created for an invoice that was dismissed meanwhile', async (t, ledger) => {
    const loan = await lend(ledger, kees)
    t.match(await judge(ledger, loan, creating), { kind: 'create' })

    await ledger.act(loan.invoice.invoiceNumber, 'dismiss', noon)

    t.equal(await ledger.customers.beginCreate(sightingOf(loan), creating, noon), null)
    await ledger.act(loan.invoice.invoiceNumber, 'deliver', noon)
    t.ok(await ledger.customers.beginCreate(sightingOf(loan), creating, noon))
  })

  promised('what was certainly not made may be made, what is in the copy may not', async (t, ledger) => {
    const loan = await lend(ledger, kees)
    const begin = () => ledger.customers.beginCreate(sightingOf(loan), creating, noon)
    const first = await begin()
    await ledger.customers.notCreated(first!)

    const second = await begin()
    t.ok(second!.id > first!.id, 'under another id')
    await ledger.customers.notCreated(second!)
    await ledger.holdings.learnCustomer(portalCustomerOf('cst_1', 'kees@a.example'), noon)
    t.equal(await begin(), null)
    t.match(await judge(ledger, loan, creating), { kind: 'is', portalId: 'cst_1' })
  })

  promised('after a look a creation ends: made for it, made by others, or not made', async (t, ledger) => {
    const loan = await lend(ledger, kees)
    const begin = async () => (await ledger.customers.beginCreate(sightingOf(loan), creating, noon))!
    const settle = async (...customers: PortalCustomer[]) => {
      const creation = await begin()
      await portalHolds(ledger, ...customers)
      await ledger.customers.settleCreation(creation, noon)
      return ledger.customers.judge(sightingOf(loan), creating, noon)
    }

    t.match(await settle(), { kind: 'create' })
    const creation = await begin()
    await ledger.customers.answered(creation, '422: taken')
    t.match(await judge(ledger, loan, creating), { kind: 'creating', creation: { answer: '422: taken' } })
    await ledger.customers.notCreated(creation)
    t.match(await settle(portalCustomerOf('cst_2', 'kees@a.example', 'Another')), { kind: 'match', portalId: 'cst_2' })
    await portalHolds(ledger)
    t.match(await settle(portalCustomerOf('cst_3', 'kees@a.example'), portalCustomerOf('cst_4', 'kees@a.example')), {
      kind: 'ambiguous'
    })
    await portalHolds(ledger)
    t.match(await settle(portalCustomerOf('cst_5', 'Kees@a.example', 'KEES')), { kind: 'is', portalId: 'cst_5' })
    await ledger.customers.settleCreation(creation, noon)
    t.match(await judge(ledger, loan, creating), { kind: 'is', portalId: 'cst_5' }, 'another call has ended it')
    t.match((await ledger.customers.list({ limit: 1 })).customers, [{ link: { how: 'created' } }])
  })

  promised('however an open creation ends, it changes no link that a person made since', async (t, ledger) => {
    const made = portalCustomerOf('cst_new', 'kees@a.example')
    for (const [tool, end] of [
      ['acme', ledger.customers.settleCreation],
      ['rival', (creation: Creation) => ledger.customers.created(creation, made, noon)]
    ] as const) {
      const who = { tool, ref: '1' }
      const loan = await lend(ledger, kees, tool)
      const creation = (await ledger.customers.beginCreate(sightingOf(loan), creating, noon))!
      await ledger.customers.link(who, 'cst_own', noon)
      await portalHolds(ledger, made)

      await end(creation, noon)

      t.match(await ledger.customers.find(who), { link: { portalId: 'cst_own', how: 'person' } })
      await portalHolds(ledger)
      await ledger.customers.unlink(who, noon)
      t.match(await judge(ledger, loan, creating), { kind: 'create' }, 'it is over all the same')
    }
  })

  promised('nor does it bring back a link that a person removed since', async (t, ledger) => {
    const made = portalCustomerOf('cst_new', 'kees@a.example')
    const loan = await lend(ledger, kees)
    const who = { tool: 'acme', ref: '1' }
    const creation = (await ledger.customers.beginCreate(sightingOf(loan), creating, noon))!
    await portalHolds(ledger, made)
    await ledger.customers.link(who, 'cst_new', noon)
    await ledger.customers.unlink(who, noon)

    await ledger.customers.settleCreation(creation, noon)

    t.match(await judge(ledger, loan, creating), { kind: 'unknown', why: 'its link to cst_new was removed' })
  })

  const asked = 'the portal was asked to create it, and shows no customer with its name and e-mail address'

  /** It is asked for, and a look finds nothing. */
  const askInVain = async ({ customers }: Ledger, loan: Loan, answer: string | null) => {
    const creation = (await customers.beginCreate(sightingOf(loan), creating, noon))!
    if (answer !== null) await customers.answered(creation, answer)
    await customers.settleCreation(creation, noon)
  }

  promised('what the portal answered about and does not show is not asked for by itself again', async (t, ledger) => {
    const loan = await lend(ledger, kees)
    await askInVain(ledger, loan, null)
    t.match(await judge(ledger, loan, creating), { kind: 'create' }, 'it had not answered')
    await askInVain(ledger, loan, '409: taken')

    const held = { kind: 'unmade', why: `${asked}: 409: taken` }
    const sighting = sightingOf(loan)
    t.strictSame(await judge(ledger, loan, creating), held)
    t.equal(await ledger.customers.beginCreate(sighting, creating, noon), null)
    t.strictSame(await ask(ledger, { ...kees, ref: '9' }, { by: creating, tool: 'rival' }), held)
    t.strictSame(await ledger.customers.judge({ ...sighting, test: true }, creating, noon), held)
    t.match(await judge(ledger, loan, rules), { kind: 'unknown', why: /^no portal customer has/ })
    for (const changed of [{ name: 'Kees & Co' }, { city: 'Elders' }, { emails: ['new@a.example'] }]) {
      t.match(await ask(ledger, { ...kees, ...changed }, { by: creating }), { kind: 'create' })
      t.strictSame(await ask(ledger, kees, { by: creating }), held, 'as it was')
    }
    await portalHolds(ledger, portalCustomerOf('cst_1', 'kees@a.example'))
    t.match(await judge(ledger, loan, creating), { kind: 'is', portalId: 'cst_1' }, 'it is there by now')
  })

  promised('a person who says `deliver` has it asked for once more', async (t, ledger) => {
    const [loan, another] = [await lend(ledger, kees), await lend(ledger, { ...kees, ref: '9' })]
    const stranger = await lend(ledger, anna)
    const deliver = ({ invoice }: Loan) => ledger.act(invoice.invoiceNumber, 'deliver', noon)
    await askInVain(ledger, loan, '409: taken')
    await hold(ledger, another)
    await hold(ledger, stranger)
    await deliver(stranger)
    await ledger.act(another.invoice.invoiceNumber, 'dismiss', noon)
    t.match(await judge(ledger, loan, creating), { kind: 'unmade' }, 'neither of another customer nor another word')

    const test = { invoiceNumber: 'test', sourceId: 'test', customer: kees }
    await ledger.receive(arrivalOf(test, { test: true }), noon)
    await ledger.act('test', 'deliver', noon)
    t.match(await judge(ledger, loan, creating), { kind: 'unmade' }, 'nor is it a word about a test')

    await deliver(another)
    t.match(await judge(ledger, loan, creating), { kind: 'create' })
    const creation = (await ledger.customers.beginCreate(sightingOf(loan), creating, noon))!
    await ledger.customers.answered(creation, '422: zipCode')
    await deliver(another)
    await ledger.customers.settleCreation({ ...creation, answer: '422: zipCode' }, noon)
    t.match(await judge(ledger, loan, creating), { kind: 'create' }, 'nor is an earlier answer kept after the word')
    await askInVain(ledger, loan, '422: zipCode')
    t.match(await judge(ledger, loan, creating), { kind: 'unmade', why: /: 422: zipCode$/ })
  })

  promised('of a test nothing is kept', async (t, ledger) => {
    await portalHolds(ledger, portalCustomerOf('cst_1', 'kees@a.example'))
    const test = { ...sightingOf(await lend(ledger, kees)), test: true }

    t.match(await judgeSighting(ledger, test), { kind: 'is', portalId: 'cst_1' })
    t.match(await ledger.customers.judge({ ...test, customer: { ...test.customer, ...anna } }, creating, noon), {
      kind: 'create'
    })
    t.match(await ledger.customers.judge({ ...test, customer: { ...test.customer, portalId: 'cst_9' } }, rules, noon), {
      kind: 'is',
      portalId: 'cst_9'
    })

    t.strictSame((await ledger.customers.list({ limit: 9 })).customers, [])
  })

  promised('what waits for its customer is released, and nothing else', async (t, ledger) => {
    for (const [invoiceNumber, customer, code] of [
      ['a', kees, 'CUSTOMER_AMBIGUOUS'],
      ['b', anna, 'CUSTOMER_UNKNOWN'],
      ['c', kees, 'CUSTOMER_UNKNOWN']
    ] as const)
      await hold(ledger, await lend(ledger, customer, 'acme', invoiceNumber), code)
    await hold(ledger, await lend(ledger, kees, 'rival', 'd'))
    const review = await lend(ledger, kees, 'acme', 'e')
    await ledger.record(review, { to: 'held', code: 'REVIEW', detail: null, wouldSend: draftOf(review) }, noon)
    const due = async () => (await ledger.borrow(9, noon + 5, noon + 6)).map(({ invoice }) => invoice.invoiceNumber)

    t.equal(await ledger.customers.releaseWaiting(noon + 5), 4)
    t.strictSame(await due(), ['a', 'b', 'c', 'd'])
    t.equal(await ledger.customers.releaseWaiting(noon + 5), 0)
    t.strictSame(await stateOf(ledger, 'e'), ['held', 'REVIEW'])
  })

  promised('customers are listed page by page, linked or not', async (t, ledger) => {
    for (const ref of ['a', 'b', 'c']) await ask(ledger, { ...kees, ref, emails: [] })
    await ledger.customers.link({ tool: 'acme', ref: 'b' }, 'cst_1', noon)
    const refs = async (filter: { linked?: boolean; limit: number; cursor?: string }) => {
      const { customers, next } = await ledger.customers.list(filter)
      return [customers.map(({ ref }) => ref).join(), next !== null]
    }

    t.strictSame(await refs({ limit: 2 }), ['c,b', true])
    const { next } = await ledger.customers.list({ limit: 2 })
    t.strictSame(await refs({ limit: 2, cursor: next! }), ['a', false])
    t.strictSame(await refs({ limit: 2, linked: true }), ['b', false])
    t.strictSame(await refs({ limit: 2, linked: false }), ['c,a', false])
    await ask(ledger, { ...kees, ref: 'named', portalId: 'cst_1' })
    t.strictSame(await refs({ limit: 2, linked: false }), ['c,a', false], 'whom the invoice names needs no link')
  })
}
