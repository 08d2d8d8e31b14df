// The copy of what the portal holds: what it was told, what it answers, and what it does to the rows beside it.

import type { PortalCustomer } from '../../../../src/core/portal-entry.ts'
import { emptyCopy } from '../../../../src/ledger/holdings.ts'
import {
  arrivalOf,
  bodyOf,
  borrowOne,
  bring,
  day,
  delivered,
  holdingOf,
  noon,
  other,
  type Promised,
  paid,
  rowOf,
  stateOf
} from '../fixtures.ts'

const customerOf = (id: string): PortalCustomer => ({
  id,
  companyName: 'Bakkerij Kees',
  primaryEmail: ' Kees@Bakker.example ',
  address: null,
  zipCode: null,
  city: null,
  countryCode: null,
  integration: null,
  createdAt: noon
})

const ids = (entries: { id: string }[]) => entries.map(({ id }) => id)

export function holdingsContract(promised: Promised): void {
  promised('a new copy knows nothing, and says so', async (t, { holdings }) => {
    t.strictSame(await holdings.copy(), emptyCopy)
    t.equal(await holdings.size(), 0)
    t.equal(await holdings.customersSize(), 0)
    t.equal(await holdings.newest(), null)
    t.equal(await holdings.lastBeat(), null)
    t.strictSame(await holdings.memory(), {})
    t.equal(await holdings.slotsTaken(), 0)
    t.strictSame(await holdings.byNumber('2026-0042'), [])
  })

  promised('what is remembered is changed piece by piece', async (t, ledger) => {
    const { holdings } = ledger
    await holdings.setCopy({ filled: true })
    await holdings.setCopy({ order: 'newest', sweptTo: noon })
    t.strictSame(await holdings.copy(), { ...emptyCopy, filled: true, order: 'newest', sweptTo: noon })

    await holdings.remember({ identity: 'here' })
    await holdings.remember({ portal: { url: 'https://portal.example', token: 'ab' } })
    t.strictSame(await holdings.memory(), {
      identity: 'here',
      portal: { url: 'https://portal.example', token: 'ab' }
    })

    await ledger.beat(noon)
    await ledger.beat(noon + 1)
    t.equal(await holdings.lastBeat(), noon + 1)
  })

  promised(
    'an entry is found under every notation of its number, and changes as it is told',
    async (t, { holdings }) => {
      await holdings.learn([holdingOf('inv_1', { invoiceNumber: 'Inv-É' })], 1, noon)
      await holdings.learn([holdingOf('inv_2', { invoiceNumber: ' inv-e\u0301' }), holdingOf('inv_3')], 1, noon)
      await holdings.learn([holdingOf('inv_4', { invoiceNumber: null })], 1, noon)

      t.strictSame(ids(await holdings.byNumber('INV-É')), ['inv_1', 'inv_2'])
      t.equal(await holdings.size(), 4)

      const changed = holdingOf('inv_1', { invoiceNumber: 'Other', amountCents: 5, paidAt: noon })
      await holdings.learn([changed], 2, noon)
      t.strictSame(await holdings.byNumber('other'), [changed])
      t.strictSame(ids(await holdings.byNumber('INV-É')), ['inv_2'])
      t.equal(await holdings.size(), 4)
    }
  )

  promised('what came under a number since then is found apart, however it is shown later', async (t, { holdings }) => {
    await holdings.learn([holdingOf('inv_1')], 1, noon)
    const { ordinal } = await holdings.beginRead()
    await holdings.learn([holdingOf('inv_1', { amountCents: 5 }), holdingOf('inv_2')], 2, noon)

    t.strictSame(ids(await holdings.byNumber('2026-0042', ordinal)), ['inv_2'])
  })

  promised('an answer that tells no more than the id takes nothing away', async (t, { holdings }) => {
    const whole = holdingOf('inv_1', { paidAt: noon })
    await holdings.learn([whole], 1, noon)
    const nothing = { customerId: null, invoiceNumber: null, issuedAt: null, amountCents: null }
    await holdings.learn([holdingOf('inv_1', { ...nothing, currency: null, paidAt: null, createdAt: null })], 1, noon)

    t.strictSame(await holdings.byNumber('2026-0042'), [whole])
    t.equal(await holdings.newest(), noon)
  })

  promised('what a read did not see is known to be missing, unless it was told since', async (t, { holdings }) => {
    const first = await holdings.beginRead()
    const told = ['inv_1', 'inv_2', 'inv_3'].map((id, index) => holdingOf(id, { createdAt: noon + index }))
    await holdings.learn(told, first.read, noon)

    const second = await holdings.beginRead()
    t.ok(second.read > first.read)
    t.ok(second.ordinal > first.ordinal)
    await holdings.learn([told[1]!], second.read, noon)
    await holdings.learn([holdingOf('inv_4', { createdAt: noon + 9 })], null, noon)

    t.strictSame((await holdings.unseen(second, null, 10)).sort(), ['inv_1', 'inv_3'])
    t.strictSame(await holdings.unseen(second, noon + 2, 10), ['inv_3'])
    t.equal((await holdings.unseen(second, null, 1)).length, 1)
    t.equal(await holdings.newest(second.ordinal), noon + 2)
    t.equal(await holdings.newest(), noon + 9)
  })

  promised('an earlier read that is late takes nothing from a later one', async (t, { holdings }) => {
    const early = await holdings.beginRead()
    const late = await holdings.beginRead()
    await holdings.learn([holdingOf('inv_1')], late.read, noon)
    await holdings.learn([holdingOf('inv_1')], early.read, noon)

    t.strictSame(await holdings.unseen({ ...late, ordinal: 99 }, null, 10), [])
  })

  promised('what the portal lost is out of the copy, and a note on the row that was delivered', async (t, ledger) => {
    await bring(ledger, 'delivered')
    const { holdings } = ledger
    t.strictSame(ids(await holdings.byNumber('2026-0042')), ['inv_2026-0042'])

    await holdings.lose('inv_2026-0042', noon)
    await holdings.lose('inv_unknown', noon)

    t.strictSame(await holdings.byNumber('2026-0042'), [])
    t.match(await rowOf(ledger), {
      state: 'delivered',
      code: 'DELETED_IN_PORTAL',
      portalId: 'inv_2026-0042'
    })
    const { history } = await rowOf(ledger)
    await holdings.lose('inv_2026-0042', noon)
    t.strictSame((await rowOf(ledger)).history, history, 'said once')
    t.match(history.at(-1), { at: noon, event: 'gone from the portal' })
  })

  promised('what the portal lost is not to be marked paid any more', async (t, ledger) => {
    await bring(ledger, 'delivered')
    await ledger.receive(paid, noon)
    const loan = await borrowOne(ledger, noon)

    await ledger.holdings.lose('inv_2026-0042', noon)

    t.equal(await ledger.paying(loan, noon), false)
    t.equal(await ledger.nextDueAt(), null)
  })

  promised('nor is what is paid after the portal lost it, once that is asked for', async (t, ledger) => {
    await bring(ledger, 'delivered')
    await ledger.holdings.lose('inv_2026-0042', noon)
    await ledger.receive(paid, noon)
    await borrowOne(ledger, noon)

    await ledger.holdings.lose('inv_2026-0042', noon)

    t.strictSame(await stateOf(ledger), ['delivered', 'DELETED_IN_PORTAL'])
    t.equal(await ledger.nextDueAt(), null)
  })

  promised('what was only not visible yet goes on where it stopped', async (t, ledger) => {
    await bring(ledger, 'delivered')
    await ledger.receive(paid, noon)
    await ledger.receive(other, noon)
    await ledger.holdings.lose('inv_2026-0042', noon)
    t.strictSame(await stateOf(ledger), ['delivered', 'DELETED_IN_PORTAL'])

    await ledger.holdings.learn([holdingOf('inv_2026-0042')], null, noon + 5)

    t.strictSame(await stateOf(ledger), ['delivered', 'INVOICE_CONFLICT'])
    t.match(await borrowOne(ledger, noon + 5), { work: 'pay', portalId: 'inv_2026-0042' })
  })

  promised('what is back, and stands there twice, is told as that again', async (t, ledger) => {
    await bring(ledger, 'delivered')
    await ledger.holdings.learn([holdingOf('inv_twin')], 1, noon)
    await ledger.holdings.lose('inv_2026-0042', noon)
    t.strictSame(await stateOf(ledger), ['delivered', 'DELETED_IN_PORTAL'])

    await ledger.holdings.learn([holdingOf('inv_2026-0042')], null, noon + 5)

    t.strictSame(await stateOf(ledger), ['delivered', 'PORTAL_DUPLICATE'])
  })

  promised('what is back, and was voided in the tool, is told as that again', async (t, ledger) => {
    await bring(ledger, 'delivered')
    await ledger.receive({ ...arrivalOf(), voided: true }, noon)
    for (const _ of ['lost once', 'and once more']) {
      await ledger.holdings.lose('inv_2026-0042', noon)
      t.strictSame(await stateOf(ledger), ['delivered', 'DELETED_IN_PORTAL'])

      await ledger.holdings.learn([holdingOf('inv_2026-0042')], null, noon + 5)
      t.strictSame(await stateOf(ledger), ['delivered', 'VOIDED_IN_TOOL'])
    }
    await ledger.act('2026-0042', 'dismiss', noon + 6)
    await ledger.holdings.lose('inv_2026-0042', noon + 7)
    await ledger.holdings.learn([holdingOf('inv_2026-0042')], null, noon + 8)
    t.strictSame(await stateOf(ledger), ['delivered', null], 'what a person has seen is not told again')
  })

  promised('what comes back paid is not to be marked', async (t, ledger) => {
    await bring(ledger, 'delivered')
    await ledger.receive(paid, noon)
    await ledger.holdings.lose('inv_2026-0042', noon)

    await ledger.holdings.learn([holdingOf('inv_2026-0042', { paidAt: noon })], null, noon + 5)

    t.strictSame(await stateOf(ledger), ['delivered', null])
    t.equal(await ledger.nextDueAt(), null)
  })

  promised('a note on a forgotten row is forgotten in its turn', async (t, ledger) => {
    await bring(ledger, 'delivered')
    for (const tell of [
      () => ledger.holdings.learn([holdingOf('inv_twin')], 1, noon),
      () => ledger.holdings.lose('inv_2026-0042', noon)
    ]) {
      await ledger.forget(noon + day, 10)
      await tell()
      t.strictSame((await rowOf(ledger)).history.length, 1)
      await ledger.act('2026-0042', 'dismiss', noon)

      await ledger.forget(noon + day, 10)

      t.strictSame((await rowOf(ledger)).history.length, 0)
    }
  })

  promised('a number that turns up twice is a note, once', async (t, ledger) => {
    await bring(ledger, 'delivered')
    const twin = holdingOf('inv_twin')
    await ledger.holdings.learn([holdingOf('inv_2026-0042'), twin], 1, noon)
    t.strictSame(await stateOf(ledger), ['delivered', 'PORTAL_DUPLICATE'])
    t.match((await rowOf(ledger)).history.at(-1), { at: noon, event: 'found twice', also: 'inv_twin' })

    await ledger.act('2026-0042', 'dismiss', noon)
    await ledger.holdings.learn([twin], 2, noon)
    t.strictSame(await stateOf(ledger), ['delivered', null], 'what a person has seen is not told again')
  })

  promised(
    'a spelling of its number with the same facts is told as a twin, and with others is not',
    async (t, ledger) => {
      await bring(ledger, 'delivered')
      const spelled = { invoiceNumber: '20260042' }
      await ledger.holdings.learn([holdingOf('inv_other', { ...spelled, amountCents: 1 })], 1, noon)
      await ledger.holdings.learn([holdingOf('inv_far', { invoiceNumber: '2026-0043' })], 1, noon)
      t.strictSame(await stateOf(ledger), ['delivered', null])

      await ledger.holdings.learn([holdingOf('inv_twin', spelled)], 1, noon)

      t.strictSame(await stateOf(ledger), ['delivered', 'PORTAL_DUPLICATE'])
      t.match((await rowOf(ledger)).history.at(-1), { event: 'found twice', also: 'inv_twin' })
    }
  )

  for (const facts of [{ issuedAt: '20-11-2026', amountCents: null }, { customerId: null }])
    promised(`a spelling of its number without ${Object.keys(facts)} is told as a twin, too`, async (t, ledger) => {
      await bring(ledger, 'delivered')

      await ledger.holdings.learn([holdingOf('inv_twin', { invoiceNumber: '20260042', ...facts })], 1, noon)

      t.strictSame(await stateOf(ledger), ['delivered', 'PORTAL_DUPLICATE'])
    })

  for (const [what, how, shown, code] of [
    ['the number that we sent is shown in full: a shorter one is another', 'created', '2026-0042', null],
    ['the number that we sent is cut: so is its twin', 'created', '2026-004', 'PORTAL_DUPLICATE'],
    ['somebody else made it, so it may not be cut', 'adopted', '2026-0042', 'PORTAL_DUPLICATE'],
    ['no reading has shown what we sent', 'created', null, 'PORTAL_DUPLICATE']
  ] as const)
    promised(`a twin may be cut, and its date unreadable; ${what}`, async (t, ledger) => {
      const loan = await bring(ledger, 'sending')
      const dated = { issuedAt: '20-11-2026' }
      await ledger.record(loan, { to: 'delivered', holding: holdingOf('inv_1', dated), how, code: null }, noon)
      if (shown) await ledger.holdings.learn([holdingOf('inv_1', { ...dated, invoiceNumber: shown })], 1, noon)

      await ledger.holdings.learn([holdingOf('inv_2', { ...dated, invoiceNumber: '2026-004' })], 2, noon)

      t.strictSame(await stateOf(ledger), ['delivered', code])
    })

  promised('delivered beside another of its number: a note', async (t, ledger) => {
    const loan = await bring(ledger, 'sending')
    await ledger.holdings.learn([holdingOf('inv_by_hand')], null, noon)

    t.match(await ledger.record(loan, delivered('inv_1'), noon), { code: 'PORTAL_DUPLICATE' })

    t.strictSame(await stateOf(ledger), ['delivered', 'PORTAL_DUPLICATE'])
    t.strictSame(ids(await ledger.holdings.byNumber('2026-0042')), ['inv_by_hand', 'inv_1'])
  })

  promised('delivered beside another of its number, and shown under another one itself: a note', async (t, ledger) => {
    const loan = await bring(ledger, 'sending')
    await ledger.holdings.learn([holdingOf('inv_by_hand')], 1, noon)
    const holding = holdingOf('inv_1', { invoiceNumber: '0042' })

    await ledger.record(loan, { to: 'delivered', holding, how: 'created', code: null }, noon)

    t.strictSame(await stateOf(ledger), ['delivered', 'PORTAL_DUPLICATE'])
  })

  promised('nothing is sent under a number that the copy tells of', async (t, ledger) => {
    const loan = await bring(ledger, 'lent', arrivalOf({ invoiceNumber: 'Inv-É' }))
    await ledger.holdings.learn([holdingOf('inv_1', { invoiceNumber: 'INV-E\u0301 ' })], null, noon)
    const before = await rowOf(ledger, 'Inv-É')

    t.equal(await ledger.sending(loan, bodyOf(loan), noon), 'known')
    t.strictSame(await rowOf(ledger, 'Inv-É'), before)

    await ledger.holdings.lose('inv_1', noon)
    t.equal(await ledger.sending(loan, bodyOf(loan), noon), 'granted', 'and the loan holds')
  })

  promised('what was learnt in the same turn counts', async (t, ledger) => {
    const loan = await bring(ledger, 'lent')

    const [, granted] = await Promise.all([
      ledger.holdings.learn([holdingOf('inv_1')], null, noon),
      ledger.sending(loan, bodyOf(loan), noon)
    ])

    t.equal(granted, 'known')
  })

  promised('own creates are known from what others made', async (t, ledger) => {
    const { holdings } = ledger
    for (const invoiceNumber of ['A', 'B']) await bring(ledger, 'delivered', arrivalOf({ invoiceNumber }))
    await holdings.learn([holdingOf('inv_C', { invoiceNumber: 'C' })], 1, noon)
    await ledger.receive(arrivalOf({ invoiceNumber: 'C' }), noon)
    const adopted = {
      to: 'delivered',
      holding: holdingOf('inv_C', { invoiceNumber: 'C' }),
      how: 'adopted'
    } as const
    await ledger.record(await borrowOne(ledger, noon), { ...adopted, code: null }, noon)

    await ledger.receive(arrivalOf({ invoiceNumber: 'C', paidAt: noon }), noon)
    const holding = holdingOf('inv_C', { invoiceNumber: 'C', paidAt: noon })
    await ledger.record(await borrowOne(ledger, noon), { to: 'paid', holding, marked: true }, noon)

    t.strictSame(await holdings.ownSince(null, 10), ['inv_B', 'inv_A'])
    t.strictSame(await holdings.ownSince(noon, 1), ['inv_B'])
    t.strictSame(await holdings.ownSince(noon + 1, 10), [])
  })

  promised('customers are kept while a read sees them', async (t, { holdings }) => {
    const [first, second, third] = ['cst_1', 'cst_2', 'cst_3'].map(customerOf)
    await holdings.learnCustomers([first!, second!], 1, noon)
    await holdings.learnCustomers([second!, third!], 2, noon)

    t.equal(await holdings.customersSize(), 2)
    t.strictSame(await holdings.customerIds(), ['cst_2', 'cst_3'])
    t.equal(await holdings.customer('cst_1'), null)
    t.strictSame(await holdings.customer('cst_3'), third)
  })

  promised('an earlier read of customers that ends late takes none away', async (t, { holdings }) => {
    const early = await holdings.beginRead()
    const late = await holdings.beginRead()
    const renamed = { ...customerOf('cst_1'), companyName: 'Kees & Zoon' }
    await holdings.learnCustomers([renamed, customerOf('cst_2')], late.read, noon)
    await holdings.learnCustomers([customerOf('cst_1')], early.read, noon)

    t.strictSame(await holdings.customer('cst_1'), renamed)
    t.equal(await holdings.customersSize(), 2)
  })

  promised('a customer that was told by itself is not missed by a read under way', async (t, { holdings }) => {
    const { read } = await holdings.beginRead()
    await holdings.learnCustomer(customerOf('cst_9'), noon)
    await holdings.learnCustomers([], read, noon)

    t.strictSame(await holdings.customerIds(), ['cst_9'])
  })

  promised('customers are found by a part of what a person knows of them', async (t, { holdings }) => {
    const vos = { ...customerOf('cst_2'), companyName: 'De Vos', primaryEmail: 'info@vos.example' }
    await holdings.learnCustomers(
      [customerOf('cst_1'), vos, { ...customerOf('cst_3'), companyName: null, primaryEmail: null }],
      1,
      noon
    )
    const found = async (q: string) => ids(await holdings.searchCustomers(q, 10))

    t.strictSame(await found('KEES@'), ['cst_1'])
    t.strictSame(await found('vos'), ['cst_2'])
    t.strictSame(await found(' CST_3 '), ['cst_3'])
    t.strictSame(await found('cst_'), [], 'an id only whole')
    t.strictSame(ids(await holdings.searchCustomers('', 2)), ['cst_1', 'cst_2'])
  })

  promised('customers that the portal links to a bookkeeping itself are named', async (t, { holdings }) => {
    const linked = { ...customerOf('cst_1'), integration: 'acumulus' }
    await holdings.learnCustomers([linked, customerOf('cst_2')], 1, noon)

    t.strictSame(await holdings.customersIntegrated(), ['cst_1'])
  })

  const limits = { perMinute: 60, requestMsMax: 30_000 }

  promised('slots that may still count are counted, from the last one back', async (t, { holdings }) => {
    for (const at of [0, 1000, 89_999]) await holdings.takeSlot(noon + at, limits, noon + at)
    t.equal(await holdings.slotsTaken(), 3)

    await holdings.takeSlot(noon + 90_000, limits, noon + 90_000)
    t.equal(await holdings.slotsTaken(), 3, 'the first is a minute and a half old')
    await holdings.takeSlot(noon + 300_000, { ...limits, requestMsMax: 600_000 }, noon + 300_000)
    await holdings.takeSlot(noon + 500_000, limits, noon + 500_000)
    t.equal(await holdings.slotsTaken(), 2, 'a request that takes long may still be under way')
  })
}
