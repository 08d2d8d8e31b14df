// `forget` and `documents`: what is personal goes when its time is over, the number never does.

import type { Sighting } from '../../../../src/core/customer.ts'
import type { Customer } from '../../../../src/core/invoice.ts'
import type { Ledger } from '../../../../src/ledger/ledger.ts'
import {
  arrivalOf,
  bodyOf,
  borrowOne,
  bring,
  corrected,
  day,
  delivered,
  documentOf,
  noon,
  other,
  type Promised,
  paid,
  rowOf,
  same,
  stateOf
} from '../fixtures.ts'
import { portalCustomerOf } from './customers.ts'

const later = noon + 90 * day

export function retentionContract(promised: Promised): void {
  for (const stage of ['delivered', 'dismissed'] as const) {
    promised(`what was ${stage} long ago loses all that is personal, and stays known`, async (t, ledger) => {
      await bring(ledger, stage, arrivalOf({ sourceId: 'acme-1' }, { document: documentOf('a') }))
      const before = await rowOf(ledger)

      t.strictSame(await ledger.forget(later, 10), [documentOf('a')])

      const { history, customer, pdf, ...row } = await rowOf(ledger)
      const { history: _, customer: __, pdf: ___, ...kept } = before
      t.strictSame(row, kept, 'number, portal id, amount, dates')
      t.strictSame(history, [])
      t.strictSame(pdf, { bytes: null, url: null, byPerson: false })
      t.match(customer.ref, /^sha256:[0-9a-f]{32}$/, 'its e-mail address was its reference')
      t.strictSame(customer, {
        ref: customer.ref,
        portalId: null,
        emails: [],
        name: null,
        address: null,
        zipCode: null,
        city: null,
        countryCode: null
      })
      t.strictSame(await ledger.documents(), new Set())
      t.equal((await ledger.receive(same, later)).result, 'duplicate', 'and is still told from others')
      t.equal((await ledger.receive(other, later)).result, 'conflict')
    })
  }

  promised('nothing is forgotten before its time, nor twice', async (t, ledger) => {
    await bring(ledger, 'delivered', arrivalOf({}, { document: documentOf('a') }))

    t.strictSame(await ledger.forget(noon, 10), [])
    t.strictSame(await ledger.forget(noon + 1, 10), [documentOf('a')])
    t.strictSame(await ledger.forget(noon + 1, 10), [])
  })

  for (const stage of ['waiting', 'lent', 'waiting once sent', 'sending', 'held', 'held once sent'] as const) {
    promised(`what is not finished is not forgotten: ${stage}`, async (t, ledger) => {
      await bring(ledger, stage, arrivalOf({}, { document: documentOf('a') }))
      const before = await rowOf(ledger)

      t.strictSame(await ledger.forget(later, 10), [])

      t.strictSame(await rowOf(ledger), before)
      t.strictSame(await ledger.documents(), new Set(['a.pdf']))
    })
  }

  promised('what is delivered but needs a person is kept until that person has looked', async (t, ledger) => {
    await bring(ledger, 'delivered', arrivalOf({}, { document: documentOf('a') }))
    await ledger.receive({ ...other, document: documentOf('b') }, noon)
    const before = await rowOf(ledger)

    t.strictSame(await ledger.forget(later, 10), [])
    t.strictSame(await rowOf(ledger), before)
    t.strictSame(await ledger.documents(), new Set(['a.pdf', 'b.pdf']))

    await ledger.act('2026-0042', 'dismiss', noon)
    t.strictSame(files(await ledger.forget(later, 10)), ['a.pdf', 'b.pdf'], 'the PDF of the conflict, too')
    t.strictSame(await ledger.documents(), new Set())
  })

  promised('no more than the limit at once, and in the end all', async (t, ledger) => {
    for (const invoiceNumber of ['A', 'B', 'C']) {
      await bring(ledger, 'delivered', arrivalOf({ invoiceNumber }, { document: documentOf(invoiceNumber) }))
    }

    const first = await ledger.forget(later, 2)
    t.equal(first.length, 2)
    const second = await ledger.forget(later, 2)
    t.strictSame(files([...first, ...second]), ['A.pdf', 'B.pdf', 'C.pdf'])
  })

  promised('what was decided stays decided after it is forgotten', async (t, ledger) => {
    await ledger.receive(same, noon)
    await ledger.receive(other, noon)
    await ledger.act('2026-0042', 'keep', noon)
    const loan = await borrowOne(ledger, noon)
    await ledger.sending(loan, bodyOf(loan), noon)
    await ledger.record(loan, delivered(), noon)
    await ledger.forget(later, 10)

    const again = { ...other, document: documentOf('again') }
    t.strictSame(await ledger.receive(again, later), {
      result: 'conflict',
      changed: false,
      unused: [documentOf('again')]
    })
    t.strictSame(await stateOf(ledger), ['delivered', null])
  })

  promised('a payment that comes after it was forgotten is still known', async (t, ledger) => {
    await bring(ledger, 'delivered')
    await ledger.forget(later, 10)

    t.equal((await ledger.receive(paid, later)).result, 'duplicate')

    t.match(await rowOf(ledger), { paidAt: noon, customer: { emails: [], name: null } })
  })

  promised('what comes beside a forgotten row is forgotten in its turn', async (t, ledger) => {
    await bring(ledger, 'delivered')
    await ledger.forget(later, 10)
    await ledger.receive({ ...other, document: documentOf('b') }, later)
    t.strictSame(await stateOf(ledger), ['delivered', 'INVOICE_CONFLICT'])
    await ledger.act('2026-0042', 'dismiss', later)

    t.strictSame(await ledger.forget(later, 10), [documentOf('b')])

    t.strictSame((await rowOf(ledger)).history, [])
  })

  promised('a dismissed row that comes back is forgotten again when it is finished again', async (t, ledger) => {
    await bring(ledger, 'dismissed', arrivalOf({}, { document: documentOf('a') }))
    await ledger.forget(later, 10)
    await ledger.receive({ ...corrected, document: documentOf('b') }, later)
    t.strictSame(await stateOf(ledger), ['waiting', null])
    t.strictSame(await ledger.forget(later + day, 10), [])
    await ledger.act('2026-0042', 'dismiss', later)

    t.strictSame(await ledger.forget(later + day, 10), [documentOf('b')])

    t.match(await rowOf(ledger), { amountCents: 24200, customer: { emails: [] } })
  })

  promised(
    'a conflict brings a dismissed row back for a person, and a dismissal lets it go again',
    async (t, ledger) => {
      await bring(ledger, 'dismissed')
      await ledger.forget(later, 10)
      await ledger.receive({ ...other, document: documentOf('b') }, later)
      t.strictSame(await stateOf(ledger), ['held', 'INVOICE_CONFLICT'])
      await ledger.act('2026-0042', 'dismiss', later)
      t.strictSame(await ledger.documents(), new Set(['b.pdf']), 'it can still be taken')

      t.strictSame(await ledger.forget(later + 1, 10), [documentOf('b')])

      await t.rejects(ledger.act('2026-0042', 'take', later), { code: 'STATE_CONFLICT' }, 'and then no more')
      t.strictSame(await ledger.documents(), new Set())
    }
  )

  promised('the files that rows name are those of rows and of conflicts that are not settled', async (t, ledger) => {
    t.strictSame(await ledger.documents(), new Set())
    await ledger.receive(arrivalOf({ invoiceNumber: 'A' }), noon)
    await ledger.receive(arrivalOf({ invoiceNumber: 'A' }, { tool: 'rival' }), noon)
    t.strictSame(await ledger.documents(), new Set(), 'nor any that there is none of')

    await ledger.receive(arrivalOf({ invoiceNumber: 'B' }, { document: documentOf('b') }), noon)
    await ledger.receive(arrivalOf({ invoiceNumber: 'B' }, { tool: 'rival', document: documentOf('c') }), noon)
    await ledger.receive(arrivalOf({ invoiceNumber: 'B' }, { tool: 'third', document: documentOf('d') }), noon)
    t.strictSame(await ledger.documents(), new Set(['b.pdf', 'c.pdf', 'd.pdf']))

    await ledger.act('B', 'take', noon)
    t.strictSame(await ledger.documents(), new Set(['d.pdf']))
  })

  const annual = {
    ref: 'C-17',
    name: 'Bakkerij Kees',
    emails: ['kees@bakker.example'],
    address: 'Dorpsstraat 1',
    zipCode: '1234 AB',
    city: 'Ons Dorp',
    countryCode: 'NL'
  }
  const byAddress = { ...annual, ref: 'Kees@Bakker.example' }
  const nobody = { name: null, emails: [], address: null, zipCode: null, city: null, countryCode: null }

  /** Their invoice is delivered at noon; answers whom it was for. */
  const deliver = async (
    ledger: Ledger,
    customer: Partial<Customer>,
    invoiceNumber: string,
    portalId = 'cst_1',
    now = noon
  ) => {
    await ledger.receive(arrivalOf({ invoiceNumber, sourceId: invoiceNumber, customer }), now)
    const loan = await borrowOne(ledger, now)
    const sighting = { invoiceId: loan.id, tool: 'acme', customer: loan.invoice.customer, test: false }
    const rules = { match: 'email', create: false } as const
    let verdict = await ledger.customers.judge(sighting, rules, now)
    if (verdict.kind === 'match')
      verdict = await ledger.customers.confirmMatch(
        sighting,
        portalCustomerOf(verdict.portalId, 'kees@bakker.example'),
        rules,
        now
      )
    await ledger.sending(loan, { ...bodyOf(loan), customerId: portalId }, now)
    await ledger.record(loan, delivered(`inv_${invoiceNumber}`, invoiceNumber), now)
    return verdict
  }

  const sightingOfNext = async (ledger: Ledger, now = noon): Promise<Sighting> => {
    const { id, tool, invoice } = await borrowOne(ledger, now)
    return { invoiceId: id, tool, customer: invoice.customer, test: false }
  }

  const customersOf = async (ledger: Ledger) => (await ledger.customers.list({ limit: 99 })).customers
  const is = { kind: 'is', portalId: 'cst_1' }

  for (const [what, customer] of Object.entries({ 'a number': annual, 'its e-mail address': byAddress }))
    promised(`a customer whose invoices are forgotten is so, too; its link is not: ${what}`, async (t, ledger) => {
      await ledger.holdings.learnCustomer(portalCustomerOf('cst_1', 'kees@bakker.example'), noon)
      t.match(await deliver(ledger, customer, 'A'), is)
      t.match(await deliver(ledger, customer, 'B', 'cst_1', noon + day), is)

      await ledger.forget(noon + 1, 10)
      t.match(await customersOf(ledger), [customer], 'one of its invoices is in reach')
      await ledger.forget(noon + day + 1, 10)

      const [forgotten] = await customersOf(ledger)
      t.match(forgotten, { ...nobody, link: { portalId: 'cst_1', how: 'email', at: noon } })
      t.match(forgotten?.ref, customer === annual ? /^C-17$/ : /^sha256:[0-9a-f]{32}$/)
      t.match(await ledger.customers.find({ tool: 'acme', ref: customer.ref }), {
        link: { portalId: 'cst_1' }
      })
      t.match(await ledger.customers.find({ tool: 'acme', ref: forgotten!.ref }), {
        link: { portalId: 'cst_1' }
      })
      t.match(await ledger.customers.judge(sightingOf(customer), rulesOf, later), is, 'a year later')
      t.match(await deliver(ledger, customer, 'C', 'cst_1', later), is)
      t.match(await customersOf(ledger), [customer], 'and is known again')
    })

  promised('what a link was made for is not forgotten: neither held nor taken for another', async (t, ledger) => {
    await ledger.holdings.learnCustomer(portalCustomerOf('cst_1', 'kees@bakker.example'), noon)
    await deliver(ledger, annual, 'A')
    await ledger.forget(later, 10)
    const judge = (customer: Partial<Customer>) =>
      ledger.customers.judge(sightingOf({ ...annual, ...customer }), rulesOf, later)

    t.match(await judge({ name: 'Kees & Co' }), is)
    t.match(await judge({ emails: ['new@bakker.example'] }), is)
    t.match(await judge({ name: 'Piet', emails: ['piet@slager.example'] }), { kind: 'ambiguous' })
    const rival = { ref: 'C-18', name: 'Piet' }
    t.match(await judge(rival), { kind: 'ambiguous' }, 'and its address is nobody else’s')
  })

  promised('an invoice that was forgotten is recognised by its e-mail address, in any case', async (t, ledger) => {
    const arrival = arrivalOf({ sourceId: null, customer: { ref: 'kees@bakker.example' } }, { document: null })
    await bring(ledger, 'delivered', arrival)
    await ledger.forget(later, 10)
    const told = (ref: string, facts = {}) =>
      ledger.receive(arrivalOf({ sourceId: null, ...facts, customer: { ref } }), later)

    t.equal((await told(' KEES@bakker.example')).result, 'duplicate')
    t.match(await rowOf(ledger), { customer: { ref: /^sha256:/ } }, 'and told again it is not known again')
    t.equal((await told('kees@bakker.example', { paidAt: noon })).result, 'duplicate')
    t.match(await rowOf(ledger), { paidAt: noon, customer: { ref: /^sha256:/ } })
    t.equal((await told('anna@bakker.example')).result, 'conflict')
    t.match((await ledger.list({ q: 'Kees@bakker.example', limit: 9 })).rows, [{ invoiceNumber: '2026-0042' }])
  })

  promised('a dismissed one that other facts brought back is still told from others', async (t, ledger) => {
    const first = arrivalOf({ sourceId: null })
    await bring(ledger, 'dismissed', first)
    await ledger.forget(later, 10)
    await ledger.receive(arrivalOf({ sourceId: null, amountCents: 999 }), later)
    await ledger.act('2026-0042', 'take', later)

    t.match(await ledger.receive(first, later), { result: 'conflict', changed: false }, 'a person has decided')
  })

  promised('that the portal was asked for a customer in vain is not forgotten, its answer is', async (t, ledger) => {
    await ledger.receive(arrivalOf({ invoiceNumber: 'A', sourceId: 'A', customer: annual }), noon)
    const sighting = await sightingOfNext(ledger)
    const creating = { match: 'email', create: true } as const
    const creation = (await ledger.customers.beginCreate(sighting, creating, noon))!
    await ledger.customers.answered(creation, 'Kees is known')
    await ledger.customers.settleCreation(creation, noon)
    const judge = () => ledger.customers.judge(sightingOf(annual), creating, later)
    t.match(await judge(), { kind: 'unmade', why: /e-mail address: Kees is known$/ })

    await ledger.act('A', 'dismiss', noon)
    await ledger.forget(later, 10)
    t.match(await customersOf(ledger), [nobody])
    t.match(await judge(), { kind: 'unmade', why: /shows no customer with its name and e-mail address$/ })
    await ledger.receive(arrivalOf({ invoiceNumber: 'B', sourceId: 'B', customer: annual }), later)
    await ledger.act('B', 'deliver', later)
    t.match(await judge(), { kind: 'create' }, 'of a forgotten one, too, it is asked for again if a person says so')
  })

  promised('a customer that is still told of, or is being created, is not forgotten', async (t, ledger) => {
    await deliver(ledger, annual, 'A')
    await ledger.forget(later, 10)
    await ledger.receive(arrivalOf({ invoiceNumber: 'B', sourceId: 'B', customer: annual }), later)
    const loan = await borrowOne(ledger, later)
    const sighting = { invoiceId: loan.id, tool: 'acme', customer: loan.invoice.customer, test: false }
    const creating = { match: 'email', create: true } as const
    t.ok(await ledger.customers.beginCreate(sighting, creating, later))

    await ledger.forget(later + 90 * day, 10)
    t.match(await customersOf(ledger), [annual], 'its invoice waits')
    await ledger.act('B', 'dismiss', later)
    await ledger.forget(later, 10)
    t.match(await customersOf(ledger), [annual])
    await ledger.forget(later + 1, 10)
    t.match(await customersOf(ledger), [{ ...nobody, ref: 'C-17' }], 'nobody waits for what came of it')
    t.match(await ledger.customers.judge(sightingOf(annual), creating, later), { kind: 'create' })
  })

  promised('a link that a person made and no invoice followed keeps no address, either', async (t, ledger) => {
    await ledger.customers.link({ tool: 'acme', ref: 'kees@bakker.example' }, 'cst_1', noon)
    await ledger.customers.link({ tool: 'acme', ref: 'Bakkerij Kees' }, 'cst_1', noon)
    await ledger.customers.link({ tool: 'acme', ref: '17' }, 'cst_1', noon)

    await ledger.forget(noon, 10)
    t.match(await customersOf(ledger), [{ ref: '17' }, { ref: 'Bakkerij Kees' }, { ref: 'kees@bakker.example' }])
    await ledger.forget(noon + 1, 10)

    t.match(await customersOf(ledger), [{ ref: '17' }, { ref: /^sha256:/ }, { ref: /^sha256:/ }])
    const link = { portalId: 'cst_1', how: 'person' }
    t.match(await ledger.customers.find({ tool: 'acme', ref: 'KEES@bakker.example' }), { link })
    await ledger.customers.link({ tool: 'acme', ref: 'kees@bakker.example' }, 'cst_2', later)
    t.equal((await customersOf(ledger)).length, 3, 'it is the same one')
  })

  promised('customers are forgotten so many at once, and in the end all', async (t, ledger) => {
    for (const ref of ['a1', 'b2', 'c3']) await deliver(ledger, { ...annual, ref }, ref)
    const known = async () => (await customersOf(ledger)).filter(({ name }) => name !== null).length

    await ledger.forget(later, 2)
    t.equal(await known(), 1)
    await ledger.forget(later, 2)
    t.equal(await known(), 0)
  })

  promised('a customer in reach keeps nobody else from being forgotten', async (t, ledger) => {
    await ledger.receive(arrivalOf({ customer: annual }), noon)
    await ledger.customers.judge(await sightingOfNext(ledger), rulesOf, noon)
    await ledger.customers.link({ tool: 'acme', ref: 'by.hand@a.example' }, 'cst_1', noon + 1)

    for (let turn = 1; turn <= 2; turn += 1) await ledger.forget(later, 1)

    t.match(await customersOf(ledger), [{ ref: /^sha256:/ }, annual])
  })

  promised('a customer that is being created is not forgotten, whatever became of its invoice', async (t, ledger) => {
    await ledger.receive(arrivalOf({ customer: annual }), noon)
    const sighting = await sightingOfNext(ledger)
    await ledger.customers.judge(sighting, rulesOf, noon)
    await ledger.customers.beginCreate(sighting, { match: 'email', create: true }, noon + day)
    await ledger.receive(arrivalOf({ customer: { ...annual, ref: 'C-99' } }), noon + day)

    await ledger.forget(noon + day, 10)
    t.match(await customersOf(ledger), [annual])
    await ledger.forget(noon + 3 * day, 10)
    t.match(await customersOf(ledger), [{ ...nobody, ref: 'C-17' }])
  })

  promised('a name that is the reference is hidden, and a number or an id of the portal is not', async (t, ledger) => {
    const refs = { 'Studio 54': true, Jansen: true, '54': false, cst_abc: false }
    for (const [ref, isHidden] of Object.entries(refs)) {
      await deliver(ledger, { ...annual, ref, name: 'Studio 54' }, ref)
      await ledger.forget(later, 10)
      t.equal((await rowOf(ledger, ref)).customer.ref.startsWith('sha256:'), isHidden, ref)
      t.equal((await customersOf(ledger))[0]?.ref.startsWith('sha256:'), isHidden, ref)
    }
  })

  promised('what was dismissed and forgotten is not delivered by the address that it had', async (t, ledger) => {
    await ledger.holdings.learnCustomer(portalCustomerOf('cst_1', 'kees@bakker.example'), noon)
    t.match(await deliver(ledger, byAddress, 'A'), is)
    await bring(ledger, 'dismissed', arrivalOf({ customer: byAddress }))
    await ledger.forget(later, 10)
    await ledger.act('2026-0042', 'deliver', later)

    t.match(await ledger.customers.judge(await sightingOfNext(ledger, later), rulesOf, later), {
      kind: 'ambiguous'
    })
  })

  promised('who a rival was is told in a history only as long as the rival is known', async (t, ledger) => {
    await ledger.holdings.learnCustomer(portalCustomerOf('cst_1', 'kees@bakker.example'), noon)
    await deliver(ledger, annual, 'A')
    await ledger.receive(
      arrivalOf({ invoiceNumber: 'B', sourceId: 'B', customer: { ...annual, ref: '18', name: 'Piet' } }),
      noon
    )
    const loan = await borrowOne(ledger, noon)
    const sighting = { invoiceId: loan.id, tool: 'acme', customer: loan.invoice.customer, test: false }
    const { why } = (await ledger.customers.judge(sighting, rulesOf, noon)) as { why: string }
    await ledger.record(loan, { to: 'held', code: 'CUSTOMER_AMBIGUOUS', detail: why }, noon)
    const detail = async () => (await rowOf(ledger, 'B')).history.at(-1)?.detail

    t.match(await detail(), /the tool, C-17 \(Bakkerij Kees\), has the same claim to cst_1/)
    await ledger.forget(later, 10)
    t.match(await detail(), /the tool, C-17, has the same claim to cst_1/)
  })

  promised('the name of a customer that would have been created goes with the invoice', async (t, ledger) => {
    await ledger.receive(arrivalOf(), noon)
    const loan = await borrowOne(ledger, noon)
    const wouldSend = { ...bodyOf(loan), customerId: null, newCustomer: 'Bakkerij Kees' }
    await ledger.record(loan, { to: 'held', code: 'REVIEW', detail: null, wouldSend }, noon)
    await ledger.act('2026-0042', 'dismiss', noon)

    await ledger.forget(later, 10)

    t.equal((await rowOf(ledger)).draft, null)
  })
}

const rulesOf = { match: 'email', create: false } as const

/** Of an invoice that is not kept. */
const sightingOf = (customer: Omit<Customer, 'portalId'>): Sighting => ({
  invoiceId: 999,
  tool: 'acme',
  customer: { portalId: null, ...customer },
  test: true
})

const files = (documents: { file: string }[]): string[] => documents.map(({ file }) => file).sort()
