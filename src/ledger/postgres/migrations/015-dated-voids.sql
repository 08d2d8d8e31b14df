-- Invoices that a tool voided before it told of them, as in `voided_source`, if it dates its words: a later one counts.
CREATE TABLE dated_void (
  tool TEXT COLLATE "C" NOT NULL,
  source_id TEXT COLLATE "C" NOT NULL,
  revision TEXT COLLATE "C" NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (tool, source_id)
);
CREATE INDEX dated_void_at ON dated_void (at);
