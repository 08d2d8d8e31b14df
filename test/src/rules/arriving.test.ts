import t from 'tap'
import {
  contest,
  correct,
  enter,
  judge,
  merge,
  restore,
  tellingFacts,
  voidAsTold,
  voidIt
} from '../../../src/rules/arriving.ts'
import type { Kept } from '../../../src/rules/kept.ts'
import { arrivalOf, corrected, documentOf, draftOf, minute, noon, other, paid, same } from '../ledger/fixtures.ts'
import { keptAs } from './fixtures.ts'

const fresh = { before: null, isVoided: false }

t.test('a number that is new waits at once, or until its tool has had time to collect it', async t => {
  t.match(enter(same, fresh, noon), {
    set: { state: 'waiting', code: null, nextAttemptAt: noon },
    first: { tool: 'acme', notify: true, notBefore: undefined },
    lines: [],
    received: { result: 'accepted', changed: true }
  })
  const later = arrivalOf({}, { notBefore: noon + minute })
  t.match(enter(later, fresh, noon), {
    set: { nextAttemptAt: noon + minute },
    first: { notBefore: noon + minute }
  })
})

t.test('what the tool said before stands against it', async t => {
  t.match(enter(same, { ...fresh, before: '41' }, noon), {
    set: { state: 'held', code: 'INVOICE_CONFLICT' },
    lines: [{ event: 'told under another number', detail: { before: '41' } }],
    received: { result: 'conflict' }
  })
  t.match(enter(same, { ...fresh, isVoided: true }, noon), {
    set: { state: 'dismissed', code: 'VOIDED_IN_TOOL', finishedAt: noon },
    received: { result: 'accepted' }
  })
})

t.test('the same again changes nothing; with news it is merged, and a loan that knows less ends', async t => {
  const kept = keptAs({ loanUntil: noon + minute })
  t.strictSame(judge(kept, same), { kind: 'nothing' })
  const judged = judge(kept, paid)
  if (judged.kind !== 'merge') return t.fail(judged.kind)
  t.match(merge(kept, paid, judged, noon), {
    set: { invoice: { paidAt: noon }, loanUntil: null, nextAttemptAt: noon },
    lines: [{ event: 'merged' }],
    received: { result: 'duplicate', changed: true, unused: [] }
  })
})

t.test('a payment of what is delivered is to be marked, and nothing else of it is touched', async t => {
  const kept = keptAs({ state: 'delivered', portalId: 'inv_1', nextAttemptAt: null })
  const judged = judge(kept, paid)
  if (judged.kind !== 'merge') return t.fail(judged.kind)
  const { set } = merge(kept, paid, judged, noon)
  t.match(set, { nextAttemptAt: noon, failures: 0 })
  t.notOk('loanUntil' in set || 'state' in set)
})

t.test('a correction of what was never sent counts, and held where others stand beside it', async t => {
  const kept = keptAs({ document: documentOf('old') })
  t.strictSame(judge(kept, corrected), { kind: 'replace' })
  t.match(correct(kept, corrected, false, noon), {
    set: { state: 'waiting', invoice: { amountCents: 24200 }, documentVersion: 1 },
    received: { result: 'accepted', unused: [{ file: 'old.pdf' }] }
  })
  t.match(correct(kept, corrected, true, noon), { set: { state: 'held', code: 'INVOICE_CONFLICT' } })
  t.strictSame(judge(keptAs({ everSent: true }), corrected), { kind: 'conflict' })
})

t.test('other facts hold a row, mark a delivered one, and leave one in doubt alone', async t => {
  t.strictSame(judge(keptAs(), other), { kind: 'conflict' })
  t.match(contest(keptAs(), other).set, { state: 'held', code: 'INVOICE_CONFLICT', loanUntil: null })
  t.strictSame(contest(keptAs({ state: 'delivered' }), other).set, {
    code: 'INVOICE_CONFLICT',
    forgotten: false
  })
  t.strictSame(contest(keptAs({ state: 'sending' }), other).set, {})
})

