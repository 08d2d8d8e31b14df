// `forget` and `documents`: what is personal goes when its time is over, the number never does.

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

const later = noon + 90 * day

export function retentionContract(promised: Promised): void {
  for (const stage of ['delivered', 'dismissed'] as const) {
    promised(`what was ${stage} long ago loses all that is personal, and stays known`, async (t, ledger) => {
      await bring(ledger, stage, arrivalOf({ sourceId: 'acme-1' }, { document: documentOf('a') }))
      const before = await rowOf(ledger)

      t.strictSame(await ledger.forget(later, 10), [documentOf('a')])

      const { history, customer, pdf, ...row } = await rowOf(ledger)
      const { history: _, customer: known, pdf: __, ...kept } = before
      t.strictSame(row, kept, 'number, portal id, amount, dates')
      t.strictSame(history, [])
      t.strictSame(pdf, { bytes: null, url: null })
      t.strictSame(customer, {
        ref: known.ref,
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

  for (const stage of [
    'waiting',
    'lent',
    'waiting once sent',
    'sending',
    'held',
    'held once sent'
  ] as const) {
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

  promised(
    'a dismissed row that comes back is forgotten again when it is finished again',
    async (t, ledger) => {
      await bring(ledger, 'dismissed', arrivalOf({}, { document: documentOf('a') }))
      await ledger.forget(later, 10)
      await ledger.receive({ ...corrected, document: documentOf('b') }, later)
      t.strictSame(await stateOf(ledger), ['waiting', null])
      t.strictSame(await ledger.forget(later + day, 10), [])
      await ledger.act('2026-0042', 'dismiss', later)

      t.strictSame(await ledger.forget(later + day, 10), [documentOf('b')])

      t.match(await rowOf(ledger), { amountCents: 24200, customer: { emails: [] } })
    }
  )

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

  promised(
    'the files that rows name are those of rows and of conflicts that are not settled',
    async (t, ledger) => {
      t.strictSame(await ledger.documents(), new Set())
      await ledger.receive(arrivalOf({ invoiceNumber: 'A' }), noon)
      await ledger.receive(arrivalOf({ invoiceNumber: 'A' }, { tool: 'rival' }), noon)
      t.strictSame(await ledger.documents(), new Set(), 'nor any that there is none of')

      await ledger.receive(arrivalOf({ invoiceNumber: 'B' }, { document: documentOf('b') }), noon)
      await ledger.receive(
        arrivalOf({ invoiceNumber: 'B' }, { tool: 'rival', document: documentOf('c') }),
        noon
      )
      await ledger.receive(
        arrivalOf({ invoiceNumber: 'B' }, { tool: 'third', document: documentOf('d') }),
        noon
      )
      t.strictSame(await ledger.documents(), new Set(['b.pdf', 'c.pdf', 'd.pdf']))

      await ledger.act('B', 'take', noon)
      t.strictSame(await ledger.documents(), new Set(['d.pdf']))
    }
  )
}

const files = (documents: { file: string }[]): string[] => documents.map(({ file }) => file).sort()
