import t from 'tap'
import { buttonsOf, reasonOf } from '../../../plugins/page/reasons.ts'
import { advice } from '../../../src/core/codes.ts'
import type { WholeInvoice } from '../../../src/view/answers.ts'
import { en } from '../../../src/words/en.ts'

const invoice = (more: object): WholeInvoice =>
  ({ state: 'held', code: null, advice: null, conflict: null, customer: { portalId: null }, ...more }) as WholeInvoice

const actionsOf = (more: object): string[] =>
  buttonsOf(invoice(more), en).map(({ action, body }) => (body ? `${action} ${Object.keys(body)}` : action))

const others = { from: 'acme', customer: 'cst_2', amount: '1.00', currency: 'EUR', issuedAt: '2026-11-20' }
const portals = { ...others, from: 'inv_1' }

t.test('each held invoice has a way on, and its reason', async t => {
  for (const [code, { next }] of Object.entries(advice)) {
    if (next !== 'hold') continue
    t.ok(reasonOf(invoice({ code }), en)?.do, code)
    t.ok(buttonsOf(invoice({ code }), en).length > 0, code)
    for (const { label, hint } of buttonsOf(invoice({ code }), en)) t.ok(label && hint, code)
  }
})

t.test('only what the state allows can be pressed', async t => {
  t.strictSame(actionsOf({ state: 'sending' }), [])
  t.strictSame(actionsOf({ state: 'delivered' }), [])
  t.strictSame(actionsOf({ state: 'delivered', code: 'PORTAL_DUPLICATE' }), ['dismiss'])
  t.strictSame(actionsOf({ state: 'delivered', code: 'INVOICE_CONFLICT', conflict: others }), ['keep'])
  t.strictSame(actionsOf({ state: 'waiting' }), ['dismiss'])
  t.strictSame(actionsOf({ state: 'waiting', advice: { what: '', operator: '' } }), ['deliver', 'dismiss'])
  t.strictSame(actionsOf({ state: 'dismissed' }), ['deliver'])
  t.strictSame(actionsOf({ state: 'dismissed', conflict: others }), ['keep', 'take'])
  t.strictSame(actionsOf({ code: 'REVIEW' }), ['deliver', 'dismiss'])
  t.strictSame(actionsOf({ code: 'INVOICE_CONFLICT', conflict: others }), ['keep', 'take', 'dismiss'])
  t.strictSame(actionsOf({ code: 'INVOICE_CONFLICT', conflict: portals }), ['deliver', 'dismiss'])
  t.strictSame(actionsOf({ code: 'PORTAL_UNCLEAR' }), ['deliver', 'dismiss', 'deliver absent'])
})

t.test('a test is meant to be put aside, and sent to its real customer only after a warning', async t => {
  const [first, second] = buttonsOf(invoice({ code: 'REVIEW', test: true }), en)
  t.match(first, { action: 'dismiss', isMain: true })
  t.match(second, { action: 'deliver', isGrave: true, hint: /its customer is real/ })
  t.notOk(second?.isMain)
})

t.test('that the portal did not make a customer is a fact, whatever the words', async t => {
  const unknown = { code: 'CUSTOMER_UNKNOWN', detail: 'the portal refused to create it: 422' }
  t.equal(reasonOf(invoice({ ...unknown, detail: 'in any words', unmade: true }), en), en.codes.special.unmade)
  t.equal(reasonOf(invoice({ ...unknown, unmade: false }), en), en.codes.ofInvoice.CUSTOMER_UNKNOWN)
})

t.test('a conflict is told by where the other facts are', async t => {
  const what = (more: object) => reasonOf(invoice({ code: 'INVOICE_CONFLICT', ...more }), en)?.what
  const { special, ofInvoice } = en.codes
  t.equal(what({ conflict: others }), special.conflictCame.what)
  t.equal(what({ conflict: undefined }), ofInvoice.INVOICE_CONFLICT.what, 'in a list nobody knows')
  t.equal(what({ conflict: portals }), special.conflictInPortal.what)
  t.equal(what({ conflict: null }), special.toldBefore.what)
  t.equal(what({ state: 'delivered', conflict: others }), special.conflictDelivered.what)
  t.equal(what({ state: 'delivered', conflict: portals }), special.toldOtherwise.what)
})

t.test('of what a rule has put aside nobody is asked to decide', async t => {
  for (const code of ['CREDIT_NOTE', 'ZERO_AMOUNT'] as const) {
    const { what } = en.codes.ofInvoice[code]
    t.same(reasonOf(invoice({ state: 'dismissed', code }), en), { what, do: en.codes.special.byRule })
    t.equal(reasonOf(invoice({ code }), en), en.codes.ofInvoice[code])
  }
})

t.test('nothing is the matter, or a code is new: no reason is made up', async t => {
  t.equal(reasonOf(invoice({ state: 'waiting' }), en), null)
  t.equal(reasonOf(invoice({ state: 'delivered' }), en), null)
  t.same(reasonOf(invoice({ code: 'LATER' }), en), { what: 'LATER', do: '' })
  t.equal(reasonOf(invoice({ state: 'sending' }), en), en.codes.special.inDoubt)
})
