-- A person put this PDF in the place of another.
ALTER TABLE invoice ADD COLUMN pdf_by_person INTEGER NOT NULL DEFAULT 0 CHECK (pdf_by_person IN (0, 1));

-- Deliveries by hour, and by how many seconds each took at most; 0: longer than that. See src/ledger/pace.ts.
CREATE TABLE pace (
  hour INTEGER NOT NULL,
  took INTEGER NOT NULL,
  invoices INTEGER NOT NULL,
  PRIMARY KEY (hour, took)
) STRICT, WITHOUT ROWID;

-- Who linked it, by which way and from where.
ALTER TABLE customer ADD COLUMN linked_by TEXT CHECK (linked_by IS NULL OR json_valid(linked_by));
