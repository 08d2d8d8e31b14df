// Sent, and not proven to be absent: whoever asks for it to be sent again, it is looked for first.

import type { Ledger } from '../../../../src/ledger/ledger.ts'
import {
  again,
  bodyOf,
  borrowOne,
  bring,
  doubt,
  holdingOf,
  minute,
  noon,
  other,
  type Promised,
  rejected,
  rowOf,
  stateOf
} from '../fixtures.ts'

const later = noon + 2 * minute
const unclear = { to: 'held', code: 'PORTAL_UNCLEAR', detail: null } as const

/** Refused by the portal, and released by a person: lent out to be sent once more. */
const lendAgain = async (ledger: Ledger, words?: { absent?: boolean }) => {
  const sent = await bring(ledger, 'held once sent')
  await ledger.act('2026-0042', 'deliver', noon, words)
  return { sent, loan: await borrowOne(ledger, noon) }
}

/** And it is looked for. */
const lookAgain = async (ledger: Ledger) => {
  const { sent, loan } = await lendAgain(ledger)
  const body = { ...bodyOf(loan), sendNotification: false }
  await ledger.record(loan, { to: 'look', body }, noon + 5)
  const [found] = await ledger.doubts(noon + 5, 1)
  if (!found) throw new Error('it is not in doubt')
  return { sent, loan, body, found }
}

const next = async (ledger: Ledger) => {
  const loan = await borrowOne(ledger, later)
  return { unproven: loan.unproven, permission: await ledger.sending(loan, bodyOf(loan), later) }
}

