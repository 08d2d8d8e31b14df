import t from 'tap'
import { states } from '../../../src/core/row.ts'
import { judge } from '../../../src/rules/arriving.ts'
import { merge } from '../../../src/rules/repeating.ts'
import { replacePdf } from '../../../src/rules/replacing.ts'
import { arrivalOf, documentOf, draftOf, noon } from '../ledger/fixtures.ts'
import { keptAs } from './fixtures.ts'

const document = documentOf('mine')

t.test('a PDF is replaced while it waits or is held, and was never sent', async t => {
  for (const state of states)
    for (const everSent of [false, true])
      t.equal(
        replacePdf(keptAs({ state, everSent }), document, {}, noon) !== null,
        !everSent && (state === 'waiting' || state === 'held'),
        `${state} ${everSent}`
      )
})

t.test('who replaces it in review has seen it: what is released then is sent', async t => {
  const shown = { draft: draftOf(arrivalOf()), documentVersion: 3 }
  const kept = keptAs({ state: 'held', code: 'REVIEW', draft: shown, documentVersion: 3, loanUntil: noon })

  t.match(replacePdf(kept, document, { by: 'Zoë' }, noon), {
    set: {
      document,
      documentVersion: 4,
      draft: { documentVersion: 4 },
      released: null,
      loanUntil: null,
      state: undefined
    },
    lines: [{ event: 'pdf replaced', detail: { bytes: 1234, by: 'Zoë' } }]
  })
})

t.test('what was held for its PDF goes on with the new one', async t => {
  for (const code of ['PDF_NOT_A_PDF', 'PDF_TOO_LARGE', 'PDF_ADDRESS_REFUSED'] as const)
    t.match(replacePdf(keptAs({ state: 'held', code }), document, {}, noon), { set: { state: 'waiting', code: null } })
  t.match(replacePdf(keptAs({ state: 'held', code: 'CUSTOMER_UNKNOWN' }), document, {}, noon)?.set.state, undefined)
  t.match(replacePdf(keptAs({ code: 'PDF_UNREACHABLE', failures: 9 }), document, {}, noon)?.set, { failures: 0 })
})

t.test('what the source sends again does not take it back', async t => {
  const kept = { ...keptAs({ document, pdfByPerson: true, documentVersion: 1 }) }
  const again = arrivalOf(
    { paidAt: noon, pdfUrl: 'https://acme.example/other.pdf' },
    { document: documentOf('theirs') }
  )
  const judgement = judge(kept, again)

  t.match(judgement, { kind: 'merge', document })
  if (judgement.kind !== 'merge') return
  const { set, received } = merge(kept, again, judgement, noon)
  t.match(set, { document, documentVersion: undefined })
  t.strictSame(received.unused, [again.document])
})
