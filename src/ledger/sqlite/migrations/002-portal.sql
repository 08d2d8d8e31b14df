-- What the portal holds, as far as the bridge has seen: a copy, keyed by the portal's own id.
CREATE TABLE portal_invoice (
  id TEXT PRIMARY KEY,
  key TEXT,
  entry TEXT NOT NULL CHECK (json_valid(entry)),
  created_at INTEGER,
  -- In which order the copy was told: before or after a create went out, whatever any clock says.
  told INTEGER NOT NULL UNIQUE,
  -- The number of the latest read that saw it; 0 for none.
  seen_by INTEGER NOT NULL DEFAULT 0,
  -- The bridge made it.
  own INTEGER NOT NULL DEFAULT 0 CHECK (own IN (0, 1))
) STRICT;

CREATE INDEX portal_invoice_key ON portal_invoice (key) WHERE key IS NOT NULL;
CREATE INDEX portal_invoice_created ON portal_invoice (created_at);
CREATE INDEX portal_invoice_seen ON portal_invoice (seen_by);
CREATE INDEX portal_invoice_own ON portal_invoice (created_at) WHERE own = 1;

CREATE TABLE portal_customer (
  id TEXT PRIMARY KEY,
  email TEXT,
  entry TEXT NOT NULL CHECK (json_valid(entry)),
  seen_by INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX portal_customer_email ON portal_customer (email) WHERE email IS NOT NULL;

-- Single facts, as JSON: how far the copy is, whose ledger this is, the counters of reads and of what was told.
CREATE TABLE fact (name TEXT PRIMARY KEY, value TEXT NOT NULL CHECK (json_valid(value))) STRICT, WITHOUT ROWID;

-- Slots of the portal's budget, when they were taken.
CREATE TABLE slot (taken_at INTEGER NOT NULL) STRICT;
CREATE INDEX slot_taken ON slot (taken_at);