export function unprovenContract(promised: Promised): void {
  promised('what was refused after it was sent is not sent again unlooked for', async (t, ledger) => {
    const { loan } = await lendAgain(ledger)
    const before = await rowOf(ledger)

    t.equal(loan.unproven, true)
    t.equal(await ledger.sending(loan, bodyOf(loan), noon), 'unproven')
    t.strictSame(await rowOf(ledger), before, 'and nothing is changed')
  })

  promised('nor what a person dismissed after it was sent, and wants after all', async (t, ledger) => {
    const sent = await bring(ledger, 'held once sent')
    await ledger.act('2026-0042', 'dismiss', noon)
    await ledger.act('2026-0042', 'deliver', noon)

    t.equal(await ledger.sending(sent, bodyOf(sent), noon), 'lost')
    t.strictSame(await next(ledger), { unproven: true, permission: 'unproven' })
  })

  promised('what was certainly not taken needs no look', async (t, ledger) => {
    const loan = await bring(ledger, 'sending')
    await ledger.record(loan, again(later), noon)

    t.strictSame(await next(ledger), { unproven: false, permission: 'granted' })
  })

  promised('a failure before it was sent again proves nothing of what was sent before', async (t, ledger) => {
    const { loan } = await lendAgain(ledger)
    await ledger.record(loan, { to: 'waiting', at: later, code: 'PDF_UNREACHABLE', detail: null, spent: true }, noon)

    t.strictSame(await next(ledger), { unproven: true, permission: 'unproven' })
  })

  promised('to be looked for, it is in doubt: with what would be sent, and what was', async (t, ledger) => {
    const { ordinal } = await ledger.holdings.beginRead()
    const { sent, body, found } = await lookAgain(ledger)

    t.match(await rowOf(ledger), { state: 'sending', code: null, body, nextAttemptAt: null })
    t.match(found, { body, sent: bodyOf(sent), sentAfter: ordinal, sentAt: noon + 5, inherited: false })
    const { history } = await rowOf(ledger)
    t.match(history.at(-1), { at: noon + 5, event: 'looked for first' })
    t.notOk('body' in (history.at(-1) ?? {}), 'what would be sent stands in the row')
  })

  promised('what the copy was told since it was sent last counts, not since it is looked for', async (t, ledger) => {
    const { holdings } = ledger
    const sent = await bring(ledger, 'held once sent')
    await holdings.learn([holdingOf('inv_other', { invoiceNumber: '20260042' })], null, noon)
    await ledger.act('2026-0042', 'deliver', noon)
    const loan = await borrowOne(ledger, noon)
    await ledger.record(loan, { to: 'look', body: bodyOf(loan) }, noon)

    const [found] = await ledger.doubts(noon, 1)

    t.match(await holdings.strangers(bodyOf(sent), found!.sentAfter), [{ id: 'inv_other' }])
  })

  promised('with the facts of another, what went out with the old ones is looked for, too', async (t, ledger) => {
    const sent = await bring(ledger, 'held once sent')
    await ledger.receive(other, noon)
    await ledger.act('2026-0042', 'take', noon)
    const loan = await borrowOne(ledger, noon)
    t.equal(await ledger.sending(loan, bodyOf(loan), noon), 'unproven')

    await ledger.record(loan, { to: 'look', body: bodyOf(loan) }, noon)

    t.match(await ledger.doubts(noon, 1), [{ body: { amount: '9.99' }, sent: bodyOf(sent) }])
  })

  promised('proven absent, it is sent by the next loan', async (t, ledger) => {
    const { found } = await lookAgain(ledger)

    t.ok(await ledger.settle(found, again(later), later))

    const loan = await borrowOne(ledger, later)
    t.equal(loan.unproven, false)
    const body = { ...bodyOf(loan), sendNotification: false }
    t.equal(await ledger.sending(loan, body, later), 'granted')
    t.match(await ledger.doubts(later + minute, 1), [{ sent: body }], 'and what was sent last is what counts')
  })

  promised('held because something else stands there, it is proven as well', async (t, ledger) => {
    const { found } = await lookAgain(ledger)
    await ledger.settle(found, { to: 'held', code: 'INVOICE_CONFLICT', detail: null }, later)
    await ledger.act('2026-0042', 'deliver', later)

    t.strictSame(await next(ledger), { unproven: false, permission: 'granted' })
  })

  promised('held because nobody can tell, it is looked for once more with each deliver', async (t, ledger) => {
    const { found } = await lookAgain(ledger)
    await ledger.settle(found, unclear, later)
    t.strictSame(await stateOf(ledger), ['held', 'PORTAL_UNCLEAR'])

    await ledger.act('2026-0042', 'deliver', later)

    const loan = await borrowOne(ledger, later)
    t.strictSame(loan.overrides, [])
    t.equal(await ledger.sending(loan, bodyOf(loan), later), 'unproven')
  })

  promised("a person's word that it is absent lets it be sent, once", async (t, ledger) => {
    const { loan } = await lendAgain(ledger, { absent: true })
    t.strictSame(loan.overrides, ['PORTAL_UNCLEAR'])
    t.match((await rowOf(ledger)).history.at(-1), { event: 'operator: deliver', absent: true })

    t.equal(await ledger.sending(loan, bodyOf(loan), noon), 'granted')

    await ledger.record(loan, rejected, noon)
    await ledger.act('2026-0042', 'deliver', later)
    t.strictSame(await next(ledger), { unproven: true, permission: 'unproven' })
  })

  promised('that word counts for a loan that runs already', async (t, ledger) => {
    const { loan } = await lendAgain(ledger)

    t.match(await ledger.act('2026-0042', 'deliver', noon, { absent: true }), { changed: true })

    t.equal(await ledger.sending(loan, bodyOf(loan), noon), 'granted')
  })

  promised('that word is no permission beside another number of the same', async (t, ledger) => {
    const { loan } = await lendAgain(ledger, { absent: true })
    await ledger.holdings.learn([holdingOf('inv_1')], null, noon)

    t.equal(await ledger.sending(loan, bodyOf(loan), noon), 'known')
  })

  promised('in doubt, nobody can say that it is absent', async (t, ledger) => {
    const loan = await bring(ledger, 'sending')
    await ledger.record(loan, doubt, noon)

    await t.rejects(ledger.act('2026-0042', 'deliver', noon, { absent: true }), { code: 'STATE_CONFLICT' })
    t.strictSame(await stateOf(ledger), ['sending', null])
  })
}
