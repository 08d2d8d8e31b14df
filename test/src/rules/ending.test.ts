import t from 'tap'
import type { Code } from '../../../src/core/codes.ts'
import type { Decision } from '../../../src/core/row.ts'
import { believe, end, otherFields } from '../../../src/rules/ending.ts'
import { again, bodyOf, delivered, doubt, holdingOf, minute, noon, rejected } from '../ledger/fixtures.ts'
import { keptAs } from './fixtures.ts'

const ending = { now: noon, owner: 'me', isLooked: false, hasConflict: false }
const body = bodyOf(keptAs())
const sent = { state: 'sending', body, sentBody: body, everSent: true, unproven: true, sentAfter: 1 } as const
const stranger = { isAnothers: false, wasThere: false, isNumberKnown: false }

type Delivered = Extract<Decision, { to: 'delivered' }>
const made = delivered() as Delivered

t.test('an answer that tells of another invoice is a doubt', async t => {
  t.equal(believe({ body }, made, stranger), made)
  t.match(believe({ body }, made, { ...stranger, isAnothers: true }), {
    to: 'doubt',
    detail: /another invoice/
  })
  t.match(believe({ body }, made, { ...stranger, wasThere: true }), {
    to: 'doubt',
    detail: /before it was sent/
  })
  const cut = { ...made, holding: holdingOf('inv_1', { invoiceNumber: '2026-004' }) }
  t.equal(believe({ body }, cut, stranger), cut, 'a number alone may be cut')
  t.match(believe({ body }, cut, { ...stranger, isNumberKnown: true }), {
    to: 'held',
    code: 'PORTAL_UNCLEAR'
  })
  const wholly = { ...made, holding: holdingOf('inv_1', { invoiceNumber: '2026-004', amountCents: 1 }) }
  t.match(believe({ body }, wholly, stranger), { to: 'doubt', detail: /another number/ })
})

t.test('delivered is known to be there, and no more than the portal told', async t => {
  const { set, lines } = end(keptAs(sent), made, ending)
  t.match(set, { state: 'delivered', code: null, portalId: 'inv_1', unproven: false, knownPaidAt: null })
  t.match(lines, [{ event: 'delivered', detail: { portalId: 'inv_1' } }])
  const paidLater = keptAs({ ...sent, invoice: { ...keptAs().invoice, paidAt: noon } })
  t.match(end(paidLater, made, ending).set, { nextAttemptAt: noon }, 'to be marked paid')
  const otherwise = { ...made, holding: holdingOf('inv_1', { amountCents: 1 }) }
  t.match(end(keptAs(sent), otherwise, ending).set, { code: 'INVOICE_CONFLICT' })
})

t.test('what was refused waits with one failure more; a pause that goes on leaves no line', async t => {
  t.match(end(keptAs(sent), again(noon + minute), ending), {
    set: { state: 'waiting', failures: 1, triedMs: minute, unproven: false },
    lines: [{ event: 'waiting' }]
  })
  const pause = { ...again(noon + minute), spent: false } as Decision
  t.strictSame(end(keptAs({ code: 'PORTAL_UNREACHABLE' }), pause, ending).lines, [])
  const form = { ...again(noon), code: 'PORTAL_FORM_CHANGED' } as Decision
  t.notOk('unproven' in end(keptAs(sent), form, ending).set)
})

t.test('a refusal is no proof, and what a look could not tell is none', async t => {
  t.notOk('unproven' in end(keptAs(sent), rejected, ending).set)
  t.match(end(keptAs(sent), rejected, { ...ending, isLooked: true }).set, { unproven: false })
  const unclear: Decision = { to: 'held', code: 'PORTAL_UNCLEAR', detail: null }
  t.notOk('unproven' in end(keptAs(sent), unclear, { ...ending, isLooked: true }).set)
})

t.test("a hold uses up a person's word about what it is held for, and no other", async t => {
  const overrides = keptAs({ ...sent, overrides: ['REVIEW', 'INVOICE_CONFLICT', 'PORTAL_UNCLEAR'] })
  const heldAs = (code: Code) => end(overrides, { to: 'held', code, detail: null }, ending).set.overrides
  t.strictSame(heldAs('INVOICE_CONFLICT'), ['REVIEW', 'PORTAL_UNCLEAR'])
  t.strictSame(heldAs('REVIEW'), ['INVOICE_CONFLICT', 'PORTAL_UNCLEAR'])
  t.equal(heldAs('CUSTOMER_UNKNOWN'), undefined)
})

t.test('a doubt ends the loan of what was sent, and no other', async t => {
  t.strictSame(end(keptAs(sent), doubt, ending).set, { loanUntil: null })
  t.strictSame(end(keptAs(), doubt, ending).set, {})
})

t.test('what came while nobody could judge it is judged when the doubt ends', async t => {
  const hasConflict = { ...ending, hasConflict: true }
  t.match(end(keptAs(sent), again(noon), hasConflict).set, { state: 'held', code: 'INVOICE_CONFLICT' })
  t.match(end(keptAs(sent), made, hasConflict).set, { state: 'delivered', code: 'INVOICE_CONFLICT' })
  const voided = keptAs({ ...sent, voided: true })
  t.match(end(voided, again(noon), ending).set, { state: 'dismissed', code: 'VOIDED_IN_TOOL', voided: false })
  t.match(end(voided, made, ending).set, { state: 'delivered', code: 'VOIDED_IN_TOOL', voided: false })
  t.notOk('voided' in end(voided, doubt, ending).set, 'but not while it goes on')
})

t.test('another spelling of a number is the same, and what is not told is not compared', async t => {
  t.strictSame(otherFields(body, holdingOf('inv_1', { amountCents: null, issuedAt: null })), [])
  t.strictSame(otherFields(body, holdingOf('inv_1', { issuedAt: '20-11-2026' })), [], 'a date that nobody reads')
  t.strictSame(otherFields(body, holdingOf('inv_1', { customerId: 'cst_9' })), ['customerId'])
})
