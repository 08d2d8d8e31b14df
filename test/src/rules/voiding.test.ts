import t from 'tap'
import { judge } from '../../../src/rules/arriving.ts'
import type { Kept } from '../../../src/rules/kept.ts'
import { merge } from '../../../src/rules/repeating.ts'
import {
  type Contested,
  isPastKnownVoid,
  isStillVoided,
  pastOlderVoid,
  restore,
  voidAsTold,
  voidedAs,
  voidIt
} from '../../../src/rules/voiding.ts'
import { arrivalOf, documentOf, draftOf, minute, noon } from '../ledger/fixtures.ts'
import { keptAs } from './fixtures.ts'

t.test('voided: dismissed, or told to a person, or kept until a doubt is settled', async t => {
  t.match(voidIt(keptAs({ state: 'waiting', code: null }), noon), {
    set: { state: 'dismissed', code: 'VOIDED_IN_TOOL' }
  })
  t.match(voidIt(keptAs({ state: 'sending', code: null }), noon)?.set, { voided: true })
  t.strictSame(voidIt(keptAs({ state: 'delivered', code: null }), noon)?.set, {
    code: 'VOIDED_IN_TOOL',
    forgotten: false
  })
  t.equal(voidIt(keptAs({ state: 'delivered', code: 'VOIDED_IN_TOOL' }), noon), null, 'once')
  t.equal(voidIt(keptAs({ state: 'dismissed', code: 'BY_OPERATOR' }), noon), null)
  t.strictSame(voidIt(keptAs({ state: 'sending', code: null }), noon, 'acme')?.lines, [
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
    ['other facts, earlier', voidedAt2, arrivalOf({ revision: '1', amountCents: 1 }, { restores: true }), 'nothing'],
    ['other facts of a tool that does not', voidedAt2, arrivalOf({ revision: '1', amountCents: 1 }), 'replace'],
    ['dismissed by a person', { ...voidedAt2, code: 'BY_OPERATOR' }, toldAt('3'), 'merge'],
    ['dismissed by a rule', { ...voidedAt2, code: 'ZERO_AMOUNT' }, toldAt('3'), 'merge'],
    ['dismissed by a person, earlier', { ...voidedAt2, code: 'BY_OPERATOR' }, toldAt('1'), 'nothing'],
    [
      'dismissed by a person, and emptied',
      { ...voidedAt2, code: 'BY_OPERATOR', forgotten: true },
      toldAt('3'),
      'nothing'
    ],
    ['voided in doubt', { ...voidedAt2, state: 'sending', code: null, voided: true }, toldAt('3'), 'restore'],
    ['in doubt', { ...voidedAt2, state: 'sending', code: null }, toldAt('3'), 'merge'],
    ['in doubt, earlier', { ...voidedAt2, state: 'sending', code: null }, toldAt('1'), 'nothing'],
    ['delivered', { ...voidedAt2, state: 'delivered' }, toldAt('3'), 'nothing'],
    ['a copy', { ...voidedAt2, tool: 'copies' }, toldAt('3', { secondHand: ['copies'] }), 'restore'],
    ['by a copy', voidedAt2, toldAt('3', { tool: 'copies', restores: false, secondHand: ['copies'] }), 'nothing']
  ] as [string, Partial<Kept>, ReturnType<typeof toldAt>, string][])
    t.equal(judge(keptAs(kept), told).kind, kind, what)
})

t.test('what a person dismissed stays so, and an older void does not count after they have it delivered', async t => {
  const document = documentOf('old')
  const kept = keptAs({ ...voidedAt2, code: 'BY_OPERATOR', document })
  const told = arrivalOf({ revision: '4', paidAt: noon }, { restores: true })
  const judged = judge(kept, told)
  if (judged.kind !== 'merge') return t.fail(judged.kind)
  const { set } = merge(kept, told, judged, noon)
  t.match(set, { invoice: { revision: '4', paidAt: null }, document: null })
  t.notOk('state' in set || 'nextAttemptAt' in set)
  t.equal(voidAsTold(keptAs({ ...kept, ...set, state: 'waiting', code: null }), toldAt('3'), noon), null)

  const copy = keptAs({ state: 'dismissed', code: 'BY_OPERATOR', tool: 'copies', document })
  const own = judge(copy, toldAt('3', { secondHand: ['copies'] }))
  t.match(own, { kind: 'merge', invoice: { revision: '3' }, document })
})

