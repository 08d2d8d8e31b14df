-- Which codes a row may have in which state: a code more is a row here, and no new table. Codes are public; see
-- src/errors.ts.
CREATE TABLE state_code (
  state TEXT NOT NULL,
  code TEXT NOT NULL,
  PRIMARY KEY (state, code)
) STRICT, WITHOUT ROWID;

INSERT INTO state_code VALUES
  ('waiting', 'LEDGER_UNAVAILABLE'), ('waiting', 'UNEXPECTED'),
  ('waiting', 'PDF_UNREACHABLE'), ('waiting', 'PDF_NOT_READY'),
  ('waiting', 'TOOL_UNREACHABLE'), ('waiting', 'TOOL_BUSY'), ('waiting', 'TOOL_NOT_FINAL'),
  ('waiting', 'TOOL_UNAUTHORIZED'),
  ('waiting', 'PORTAL_UNREACHABLE'), ('waiting', 'PORTAL_BUSY'), ('waiting', 'PORTAL_UNAUTHORIZED'),
  ('waiting', 'PORTAL_FORM_CHANGED'),
  ('held', 'EVENT_UNREADABLE'), ('held', 'REVIEW'), ('held', 'CUSTOMER_UNKNOWN'), ('held', 'CUSTOMER_AMBIGUOUS'),
  ('held', 'CURRENCY_UNSUPPORTED'), ('held', 'CREDIT_NOTE'), ('held', 'ZERO_AMOUNT'), ('held', 'DATE_IMPLAUSIBLE'),
  ('held', 'INVOICE_CONFLICT'), ('held', 'TOOL_UNAUTHORIZED'), ('held', 'PDF_NOT_A_PDF'), ('held', 'PDF_TOO_LARGE'),
  ('held', 'PDF_ADDRESS_REFUSED'), ('held', 'PORTAL_REJECTED'), ('held', 'PORTAL_UNCLEAR'), ('held', 'ATTEMPTS_EXHAUSTED'),
  ('dismissed', 'BY_OPERATOR'), ('dismissed', 'ZERO_AMOUNT'), ('dismissed', 'CREDIT_NOTE'),
  ('dismissed', 'VOIDED_IN_TOOL'),
  ('delivered', 'INVOICE_CONFLICT'), ('delivered', 'PORTAL_DUPLICATE'), ('delivered', 'VOIDED_IN_TOOL'),
  ('delivered', 'DELETED_IN_PORTAL'), ('delivered', 'PAID_NOT_MARKED');

