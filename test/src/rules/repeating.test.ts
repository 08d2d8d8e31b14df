import t from 'tap'
import { judge } from '../../../src/rules/arriving.ts'
import { merge } from '../../../src/rules/repeating.ts'
import { arrivalOf, documentOf, minute, noon, paid, same } from '../ledger/fixtures.ts'
import { keptAs } from './fixtures.ts'

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
  const due = noon - minute
  t.match(merge(keptAs({ nextAttemptAt: due }), paid, judged, noon).set, { nextAttemptAt: due }, 'no later than it was')
})

t.test('a payment of what is delivered is to be marked, and nothing else of it is touched', async t => {
  const kept = keptAs({ state: 'delivered', portalId: 'inv_1', nextAttemptAt: null })
  const judged = judge(kept, paid)
  if (judged.kind !== 'merge') return t.fail(judged.kind)
  const { set } = merge(kept, paid, judged, noon)
  t.match(set, { nextAttemptAt: noon, failures: 0 })
  t.notOk('loanUntil' in set || 'state' in set)
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
