// What `receive` promises while the facts agree: one row per number, and newer facts that are merged into it.

import type { Code } from '../../../../src/core/codes.ts'
import type { Arrival } from '../../../../src/core/row.ts'
import {
  arrivalOf,
  bodyOf,
  borrowOne,
  bring,
  delivered,
  documentOf,
  minute,
  noon,
  type Promised,
  paid,
  rowOf,
  same,
  stateOf
} from '../fixtures.ts'

const renewed = {
  ref: 'kees@bakker.example',
  portalId: 'cst_7',
  emails: ['boekhouding@bakker.example'],
  name: 'Bakkerij Kees B.V.',
  address: 'Kerkstraat 2',
  zipCode: '4321 BA',
  city: 'Elders',
  countryCode: 'BE'
}

export function eventsContract(promised: Promised): void {
  promised('a new invoice is accepted and waits, due at once', async (t, ledger) => {
    const arrival = arrivalOf({ dueAt: '2026-12-20' }, { document: documentOf('a'), notify: false, test: true })

    t.strictSame(await ledger.receive(arrival, noon), { result: 'accepted', changed: true, unused: [] })

    const { history, conflicts, ...row } = await rowOf(ledger)
    t.strictSame(conflicts, [])
    t.strictSame(row, {
      toldBefore: null,
      invoiceNumber: '2026-0042',
      tool: 'acme',
      state: 'waiting',
      code: null,
      customer: arrival.invoice.customer,
      amountCents: 12100,
      currency: 'EUR',
      issuedAt: '2026-11-20',
      dueAt: '2026-12-20',
      paidAt: null,
      portalId: null,
      receivedAt: noon,
      deliveredAt: null,
      nextAttemptAt: noon,
      attempts: 0,
      notify: false,
      test: true,
      body: null,
      draft: null,
      pdf: { bytes: 1234, url: 'https://acme.example/42.pdf', byPerson: false }
    })
    t.match(history, [{ at: noon, event: 'received' }])
  })

  promised(
    'the same event again is a duplicate, and leaves nothing behind but its PDF to remove',
    async (t, ledger) => {
      const kept = arrivalOf({}, { document: documentOf('first') })
      await ledger.receive(kept, noon)
      const before = await rowOf(ledger)

      const again = arrivalOf({}, { document: documentOf('second') })
      t.strictSame(await ledger.receive(again, noon + 1), {
        result: 'duplicate',
        changed: false,
        unused: [documentOf('second')]
      })
      t.strictSame(await ledger.receive(structuredClone(same), noon + 1), {
        result: 'duplicate',
        changed: false,
        unused: []
      })

      t.strictSame(await rowOf(ledger), before)
      t.equal((await ledger.list({ limit: 10 })).rows.length, 1)
      t.strictSame(await ledger.documents(), new Set(['first.pdf']))
    }
  )

  promised('another PDF than was sent is not used, and the history says so once', async (t, ledger) => {
    const withPdf = (name: string, facts = {}) =>
      arrivalOf(facts, { document: { ...documentOf(name), sha256: name.padEnd(64, '0') } })
    const lines = async () => (await rowOf(ledger)).history.map(({ event }) => event)
    await bring(ledger, 'delivered', withPdf('a'))
    const before = await lines()
    const copy = { ...withPdf('c', { sourceId: 'copy' }), tool: 'copies', secondHand: ['copies'] }

    for (const arrival of [withPdf('a'), same, copy]) t.match(await ledger.receive(arrival, noon), { changed: false })
    t.strictSame(await lines(), before)
    const unused = [withPdf('b').document]
    t.strictSame(await ledger.receive(withPdf('b'), noon), { result: 'duplicate', changed: true, unused })
    for (const name of ['b', 'c']) t.match(await ledger.receive(withPdf(name), noon), { changed: false })
    await ledger.receive(withPdf('d', { paidAt: noon }), noon)

    t.strictSame(await lines(), [...before, 'another pdf came, and was not used', 'merged'])
    t.strictSame(await ledger.documents(), new Set(['a.pdf']))
  })

  promised('what a person put in its place is no other PDF than was sent', async (t, ledger) => {
    const withPdf = (name: string) => arrivalOf({}, { document: { ...documentOf(name), sha256: name.padEnd(64, '0') } })
    await ledger.receive(withPdf('a'), noon)
    await ledger.replaceDocument('2026-0042', { ...documentOf('p'), sha256: 'p'.padEnd(64, '0') }, noon)
    const loan = await borrowOne(ledger, noon)
    await ledger.sending(loan, bodyOf(loan), noon)
    await ledger.record(loan, delivered(), noon)
    const { history } = await rowOf(ledger)

    t.match(await ledger.receive(withPdf('a'), noon), { result: 'duplicate', changed: false })

    t.strictSame((await rowOf(ledger)).history, history)
  })

  promised('another PDF is said also of what is in doubt, and beside news', async (t, ledger) => {
    await bring(ledger, 'sending', arrivalOf({}, { document: documentOf('a') }))
    await ledger.receive(
      arrivalOf({ paidAt: noon }, { document: { ...documentOf('b'), sha256: 'cd'.repeat(32) } }),
      noon
    )
    t.match((await rowOf(ledger)).history.slice(-2), [
      { event: 'another pdf came, and was not used' },
      { event: 'merged' }
    ])
  })

  promised('the order in which a tool names its fields makes no other event', async (t, ledger) => {
    const { customer, ...invoice } = same.invoice
    const turned = { ...same, invoice: { customer: turn(customer), ...turn(invoice) } } as Arrival
    await ledger.receive(turned, noon)
    const loan = await borrowOne(ledger, noon)

    t.equal((await ledger.receive(same, noon + 1)).result, 'duplicate')

    t.strictSame((await rowOf(ledger)).history.length, 1)
    t.equal(await ledger.sending(loan, bodyOf(loan), noon + 1), 'granted')
  })

  promised('events that come together are kept once', async (t, ledger) => {
    const received = await Promise.all([same, same, paid, same].map(arrival => ledger.receive(arrival, noon)))

    t.strictSame(
      received.map(({ result }) => result),
      ['accepted', 'duplicate', 'duplicate', 'duplicate']
    )
    t.equal((await ledger.list({ limit: 10 })).rows.length, 1)
  })

  promised('events that come together end as one after the other would', async (t, ledger) => {
    await ledger.receive(arrivalOf({ invoiceNumber: 'KNOWN' }), noon)
    await ledger.voidSource('acme', 'voided', noon)
    const arrivals = [
      arrivalOf({ invoiceNumber: 'A', sourceId: 'a' }),
      arrivalOf({ invoiceNumber: 'a', sourceId: 'a', amountCents: 1 }),
      arrivalOf({ invoiceNumber: 'B', sourceId: 'a' }),
      arrivalOf({ invoiceNumber: 'C', sourceId: 'a' }, { tool: 'other' }),
      arrivalOf({ invoiceNumber: 'D', sourceId: 'voided' }),
      arrivalOf({ invoiceNumber: 'known' }),
      arrivalOf({ invoiceNumber: 'E', sourceId: null }),
      arrivalOf({ invoiceNumber: 'F', sourceId: null }),
      arrivalOf({ invoiceNumber: 'E', sourceId: null }, { voided: true })
    ]

    const received = await Promise.all(arrivals.map(arrival => ledger.receive(arrival, noon)))

    const results = received.map(({ result, changed }) => `${result}${changed ? '' : ', and nothing new'}`)
    t.strictSame(results, [
      'accepted',
      'accepted',
      'conflict',
      'accepted',
      'accepted',
      'duplicate, and nothing new',
      'accepted',
      'accepted',
      'accepted'
    ])
    const { rows } = await ledger.list({ limit: 10 })
    const states = rows.map(({ invoiceNumber, state, code }) => [invoiceNumber, state, code])
    t.strictSame(states.sort(), [
      ['B', 'held', 'INVOICE_CONFLICT'],
      ['C', 'waiting', null],
      ['D', 'dismissed', 'VOIDED_IN_TOOL'],
      ['E', 'dismissed', 'VOIDED_IN_TOOL'],
      ['F', 'waiting', null],
      ['KNOWN', 'waiting', null],
      ['a', 'waiting', null]
    ])
  })

  promised('of events that come together, one that cannot be kept fails alone', async (t, ledger) => {
    const numbered = (invoiceNumber: string) => arrivalOf({ invoiceNumber })
    const unkeepable = { ...numbered('no tool'), tool: null as never }

    const asked = [numbered('first'), unkeepable, numbered('last')].map(arrival => ledger.receive(arrival, noon))

    const ended = await Promise.allSettled(asked)
    t.strictSame(
      ended.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled']
    )
    t.equal((await ledger.list({ limit: 10 })).rows.length, 2)
  })

  const notations: [why: string, first: string, second: string][] = [
    ['case', 'INV-7a', 'inv-7A'],
    ['white space around it', '2026-7', '\t\u00a02026-7 \u3000'],
    ['composition of characters', 'Nº É-7', 'Nº E\u0301-7'],
    ['folding of ß', 'STRASSE-7', 'straße-7'],
    ['folding of capital ẞ', 'STRAẞE-7', 'strasse-7'],
    ['folding that decomposes', '\u0390-7', '\u0390-7'.toUpperCase()]
  ]
  for (const [why, first, second] of notations) {
    promised(`two notations are one number: ${why}`, async (t, ledger) => {
      t.equal((await ledger.receive(arrivalOf({ invoiceNumber: first }), noon)).result, 'accepted')

      t.equal((await ledger.receive(arrivalOf({ invoiceNumber: second }), noon)).result, 'duplicate')
      t.equal((await ledger.find(second))?.invoiceNumber, first, 'as it was written first')
    })
  }

  promised('numbers that no float can tell apart are two', async (t, ledger) => {
    await ledger.receive(arrivalOf({ invoiceNumber: '9007199254740992' }), noon)
    t.equal((await ledger.receive(arrivalOf({ invoiceNumber: '9007199254740993' }), noon)).result, 'accepted')
    t.equal((await ledger.receive(arrivalOf({ invoiceNumber: '09007199254740993' }), noon)).result, 'accepted')

    t.equal((await ledger.find('9007199254740993'))?.invoiceNumber, '9007199254740993')
  })

  promised('characters of every kind come back as they came', async (t, ledger) => {
    const name = 'Ωmega "quotes" \\ \u0000 \ud83e\uddc0 lone \ud800 \u2028'
    await ledger.receive(arrivalOf({ amountCents: 99_999_999_999, customer: { name, ref: `\u0000'; --` } }), noon)

    t.match(await rowOf(ledger), { customer: { name, ref: `\u0000'; --` }, amountCents: 99_999_999_999 })
  })

  promised('newer facts are merged, whichever they are', async (t, ledger) => {
    const known = arrivalOf({ dueAt: '2026-12-01', customer: { city: null } })
    const newer = arrivalOf(
      { paidAt: noon, dueAt: '2026-12-20', pdfUrl: 'https://acme.example/new.pdf', customer: renewed },
      { document: documentOf('late'), notify: false }
    )
    await ledger.receive(known, noon)

    t.strictSame(await ledger.receive(newer, noon + 1), { result: 'duplicate', changed: true, unused: [] })

    const { history, customer, ...row } = await rowOf(ledger)
    t.match(row, { dueAt: '2026-12-20', paidAt: noon, notify: true })
    t.strictSame(customer, renewed)
    t.match(history, { 1: { at: noon + 1, event: 'merged' } })
    const { invoice, ...loan } = await borrowOne(ledger, noon + 1)
    t.equal(invoice.pdfUrl, 'https://acme.example/new.pdf')
    t.match(loan, { document: documentOf('late'), notify: true })
  })

  promised('what a newer event leaves out stays known', async (t, ledger) => {
    const known = arrivalOf({ dueAt: '2026-12-01', paidAt: noon, customer: renewed })
    const nothing = {
      name: null,
      address: null,
      zipCode: null,
      city: null,
      countryCode: null,
      portalId: null
    }
    await ledger.receive(known, noon)

    await ledger.receive(arrivalOf({ pdfUrl: null, customer: { ...nothing, emails: [] } }), noon)

    const { customer, dueAt, paidAt } = await rowOf(ledger)
    t.strictSame({ customer, dueAt, paidAt }, { customer: renewed, dueAt: '2026-12-01', paidAt: noon })
    t.equal((await borrowOne(ledger, noon)).invoice.pdfUrl, known.invoice.pdfUrl)
  })

  promised('paid goes from nothing to a date once', async (t, ledger) => {
    await ledger.receive(paid, noon)
    await ledger.receive(arrivalOf({ paidAt: noon + minute }), noon)
    await ledger.receive(same, noon)

    t.equal((await rowOf(ledger)).paidAt, noon)
  })

  promised('a delivered row takes a date of payment and nothing else', async (t, ledger) => {
    await bring(ledger, 'delivered')

    const late = arrivalOf(
      {
        paidAt: noon,
        dueAt: '2027-01-01',
        pdfUrl: 'https://acme.example/new.pdf',
        customer: { name: 'Renamed' }
      },
      { document: documentOf('late') }
    )
    t.strictSame(await ledger.receive(late, noon), {
      result: 'duplicate',
      changed: true,
      unused: [documentOf('late')]
    })

    t.match(await rowOf(ledger), { paidAt: noon, dueAt: null, customer: { name: 'Bakkerij Kees' } })
    t.strictSame(await ledger.documents(), new Set())
  })

  promised(
    'what changes while it is lent ends the loan, so that nothing is sent from older facts',
    async (t, ledger) => {
      const loan = await bring(ledger, 'lent')

      await ledger.receive(arrivalOf({ paidAt: noon }, { document: documentOf('late') }), noon + 1)

      t.equal(await ledger.attach(loan, documentOf('fetched'), noon + 2), false)
      t.equal(await ledger.sending(loan, bodyOf(loan), noon + 2), 'lost')
      t.match(await borrowOne(ledger, noon + 2), { invoice: { paidAt: noon }, document: documentOf('late') })
    }
  )

  promised(
    'what is in doubt keeps what it sent, and knows of the payment once the doubt is settled',
    async (t, ledger) => {
      const loan = await bring(ledger, 'sending')

      await ledger.receive(paid, noon + 1)

      t.match(await rowOf(ledger), { state: 'sending', body: bodyOf(loan) })
      t.ok(await ledger.record(loan, delivered(), noon + 2))
      t.match(await rowOf(ledger), { state: 'delivered', code: null, paidAt: noon })
    }
  )

  const healing: [code: Code, by: string, arrival: Arrival][] = [
    ['CUSTOMER_UNKNOWN', "the portal's id of the customer", arrivalOf({ customer: { portalId: 'cst_7' } })],
    ['CUSTOMER_AMBIGUOUS', "the portal's id of the customer", arrivalOf({ customer: { portalId: 'cst_7' } })],
    ['PDF_NOT_A_PDF', 'another address', arrivalOf({ pdfUrl: 'https://acme.example/new.pdf' })],
    ['PDF_TOO_LARGE', 'another address', arrivalOf({ pdfUrl: 'https://acme.example/new.pdf' })],
    ['PDF_ADDRESS_REFUSED', 'another address', arrivalOf({ pdfUrl: 'https://acme.example/new.pdf' })],
    ['PDF_ADDRESS_REFUSED', 'the PDF itself', arrivalOf({}, { document: documentOf('new') })]
  ]
  for (const [code, by, arrival] of healing) {
    promised(`held as ${code}, it goes on when the event brings ${by}`, async (t, ledger) => {
      const loan = await bring(ledger, 'lent')
      await ledger.record(loan, { to: 'held', code, detail: null }, noon)

      t.equal((await ledger.receive(paid, noon + 1)).result, 'duplicate')
      t.strictSame(await stateOf(ledger), ['held', code], 'a payment alone does not')

      t.strictSame(await ledger.receive(arrival, noon + 2), {
        result: 'duplicate',
        changed: true,
        unused: []
      })
      t.match(await rowOf(ledger), { state: 'waiting', code: null, nextAttemptAt: noon + 2, paidAt: noon })
      t.match(await borrowOne(ledger, noon + 2), { triedMs: 0, failures: 0, document: arrival.document })
    })
  }

  for (const arrival of [
    arrivalOf({ pdfUrl: 'https://acme.example/new.pdf' }),
    arrivalOf({}, { document: documentOf('new') })
  ]) {
    const by = arrival.document ? 'the PDF itself' : 'another address'
    promised(`waiting for a PDF that does not come, it goes on with ${by}`, async (t, ledger) => {
      const loan = await bring(ledger, 'lent')
      const decision = {
        to: 'waiting',
        at: noon + 60 * minute,
        code: 'PDF_UNREACHABLE',
        detail: null
      } as const
      await ledger.record(loan, { ...decision, spent: true }, noon)
      await ledger.receive(arrivalOf({ dueAt: '2026-12-24' }), noon + 1)
      t.match(await rowOf(ledger), { nextAttemptAt: noon + 60 * minute }, 'with anything else it does not')

      await ledger.receive(arrival, noon + 2)

      t.match(await rowOf(ledger), { state: 'waiting', code: null, nextAttemptAt: noon + 2 })
      t.match(await borrowOne(ledger, noon + 2), { triedMs: 0, failures: 0, document: arrival.document })
    })
  }

  promised('a PDF that was refused makes room for another', async (t, ledger) => {
    const loan = await bring(ledger, 'lent', arrivalOf({}, { document: documentOf('large') }))
    await ledger.record(loan, { to: 'held', code: 'PDF_TOO_LARGE', detail: null }, noon)

    const smaller = arrivalOf({}, { document: documentOf('small') })
    t.strictSame(await ledger.receive(smaller, noon), {
      result: 'duplicate',
      changed: true,
      unused: [documentOf('large')]
    })

    t.match(await borrowOne(ledger, noon), { document: documentOf('small') })
    t.strictSame(await ledger.documents(), new Set(['small.pdf']))
  })

  promised('a PDF that was refused is fetched again from another address', async (t, ledger) => {
    const loan = await bring(ledger, 'lent', arrivalOf({}, { document: documentOf('large') }))
    await ledger.record(loan, { to: 'held', code: 'PDF_TOO_LARGE', detail: null }, noon)

    const elsewhere = arrivalOf({ pdfUrl: 'https://acme.example/small.pdf' })
    t.strictSame(await ledger.receive(elsewhere, noon), {
      result: 'duplicate',
      changed: true,
      unused: [documentOf('large')]
    })

    t.match(await borrowOne(ledger, noon), {
      document: null,
      invoice: { pdfUrl: 'https://acme.example/small.pdf' }
    })
  })
}

const turn = <T extends object>(fields: T): T => Object.fromEntries(Object.entries(fields).reverse()) as T
