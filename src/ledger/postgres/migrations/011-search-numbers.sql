-- A number leads straight to its invoice: the join of ten thousand texts that are used once each was slow. All are entered
-- again while the bridge runs, from where `entered to` is. Until then they are found by the texts of before, which a release
-- before this one goes on writing, by counters of its own. Taken away here, the texts would have to wait for all who read.
CREATE TABLE search_number (
  ending TEXT COLLATE "C" NOT NULL,
  invoice_id BIGINT NOT NULL REFERENCES invoice (id),
  PRIMARY KEY (ending, invoice_id)
);
