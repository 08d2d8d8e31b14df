// What a mail says: pure, from what happened and the words of a language. Names and amounts stand in mails, and nowhere
// else that leaves the bridge.

import { formatAmount } from '../core/invoice.ts'
import type { KeptNotice } from '../core/notice.ts'
import type { Row } from '../core/row.ts'
import { sentenceIn } from '../words/sentences.ts'
import { type Formats, formatsOf, type Language, words } from '../words/words.ts'

export type Letter = { subject: string; text: string }

export type Around = { language: Language; timeZone: string; publicUrl: string }

// As many as a person reads in a mail. The list of invoices has them all.
const invoicesMax = 50

type Texts = (typeof words)[Language]

/** `rows`: those that still need a person. Null: there is nothing left to mail. */
export const alertLetter = (notices: readonly KeptNotice[], rows: readonly Row[], around: Around): Letter | null => {
  const texts = words[around.language]
  const sentences = (kind: KeptNotice['kind']) => [
    ...new Set(
      notices
        .filter(notice => notice.kind === kind && notice.invoiceNumber === null)
        .map(notice => sentenceOf(notice, around.language))
    )
  ]
  const warnings = [...sentences('alert'), ...sentences('warning')]
  const over = sentences('over')
  if (rows.length + warnings.length + over.length === 0) return null
  return {
    subject: subjectOf(rows, warnings.length > 0, texts),
    text: textOf(
      [
        ...invoiceLines(rows, around),
        ...(warnings.length > 0 ? [[texts.mail.warnings, ...warnings.map(line => `  ${line}`)].join('\n')] : []),
        ...(over.length > 0 ? [[texts.mail.ended, ...over.map(line => `  ${line}`)].join('\n')] : [])
      ],
      around
    )
  }
}

const subjectOf = (rows: readonly Row[], hasWarnings: boolean, { mail }: Texts): string => {
  const [first] = rows
  if (first) return rows.length === 1 ? mail.invoiceNeedsYou(first.invoiceNumber) : mail.needsYou(rows.length)
  return hasWarnings ? mail.warning : mail.over
}

/** Of a warning the text is in the language of the owner already. */
const sentenceOf = ({ kind, code, text: noted }: KeptNotice, language: Language): string => {
  const { mail, codes } = words[language]
  const text = noted && (sentenceIn(language, noted) ?? noted)
  const known = codes.ofInvoice[code as keyof typeof codes.ofInvoice]
  if (kind === 'over') return code === null ? mail.warningOver(text ?? '') : mail.pauseOver
  return [known && `${known.what} ${known.do}`, text].filter(Boolean).join(' ') || String(code)
}

const invoiceLines = (rows: readonly Row[], { language, timeZone, publicUrl }: Around): string[] => {
  const formats = formatsOf(language, timeZone)
  const shown = rows.slice(0, invoicesMax).map(row => invoiceLine(row, words[language], formats, publicUrl))
  const more = rows.length - shown.length
  return more > 0 ? [...shown, words[language].mail.more(more, `${publicUrl}/invoices?state=held`)] : shown
}

const invoiceLine = (row: Row, { codes }: Texts, { money }: Formats, publicUrl: string): string => {
  const { invoiceNumber, customer, amountCents, currency, code } = row
  const why = codes.ofInvoice[code as keyof typeof codes.ofInvoice]
  return [
    [invoiceNumber, customer.name ?? customer.ref, money(formatAmount(amountCents, currency), currency)].join(' · '),
    ...(why ? [`  ${why.what}`, `  ${why.do}`] : []),
    `  ${publicUrl}/invoices/${encodeURIComponent(invoiceNumber)}`
  ].join('\n')
}

const textOf = (parts: string[], { language, publicUrl }: Around): string =>
  [...parts, `-- \n${words[language].mail.from(publicUrl)}`].join('\n\n')

export type Contents = {
  every: 'daily' | 'weekly'
  delivered: number
  waiting: number
  /** What needs a person, newest first, and how many there are in all. */
  attention: readonly Row[]
  attentionCount: number
  warnings: readonly string[]
}

export const summaryLetter = (contents: Contents, around: Around): Letter => {
  const { every, delivered, waiting, attention, attentionCount, warnings } = contents
  const { language, publicUrl } = around
  const { mail } = words[language]
  const more = attentionCount - attention.length
  return {
    subject: mail[every],
    text: textOf(
      [
        `${mail.delivered(delivered)} ${mail.waiting(waiting)}`,
        attentionCount === 0 ? mail.nothing : `${mail.needsYou(attentionCount)}:`,
        ...invoiceLines(attention, around),
        ...(more > 0 ? [mail.more(more, `${publicUrl}/invoices?state=held`)] : []),
        ...(warnings.length > 0 ? [[mail.warnings, ...warnings.map(line => `  ${line}`)].join('\n')] : [])
      ],
      around
    )
  }
}
