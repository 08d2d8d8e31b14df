-- Invoices that a tool voided before it told of them, as in `voided_source`, if it dates its words: a later one counts.
CREATE TABLE dated_void (
  tool TEXT NOT NULL,
  source_id TEXT NOT NULL,
  revision TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (tool, source_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX dated_void_at ON dated_void (at);
