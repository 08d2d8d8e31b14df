-- By what invoices are found: see src/ledger/search.ts. What is there already is entered while the bridge runs.
CREATE TABLE search_text (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT;

CREATE TABLE search_ending (
  ending TEXT NOT NULL,
  text_id INTEGER NOT NULL,
  PRIMARY KEY (ending, text_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE search_use (
  text_id INTEGER NOT NULL REFERENCES search_text (id),
  invoice_id INTEGER NOT NULL REFERENCES invoice (id),
  PRIMARY KEY (text_id, invoice_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX search_use_invoice ON search_use (invoice_id);

-- Invoices that changed since they were entered.
CREATE TABLE search_again (invoice_id INTEGER PRIMARY KEY REFERENCES invoice (id)) STRICT;

-- Since when and until when something was received.
CREATE INDEX invoice_received ON invoice (received_at, id);
