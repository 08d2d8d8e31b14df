-- Statements that more than one database understands: what they ask for stands in columns of its own, and each query has an
-- index that no other can be taken for.

-- How the first line of a row's history reads; null where it stands in the history itself, as earlier versions kept it.
ALTER TABLE invoice ADD COLUMN received TEXT CHECK (received IS NULL OR json_valid(received));

-- The PDF that came with other facts.
ALTER TABLE conflict ADD COLUMN document_file TEXT;
UPDATE conflict SET document_file = arrival ->> '$.document.file' WHERE settled = 0;

-- An early version wrote the name of a customer that it would create in place of the id: no more than a name, and personal.
UPDATE invoice SET body = json_set(body, '$.customerId', '') WHERE body ->> '$.customerId' LIKE 'a new customer, %';
UPDATE invoice SET sent_body = json_set(sent_body, '$.customerId', '')
  WHERE sent_body ->> '$.customerId' LIKE 'a new customer, %';

-- What only ever rises.
CREATE TABLE counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO counter SELECT name, CAST(value AS INTEGER) FROM fact WHERE name IN ('told', 'reads');
INSERT INTO counter SELECT 'sent', value ->> '$.sent' FROM fact WHERE name = 'memory' AND value ->> '$.sent' IS NOT NULL;
DELETE FROM fact WHERE name IN ('told', 'reads');
UPDATE fact SET value = json_remove(value, '$.sent') WHERE name = 'memory';

DROP INDEX invoice_customer_ref;
DROP INDEX invoice_in_reach;
CREATE INDEX invoice_customer ON invoice (customer_ref, tool, forgotten);
CREATE INDEX invoice_customer_held ON invoice (customer_ref, tool, state, id) WHERE state = 'held';
CREATE INDEX invoice_customer_lent ON invoice (customer_ref, tool, state) WHERE loan_until IS NOT NULL;

DROP INDEX invoice_waiting_since;
DROP INDEX invoice_sending;
CREATE INDEX invoice_waiting_since ON invoice (state, since) WHERE state = 'waiting';
CREATE INDEX invoice_sending ON invoice (state, sending_at) WHERE state = 'sending';
