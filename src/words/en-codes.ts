// Why an invoice waits, or a request was refused, and what to do about it: for a person with a page before them, who
// presses a button. core/codes.ts says the same to one who types.

import type { advice, Code } from '../core/codes.ts'

/** The codes that an invoice can carry. */
export type InvoiceCode = {
  [C in Code]: (typeof advice)[C]['next'] extends 'refuse' | 'stop' ? never : C
}[Code]

/** The codes of what was not kept. */
export type RefusalCode = {
  [C in Code]: (typeof advice)[C]['next'] extends 'refuse' ? C : never
}[Code]

export type CodeWords = {
  ofInvoice: Record<InvoiceCode, { what: string; do: string }>
  ofRefusal: Record<RefusalCode, string>
  /** Where the code alone does not say it. */
  special: {
    byRule: string
    idUnknown: string
    unmade: { what: string; do: string }
    conflictCame: { what: string; do: string }
    conflictInPortal: { what: string; do: string }
    conflictDelivered: { what: string; do: string }
    toldOtherwise: { what: string; do: string }
    toldBefore: { what: string; do: string }
    inDoubt: { what: string; do: string }
    collected: { what: string; do: string }
  }
}

export const codes: CodeWords = {
  ofInvoice: {
    PDF_UNREACHABLE: {
      what: 'The address of the PDF does not answer.',
      do: 'Nothing: the bridge tries again. If it lasts, open the address of the PDF yourself.'
    },
    PDF_NOT_READY: { what: 'The tool has not finished the PDF.', do: 'Nothing: the bridge tries again.' },
    TOOL_UNREACHABLE: { what: 'The tool does not answer.', do: 'Nothing: the bridge tries again.' },
    TOOL_BUSY: { what: 'The tool asked for a pause.', do: 'Nothing: the bridge goes on after it.' },
    TOOL_NOT_FINAL: {
      what: 'The tool says that this invoice is not final any more.',
      do: 'Nothing: the bridge asks again. If it was withdrawn, put it aside.'
    },
    PORTAL_UNREACHABLE: { what: 'The portal does not answer.', do: 'Nothing: the bridge tries again.' },
    PORTAL_BUSY: { what: 'The portal asked for a pause.', do: 'Nothing: the bridge goes on after it.' },
    PORTAL_UNAUTHORIZED: {
      what: 'The portal refuses the key.',
      do: 'Make a new key in the portal, set PORTAL_TOKEN, and start the bridge again.'
    },
    PORTAL_FORM_CHANGED: {
      what: 'The portal wants one field in another form.',
      do: 'Nothing: the bridge sends it in that form.'
    },
    TOOL_UNAUTHORIZED: {
      what: 'The tool refuses its key.',
      do: 'Make a new key in the tool, set it, and start the bridge again.'
    },
    EVENT_UNREADABLE: {
      what: 'A message from the tool could not be read, or the tool no longer has this invoice.',
      do: 'If the tool no longer has it, put it aside. Otherwise update the bridge, then try again. If it was a mail, correct what the history names, put it aside, then move the mail back to the inbox.'
    },
    REVIEW: {
      what: 'It is ready and waits for your word. Nothing was sent.',
      do: 'Compare what would be sent with the PDF, then send it or put it aside.'
    },
    CUSTOMER_UNKNOWN: {
      what: 'Nobody knows yet which customer of the portal this is for.',
      do: 'Choose the customer. The invoice then goes on by itself.'
    },
    CUSTOMER_AMBIGUOUS: {
      what: 'More than one customer of the portal could be meant.',
      do: 'Choose the right one. The invoice then goes on by itself.'
    },
    CURRENCY_UNSUPPORTED: {
      what: 'The portal takes euros only.',
      do: 'Enter this invoice in the portal by hand, then put it aside here.'
    },
    CREDIT_NOTE: { what: 'It is a credit note: the amount is negative.', do: 'Send it all the same, or put it aside.' },
    ZERO_AMOUNT: { what: 'The amount is zero.', do: 'Send it all the same, or put it aside.' },
    DATE_IMPLAUSIBLE: {
      what: 'The date of the invoice lies far ahead, or years back.',
      do: 'If it is right, send it all the same. If not, send the invoice again from the tool with the right date.'
    },
    INVOICE_CONFLICT: {
      what: 'The same number came before, or is in the portal, with other facts.',
      do: 'Look at what differs, and choose.'
    },
    PDF_NOT_A_PDF: {
      what: 'What should be the PDF is not one, or its file was changed.',
      do: 'Replace the PDF, or correct it in the tool, then try again.'
    },
    PDF_TOO_LARGE: {
      what: 'The PDF is too large.',
      do: 'Replace it with a smaller one, or raise PDF_BYTES_MAX; then try again.'
    },
    PDF_ADDRESS_REFUSED: {
      what: 'The address of the PDF is not https, or leads to a private network.',
      do: 'Replace the PDF, or send the invoice again with a public address.'
    },
    PORTAL_REJECTED: {
      what: 'The portal refused the invoice.',
      do: 'Correct what it names, then try again.'
    },
    PORTAL_UNCLEAR: {
      what: 'It was sent, or may have been, and nobody can tell whether it is in the portal.',
      do: 'Look for it in the portal, under other numbers too. Then say what you found.'
    },
    ATTEMPTS_EXHAUSTED: {
      what: 'The bridge tried for days, without success.',
      do: 'Look in its history at what failed last, mend it, then try again.'
    },
    BY_OPERATOR: { what: 'A person put it aside.', do: 'You can take that back.' },
    VOIDED_IN_TOOL: {
      what: 'It was voided in the tool.',
      do: 'Nothing; but if it is in the portal, correct it there.'
    },
    PORTAL_DUPLICATE: {
      what: 'The portal has this number more than once.',
      do: 'Delete the extra one in the portal, then say that it is settled.'
    },
    DELETED_IN_PORTAL: {
      what: 'It was deleted in the portal.',
      do: 'If that was meant, say that it is settled.'
    },
    PAID_NOT_MARKED: {
      what: 'It is paid, but could not be marked as paid in the portal.',
      do: 'Mark it as paid in the portal, then say that it is settled.'
    }
  },

  ofRefusal: {
    NOT_AUTHENTIC: 'No valid signature, token or password. Both sides must hold the same secret.',
    BODY_TOO_LARGE: 'Larger than the bridge accepts.',
    BODY_TOO_SLOW: 'It came so slowly that the bridge ended it.',
    TYPE_UNSUPPORTED: 'A content type that this address does not take.',
    FIELDS_INVALID: 'Authentic, but these fields cannot be read. Correct them in the sender, and send it again.',
    TOO_MANY_REQUESTS: 'Too many requests from that address have been refused.',
    NOT_FOUND: 'There is nothing at this address.',
    METHOD_NOT_ALLOWED: 'A method other than POST.',
    NOT_LOGGED_IN: 'The token was missing or wrong.',
    READ_ONLY: 'This token is read-only.',
    INVOICE_NOT_FOUND: 'There is no such invoice.',
    STATE_CONFLICT: 'The state of the invoice did not allow it.',
    TOOL_NOT_SET_UP: 'The tool is known, but its settings are missing.',
    TOOL_CANNOT_BE_ASKED: 'This source cannot be asked.',
    INTAKE_BUSY: 'Too much arrived at once; the sender tries again.',
    LEDGER_UNAVAILABLE: 'It could not be kept; the sender tries again.',
    UNEXPECTED: 'A mistake in the bridge.'
  },

  special: {
    byRule: 'So it is not sent. You can send it all the same.',
    idUnknown: 'The portal has no customer with the id that the invoice names.',
    unmade: {
      what: 'The bridge asked the portal for this new customer, and did not get it.',
      do: 'If it is there all the same, choose it. Otherwise put right what the portal says, then try again: the bridge asks once more. Once the customer is made, all its invoices go on by themselves.'
    },
    conflictCame: {
      what: 'The same number came twice, with other facts.',
      do: 'Compare the two, and choose.'
    },
    conflictInPortal: {
      what: 'The portal holds this number with other facts.',
      do: 'Look at it in the portal. Leave it at that, or send this one as well.'
    },
    conflictDelivered: {
      what: 'After it was delivered, the same number came with other facts.',
      do: 'If the later ones are right, correct the invoice in the portal. Then say that it is settled.'
    },
    toldOtherwise: {
      what: 'The portal shows it differently from what was sent.',
      do: 'Correct it in the portal, then say that it is settled.'
    },
    toldBefore: {
      what: 'The tool reported this invoice before, under another number.',
      do: 'Check which number is right. Leave it at the first, or send this one as well.'
    },
    inDoubt: {
      what: 'It is being sent, or the answer was lost and it is being looked for in the portal.',
      do: 'Nothing: this settles itself within minutes.'
    },
    collected: {
      what: 'The tool collects this invoice by itself; the bridge waits until it is paid.',
      do: 'Nothing. You may send it now.'
    }
  }
}
