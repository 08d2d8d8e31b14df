-- A number leads straight to its invoice: the join of ten thousand texts that are used once each was slow. All are entered
-- again while the bridge runs, from where `entered to` is. Until then they are found by the texts of before.
CREATE TABLE search_number (
  ending TEXT NOT NULL,
  invoice_id INTEGER NOT NULL REFERENCES invoice (id),
  PRIMARY KEY (ending, invoice_id)
) STRICT, WITHOUT ROWID;

DELETE FROM counter WHERE name IN ('searchable to', 'amounts to');