t.test('what was sent to one customer of the portal, and is said to be of another, is no repetition', async t => {
  const theirs = arrivalOf({ customer: { portalId: 'cst_2' } })
  t.strictSame(judge(keptAs({ state: 'delivered', portalCustomerId: 'cst_1' }), theirs), {
    kind: 'conflict'
  })
  t.not(judge(keptAs({ state: 'delivered', portalCustomerId: 'cst_2' }), theirs).kind, 'conflict')
})

t.test('voided: dismissed, or told to a person, or kept until a doubt is settled', async t => {
  t.match(voidIt({ state: 'waiting', code: null }, noon), {
    set: { state: 'dismissed', code: 'VOIDED_IN_TOOL' }
  })
  t.match(voidIt({ state: 'sending', code: null }, noon)?.set, { voided: true })
  t.strictSame(voidIt({ state: 'delivered', code: null }, noon)?.set, { code: 'VOIDED_IN_TOOL', forgotten: false })
  t.equal(voidIt({ state: 'delivered', code: 'VOIDED_IN_TOOL' }, noon), null, 'once')
  t.equal(voidIt({ state: 'dismissed', code: 'BY_OPERATOR' }, noon), null)
  t.strictSame(voidIt({ state: 'sending', code: null }, noon, 'acme')?.lines, [
    { event: 'voided in the tool', detail: { tool: 'acme' } }
  ])
})

const toldAt = (revision: string | undefined, rest: Parameters<typeof arrivalOf>[1] = {}) =>
  arrivalOf(revision === undefined ? {} : { revision }, { restores: true, ...rest })
const voidedAt2 = { state: 'dismissed', code: 'VOIDED_IN_TOOL', invoice: toldAt('2').invoice } as const

t.test('final again, later than it was voided: it is judged again', async t => {
  for (const [what, kept, told, kind] of [
    ['later', voidedAt2, toldAt('3'), 'restore'],
    ['earlier', voidedAt2, toldAt('1'), 'nothing'],
    ['as old', voidedAt2, toldAt('2'), 'nothing'],
    ['it does not say when', voidedAt2, toldAt(undefined), 'nothing'],
    ['a tool whose voids are final', voidedAt2, toldAt('3', { restores: false }), 'nothing'],
    ['other facts', voidedAt2, arrivalOf({ revision: '3', amountCents: 1 }, { restores: true }), 'replace'],
    ['dismissed by a person', { ...voidedAt2, code: 'BY_OPERATOR' }, toldAt('3'), 'nothing'],
    ['dismissed by a rule', { ...voidedAt2, code: 'ZERO_AMOUNT' }, toldAt('3'), 'nothing'],
    ['voided in doubt', { ...voidedAt2, state: 'sending', code: null, voided: true }, toldAt('3'), 'restore'],
    ['in doubt', { ...voidedAt2, state: 'sending', code: null }, toldAt('3'), 'merge'],
    ['in doubt, earlier', { ...voidedAt2, state: 'sending', code: null }, toldAt('1'), 'nothing'],
    ['delivered', { ...voidedAt2, state: 'delivered' }, toldAt('3'), 'nothing'],
    ['a copy', { ...voidedAt2, tool: 'copies' }, toldAt('3', { secondHand: ['copies'] }), 'restore'],
    ['by a copy', voidedAt2, toldAt('3', { tool: 'copies', restores: false, secondHand: ['copies'] }), 'nothing']
  ] as [string, Partial<Kept>, ReturnType<typeof toldAt>, string][])
    t.equal(judge(keptAs(kept), told).kind, kind, what)
})

