-- One row per invoice number, for ever. What no code may do, the CHECKs make impossible.
CREATE TABLE invoice (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  tool TEXT NOT NULL,
  -- The tool's words (see src/invoice.ts); the columns below are for the database's own use.
  invoice TEXT NOT NULL CHECK (json_valid(invoice)),
  customer_ref TEXT NOT NULL,
  document_file TEXT,
  document_bytes INTEGER,
  document_sha256 TEXT,
  notify INTEGER NOT NULL CHECK (notify IN (0, 1)),
  test INTEGER NOT NULL CHECK (test IN (0, 1)),
  overrides TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(overrides)),
  state TEXT NOT NULL,
  code TEXT,
  portal_id TEXT UNIQUE,
  -- Exactly what was, is being, or would be sent.
  body TEXT CHECK (body IS NULL OR json_valid(body)),
  ever_sent INTEGER NOT NULL DEFAULT 0 CHECK (ever_sent IN (0, 1)),
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
  -- What the portal knows, beside what is wanted; and whether it may have been asked.
  known_paid_at INTEGER,
  paying INTEGER NOT NULL DEFAULT 0 CHECK (paying IN (0, 1)),

  CHECK (state IN ('waiting', 'sending', 'delivered', 'held', 'dismissed')),
  CHECK ((state = 'delivered') = (portal_id IS NOT NULL)),
  CHECK ((state = 'delivered') = (delivered_at IS NOT NULL)),
  CHECK (state <> 'waiting' OR next_attempt_at IS NOT NULL),
  -- A delivered row has something left to do when it is to be marked paid.
  CHECK (next_attempt_at IS NULL OR state IN ('waiting', 'delivered')),
  CHECK ((state = 'sending') = (sending_at IS NOT NULL)),
  CHECK (state <> 'sending' OR (body IS NOT NULL AND told IS NOT NULL AND ever_sent = 1)),
  CHECK (state IN ('waiting', 'sending', 'delivered') OR loan_until IS NULL),
  CHECK (state = 'delivered' OR (known_paid_at IS NULL AND paying = 0)),
  CHECK ((state IN ('delivered', 'dismissed')) = (finished_at IS NOT NULL)),
  CHECK ((document_file IS NULL) = (document_bytes IS NULL) AND (document_file IS NULL) = (document_sha256 IS NULL)),
  CHECK (CASE state
    WHEN 'sending' THEN code IS NULL
    WHEN 'held' THEN code IS NOT NULL AND code IN (
      'EVENT_UNREADABLE', 'REVIEW', 'CUSTOMER_UNKNOWN', 'CUSTOMER_AMBIGUOUS', 'CURRENCY_UNSUPPORTED', 'CREDIT_NOTE',
      'ZERO_AMOUNT', 'INVOICE_CONFLICT', 'TOOL_UNAUTHORIZED', 'PDF_NOT_A_PDF', 'PDF_TOO_LARGE', 'PDF_ADDRESS_REFUSED',
      'PORTAL_REJECTED', 'ATTEMPTS_EXHAUSTED')
    WHEN 'dismissed' THEN code IS NOT NULL AND code IN ('BY_OPERATOR', 'ZERO_AMOUNT', 'CREDIT_NOTE', 'VOIDED_IN_TOOL')
    WHEN 'delivered' THEN code IS NULL OR code IN (
      'INVOICE_CONFLICT', 'PORTAL_DUPLICATE', 'VOIDED_IN_TOOL', 'DELETED_IN_PORTAL', 'PAID_NOT_MARKED')
    ELSE 1
  END)
) STRICT;

CREATE INDEX invoice_due ON invoice (next_attempt_at) WHERE next_attempt_at IS NOT NULL AND loan_until IS NULL;
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

-- Other facts under a known number, once per set of facts. Settled ones stay: senders redeliver for days, and what
-- a person has decided must not come up again.
CREATE TABLE conflict (
  id INTEGER PRIMARY KEY,
  invoice_id INTEGER NOT NULL REFERENCES invoice (id),
  facts TEXT NOT NULL,
  arrival TEXT NOT NULL CHECK (json_valid(arrival)),
  received_at INTEGER NOT NULL,
  settled INTEGER NOT NULL DEFAULT 0 CHECK (settled IN (0, 1)),
  UNIQUE (invoice_id, facts)
) STRICT;

CREATE TABLE history (
  id INTEGER PRIMARY KEY,
  invoice_id INTEGER NOT NULL REFERENCES invoice (id),
  at INTEGER NOT NULL,
  event TEXT NOT NULL,
  detail TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(detail))
) STRICT;

CREATE INDEX history_invoice ON history (invoice_id, id);

-- How many of each kind, so that health and metrics never count rows.
CREATE TABLE tally (
  tool TEXT NOT NULL,
  state TEXT NOT NULL,
  code TEXT NOT NULL,
  invoices INTEGER NOT NULL CHECK (invoices >= 0),
  PRIMARY KEY (tool, state, code)
) STRICT, WITHOUT ROWID;

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

CREATE TABLE heartbeat (id INTEGER PRIMARY KEY CHECK (id = 1), at INTEGER NOT NULL) STRICT;