-- The rows of 001, with what evidence needs beside them. SQLite changes no CHECK: the table is written anew.
CREATE TABLE invoice_next (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  tool TEXT NOT NULL,
  -- The tool's words (see src/invoice.ts); the columns below are for the database's own use.
  invoice TEXT NOT NULL CHECK (json_valid(invoice)),
  -- The tool's own id of it.
  source_id TEXT,
  customer_ref TEXT NOT NULL,
  document_file TEXT,
  document_bytes INTEGER,
  document_sha256 TEXT,
  -- Counts how often the PDF became another one: by what was told, not by what was fetched once more.
  document_version INTEGER NOT NULL DEFAULT 0,
  notify INTEGER NOT NULL CHECK (notify IN (0, 1)),
  test INTEGER NOT NULL CHECK (test IN (0, 1)),
  overrides TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(overrides)),
  state TEXT NOT NULL,
  code TEXT,
  portal_id TEXT UNIQUE,
  -- Exactly what was, or is being sent.
  body TEXT CHECK (body IS NULL OR json_valid(body)),
  -- In review: what would be sent.
  draft TEXT CHECK (draft IS NULL OR json_valid(draft)),
  -- What went out last, where a look has not told yet what came of it. With other facts it may be looked for, too.
  sent_body TEXT CHECK (sent_body IS NULL OR json_valid(sent_body)),
  -- What a person saw and released: only that may leave without being seen again.
  released TEXT CHECK (released IS NULL OR json_valid(released)),
  ever_sent INTEGER NOT NULL DEFAULT 0 CHECK (ever_sent IN (0, 1)),
  -- It was sent, and since then no look into the portal has told what came of it.
  unproven INTEGER NOT NULL DEFAULT 0 CHECK (unproven IN (0, 1)),
  -- The process that sent it, as it calls itself; null where an earlier version did.
  sent_by TEXT,
  received_at INTEGER NOT NULL,
  -- Since when it should be in the portal: received, or last released by a person.
  since INTEGER NOT NULL,
  next_attempt_at INTEGER,
  sending_at INTEGER,
  delivered_at INTEGER,
  finished_at INTEGER,
  forgotten INTEGER NOT NULL DEFAULT 0 CHECK (forgotten IN (0, 1)),
  -- The tool voided it while it was in doubt, or before the portal lost it: judged when that is settled, told when it is back.
  voided INTEGER NOT NULL DEFAULT 0 CHECK (voided IN (0, 1)),
  attempt INTEGER NOT NULL DEFAULT 0,
  failures INTEGER NOT NULL DEFAULT 0,
  -- How long it has waited between attempts that counted: pauses of the portal are nobody's patience.
  tried_ms INTEGER NOT NULL DEFAULT 0,
  loan_until INTEGER,
  -- How much the copy of the portal had been told when the create went out.
  told INTEGER,
  -- The portal's customer that it was delivered to.
  portal_customer_id TEXT,
  -- What the portal knows, beside what is wanted; and whether it may have been asked.
  known_paid_at INTEGER,
  paying INTEGER NOT NULL DEFAULT 0 CHECK (paying IN (0, 1)),

  FOREIGN KEY (state, code) REFERENCES state_code (state, code),
  CHECK (state IN ('waiting', 'sending', 'delivered', 'held', 'dismissed')),
  CHECK (state NOT IN ('held', 'dismissed') OR code IS NOT NULL),
  CHECK (state <> 'sending' OR code IS NULL),
  CHECK ((state = 'delivered') = (portal_id IS NOT NULL)),
  CHECK ((state = 'delivered') = (delivered_at IS NOT NULL)),
  CHECK (state <> 'waiting' OR next_attempt_at IS NOT NULL),
  -- A delivered row has something left to do when it is to be marked paid.
  CHECK (next_attempt_at IS NULL OR state IN ('waiting', 'delivered')),
  CHECK ((state = 'sending') = (sending_at IS NOT NULL)),
  CHECK (state <> 'sending' OR (body IS NOT NULL AND told IS NOT NULL AND ever_sent = 1 AND unproven = 1)),
  CHECK (unproven = 0 OR (ever_sent = 1 AND told IS NOT NULL AND sent_body IS NOT NULL)),
  CHECK (state IN ('waiting', 'sending', 'delivered') OR loan_until IS NULL),
  CHECK (state = 'delivered' OR (known_paid_at IS NULL AND paying = 0)),
  CHECK ((state IN ('delivered', 'dismissed')) = (finished_at IS NOT NULL)),
  CHECK ((document_file IS NULL) = (document_bytes IS NULL) AND (document_file IS NULL) = (document_sha256 IS NULL))
) STRICT;

-- Rows of an earlier version that were sent and are not delivered: what came of them no look has told for certain, but
-- where they wait again.
INSERT INTO invoice_next (
  id, key, tool, invoice, source_id, customer_ref, document_file, document_bytes, document_sha256, notify, test, overrides,
  state, code, portal_id, body, draft, sent_body, ever_sent, unproven, received_at, since, next_attempt_at, sending_at, delivered_at,
  finished_at, forgotten, voided, attempt, failures, tried_ms, loan_until, told, portal_customer_id, known_paid_at, paying)
SELECT
  id, key, tool, invoice, invoice ->> '$.sourceId', customer_ref, document_file, document_bytes, document_sha256, notify,
  test, overrides, state,
  CASE WHEN state <> 'waiting' OR EXISTS (SELECT 1 FROM state_code c WHERE c.state = i.state AND c.code = i.code)
    THEN code ELSE NULL END,
  portal_id, CASE WHEN ever_sent = 1 THEN body END,
  CASE WHEN code = 'REVIEW' AND body IS NOT NULL THEN json_set(body,
    '$.customerId', CASE WHEN body ->> '$.customerId' LIKE 'a new customer, %' THEN NULL ELSE body ->> '$.customerId' END,
    '$.newCustomer', CASE WHEN body ->> '$.customerId' LIKE 'a new customer, %'
      THEN substr(body ->> '$.customerId', length('a new customer, ') + 1) END) END,
  CASE WHEN ever_sent = 1 THEN body END, ever_sent, ever_sent = 1 AND told IS NOT NULL AND body IS NOT NULL AND state IN ('sending', 'held', 'dismissed'),
  received_at, since, next_attempt_at, sending_at, delivered_at, finished_at, forgotten, voided, attempt, failures,
  tried_ms, loan_until, told,
  (SELECT entry ->> '$.customerId' FROM portal_invoice WHERE portal_invoice.id = i.portal_id), known_paid_at, paying
