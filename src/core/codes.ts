// Every code of this bridge, and what each one asks of the sender, the worker and the operator.
// A code is public: never renamed, never used for something else. docs/errors.md prints it.

type Advice = {
  /** HTTP status when the failure reaches a caller. */
  status: number
  /**
   * refuse: nothing was kept, the caller is told. retry: kept, the worker tries again. hold: kept, waits for a
   * person. dismiss: kept, will not be delivered. note: delivered, but something about it needs a person.
   * stop: the process exits.
   */
  next: 'refuse' | 'retry' | 'hold' | 'dismiss' | 'note' | 'stop'
  /** What happened, in one sentence. */
  what: string
  /** One instruction to the operator. */
  operator: string
  /** Instead of it, to whoever typed a command: for them nobody tries again. */
  typed?: string
}

export const advice = {
  NOT_AUTHENTIC: {
    status: 401,
    next: 'refuse',
    what: 'The request carries no valid signature, token or password.',
    operator:
      'Copy the secret again: both sides must hold the same text. Check the clock of the sender. `factuurbrug status` and health count such requests, the log has the reason.',
    typed: 'Copy the secret again: both sides must hold the same text. Check the clock of the sender.'
  },
  BODY_TOO_LARGE: {
    status: 413,
    next: 'refuse',
    what: 'The request is larger than the bridge takes.',
    operator: 'Send a smaller PDF, or raise PDF_BYTES_MAX.'
  },
  BODY_TOO_SLOW: {
    status: 408,
    next: 'refuse',
    what: 'The request came so slowly that it was ended.',
    operator:
      'Send it again, over a line that carries at least 8 KB a second, or send pdfUrl instead of the PDF.'
  },
  TYPE_UNSUPPORTED: {
    status: 415,
    next: 'refuse',
    what: 'The content type is not one that this address takes.',
    operator: 'Send application/json, multipart/form-data or application/x-www-form-urlencoded.'
  },
  FIELDS_INVALID: {
    status: 422,
    next: 'refuse',
    what: 'The request is authentic but cannot be read; every problem is listed with its field.',
    operator: 'Correct the listed fields in the flow that sends, and send again.',
    typed: 'Correct the listed fields, then run the command again.'
  },
  TOO_MANY_REQUESTS: {
    status: 429,
    next: 'refuse',
    what: 'Too many refused requests came from this address.',
    operator: 'Wait as long as the answer says; then correct the secret in the sender, or the operator token.'
  },
  NOT_FOUND: {
    status: 404,
    next: 'refuse',
    what: 'There is nothing at this address.',
    operator: 'Check the address: docs/api.md lists them all.'
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    next: 'refuse',
    what: 'This address takes another method.',
    operator: 'Webhooks are sent by POST.'
  },
  NOT_LOGGED_IN: {
    status: 401,
    next: 'refuse',
    what: 'The API takes the operator token as bearer token; it is missing or wrong.',
    operator: 'Send `Authorization: Bearer <OPERATOR_TOKEN>`.'
  },
  INVOICE_NOT_FOUND: {
    status: 404,
    next: 'refuse',
    what: 'The ledger knows no invoice of this number.',
    operator: 'Check the number; `factuurbrug invoices` lists what is known.'
  },
  STATE_CONFLICT: {
    status: 409,
    next: 'refuse',
    what: 'The state of the invoice does not allow this action.',
    operator: 'Look at the invoice first: `factuurbrug invoice <nr>`.'
  },
  TOOL_NOT_SET_UP: {
    status: 503,
    next: 'refuse',
    what: 'The tool is known but its settings are missing.',
    operator: 'Set the variables of the tool and restart.'
  },
  TOOL_CANNOT_BE_ASKED: {
    status: 422,
    next: 'refuse',
    what: 'This tool cannot be asked what its webhooks missed.',
    operator: 'Set the API token of the tool. The generic intake has nothing to ask: its sender sends again.'
  },
  INTAKE_BUSY: {
    status: 503,
    next: 'refuse',
    what: 'Too many PDFs and events are being received at this moment.',
    operator: 'Nothing: the sender tries again.',
    typed: 'Run the command again in a minute.'
  },
  LEDGER_UNAVAILABLE: {
    status: 503,
    next: 'refuse',
    what: 'The event could not be kept: the disk is full, or the ledger is locked or broken.',
    operator: 'Look at the free space of DATA_DIR and at the log. The sender tries again.',
    typed: 'Look at the free space of DATA_DIR and at the log, then run the command again.'
  },
  UNEXPECTED: {
    status: 500,
    next: 'refuse',
    what: 'A bug: something happened that has no name here.',
    operator: 'Report it with the line of the log that has the same request id.'
  },

  PDF_UNREACHABLE: {
    status: 502,
    next: 'retry',
    what: 'The address of the PDF does not answer, or answers with an error.',
    operator:
      'Nothing: it is tried again. If it stays, open pdfUrl yourself. Where that answers 401, 403, 404 or 410, it needs you after an hour.'
  },
  PDF_NOT_READY: {
    status: 502,
    next: 'retry',
    what: 'The tool is still making the PDF.',
    operator: 'Nothing: it is tried again.'
  },
  TOOL_UNREACHABLE: {
    status: 502,
    next: 'retry',
    what: 'The accounting tool does not answer, or answers with an error.',
    operator: 'Nothing: it is tried again.',
    typed: 'Run the command again later.'
  },
  TOOL_BUSY: {
    status: 502,
    next: 'retry',
    what: 'The accounting tool asked for a pause (429).',
    operator: 'Nothing: it goes on by itself.',
    typed: 'Run the command again in some minutes.'
  },
  TOOL_NOT_FINAL: {
    status: 502,
    next: 'retry',
    what: 'The tool says that the invoice is not final any more.',
    operator: 'Nothing: it is asked again. If the invoice was withdrawn, `dismiss` it.'
  },
  PORTAL_UNREACHABLE: {
    status: 502,
    next: 'retry',
    what: 'The portal does not answer, or answers with an error.',
    operator: 'Nothing: it is tried again.',
    typed: 'Look at PORTAL_URL and at your connection, then run the command again.'
  },
  PORTAL_BUSY: {
    status: 502,
    next: 'retry',
    what: 'The portal asked for a pause (429): its budget of requests is used up.',
    operator: 'Nothing: it goes on by itself. Other programs with the same token share the budget.',
    typed: 'Run the command again in a minute. Other programs with the same token share the budget.'
  },
  PORTAL_UNAUTHORIZED: {
    status: 502,
    next: 'retry',
    what: 'The portal refuses the token (401 or 403).',
    operator: 'Make a new API key in the portal with the right scopes and set PORTAL_TOKEN.'
  },
  PORTAL_FORM_CHANGED: {
    status: 502,
    next: 'retry',
    what: 'The portal takes sendNotification as 1 or 0; the create is sent again in that form.',
    operator: 'Nothing: it is sent again at once.'
  },

  EVENT_UNREADABLE: {
    status: 200,
    next: 'hold',
    what: 'An authentic event could not be read, or the tool holds its invoice no more; the history says which.',
    operator:
      'If the tool holds it no more, `dismiss` it. Else update the bridge, then `deliver`: it is read again.'
  },
  REVIEW: {
    status: 200,
    next: 'hold',
    what: 'Review mode is on, or this is a test: everything is ready, nothing was sent.',
    operator: 'Compare what would be sent, then `deliver` or `dismiss`. Set REVIEW=false when you trust it.'
  },
  CUSTOMER_UNKNOWN: {
    status: 200,
    next: 'hold',
    what: 'It is not known which portal customer this invoice is for, or the portal has none of the id that it names.',
    operator:
      'Say whose it is: `factuurbrug link <tool> <ref> <cst_…>`; `factuurbrug customers --portal --q <name>` finds the id. It goes on by itself.'
  },
  CUSTOMER_AMBIGUOUS: {
    status: 200,
    next: 'hold',
    what: 'More than one portal customer could be meant; the history says what speaks against each.',
    operator:
      'Say whose it is: `factuurbrug link <tool> <ref> <cst_…>`; `factuurbrug customers --portal --q <name>` finds the id. It goes on by itself.'
  },
  CURRENCY_UNSUPPORTED: {
    status: 200,
    next: 'hold',
    what: 'The portal takes euros only.',
    operator: 'Put this invoice into the portal by hand, then `dismiss`.'
  },
  CREDIT_NOTE: {
    status: 200,
    next: 'hold',
    what: 'The amount is negative.',
    operator: '`deliver` to send it all the same, or `dismiss`. CREDIT_NOTES sets the rule.'
  },
  ZERO_AMOUNT: {
    status: 200,
    next: 'hold',
    what: 'The amount is zero.',
    operator: '`deliver` to send it all the same, or `dismiss`. ZERO_AMOUNTS sets the rule.'
  },
  DATE_IMPLAUSIBLE: {
    status: 200,
    next: 'hold',
    what: 'The date of issue is more than a year ahead, or more than ten years back.',
    operator:
      'If it is right, `deliver` sends it all the same. Else send the invoice again corrected, then `take`; or `dismiss`.'
  },
  INVOICE_CONFLICT: {
    status: 200,
    next: 'hold',
    what: 'The same number came, or stands in the portal, with other facts: customer, amount, currency, date or tool.',
    operator:
      'Compare both. It came twice: `keep` these facts, or `take` the others. The portal holds it: `deliver` all the same, or `dismiss`.'
  },
  TOOL_UNAUTHORIZED: {
    status: 502,
    next: 'retry',
    what: 'The tool refuses its API token: its deliveries pause.',
    operator: 'Make a new token in the tool and set its variable: it goes on by itself.',
    typed: 'Make a new token in the tool and set its variable, then run the command again.'
  },
  PDF_NOT_A_PDF: {
    status: 422,
    next: 'hold',
    what: 'What was sent or fetched is not a PDF, or its file is gone from the disk or was changed there; the history says which.',
    operator:
      'Open pdfUrl: it must give the PDF itself, without login. Then `deliver`. Or send it again, with the PDF.'
  },
  PDF_TOO_LARGE: {
    status: 413,
    next: 'hold',
    what: 'The PDF is larger than PDF_BYTES_MAX.',
    operator: 'Make a smaller PDF, or raise PDF_BYTES_MAX; then `deliver`.'
  },
  PDF_ADDRESS_REFUSED: {
    status: 422,
    next: 'hold',
    what: 'pdfUrl is not https, or leads to a private address.',
    operator: 'Use a public https address. On an intranet: ALLOW_PRIVATE_ADDRESSES=true, then `deliver`.'
  },
  PORTAL_REJECTED: {
    status: 502,
    next: 'hold',
    what: 'The portal refused the invoice; its reason stands in the history.',
    operator:
      'Correct what the portal names, then `deliver`; or send the invoice again corrected, then `take`.'
  },
  PORTAL_UNCLEAR: {
    status: 200,
    next: 'hold',
    what: 'It was sent, or may have been, and whether it stands in the portal cannot be told.',
    operator:
      'Look for it in the portal, under other numbers too. It is there: `dismiss`. It is not: `factuurbrug deliver <nr> --absent` sends it. `deliver` alone has the bridge look once more.'
  },
  ATTEMPTS_EXHAUSTED: {
    status: 502,
    next: 'hold',
    what: 'It was tried for RETRY_FOR_HOURS without success; for an hour, where the address of the PDF refuses.',
    operator: 'Look at the last failure in the history, mend it, then `deliver`.'
  },

  BY_OPERATOR: {
    status: 200,
    next: 'dismiss',
    what: 'A person dismissed it.',
    operator: '`deliver` takes that back.'
  },
  VOIDED_IN_TOOL: {
    status: 200,
    next: 'dismiss',
    what: 'The invoice was voided in the tool.',
    operator: 'Nothing. If it was delivered: correct it in the portal, then `dismiss` clears this note.'
  },

  PORTAL_DUPLICATE: {
    status: 200,
    next: 'note',
    what: 'The portal holds this number more than once.',
    operator: 'Delete the one too many in the portal, then `dismiss` clears this note.'
  },
  DELETED_IN_PORTAL: {
    status: 200,
    next: 'note',
    what: 'The invoice was deleted in the portal.',
    operator: 'If that was meant, `dismiss` clears this note.'
  },
  PAID_NOT_MARKED: {
    status: 200,
    next: 'note',
    what: 'The invoice is paid, but could not be marked so in the portal.',
    operator: 'Mark it paid in the portal, then `dismiss` clears this note.'
  },

  CONFIG_INVALID: {
    status: 500,
    next: 'stop',
    what: 'Settings are missing or wrong; each is listed.',
    operator: 'Set the listed variables in .env, or with `fly secrets set`, and start again.'
  },
  LEDGER_IN_USE: {
    status: 500,
    next: 'stop',
    what: 'Another process owns the ledger in DATA_DIR.',
    operator: 'Stop the other process, or give this one a DATA_DIR of its own.'
  },
  LEDGER_TOO_NEW: {
    status: 500,
    next: 'stop',
    what: 'The ledger was written by a newer version of the bridge.',
    operator: 'Deploy that version again; ledgers only move forward.'
  },
  LEDGER_UNREADABLE: {
    status: 500,
    next: 'stop',
    what: 'The ledger cannot be opened.',
    operator: 'Check that DATA_DIR exists and can be written; restore a snapshot if the file is damaged.'
  },
  PORTAL_CHANGED: {
    status: 500,
    next: 'stop',
    what: 'PORTAL_URL or PORTAL_TOKEN leads to another portal than the one this ledger belongs to.',
    operator: 'Set the token of the right portal, or give the new portal a DATA_DIR of its own.'
  },
  SECOND_MACHINE: {
    status: 500,
    next: 'stop',
    what: 'Another machine of this Fly app runs: two machines with SQLite would be two ledgers.',
    operator: 'Run `fly scale count 1`: in this version a portal has one machine.'
  }
} as const satisfies Record<string, Advice>

export type Code = keyof typeof advice

/** The instruction to whoever typed a command. */
export const adviceTyped = (code: Code): string => {
  const { operator, typed = operator }: Advice = advice[code]
  return typed
}