t.test('restored: it waits with what is newer, held where a person has to decide, or only not voided', async t => {
  const document = documentOf('old')
  const told = arrivalOf({ revision: '3', paidAt: noon }, { restores: true })
  const restored = (kept: Partial<Kept>, isContested = false) => {
    const row = keptAs({ ...voidedAt2, document, finishedAt: noon, ...kept })
    const judged = judge(row, told)
    if (judged.kind !== 'restore') throw new Error(judged.kind)
    return restore(row, told, judged, isContested, noon + minute)
  }
  t.match(restored({}), {
    set: { state: 'waiting', code: null, nextAttemptAt: noon + minute, document: null, documentVersion: 1 },
    lines: [{ event: 'restored in the tool' }],
    received: { result: 'accepted', changed: true, unused: [document] }
  })
  t.match(restored({}).set, { finishedAt: null, invoice: { paidAt: noon, revision: '3' } })
  t.match(restored({ pdfByPerson: true }), { set: { document }, received: { unused: [] } }, "a person's PDF stays")
  t.match(restored({}, true).set, { state: 'held', code: 'INVOICE_CONFLICT' })
  const words = {
    everSent: true,
    unproven: true,
    overrides: ['PORTAL_UNCLEAR', 'INVOICE_CONFLICT'],
    sentAfter: 7
  } as const
  t.match(
    restored({ ...words, overrides: [...words.overrides], released: { draft: draftOf(keptAs()), documentVersion: 0 } })
      .set,
    { overrides: [], released: null, sentAfter: 0 },
    'what a person said before is not about what was voided since'
  )
  const { set } = restored({ state: 'sending', code: null, voided: true, everSent: true }, true)
  t.match(set, { voided: false, document })
  t.notOk('state' in set)
})

t.test('of a tool that restores, a void counts if it is later, and how late it was stays known', async t => {
  const row = (facts: Partial<Kept>) => keptAs({ invoice: toldAt('2').invoice, ...facts })
  for (const [what, kept, told, set] of [
    ['later', {}, toldAt('3'), { state: 'dismissed', invoice: { revision: '3' } }],
    ['as old', {}, toldAt('2'), { state: 'dismissed', invoice: { revision: '2' } }],
    ['earlier', {}, toldAt('1'), null],
    ['it does not say when', {}, toldAt(undefined), { state: 'dismissed', invoice: undefined }],
    ['a tool whose voids are final', {}, toldAt('1', { restores: false }), { state: 'dismissed', invoice: undefined }],
    ['again', voidedAt2, toldAt('3'), { state: undefined, invoice: { revision: '3' } }],
    ['the same again', voidedAt2, toldAt('2'), null],
    ['dismissed by a person', { ...voidedAt2, code: 'BY_OPERATOR' }, toldAt('3'), null],
    ['in doubt', { state: 'sending' }, toldAt('3'), { voided: true, invoice: { revision: '3' } }]
  ] as [string, Partial<Kept>, ReturnType<typeof toldAt>, object | null][])
    if (set === null) t.equal(voidAsTold(row(kept), told, noon), null, what)
    else t.match(voidAsTold(row(kept), told, noon)?.set, set, what)
})

t.test('a copy by another way is no conflict, whichever came first; that it was paid is news', async t => {
  const invoice = { sourceId: '12345678 2026-0042', customer: { ref: 'other', emails: ['kees@bakker.example'] } }
  const copy = { ...arrivalOf(invoice, { tool: 'copies', document: documentOf('copy') }), secondHand: ['copies'] }
  t.strictSame(judge(keptAs(), copy), { kind: 'nothing' })
  t.strictSame(judge(keptAs(), { ...copy, secondHand: [] }), { kind: 'conflict' })
  t.strictSame(judge(keptAs(), { ...copy, invoice: { ...copy.invoice, amountCents: 1 } }), { kind: 'conflict' })

  const first = keptAs({ tool: 'copies', invoice: copy.invoice, document: copy.document })
  const own = { ...arrivalOf({ paidAt: noon }), secondHand: ['copies'] }
  t.match(judge(first, own), {
    kind: 'merge',
    invoice: { sourceId: '12345678 2026-0042', paidAt: noon },
    document: copy.document
  })
})