FROM invoice i;

DROP TABLE invoice;
ALTER TABLE invoice_next RENAME TO invoice;

-- What was never tried and what failed before are lent apart, so that neither keeps the other waiting.
CREATE INDEX invoice_due ON invoice (next_attempt_at)
  WHERE next_attempt_at IS NOT NULL AND loan_until IS NULL AND failures = 0;
CREATE INDEX invoice_due_again ON invoice (next_attempt_at)
  WHERE next_attempt_at IS NOT NULL AND loan_until IS NULL AND failures > 0;
CREATE INDEX invoice_loan ON invoice (loan_until) WHERE loan_until IS NOT NULL;
CREATE INDEX invoice_waiting_since ON invoice (since) WHERE state = 'waiting';
CREATE INDEX invoice_sending ON invoice (sending_at) WHERE state = 'sending';
CREATE INDEX invoice_finished ON invoice (finished_at) WHERE finished_at IS NOT NULL AND forgotten = 0;
CREATE INDEX invoice_state ON invoice (state, id);
CREATE INDEX invoice_code ON invoice (code, id) WHERE code IS NOT NULL;
CREATE INDEX invoice_tool ON invoice (tool, id);
CREATE INDEX invoice_tool_state ON invoice (tool, state, id);
CREATE INDEX invoice_customer_ref ON invoice (customer_ref);
CREATE INDEX invoice_document ON invoice (document_file) WHERE document_file IS NOT NULL;
CREATE INDEX invoice_source ON invoice (tool, source_id) WHERE source_id IS NOT NULL;

CREATE TRIGGER invoice_tally_insert AFTER INSERT ON invoice BEGIN
  INSERT INTO tally VALUES (new.tool, new.state, ifnull(new.code, ''), 1)
    ON CONFLICT DO UPDATE SET invoices = invoices + 1;
END;

CREATE TRIGGER invoice_tally_update AFTER UPDATE OF tool, state, code ON invoice
WHEN old.tool <> new.tool OR old.state <> new.state OR old.code IS NOT new.code BEGIN
  UPDATE tally SET invoices = invoices - 1
    WHERE tool = old.tool AND state = old.state AND code = ifnull(old.code, '');
  INSERT INTO tally VALUES (new.tool, new.state, ifnull(new.code, ''), 1)
    ON CONFLICT DO UPDATE SET invoices = invoices + 1;
END;

CREATE TRIGGER invoice_is_kept_for_ever BEFORE DELETE ON invoice BEGIN
  SELECT raise(ABORT, 'invoice numbers are kept for ever');
END;

DELETE FROM tally;
INSERT INTO tally SELECT tool, state, ifnull(code, ''), count(*) FROM invoice GROUP BY 1, 2, 3;

-- Asked for by its id, the portal said that it does not hold it, when so many reads had begun; null: it never said so, or
-- took it back. It is gone only once a later read does not list it either.
ALTER TABLE portal_invoice ADD COLUMN unfound_at INTEGER;
CREATE INDEX portal_invoice_unfound ON portal_invoice (unfound_at) WHERE unfound_at IS NOT NULL;

-- What an entry is recognised by when its number is spelled otherwise.
ALTER TABLE portal_invoice ADD COLUMN customer_id TEXT;
ALTER TABLE portal_invoice ADD COLUMN amount_cents INTEGER;
ALTER TABLE portal_invoice ADD COLUMN issued_at TEXT;
UPDATE portal_invoice SET customer_id = entry ->> '$.customerId', amount_cents = entry ->> '$.amountCents',
  issued_at = entry ->> '$.issuedAt';
CREATE INDEX portal_invoice_facts ON portal_invoice (customer_id, issued_at, amount_cents);

-- Invoices that a tool voided before it spoke of them, by the tool's own id.
CREATE TABLE voided_source (
  tool TEXT NOT NULL,
  source_id TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (tool, source_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX voided_source_at ON voided_source (at);

-- Look-alike numbers are one number (numberKey in src/invoice.ts). Rows that would collide keep the key they have.
UPDATE OR IGNORE invoice SET key = number_key(invoice ->> '$.invoiceNumber')
  WHERE key <> number_key(invoice ->> '$.invoiceNumber');
UPDATE portal_invoice SET key = number_key(entry ->> '$.invoiceNumber') WHERE key IS NOT NULL;
INSERT INTO fact
  SELECT 'numbersAlike', json_group_array(invoice ->> '$.invoiceNumber') FROM invoice
  WHERE key <> number_key(invoice ->> '$.invoiceNumber') HAVING count(*) > 0;