t.test('restored: it waits with what is newer, held where a person has to decide, or only not voided', async t => {
  const document = documentOf('old')
  const told = arrivalOf({ revision: '3', paidAt: noon }, { restores: true })
  const nothing = { before: null, hasConflict: false }
  const restored = (kept: Partial<Kept>, contested: Contested = nothing) => {
    const row = keptAs({ ...voidedAt2, document, finishedAt: noon, ...kept })
    const judged = judge(row, told)
    if (judged.kind !== 'restore') throw new Error(judged.kind)
    return restore(row, told, judged, contested, noon + minute)
  }
  t.match(restored({}), {
    set: { state: 'waiting', code: null, nextAttemptAt: noon + minute, document: null, documentVersion: 1 },
    lines: [{ event: 'restored in the tool' }],
    received: { result: 'accepted', changed: true, unused: [document] }
  })
  t.match(restored({}).set, { finishedAt: null, invoice: { paidAt: noon, revision: '3' } })
  t.match(restored({ pdfByPerson: true }), { set: { document }, received: { unused: [] } }, "a person's PDF stays")
  t.match(restored({}, { ...nothing, hasConflict: true }), {
    set: { state: 'held', code: 'INVOICE_CONFLICT' },
    lines: [{ event: 'restored in the tool' }]
  })
  t.match(restored({}, { ...nothing, before: '41' }), {
    set: { state: 'held', code: 'INVOICE_CONFLICT' },
    lines: [{}, { event: 'told under another number', detail: { before: '41' } }]
  })
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
  const { set } = restored(
    { state: 'sending', code: null, voided: true, everSent: true },
    { ...nothing, hasConflict: true }
  )
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
    ['again, and emptied', { ...voidedAt2, forgotten: true }, toldAt('3'), { invoice: { revision: '3' } }],
    ['the same again', voidedAt2, toldAt('2'), null],
    [
      'dismissed by a person',
      { ...voidedAt2, code: 'BY_OPERATOR' },
      toldAt('3'),
      { state: undefined, invoice: { revision: '3' } }
    ],
    ['dismissed by a person, earlier', { ...voidedAt2, code: 'BY_OPERATOR' }, toldAt('1'), null],
    ['dismissed by a person, and emptied', { ...voidedAt2, code: 'BY_OPERATOR', forgotten: true }, toldAt('3'), null],
    ['in doubt', { state: 'sending' }, toldAt('3'), { voided: true, invoice: { revision: '3' } }]
  ] as [string, Partial<Kept>, ReturnType<typeof toldAt>, object | null][])
    if (set === null) t.equal(voidAsTold(row(kept), told, noon), null, what)
    else t.match(voidAsTold(row(kept), told, noon)?.set, set, what)
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

t.test(
  'other facts of a tool that restores: an older void counts no more, and a third tool keeps its dates',
  async t => {
    const other = arrivalOf({ revision: '3', amountCents: 1 }, { restores: true, secondHand: ['copies'] })
    const { revision: _, ...invoice } = toldAt('1').invoice
    // So does a person's word that it does not count.
    const overrides: Kept['overrides'] = ['REVIEW', 'VOIDED_IN_TOOL']
    const later = { voided: false, overrides: ['REVIEW'], invoice: { ...invoice, revision: '3' } }
    for (const [tool, set] of [
      ['acme', later],
      ['copies', later],
      ['rival', {}]
    ] as const)
      t.strictSame(pastOlderVoid(keptAs({ tool, invoice, overrides }), other), set, tool)
    t.strictSame(pastOlderVoid(keptAs({ invoice }), { ...other, restores: false }), {})
    t.strictSame(pastOlderVoid(keptAs({ invoice: toldAt('4').invoice }), other), {})
  }
)

t.test('voided still, sent or not, unless the tool says since that it is final', async t => {
  const voided = { state: 'dismissed', code: 'VOIDED_IN_TOOL', invoice: toldAt('2').invoice } as const
  for (const kept of [
    voided,
    { ...voided, state: 'delivered' as const },
    { ...voided, state: 'sending' as const, code: null, voided: true }
  ]) {
    t.ok(isStillVoided(keptAs(kept), toldAt('1')), `${kept.state}, older`)
    t.notOk(isStillVoided(keptAs(kept), toldAt('3')), `${kept.state}, later`)
    t.ok(
      isStillVoided(keptAs(kept), { ...toldAt('3'), restores: false }),
      `${kept.state}, of a tool that restores nothing`
    )
  }
  for (const kept of [
    { ...voided, code: 'BY_OPERATOR' as const },
    { state: 'sending' as const, code: null }
  ])
    t.notOk(isStillVoided(keptAs(kept), toldAt('1')), kept.code ?? kept.state)
})

t.test('remembered as voided, unless the tool says since, and with a date, that it is final', async t => {
  const final = toldAt('2')
  t.equal(voidedAs(final, null), null)
  t.equal(voidedAs(final, ''), final, 'without a date it counts')
  for (const [revision, later] of [
    ['1', false],
    ['2', true],
    ['3', true]
  ] as const)
    t.equal(voidedAs(final, revision)?.invoice.revision, later ? revision : undefined, revision)
  t.match(voidedAs({ ...final, restores: false }, '1'), { invoice: { revision: '1' } })
})

t.test('who had it delivered in spite of a void is asked anew by what is said later', async t => {
  const kept = { overrides: ['VOIDED_IN_TOOL' as const], invoice: toldAt('2').invoice }
  for (const [state, isAsked] of [
    ['waiting', true],
    ['held', true],
    ['sending', true],
    ['delivered', true],
    ['dismissed', false]
  ] as const)
    t.equal(isPastKnownVoid(keptAs({ ...kept, state }), toldAt('3')), isAsked, state)
  t.notOk(isPastKnownVoid(keptAs(kept), toldAt('2')))
  t.notOk(isPastKnownVoid(keptAs({ ...kept, overrides: [] }), toldAt('3')))
  t.notOk(isPastKnownVoid(keptAs(kept), { ...toldAt('3'), restores: false }))
})

t.test('a mail, which has no date, corrects nothing that a tool with dates has told: a person decides', async t => {
  const own = { tool: 'copies', secondHand: ['copies'] }
  const corrected = arrivalOf({ amountCents: 1 }, own)
  const { revision: _, ...undated } = toldAt('1').invoice
  t.strictSame(judge(keptAs({ tool: 'copies', invoice: undated }), corrected), { kind: 'replace' }, 'of its own')
  t.strictSame(judge(keptAs({ tool: 'copies', invoice: toldAt('1').invoice }), corrected), { kind: 'conflict' })
  t.strictSame(
    judge(keptAs({ invoice: toldAt('1').invoice }), arrivalOf({ revision: '2', amountCents: 1 })),
    { kind: 'replace' },
    'the tool itself does'
  )
})
