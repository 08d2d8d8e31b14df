-- Who works with this ledger, and what is one process's at a time. In a file of SQLite's that is one process; in another
-- database the same rows serve several.

CREATE TABLE process (owner TEXT PRIMARY KEY, beat_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE lease (task TEXT PRIMARY KEY, owner TEXT NOT NULL) STRICT, WITHOUT ROWID;

-- Whose the loan is: it ends with its owner.
ALTER TABLE invoice ADD COLUMN loan_owner TEXT;

-- A slot is whose it is until it is given back, and rests from then on.
ALTER TABLE slot RENAME TO former_slot;
CREATE TABLE slot (
  id INTEGER PRIMARY KEY,
  owner TEXT NOT NULL,
  taken_at INTEGER NOT NULL,
  done_at INTEGER
) STRICT;
INSERT INTO slot (owner, taken_at) SELECT '', taken_at FROM former_slot;
DROP TABLE former_slot;
CREATE INDEX slot_taken ON slot (taken_at);