t.test('a copy knows how late the latest word of a tool that restores was; its PDF stays', async t => {
  const told = (revision: string) => toldAt(revision, { secondHand: ['copies'] })
  const { revision: _, ...invoice } = told('1').invoice
  const document = documentOf('copy')
  const copy = keptAs({ tool: 'copies', invoice, document })
  const merged = (kept: Kept, revision: string) => {
    const judged = judge(kept, told(revision))
    if (judged.kind !== 'merge') throw new Error(judged.kind)
    return merge(kept, told(revision), judged, noon)
  }
  const { set } = merged(copy, '3')
  t.match(set, { invoice: { revision: '3' }, document })
  const kept = keptAs({ ...copy, ...set })
  t.equal(voidAsTold(kept, told('2'), noon), null, 'a void that comes late')
  t.strictSame(judge(kept, told('1')), { kind: 'nothing' })
  t.notOk('documentVersion' in merged(kept, '4').set, 'the PDF is the one of the copy')
  t.strictSame(judge(copy, { ...told('3'), restores: false }), { kind: 'nothing' })
})

/** From a sender that has no ids of its own. */
const withoutId = (pdfUrl: string | null) => arrivalOf({ sourceId: null, pdfUrl })

t.test('the newest PDF counts until something is sent, unless a person chose it', async t => {
  const document = documentOf('old')
  const another = arrivalOf({}, { document: { ...documentOf('new'), sha256: 'cd'.repeat(32) } })
  const url = 'https://acme.example/1.pdf'
  const addressed = { document, invoice: withoutId(url).invoice }
  for (const [what, facts, told, judged] of [
    ['another', { document }, another, { kind: 'merge', document: another.document }],
    ['another, once it was sent', { document, everSent: true }, another, { kind: 'nothing' }],
    ['another, once it stands there', { document, state: 'delivered' }, another, { kind: 'nothing' }],
    ["another, beside a person's", { document, pdfByPerson: true }, another, { kind: 'nothing' }],
    ['another address', addressed, withoutId(`${url}?2`), { kind: 'merge', document: null }],
    ['the same address', addressed, withoutId(url), { kind: 'nothing' }],
    ['no address any more', addressed, withoutId(null), { kind: 'nothing' }]
  ] as const)
    t.match(judge(keptAs(facts), told), judged, what)
})

t.test('another address of the PDF is tried at once where the PDF was what it waited for', async t => {
  const moved = arrivalOf({ pdfUrl: 'https://acme.example/2.pdf' })
  for (const [code, released] of [
    ['PDF_UNREACHABLE', true],
    ['PORTAL_UNREACHABLE', false]
  ] as const)
    t.match(judge(keptAs({ code }), moved), { kind: 'merge', released }, code)
})

t.test('another revision is another PDF, except of what a person chose', async t => {
  const kept = { invoice: arrivalOf({ revision: '1' }).invoice }
  const revised = arrivalOf({ revision: '2' })
  for (const [pdfByPerson, documentVersion] of [
    [false, 1],
    [true, undefined]
  ] as const) {
    const row = keptAs({ ...kept, pdfByPerson })
    const judged = judge(row, revised)
    if (judged.kind !== 'merge') return t.fail(judged.kind)
    t.equal(merge(row, revised, judged, noon).set.documentVersion, documentVersion)
  }
})

t.test('facts about another customer under one reference tell who that is', async t => {
  const { invoice } = arrivalOf({ customer: { name: 'Kees', emails: ['kees@a.example'] } })
  const of = (customer: object) => tellingFacts(arrivalOf({ customer }), invoice).customer
  const ref = of({ name: 'Kees', emails: ['kees@a.example'] })
  t.equal(of({ name: 'Anna', emails: ['anna@a.example'] }), `${ref} (Anna, anna@a.example)`)
  t.equal(of({ name: null, emails: ['anna@a.example'] }), `${ref} (anna@a.example)`)
  t.equal(of({ name: 'Anna', emails: ['anna@a.example'], portalId: 'cst_2' }), 'cst_2')
})
