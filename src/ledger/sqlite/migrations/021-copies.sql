-- What another tool brought first is this tool's invoice, too: by its own id it is known under whatever number comes.
CREATE TABLE copied_source (
  tool TEXT NOT NULL,
  source_id TEXT NOT NULL,
  invoice_id INTEGER NOT NULL REFERENCES invoice (id),
  PRIMARY KEY (tool, source_id)
) STRICT, WITHOUT ROWID;
