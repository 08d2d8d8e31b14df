// Other facts under a known number: kept once, for a person, and never up again once that person has decided.

import {
  arrivalOf,
  bodyOf,
  borrowOne,
  bring,
  corrected,
  delivered,
  documentOf,
  holdingOf,
  noon,
  other,
  type Promised,
  paid,
  rowOf,
  same,
  stateOf
} from '../fixtures.ts'

const third = arrivalOf({ sourceId: 'third-1', amountCents: 5 }, { tool: 'third' })

export function conflictsContract(promised: Promised): void {
  promised('what a person is still to decide is known as facts, and what was decided is told', async (t, ledger) => {
    const rival = { tool: 'rival', amountCents: 999, currency: 'EUR', issuedAt: '2026-11-20' }
    const last = { ...rival, tool: 'third', amountCents: 5 }
    for (const arrival of [same, other, third]) await ledger.receive(arrival, noon)
    t.match(await rowOf(ledger), { conflicts: [rival, last], toldBefore: null })

    const taken = await ledger.act('2026-0042', 'take', noon)

    const own = { tool: 'acme', amountCents: 12100, customer: 'kees@bakker.example' }
    t.match(taken, { changed: true, decided: { won: last, lost: [own, rival] } })
    t.equal(taken.decided?.lost.length, 2)
    t.strictSame((await rowOf(ledger)).conflicts, [])

    await ledger.receive(arrivalOf({ sourceId: 'fourth', amountCents: 6 }, { tool: 'fourth' }), noon)
    const kept = await ledger.act('2026-0042', 'deliver', noon)
    t.match(kept.decided, { won: last, lost: [{ tool: 'fourth', amountCents: 6 }] })
    t.equal((await ledger.act('2026-0042', 'dismiss', noon)).decided, null)
    t.match(await ledger.act('2026-0042', 'dismiss', noon), { changed: false, decided: null })
  })

  promised('under which number the same invoice was told before is known', async (t, ledger) => {
    await ledger.receive(same, noon)
    await ledger.receive(arrivalOf({ invoiceNumber: '2026-0043', sourceId: 'acme-1' }), noon)

    t.equal((await rowOf(ledger, '2026-0043')).toldBefore, '2026-0042')
    t.equal((await rowOf(ledger)).toldBefore, null)
  })

  const facts: [what: string, arrival: typeof same][] = [
    ['tool', arrivalOf({}, { tool: 'rival' })],
    ["the tool's id of the invoice", arrivalOf({ sourceId: 'acme-2' })],
    ["no id of the tool's", arrivalOf({ sourceId: null })],
    ['customer', arrivalOf({ sourceId: 'acme-2', customer: { ref: 'jan@slager.example' } })],
    ['amount', arrivalOf({ sourceId: 'acme-2', amountCents: 12101 })],
    ['currency', arrivalOf({ sourceId: 'acme-2', currency: 'USD' })],
    ['date of issue', arrivalOf({ sourceId: 'acme-2', issuedAt: '2026-11-21' })]
  ]
  for (const [what, arrival] of facts) {
    promised(`the number is known with another: ${what}`, async (t, ledger) => {
      await ledger.receive(same, noon)

      t.strictSame(await ledger.receive(arrival, noon), { result: 'conflict', changed: true, unused: [] })

      t.strictSame(await stateOf(ledger), ['held', 'INVOICE_CONFLICT'])
      t.match(await rowOf(ledger), {
        tool: 'acme',
        amountCents: 12100,
        customer: { ref: 'kees@bakker.example' }
      })
    })
  }

  promised('each set of facts is a conflict of its own, down to the last fact', async (t, ledger) => {
    await ledger.receive(same, noon)
    for (const [what, arrival] of facts) {
      const document = documentOf(what)
      t.strictSame(
        await ledger.receive({ ...arrival, document }, noon),
        { result: 'conflict', changed: true, unused: [] },
        what
      )
    }

    t.strictSame(await ledger.documents(), new Set(facts.map(([what]) => documentOf(what).file)))
  })

  promised('without an id of its own, a changed invoice is another one', async (t, ledger) => {
    await ledger.receive(arrivalOf({ sourceId: null }), noon)

    t.equal((await ledger.receive(arrivalOf({ sourceId: null, amountCents: 1 }), noon)).result, 'conflict')
  })

  const ofCompany = (name: string, sourceId: string | null = null) =>
    arrivalOf(
      { sourceId, pdfUrl: null, customer: { ref: '17', name, emails: [`info@${name}.example`] } },
      { document: { ...documentOf(name), sha256: name.charCodeAt(0).toString(16).repeat(32) } }
    )

  promised('two senders that number all alike: the second company puts nothing in place', async (t, ledger) => {
    await ledger.receive(ofCompany('alfa'), noon)

    t.strictSame(await ledger.receive(ofCompany('beta'), noon), {
      result: 'conflict',
      changed: true,
      unused: []
    })
    t.match(await ledger.receive(ofCompany('beta'), noon), { result: 'conflict', changed: false })
    t.match(await ledger.receive(ofCompany('gamma'), noon), {
      result: 'conflict',
      changed: true,
      unused: []
    })

    t.strictSame(await stateOf(ledger), ['held', 'INVOICE_CONFLICT'])
    t.match((await rowOf(ledger)).history.slice(1), [
      { event: 'conflict received', facts: { customer: '17 (beta, info@beta.example)' } },
      { facts: { customer: '17 (gamma, info@gamma.example)' } }
    ])
    await ledger.act('2026-0042', 'keep', noon)
    t.match(await borrowOne(ledger, noon), {
      document: { file: 'alfa.pdf' },
      invoice: { customer: { name: 'alfa' } }
    })
    for (const name of ['beta', 'gamma'])
      t.match(await ledger.receive(ofCompany(name), noon), { result: 'conflict', changed: false }, 'decided')
  })

  promised('taken, the second company is the one, and the first is not raised again', async (t, ledger) => {
    await ledger.receive(ofCompany('alfa'), noon)
    await ledger.receive(ofCompany('beta'), noon)
    await ledger.act('2026-0042', 'take', noon)

    t.match(await borrowOne(ledger, noon), {
      document: { file: 'beta.pdf' },
      invoice: { customer: { name: 'beta' } }
    })
    t.match(await ledger.receive(ofCompany('alfa'), noon), { result: 'conflict', changed: false })
    t.match(await ledger.receive(ofCompany('beta'), noon), { result: 'duplicate' })
  })

  promised("with the tool's own id of the invoice it is the same one, of whomever", async (t, ledger) => {
    await ledger.receive(ofCompany('alfa', 'acme-1'), noon)

    t.match(await ledger.receive(ofCompany('beta', 'acme-1'), noon), { result: 'duplicate' })
  })

  promised("one customer is one: by the portal's id where both know it, else by the tool's", async (t, ledger) => {
    await ledger.receive(arrivalOf({ customer: { ref: ' Kees@Bakker.example' } }), noon)
    const known = arrivalOf({ customer: { ref: 'kees@bakker.example ', portalId: 'cst_7' } })
    t.equal((await ledger.receive(known, noon)).result, 'duplicate')

    const moved = arrivalOf({ customer: { ref: 'new@bakker.example', portalId: 'cst_7' } })
    t.equal((await ledger.receive(moved, noon)).result, 'duplicate')
    t.match(await rowOf(ledger), { customer: { portalId: 'cst_7' } })

    const wrong = arrivalOf({ sourceId: 'acme-2', customer: { portalId: 'cst_8' } })
    t.equal((await ledger.receive(wrong, noon)).result, 'conflict')
  })

  promised(
    'the same again for the customer that it was sent to is no news, whatever the portal made of it',
    async (t, ledger) => {
      const named = arrivalOf({ customer: { portalId: 'cst_7' } })
      const loan = await bring(ledger, 'sending', named)
      const holding = holdingOf('inv_1', { customerId: 'cst_9' })
      await ledger.record(loan, { to: 'delivered', holding, how: 'created', code: 'INVOICE_CONFLICT' }, noon)

      t.strictSame(await ledger.receive(named, noon), { result: 'duplicate', changed: false, unused: [] })
      const moved = arrivalOf({ customer: { portalId: 'cst_8' } })
      t.match(await ledger.receive(moved, noon), { result: 'conflict' }, 'for a third one it is')
    }
  )

  promised('other facts are kept once, however often they come', async (t, ledger) => {
    await ledger.receive(same, noon)
    await ledger.receive(other, noon)
    const { history } = await rowOf(ledger)

    const again = { ...other, document: documentOf('again') }
    t.strictSame(await ledger.receive(other, noon + 1), { result: 'conflict', changed: false, unused: [] })
    t.strictSame(
      await ledger.receive(again, noon + 1),
      { result: 'conflict', changed: false, unused: [] },
      'its PDF fills a gap'
    )
    for (const [name, unused] of [
      ['again', []],
      ['later', [documentOf('later')]]
    ] as const)
      t.strictSame(
        await ledger.receive({ ...other, document: documentOf(name) }, noon + 1),
        { result: 'conflict', changed: false, unused },
        'all but the file that is kept'
      )

    t.match(history, [{ event: 'received' }, { event: 'conflict received' }])
    const after = (await rowOf(ledger)).history
    t.match(after.slice(0, 2), history)
    t.strictSame(after.slice(2), [{ at: noon + 1, event: 'conflict merged' }], 'what a person has not seen is a line')
  })

  promised('what is told later about other facts is not lost on who takes them', async (t, ledger) => {
    await ledger.receive(same, noon)
    await ledger.receive(other, noon)
    const { invoice } = other
    await ledger.receive({ ...other, invoice: { ...invoice, paidAt: noon }, document: documentOf('b') }, noon + 1)
    await ledger.receive({ ...other, invoice: { ...invoice, dueAt: '2026-12-20' } }, noon + 2)

    t.match(await ledger.act('2026-0042', 'take', noon + 3), {
      paidAt: noon,
      dueAt: '2026-12-20',
      amountCents: 999
    })

    t.match(await borrowOne(ledger, noon + 3), { tool: 'rival', document: documentOf('b'), notify: false })
  })

  promised('taking puts the other facts in the place of these, judged anew', async (t, ledger) => {
    const loan = await bring(ledger, 'held', arrivalOf({}, { document: documentOf('mine') }))
    await ledger.act('2026-0042', 'deliver', noon)
    await ledger.receive({ ...other, document: documentOf('theirs'), test: true }, noon)

    const row = await ledger.act('2026-0042', 'take', noon + 5)

    t.match(row, { tool: 'rival', state: 'waiting', code: null, amountCents: 999, notify: false, test: true })
    t.match(row, { body: null, nextAttemptAt: noon + 5 })
    const next = await borrowOne(ledger, noon + 5)
    t.match(next, { id: loan.id, document: documentOf('theirs'), failures: 0, triedMs: 0 })
    t.strictSame(next.overrides, [], 'what was permitted for those is not for these')
    t.strictSame(await ledger.documents(), new Set(['theirs.pdf']))
  })

  promised('a conflict that another note hid shows when that note is cleared', async (t, ledger) => {
    await bring(ledger, 'delivered')
    await ledger.receive(other, noon)
    await ledger.holdings.lose('inv_2026-0042', noon)
    t.strictSame(await stateOf(ledger), ['delivered', 'DELETED_IN_PORTAL'])

    t.match(await ledger.act('2026-0042', 'dismiss', noon), { code: 'INVOICE_CONFLICT' })
    t.match(await ledger.act('2026-0042', 'dismiss', noon), { code: null })
    await t.rejects(ledger.act('2026-0042', 'keep', noon), { code: 'STATE_CONFLICT' }, 'it is settled')
  })

  promised('settling a conflict that another note hides leaves that note', async (t, ledger) => {
    await bring(ledger, 'delivered')
    await ledger.receive(other, noon)
    await ledger.holdings.lose('inv_2026-0042', noon)

    t.match(await ledger.act('2026-0042', 'keep', noon), { code: 'DELETED_IN_PORTAL' })
    t.match(await ledger.act('2026-0042', 'dismiss', noon), { code: null })
  })

  promised('keeping leaves these facts as they are, judged anew', async (t, ledger) => {
    await ledger.receive(arrivalOf({}, { document: documentOf('mine') }), noon)
    await ledger.receive({ ...other, document: documentOf('theirs') }, noon)
    t.strictSame(await ledger.documents(), new Set(['mine.pdf', 'theirs.pdf']), 'until a person has decided')

    const row = await ledger.act('2026-0042', 'keep', noon + 5)

    t.match(row, { tool: 'acme', state: 'waiting', code: null, amountCents: 12100, nextAttemptAt: noon + 5 })
    t.match(await borrowOne(ledger, noon + 5), { document: documentOf('mine') })
    t.strictSame(await ledger.documents(), new Set(['mine.pdf']))
  })

  promised('of two conflicts the newest is taken, and neither comes up again', async (t, ledger) => {
    await ledger.receive(same, noon)
    await ledger.receive(other, noon)
    await ledger.receive(third, noon)

    t.match(await ledger.act('2026-0042', 'take', noon), { tool: 'third', amountCents: 5 })
    for (const settled of [same, other, paid]) {
      const again = { ...settled, document: documentOf('again') }
      t.strictSame(await ledger.receive(again, noon), {
        result: 'conflict',
        changed: false,
        unused: [documentOf('again')]
      })
    }

    t.strictSame(await stateOf(ledger), ['waiting', null])
    t.equal((await ledger.receive(third, noon)).result, 'duplicate')
    await t.rejects(ledger.act('2026-0042', 'keep', noon), { code: 'STATE_CONFLICT' })
  })

  promised('facts that a person kept out stay out, also after the row was delivered', async (t, ledger) => {
    await ledger.receive(same, noon)
    await ledger.receive(other, noon)
    await ledger.act('2026-0042', 'keep', noon)
    const loan = await borrowOne(ledger, noon)
    await ledger.sending(loan, bodyOf(loan), noon)
    await ledger.record(loan, delivered(), noon)

    t.equal((await ledger.receive(other, noon)).result, 'conflict')
    t.strictSame(await stateOf(ledger), ['delivered', null])

    t.equal((await ledger.receive(third, noon)).result, 'conflict')
    t.strictSame(await stateOf(ledger), ['delivered', 'INVOICE_CONFLICT'], 'but others do come up')
  })

  promised('a conflict that was dismissed with its row does not bring it back', async (t, ledger) => {
    await bring(ledger, 'waiting once sent')
    await ledger.receive(corrected, noon)
    await ledger.act('2026-0042', 'dismiss', noon)

    t.equal((await ledger.receive(corrected, noon)).result, 'conflict')
    t.strictSame(await stateOf(ledger), ['dismissed', 'BY_OPERATOR'])

    t.match(await ledger.act('2026-0042', 'take', noon), { state: 'waiting', amountCents: 24200 })
  })

  promised('facts that a person kept out do not come back as a correction', async (t, ledger) => {
    await bring(ledger, 'waiting once sent')
    await ledger.receive(corrected, noon)
    await ledger.act('2026-0042', 'keep', noon)
    await ledger.act('2026-0042', 'dismiss', noon)

    t.equal((await ledger.receive(corrected, noon)).result, 'conflict')
    t.strictSame(await stateOf(ledger), ['dismissed', 'BY_OPERATOR'])
  })

  promised('a correction replaces the facts, but does not decide a conflict', async (t, ledger) => {
    await ledger.receive(same, noon)
    await ledger.receive(other, noon)

    t.strictSame(await ledger.receive(corrected, noon), { result: 'accepted', changed: true, unused: [] })

    t.strictSame(await stateOf(ledger), ['held', 'INVOICE_CONFLICT'])
    t.match(await ledger.act('2026-0042', 'keep', noon), { state: 'waiting', amountCents: 24200 })
  })

  promised(
    'a correction replaces everything that was judged before, PDF and permission included',
    async (t, ledger) => {
      const loan = await bring(ledger, 'held', arrivalOf({}, { document: documentOf('old') }))
      await ledger.act('2026-0042', 'deliver', noon)
      const correction = arrivalOf(
        { invoiceNumber: '2026-0042 ', amountCents: -100, customer: { ref: 'new@bakker.example' } },
        { document: documentOf('new'), notify: false, test: true }
      )

      t.strictSame(await ledger.receive(correction, noon + 7), {
        result: 'accepted',
        changed: true,
        unused: [documentOf('old')]
      })

      t.match(await rowOf(ledger), {
        state: 'waiting',
        code: null,
        amountCents: -100,
        customer: { ref: 'new@bakker.example' },
        body: null,
        notify: false,
        test: true,
        receivedAt: noon,
        history: {
          3: { event: 'corrected', replaced: { amountCents: 12100, customer: 'kees@bakker.example' } }
        }
      })
      const next = await borrowOne(ledger, noon + 7)
      t.match(next, { id: loan.id, document: documentOf('new'), triedMs: 0 })
      t.strictSame(next.overrides, [])
      t.strictSame((await ledger.list({ q: 'new@bakker.example', limit: 1 })).rows.length, 1)
      t.strictSame(await ledger.documents(), new Set(['new.pdf']))
    }
  )

  for (const [what, arrival] of [
    ['a correction', corrected],
    ['a conflict', other]
  ] as const) {
    promised(`${what} ends the loan`, async (t, ledger) => {
      const loan = await bring(ledger, 'lent')
      await ledger.receive(arrival, noon)
      const before = await rowOf(ledger)

      t.equal(await ledger.attach(loan, documentOf('late'), noon), false)
      t.equal(await ledger.sending(loan, bodyOf(loan), noon), 'lost')
      t.equal(await ledger.record(loan, delivered(), noon), null)
      t.strictSame(await rowOf(ledger), before)
    })
  }
}
