-- What another tool brought first is this tool's invoice, too: by its own id it is known under whatever number comes.
CREATE TABLE copied_source (
  tool TEXT COLLATE "C" NOT NULL,
  source_id TEXT COLLATE "C" NOT NULL,
  invoice_id BIGINT NOT NULL REFERENCES invoice (id),
  PRIMARY KEY (tool, source_id)
);
