-- A person put this PDF in the place of another.
ALTER TABLE invoice ADD COLUMN pdf_by_person BIGINT NOT NULL DEFAULT 0 CHECK (pdf_by_person IN (0, 1));

-- Deliveries by hour, and by how many seconds each took at most; 0: longer than that. See src/ledger/pace.ts.
CREATE TABLE pace (
  hour BIGINT NOT NULL,
  took BIGINT NOT NULL,
  invoices BIGINT NOT NULL,
  PRIMARY KEY (hour, took)
);

-- Who linked it, by which way and from where.
ALTER TABLE customer ADD COLUMN linked_by TEXT COLLATE "C" CHECK (linked_by IS NULL OR linked_by::json IS NOT NULL);
