// A PDF from a person, in place of the one that the source sent.

import type { Instant } from '../core/clock.ts'
import type { Document } from '../core/row.ts'
import { type Changes, type Kept, type Line, waiting } from './kept.ts'
import { isPdfRefused } from './repeating.ts'

/** Null: it was sent already, or is not to be. The person has seen the PDF, so a review or a release still holds. */
export const replacePdf = (kept: Kept, document: Document, detail: Line['detail'], now: Instant): Changes | null => {
  const { state, everSent, draft, released } = kept
  if (everSent || (state !== 'waiting' && state !== 'held')) return null
  const documentVersion = kept.documentVersion + 1
  const seen = { documentVersion }
  const isAwaited = isPdfRefused(kept) || (state === 'waiting' && kept.code !== null)
  return {
    set: {
      document,
      documentVersion,
      pdfByPerson: true,
      draft: draft && { ...draft, ...seen },
      released: released && { ...released, ...seen },
      // The worker that has it on loan knows another PDF.
      loanUntil: null,
      ...(isAwaited ? waiting(now) : {})
    },
    lines: [{ event: 'pdf replaced', detail: { bytes: document.bytes, ...detail } }]
  }
}
