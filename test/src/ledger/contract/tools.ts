// What a tool says beyond its invoices: voided, not yet, and what could not be read; and since when it is set up.

import type { Code } from '../../../../src/core/codes.ts'
import type { Arrival, Decision, State } from '../../../../src/core/row.ts'
import {
  again,
  arrivalOf,
  bodyOf,
  borrowOne,
  bring,
  corrected,
  day,
  delivered,
  documentOf,
  doubt,
  minute,
  noon,
  other,
  type Promised,
  paid,
  rejected,
  rowOf,
  type Stage,
  same,
  stateOf
} from '../fixtures.ts'

const voided = { ...same, voided: true }

/** The same invoice by another way, and what its own tool says where the two may meet. */
const copy = arrivalOf({ sourceId: 'copy-1', customer: { ref: 'other' } }, { tool: 'copies' })
const voidedThere = { ...voided, secondHand: ['copies'] }

type After = [state: State, code: Code | null]
const dismissed: After = ['dismissed', 'VOIDED_IN_TOOL']

const voidedCells: [from: Stage, result: 'accepted' | 'duplicate', after: After][] = [
  ['waiting', 'accepted', dismissed],
  ['lent', 'accepted', dismissed],
  ['waiting once sent', 'accepted', dismissed],
  ['sending', 'accepted', ['sending', null]],
  ['delivered', 'accepted', ['delivered', 'VOIDED_IN_TOOL']],
  ['held', 'accepted', dismissed],
  ['held once sent', 'accepted', dismissed],
  ['dismissed', 'duplicate', ['dismissed', 'BY_OPERATOR']],
  ['dismissed once sent', 'duplicate', ['dismissed', 'BY_OPERATOR']]
]

const decisions: [decision: Decision, after: After][] = [
  [delivered(), ['delivered', 'VOIDED_IN_TOOL']],
  [again(noon), dismissed],
  [rejected, dismissed],
  [{ to: 'dismissed', code: 'ZERO_AMOUNT' }, dismissed],
  [doubt, ['sending', null]]
]

const unreadable = {
  tool: 'acme',
  invoiceNumber: 'unreadable acme 1',
  body: Buffer.from('{"what": \u0000\ud800}'),
  problem: 'no invoice number'
}

