-- What the owner is still to be told of: see src/ledger/notices.ts.
CREATE TABLE notice (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('alert', 'warning', 'over')),
  code TEXT,
  invoice_number TEXT,
  text TEXT
) STRICT;
