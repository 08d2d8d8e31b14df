// Every code of this bridge, and what each one asks of the sender, the worker and the operator. A code is public: never
// rename one, and never give it another meaning. docs/errors.md has the same sentences.

type Advice = {
  /** HTTP status when the failure reaches a caller. */
  status: number
  /**
   * refuse: nothing was kept, and the caller knows. retry: kept, the worker tries again. hold: kept, waits for a
   * person. dismiss: kept, will not be delivered. note: delivered, but something about it needs a person. stop: the
   * process exits.
   */
  next: 'refuse' | 'retry' | 'hold' | 'dismiss' | 'note' | 'stop'
  /** What happened, in one sentence. */
  what: string
  /** One instruction to the operator. */
  operator: string
  /** The instruction for a person who typed a command, where it differs: no worker or sender retries for them. */
  typed?: string
}

export const advice = {
  NOT_AUTHENTIC: {
    status: 401,
    next: 'refuse',
    what: 'The request carries no valid signature, token or password.',
    operator:
      "Copy the secret again: both sides must hold the same text. Check the sender's clock. `factuurbrug status` and health count such requests; the log says why.",
    typed: "Copy the secret again: both sides must hold the same text. Check the sender's clock."
  },
  BODY_TOO_LARGE: {
    status: 413,
    next: 'refuse',
    what: 'The request is larger than the bridge accepts.',
    operator: 'Send a smaller PDF, or raise PDF_BYTES_MAX.'
  },
  BODY_TOO_SLOW: {
    status: 408,
    next: 'refuse',
    what: 'The request arrived so slowly that the bridge ended it.',
    operator: 'Send it again over a connection that carries at least 8 KB a second, or send pdfUrl instead of the PDF.'
  },
  TYPE_UNSUPPORTED: {
    status: 415,
    next: 'refuse',
    what: 'This address does not accept that content type.',
    operator: 'Send application/json, multipart/form-data or application/x-www-form-urlencoded.'
  },
  FIELDS_INVALID: {
    status: 422,
    next: 'refuse',
    what: 'The request is authentic but cannot be read; each problem is listed with its field.',
    operator: 'Correct the listed fields in the sender, and send it again.',
    typed: 'Correct the listed fields, then run the command again.'
  },
  TOO_MANY_REQUESTS: {
    status: 429,
    next: 'refuse',
    what: 'Too many requests from this address were refused.',
    operator: 'Wait as long as the answer says. Then correct the secret in the sender, or the operator token.'
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
    what: 'This address does not accept that method.',
    operator: 'Send webhooks by POST.'
  },
  NOT_LOGGED_IN: {
    status: 401,
    next: 'refuse',
    what: 'The operator token is missing or wrong; the API expects it as a bearer token.',
    operator: 'Send `Authorization: Bearer <OPERATOR_TOKEN>`.'
  },
  READ_ONLY: {
    status: 403,
    next: 'refuse',
    what: 'This token sees everything, and changes nothing.',
    operator: 'Use OPERATOR_TOKEN instead of OPERATOR_READ_TOKEN.'
  },
  INVOICE_NOT_FOUND: {
    status: 404,
    next: 'refuse',
    what: 'The ledger has no invoice with this number.',
    operator: 'Check the number; `factuurbrug invoices` lists all of them.'
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
    what: 'The bridge knows this tool, but its settings are missing.',
    operator: 'Set the variables of the tool, and start the bridge again.'
  },
  TOOL_CANNOT_BE_ASKED: {
    status: 422,
    next: 'refuse',
    what: 'This tool cannot be asked what its webhooks missed.',
    operator: 'Set the API token of the tool. The generic intake cannot be asked: its sender has to send again.'
  },
  INTAKE_BUSY: {
    status: 503,
    next: 'refuse',
    what: 'Too many PDFs and events are arriving at this moment.',
    operator: 'Nothing: the sender tries again.',
    typed: 'Run the command again in a minute.'
  },
  LEDGER_UNAVAILABLE: {
    status: 503,
    next: 'refuse',
    what: 'The event could not be kept: the disk is full, or the ledger is locked, broken or out of reach.',
    operator: 'Check the free space of DATA_DIR, the server of DATABASE_URL, and the log. The sender tries again.',
    typed: 'Check the free space of DATA_DIR, the server of DATABASE_URL, and the log. Then run the command again.'
  },
  UNEXPECTED: {
    status: 500,
    next: 'refuse',
    what: 'A bug: something happened that has no code of its own.',
    operator: 'Report it, with the line of the log that has the same request id.'
  },

  PDF_UNREACHABLE: {
    status: 502,
    next: 'retry',
    what: 'The address of the PDF does not answer, or answers with an error.',
    operator:
      'Nothing: the bridge tries again. If it goes on, open pdfUrl yourself. If that answers 401, 403, 404 or 410 for an hour, the invoice is held.'
  },
  PDF_NOT_READY: {
    status: 502,
    next: 'retry',
    what: 'The tool has not finished the PDF yet.',
    operator: 'Nothing: the bridge tries again.'
  },
  TOOL_UNREACHABLE: {
    status: 502,
    next: 'retry',
    what: 'The accounting tool does not answer, or answers with an error.',
    operator: 'Nothing: the bridge tries again.',
    typed: 'Run the command again later.'
  },
  TOOL_BUSY: {
    status: 502,
    next: 'retry',
    what: 'The accounting tool asked for a pause (429).',
    operator: 'Nothing: the bridge goes on when the pause is over.',
    typed: 'Run the command again in a few minutes.'
  },
  TOOL_NOT_FINAL: {
    status: 502,
    next: 'retry',
    what: 'The tool says that the invoice is no longer final.',
    operator: 'Nothing: the bridge asks again. If the invoice was withdrawn, `dismiss` it.'
  },
  PORTAL_UNREACHABLE: {
    status: 502,
    next: 'retry',
    what: 'The portal does not answer, or answers with an error.',
    operator: 'Nothing: the bridge tries again.',
    typed: 'Check PORTAL_URL and your connection, then run the command again.'
  },
  PORTAL_BUSY: {
    status: 502,
    next: 'retry',
    what: 'The portal asked for a pause (429): its budget of requests is used up.',
    operator: 'Nothing: the bridge goes on by itself. Other programs with the same token share the budget.',
    typed: 'Run the command again in a minute. Other programs with the same token share the budget.'
  },
  PORTAL_UNAUTHORIZED: {
    status: 502,
    next: 'retry',
    what: 'The portal refuses the token (401 or 403).',
    operator: 'Make a new API key in the portal with the right scopes, set PORTAL_TOKEN, and start the bridge again.',
    typed: 'Make a new API key in the portal with the right scopes and set PORTAL_TOKEN.'
  },
  PORTAL_FORM_CHANGED: {
    status: 502,
    next: 'retry',
    what: 'The portal expects sendNotification as 1 or 0.',
    operator: 'Nothing: the bridge sends the invoice again in that form.'
  },

  EVENT_UNREADABLE: {
    status: 200,
    next: 'hold',
    what: 'An authentic event could not be read, or the tool no longer has its invoice; the history says which.',
    operator:
      'If the tool no longer has it, `dismiss` it. Otherwise update the bridge, then `deliver`: it reads the event again. If it was a mail, correct what the history names, `dismiss` it, then move the mail back to the inbox.'
  },
  REVIEW: {
    status: 200,
    next: 'hold',
    what: 'Review mode is on, or this is a test: everything is ready, and nothing was sent.',
    operator: 'Compare what would be sent, then `deliver` or `dismiss`. Set REVIEW=false when you trust the bridge.'
  },
  CUSTOMER_UNKNOWN: {
    status: 200,
    next: 'hold',
    what: 'The bridge does not know which portal customer this invoice is for, or the portal has no customer with the id that it names.',
    operator:
      'Say whose it is: `factuurbrug link <tool> <ref> <cst_…>`; `factuurbrug customers --portal --q <name>` finds the id. The invoice then goes on by itself.'
  },
  CUSTOMER_AMBIGUOUS: {
    status: 200,
    next: 'hold',
    what: 'More than one portal customer could be meant; the history says what speaks against each.',
    operator:
      'Say whose it is: `factuurbrug link <tool> <ref> <cst_…>`; `factuurbrug customers --portal --q <name>` finds the id. The invoice then goes on by itself.'
  },
  CURRENCY_UNSUPPORTED: {
    status: 200,
    next: 'hold',
    what: 'The portal accepts euros only.',
    operator: 'Enter this invoice in the portal by hand, then `dismiss` it.'
  },
  CREDIT_NOTE: {
    status: 200,
    next: 'hold',
    what: 'The amount is negative.',
    operator: '`deliver` sends it all the same, `dismiss` does not. CREDIT_NOTES sets the rule.'
  },
  ZERO_AMOUNT: {
    status: 200,
    next: 'hold',
    what: 'The amount is zero.',
    operator: '`deliver` sends it all the same, `dismiss` does not. ZERO_AMOUNTS sets the rule.'
  },
  DATE_IMPLAUSIBLE: {
    status: 200,
    next: 'hold',
    what: 'The date of issue is more than a year ahead, or more than ten years ago.',
    operator:
      'If it is right, `deliver` sends it all the same. Otherwise send the invoice again with the right date, then `take`; or `dismiss` it.'
  },
  INVOICE_CONFLICT: {
    status: 200,
    next: 'hold',
    what: 'The same number arrived, or is in the portal, with other facts: customer, amount, currency, date or tool.',
    operator:
      'Compare both. If it arrived twice: `keep` these facts, or `take` the others. If the portal has it: `deliver` all the same, or `dismiss`.'
  },
  TOOL_UNAUTHORIZED: {
    status: 502,
    next: 'retry',
    what: 'The tool refuses its API token; its deliveries pause.',
    operator: 'Make a new token in the tool, set its variable, and start the bridge again: deliveries then go on.',
    typed: 'Make a new token in the tool and set its variable, then run the command again.'
  },
  PDF_NOT_A_PDF: {
    status: 422,
    next: 'hold',
    what: 'What was sent or fetched is not a PDF, or its file on the disk is gone or was changed; the history says which.',
    operator:
      'Open pdfUrl: it must give the PDF itself, without a login. Then `deliver`. Or send the invoice again, with the PDF.'
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
    operator:
      'Send it again with a public https address. On an intranet set ALLOW_PRIVATE_ADDRESSES=true, then `deliver`.'
  },
  PORTAL_REJECTED: {
    status: 502,
    next: 'hold',
    what: 'The portal refused the invoice; its reason is in the history.',
    operator: 'Correct what the portal names, then `deliver`; or send the corrected invoice again, then `take`.'
  },
  PORTAL_UNCLEAR: {
    status: 200,
    next: 'hold',
    what: 'The invoice was sent, or may have been, and the bridge cannot tell whether it is in the portal.',
    operator:
      'Look for it in the portal, under other numbers too. If it is there: `dismiss`. If it is not: `factuurbrug deliver <nr> --absent` sends it. `deliver` alone makes the bridge look once more.'
  },
  ATTEMPTS_EXHAUSTED: {
    status: 502,
    next: 'hold',
    what: 'The bridge tried for RETRY_FOR_HOURS without success, or for an hour if the address of the PDF refuses.',
    operator: 'Look at the last failure in the history, fix it, then `deliver`.'
  },

  BY_OPERATOR: { status: 200, next: 'dismiss', what: 'A person dismissed it.', operator: '`deliver` takes that back.' },
  VOIDED_IN_TOOL: {
    status: 200,
    next: 'dismiss',
    what: 'The invoice was voided in the tool.',
    operator: 'Nothing. If it was delivered, correct it in the portal; then `dismiss` clears this note.'
  },

  PORTAL_DUPLICATE: {
    status: 200,
    next: 'note',
    what: 'The portal has this number more than once.',
    operator: 'Delete the extra one in the portal; then `dismiss` clears this note.'
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
    what: 'The invoice is paid, but could not be marked as paid in the portal.',
    operator: 'Mark it as paid in the portal; then `dismiss` clears this note.'
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
    what: 'Another process has the ledger in DATA_DIR open.',
    operator: 'Stop the other process, or give this one its own DATA_DIR.'
  },
  LEDGER_TOO_NEW: {
    status: 500,
    next: 'stop',
    what: 'A newer version of the bridge wrote this ledger.',
    operator: 'Deploy that version again; a ledger cannot go back.'
  },
  LEDGER_MOVED: {
    status: 500,
    next: 'stop',
    what: 'The ledger was moved into PostgreSQL, or a move was broken off.',
    operator: 'Set DATABASE_URL to where it was moved; after a broken one run `factuurbrug move` again.'
  },
  LEDGER_NOT_MOVED: {
    status: 500,
    next: 'stop',
    what: 'DATABASE_URL is set, and DATA_DIR has a ledger that is not in that database.',
    operator:
      'Run `factuurbrug move --to <DATABASE_URL>`. If that ledger belongs to another bridge, give this one its own DATA_DIR.'
  },
  LEDGER_REPLACED: {
    status: 500,
    next: 'stop',
    what: 'Another PostgreSQL server took over, perhaps without the latest commits.',
    operator: 'Start the bridge again, if nothing does: it reads the whole portal before it sends anything.'
  },
  LEDGER_UNREADABLE: {
    status: 500,
    next: 'stop',
    what: 'The ledger cannot be opened.',
    operator: 'Check that DATA_DIR can be written to, and DATABASE_URL. If the file is damaged, restore a snapshot.'
  },
  PORTAL_CHANGED: {
    status: 500,
    next: 'stop',
    what: 'PORTAL_URL or PORTAL_TOKEN leads to another portal than the one that this ledger belongs to.',
    operator: 'Set the token of the right portal, or give the new portal its own DATA_DIR.'
  },
  SECOND_MACHINE: {
    status: 500,
    next: 'stop',
    what: 'Another machine of this Fly app is running, and each would have a ledger of its own.',
    operator: 'Run `fly scale count 1`, or keep the ledger in PostgreSQL: docs/deploying.md, "Several machines".'
  }
} as const satisfies Record<string, Advice>

export type Code = keyof typeof advice

/** The instruction for a person who typed a command. */
export const adviceTyped = (code: Code): string => {
  const { operator, typed = operator }: Advice = advice[code]
  return typed
}
