-- The last requests that were refused, those that are alike in one row: see src/ledger/refusals.ts.
CREATE TABLE refusal (
  id INTEGER PRIMARY KEY,
  -- Of all that makes two of them alike.
  print TEXT NOT NULL UNIQUE,
  tool TEXT NOT NULL,
  client TEXT NOT NULL,
  authentic INTEGER NOT NULL CHECK (authentic IN (0, 1)),
  code TEXT NOT NULL,
  invoice_number TEXT,
  -- By which numbers are compared.
  key TEXT,
  problems TEXT NOT NULL CHECK (json_valid(problems)),
  requests INTEGER NOT NULL,
  since INTEGER NOT NULL,
  at INTEGER NOT NULL,

  -- What a stranger says is nobody's number.
  CHECK (authentic = 1 OR invoice_number IS NULL)
) STRICT;

CREATE INDEX refusal_kind ON refusal (authentic, id);
CREATE INDEX refusal_at ON refusal (at);