export function toolsContract(promised: Promised): void {
  for (const [from, result, after] of voidedCells) {
    promised(`voided in the tool, ${from} → ${after.join(' ')}`, async (t, ledger) => {
      await bring(ledger, from)
      const before = await rowOf(ledger)
      const document = documentOf('late')

      const answer = await ledger.receive({ ...voided, document }, noon)

      t.strictSame(answer, { result, changed: result === 'accepted', unused: [document] })
      t.strictSame(await stateOf(ledger), after)
      if (result === 'duplicate') t.strictSame(await rowOf(ledger), before)
      else t.match((await rowOf(ledger)).history.at(-1), { event: 'voided in the tool' })
    })
  }

  for (const [from, result, after] of voidedCells) {
    promised(`the copy of what a tool voided, ${from} → ${after.join(' ')}`, async (t, ledger) => {
      await bring(ledger, from, copy)
      const before = await rowOf(ledger)

      t.match(await ledger.receive(voidedThere, noon), { result, changed: result === 'accepted' })

      t.strictSame(await stateOf(ledger), after)
      if (result === 'duplicate') t.strictSame(await rowOf(ledger), before)
      else t.match((await rowOf(ledger)).history.at(-1), { event: 'voided in the tool', tool: 'acme' })
    })
  }

  const strangers: [what: string, theirs: Arrival][] = [
    ['by a tool that brings only its own', { ...copy, tool: 'rival' }],
    ['of another amount', { ...copy, invoice: { ...copy.invoice, amountCents: 1 } }],
    ['of another day', { ...copy, invoice: { ...copy.invoice, issuedAt: '2026-11-19' } }],
    ['for another customer', arrivalOf({ customer: { name: 'Slagerij', emails: [] } }, { tool: 'copies' })],
    ['under another number', arrivalOf({ invoiceNumber: '2026-0043' }, { tool: 'copies' })]
  ]
  for (const [what, theirs] of strangers) {
    const { invoiceNumber } = theirs.invoice

    promised(`what a tool voided says nothing of one ${what}`, async (t, ledger) => {
      await ledger.receive(theirs, noon)
      await ledger.receive(voidedThere, noon)

      t.strictSame(await stateOf(ledger, invoiceNumber), ['waiting', null])
    })

    promised(`voided before it came, and followed by one ${what}: that is not dismissed`, async (t, ledger) => {
      await ledger.receive(voidedThere, noon)
      await ledger.receive({ ...theirs, secondHand: ['copies'] }, noon)

      t.strictSame(
        await stateOf(ledger, invoiceNumber),
        invoiceNumber === '2026-0042' ? ['held', 'INVOICE_CONFLICT'] : ['waiting', null]
      )
    })
  }

  promised(
    'voided before it came: neither it nor its copy is sent, in whatever order they follow',
    async (t, ledger) => {
      t.match(await ledger.receive(voidedThere, noon), { result: 'accepted', changed: true })
      t.strictSame(await stateOf(ledger), dismissed)
      t.match((await rowOf(ledger)).history, [{ event: 'received' }, { event: 'voided in the tool' }])

      for (const follows of [copy, same, voidedThere])
        t.match(await ledger.receive({ ...follows, secondHand: ['copies'] }, noon), {
          result: 'duplicate',
          changed: false
        })

      t.strictSame(await stateOf(ledger), dismissed)
      t.equal(await ledger.nextDueAt(), null)
    }
  )

  for (const [what, bring] of [
    ['its tool brings it', [copy, same]],
    ['it comes', [same, copy]]
  ] as const)
    promised(`a copy, and under another number by its own tool after ${what}: a person decides`, async (t, ledger) => {
      for (const arrival of bring) await ledger.receive({ ...arrival, secondHand: ['copies'] }, noon)
      const second = arrivalOf({ invoiceNumber: '2026-0042-B', sourceId: 'acme-1' })

      t.match(await ledger.receive({ ...second, secondHand: ['copies'] }, noon), { result: 'conflict' })
      t.strictSame(await stateOf(ledger, '2026-0042-B'), ['held', 'INVOICE_CONFLICT'])
      t.match(await rowOf(ledger, '2026-0042-B'), { toldBefore: '2026-0042' })
      t.strictSame(await stateOf(ledger), ['waiting', null])
    })

  promised('voided by its own id alone, after the copy and its tool have met: neither is sent', async (t, ledger) => {
    for (const arrival of [copy, same]) await ledger.receive({ ...arrival, secondHand: ['copies'] }, noon)

    t.equal(await ledger.voidSource('acme', 'acme-1', noon), true)
    t.strictSame(await stateOf(ledger), dismissed)
  })

  promised('voided before its tool brought it again, under another number: neither is sent', async (t, ledger) => {
    await ledger.receive(copy, noon)
    await ledger.receive(voidedThere, noon)
    const second = arrivalOf({ invoiceNumber: '2026-0042-B', sourceId: 'acme-1' })

    await ledger.receive({ ...second, secondHand: ['copies'] }, noon)
    t.strictSame(await stateOf(ledger, '2026-0042-B'), ['held', 'INVOICE_CONFLICT'])
    t.strictSame(await stateOf(ledger), dismissed)
  })

  promised(
    'voided under the number of a copy that follows, and told before under another: neither is sent',
    async (t, ledger) => {
      const second = arrivalOf({ invoiceNumber: '2026-0042-B', sourceId: 'acme-1' })
      await ledger.receive({ ...second, secondHand: ['copies'] }, noon)
      t.match(await ledger.receive(voidedThere, noon), { result: 'accepted', changed: true })
      t.match(await ledger.receive(voidedThere, noon), { result: 'duplicate', changed: false })

      t.match(await ledger.receive({ ...copy, secondHand: ['copies'] }, noon), { result: 'duplicate' })
      t.strictSame(await stateOf(ledger), dismissed)
      t.strictSame(await stateOf(ledger, '2026-0042-B'), dismissed)
    }
  )

  const toldAt = (revision: string, rest = {}) => arrivalOf({ revision }, { restores: true, ...rest })
  const restoredCells: [from: Stage, after: After, last: After][] = [
    ['waiting', ['waiting', null], ['waiting', null]],
    ['lent', ['waiting', null], ['waiting', null]],
    ['waiting once sent', ['waiting', null], ['waiting', null]],
    ['sending', ['sending', null], ['delivered', null]],
    ['delivered', ['delivered', 'VOIDED_IN_TOOL'], ['delivered', 'VOIDED_IN_TOOL']],
    ['held', ['waiting', null], ['waiting', null]],
    ['held once sent', ['waiting', null], ['waiting', null]],
    ['dismissed', ['dismissed', 'BY_OPERATOR'], ['dismissed', 'BY_OPERATOR']],
    ['dismissed once sent', ['dismissed', 'BY_OPERATOR'], ['dismissed', 'BY_OPERATOR']]
  ]
  for (const [from, after, last] of restoredCells) {
    promised(`voided and restored by its tool, ${from} → ${after.join(' ')}`, async (t, ledger) => {
      const loan = await bring(ledger, from, toldAt('1'))
      await ledger.receive(toldAt('2', { voided: true }), noon)
      t.strictSame(await ledger.receive(toldAt('1'), noon).then(({ changed }) => changed), false, 'an older word')

      await ledger.receive(toldAt('3'), noon)

      t.strictSame(await stateOf(ledger), after)
      if (from === 'sending') await ledger.record(loan, delivered(), noon)
      await ledger.receive(toldAt('2', { voided: true }), noon)
      t.strictSame(await stateOf(ledger), last, 'nor does the older void come back')
      const isRestored = (await rowOf(ledger)).history.some(({ event }) => event === 'restored in the tool')
      t.equal(isRestored, after[0] === 'waiting' || from === 'sending')
    })
  }

  promised('a copy that was restored is not dismissed by a void from before that', async (t, ledger) => {
    const there = (revision: string, rest = {}) => toldAt(revision, { secondHand: ['copies'], ...rest })
    await ledger.receive({ ...copy, document: documentOf('copy') }, noon)
    await ledger.receive(there('2', { voided: true }), noon)
    await ledger.receive(there('4'), noon)
    t.match(await rowOf(ledger), { state: 'waiting' })

    t.match(await ledger.receive(there('3', { voided: true }), noon), { result: 'duplicate', changed: false })

    t.match(await borrowOne(ledger, noon), { document: { file: documentOf('copy').file } }, 'and keeps its PDF')
  })

  promised('voided before it came, and final later: it waits, and is sent', async (t, ledger) => {
    await ledger.receive(toldAt('2', { voided: true }), noon)
    await ledger.receive(toldAt('1'), noon)
    t.strictSame(await stateOf(ledger), dismissed, 'not by what is older')

    t.match(await ledger.receive(toldAt('3'), noon + minute), { result: 'accepted', changed: true })

    t.match(await rowOf(ledger), { state: 'waiting', code: null, nextAttemptAt: noon + minute })
    t.match(await borrowOne(ledger, noon + minute), { invoice: { revision: '3' } })
  })

  promised('restored beside other facts, or under a second number, it waits for a person', async (t, ledger) => {
    const second = (revision: string, rest = {}) => {
      const { invoice } = arrivalOf({ invoiceNumber: '2026-0042-B', sourceId: 'acme-1' })
      return { ...toldAt(revision, rest), invoice: { ...invoice, revision } }
    }
    await ledger.receive(toldAt('1'), noon)
    await ledger.receive(other, noon)
    await ledger.receive(second('2'), noon)
    await ledger.receive(second('3', { voided: true }), noon)
    t.strictSame([await stateOf(ledger), await stateOf(ledger, '2026-0042-B')], [dismissed, dismissed])

    await ledger.receive(toldAt('4'), noon)
    await ledger.receive(second('4'), noon)

    t.strictSame(await stateOf(ledger), ['held', 'INVOICE_CONFLICT'])
    t.strictSame(await stateOf(ledger, '2026-0042-B'), ['held', 'INVOICE_CONFLICT'])
  })

  promised('voided at the moment when its copy comes: that is not sent', async (t, ledger) => {
    await Promise.all([voidedThere, { ...copy, secondHand: ['copies'] }].map(told => ledger.receive(told, noon)))

    t.strictSame(await stateOf(ledger), dismissed)
  })

  promised('voided under a second number, its copy there is dismissed with the first', async (t, ledger) => {
    const second = { ...copy, invoice: { ...copy.invoice, invoiceNumber: '2026-0042-B' } }
    await ledger.receive(same, noon)
    await ledger.receive(second, noon)
    const { invoice } = arrivalOf({ invoiceNumber: '2026-0042-B', sourceId: 'acme-1' })
    await ledger.receive({ ...voidedThere, invoice }, noon)

    t.strictSame(await stateOf(ledger), dismissed)
    t.strictSame(await stateOf(ledger, '2026-0042-B'), dismissed)
  })

  for (const [decision, after] of decisions) {
    promised(`voided in doubt, judged when it is settled: ${decision.to} → ${after.join(' ')}`, async (t, ledger) => {
      const loan = await bring(ledger, 'sending')
      await ledger.receive(voided, noon)
      t.match((await rowOf(ledger)).body, bodyOf(loan))

      t.ok(await ledger.record(loan, decision, noon))

      t.strictSame(await stateOf(ledger), after)
    })
  }

  promised('voided in doubt, and settled by a look', async (t, ledger) => {
    await bring(ledger, 'sending')
    await ledger.receive(voided, noon)
    const [found] = await ledger.doubts(noon + minute, 1)
    await ledger.settle(found!, again(noon + minute), noon + minute)

    t.strictSame(await stateOf(ledger), dismissed)
    t.match(await ledger.act('2026-0042', 'deliver', noon), { state: 'waiting' }, 'a person can take that back')
    await ledger.record(await borrowOne(ledger, noon), delivered(), noon)
    t.strictSame(await stateOf(ledger), ['delivered', null], 'and then it counts no more')
  })

  promised('what another tool, or another invoice of the tool, voided says nothing of this one', async (t, ledger) => {
    await ledger.receive(same, noon)

    for (const stranger of [{ ...other, voided: true }, arrivalOf({ sourceId: 'acme-2' }, { voided: true })]) {
      t.strictSame(await ledger.receive(stranger, noon), {
        result: 'duplicate',
        changed: false,
        unused: []
      })
    }
    t.strictSame(await stateOf(ledger), ['waiting', null])
  })

  promised("told of by the tool's own id alone, that invoice is voided, and no other", async (t, ledger) => {
    await ledger.receive(same, noon)
    await ledger.receive(arrivalOf({ invoiceNumber: 'next', sourceId: 'acme-2' }), noon)

    t.equal(await ledger.voidSource('rival', 'acme-1', noon), false)
    t.equal(await ledger.voidSource('acme', 'acme-3', noon), false)
    t.strictSame(await stateOf(ledger), ['waiting', null])

    t.equal(await ledger.voidSource('acme', 'acme-1', noon), true)
    t.equal(await ledger.voidSource('acme', 'acme-1', noon), true, 'told again it is known')
    t.strictSame(await stateOf(ledger), dismissed)
    t.strictSame(await stateOf(ledger, 'next'), ['waiting', null])
  })

  promised('a void that a person has decided about is no news when it is told again', async (t, ledger) => {
    const deliver = () => ledger.act('2026-0042', 'deliver', noon)
    await ledger.receive(same, noon)
    await ledger.receive(voided, noon)
    await deliver()

    t.match(await ledger.receive(voided, noon), { result: 'duplicate', changed: false })
    await ledger.voidSource('acme', 'acme-1', noon)
    t.strictSame(await stateOf(ledger), ['waiting', null])
    const loan = await borrowOne(ledger, noon)
    await ledger.sending(loan, bodyOf(loan), noon)
    await ledger.receive(voided, noon)
    await ledger.record(loan, delivered(), noon)
    await ledger.receive(voided, noon)
    t.strictSame(await stateOf(ledger), ['delivered', null])
  })

  promised('nor is one that a person said was settled, nor beside other facts', async (t, ledger) => {
    await bring(ledger, 'delivered')
    await ledger.receive(voided, noon)
    await ledger.act('2026-0042', 'dismiss', noon)
    t.match(await ledger.receive(voided, noon), { result: 'duplicate', changed: false })
    t.strictSame(await stateOf(ledger), ['delivered', null])

    const next = arrivalOf({ invoiceNumber: 'next', sourceId: 'acme-2' })
    await ledger.receive(next, noon)
    await ledger.receive(arrivalOf({ invoiceNumber: 'next', sourceId: 'rival-2' }, { tool: 'rival' }), noon)
    await ledger.receive({ ...next, voided: true }, noon)
    await ledger.act('next', 'keep', noon)
    await ledger.receive({ ...next, voided: true }, noon)
    t.strictSame(await stateOf(ledger, 'next'), ['waiting', null])
  })

  promised('a later void of a tool that restores is news after a word about an earlier one', async (t, ledger) => {
    await ledger.receive(toldAt('1'), noon)
    await ledger.receive(toldAt('2', { voided: true }), noon)
    await ledger.act('2026-0042', 'deliver', noon)
    for (const revision of ['1', '2']) await ledger.receive(toldAt(revision, { voided: true }), noon)
    t.strictSame(await stateOf(ledger), ['waiting', null])

    await ledger.receive(toldAt('3'), noon)
    await ledger.receive(toldAt('4', { voided: true }), noon)
    t.strictSame(await stateOf(ledger), dismissed)
  })

  promised('told of an invoice whose number another one has: the person who has to decide knows', async (t, ledger) => {
    const told = { event: 'voided in the tool', tool: 'acme' }
    await ledger.receive(other, noon)
    await ledger.receive(voided, noon)
    t.strictSame(await stateOf(ledger), ['waiting', null])

    t.match(await ledger.receive(same, noon), { result: 'conflict', changed: true })

    t.match((await rowOf(ledger)).history.slice(-2), [{ event: 'conflict received' }, told])
    const { history } = await rowOf(ledger)
    for (const again of [voided, same]) t.match(await ledger.receive(again, noon), { changed: false })
    t.strictSame((await rowOf(ledger)).history, history)
  })

  promised('told while such facts wait beside another invoice: the same', async (t, ledger) => {
    await ledger.receive(other, noon)
    await ledger.receive(same, noon)

    t.match(await ledger.receive(voided, noon), { result: 'accepted', changed: true })

    t.strictSame(await stateOf(ledger), ['held', 'INVOICE_CONFLICT'])
    t.match((await rowOf(ledger)).history.at(-1), { event: 'voided in the tool', tool: 'acme' })
    t.match(await ledger.receive(voided, noon), { result: 'duplicate', changed: false })
  })

  promised('voided while it is lent, it is not sent', async (t, ledger) => {
    const loan = await bring(ledger, 'lent')
    await ledger.receive(voided, noon)

    t.equal(await ledger.sending(loan, bodyOf(loan), noon), 'lost')
    t.equal(await ledger.nextDueAt(), null)
  })

  promised('the event that made it final does not bring a voided one back, a correction does', async (t, ledger) => {
    await ledger.receive(same, noon)
    await ledger.receive(voided, noon)

    t.equal((await ledger.receive(paid, noon)).result, 'duplicate')
    t.strictSame(await stateOf(ledger), dismissed)

    t.equal((await ledger.receive(corrected, noon)).result, 'accepted')
    t.strictSame(await stateOf(ledger), ['waiting', null])
  })

  promised('what the tool is to collect by itself waits until then', async (t, ledger) => {
    await ledger.receive({ ...same, notBefore: noon + day }, noon)

    t.match(await rowOf(ledger), { state: 'waiting', nextAttemptAt: noon + day, receivedAt: noon })
    t.strictSame(await ledger.borrow(9, noon + day - 1, noon + 2 * day), [])
    t.equal((await ledger.summary()).oldestWaitingAt, noon + day, 'nor is it late')
    t.equal((await ledger.borrow(9, noon + day, noon + 2 * day)).length, 1)
  })

  promised('once it is paid it waits no longer', async (t, ledger) => {
    await ledger.receive({ ...same, notBefore: noon + day }, noon)

    await ledger.receive({ ...paid, notBefore: noon + day }, noon + 5)

    t.match(await rowOf(ledger), { nextAttemptAt: noon + 5, paidAt: noon })
    t.equal((await ledger.summary()).oldestWaitingAt, noon + 5)
  })

  promised('what comes paid, or late, does not wait', async (t, ledger) => {
    await ledger.receive({ ...paid, notBefore: noon + day }, noon)
    t.equal((await rowOf(ledger)).nextAttemptAt, noon)

    const late = arrivalOf({ invoiceNumber: 'late' }, { notBefore: noon - 1 })
    await ledger.receive(late, noon)
    t.equal((await rowOf(ledger, 'late')).nextAttemptAt, noon)
  })

  promised('a person may deliver it before that', async (t, ledger) => {
    await ledger.receive({ ...same, notBefore: noon + day }, noon)

    t.match(await ledger.act('2026-0042', 'deliver', noon + 5), { nextAttemptAt: noon + 5 })
  })

  promised('an event that could not be read is kept once, byte for byte, for a person', async (t, ledger) => {
    t.equal(await ledger.keepUnreadable(unreadable, noon), true)
    t.equal(await ledger.keepUnreadable(unreadable, noon + 1), false)

    t.match(await rowOf(ledger, unreadable.invoiceNumber), {
      tool: 'acme',
      state: 'held',
      code: 'EVENT_UNREADABLE',
      receivedAt: noon,
      nextAttemptAt: null
    })
    t.match((await rowOf(ledger, unreadable.invoiceNumber)).history.at(-1), { detail: 'no invoice number' })
    t.match(await ledger.summary(), { held: 1, attention: 1 })
  })

  promised('told otherwise it is one still, with the latest bytes', async (t, ledger) => {
    const later = { ...unreadable, body: Buffer.from('voided') }
    await ledger.keepUnreadable(unreadable, noon)

    t.equal(await ledger.keepUnreadable(later, noon + 1), false)

    t.equal((await rowOf(ledger, unreadable.invoiceNumber)).history.length, 2)
    await ledger.act(unreadable.invoiceNumber, 'deliver', noon)
    t.strictSame((await borrowOne(ledger, noon)).unread, later.body)
  })

  promised('told otherwise after a person was done with it, it waits for one again', async (t, ledger) => {
    const later = { ...unreadable, body: Buffer.from('voided'), problem: 'no status' }
    await ledger.keepUnreadable(unreadable, noon)
    await ledger.act(unreadable.invoiceNumber, 'dismiss', noon)
    t.equal(await ledger.keepUnreadable(unreadable, noon + 1), false, 'the same is no news')

    t.equal(await ledger.keepUnreadable(later, noon + 2), true)

    t.strictSame(await stateOf(ledger, unreadable.invoiceNumber), ['held', 'EVENT_UNREADABLE'])
    t.match((await rowOf(ledger, unreadable.invoiceNumber)).history.at(-1), { detail: 'no status' })
    await ledger.act(unreadable.invoiceNumber, 'deliver', noon + 3)
    t.strictSame((await borrowOne(ledger, noon + 3)).unread, later.body)
  })

  promised('released by a person, it is lent with its bytes, to be read again', async (t, ledger) => {
    await ledger.keepUnreadable(unreadable, noon)
    await ledger.act(unreadable.invoiceNumber, 'deliver', noon)

    t.strictSame((await borrowOne(ledger, noon)).unread, unreadable.body)
    t.equal((await bring(ledger, 'lent')).unread, null)
  })

  promised('dismissed, its bytes are forgotten like all that is personal', async (t, ledger) => {
    await ledger.keepUnreadable(unreadable, noon)
    await ledger.act(unreadable.invoiceNumber, 'dismiss', noon)
    await ledger.forget(noon + day, 9)
    await ledger.act(unreadable.invoiceNumber, 'deliver', noon + day)

    t.equal((await borrowOne(ledger, noon + day)).unread, null)
    t.equal(await ledger.keepUnreadable(unreadable, noon + day), false, 'and it is still known')
  })

  promised('whether a number is known can be asked in every notation', async (t, ledger) => {
    await ledger.receive(arrivalOf({ invoiceNumber: 'Inv-É' }), noon)

    t.equal(await ledger.isKnown(' inv-e\u0301'), true)
    t.equal(await ledger.isKnown('inv'), false)
  })

  promised('since when a tool is set up is kept once, up to when it was asked is kept anew', async (t, ledger) => {
    t.equal(await ledger.toolStart('acme'), null)
    t.equal(await ledger.askedTo('acme'), null)

    await ledger.startTool('acme', noon)
    await ledger.startTool('acme', noon + day)
    t.equal(await ledger.toolStart('acme'), noon)
    t.equal(await ledger.askedTo('acme'), noon)
    t.equal(await ledger.toolStart('rival'), null)

    await ledger.setAskedTo('acme', noon + day)
    t.equal(await ledger.askedTo('acme'), noon + day)
    t.equal(await ledger.toolStart('acme'), noon)
  })
}
