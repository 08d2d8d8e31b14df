-- Customers that the portal was asked for, answered about, and does not show: it is not asked for the same again by itself.
-- What the portal answered before this was not kept.
CREATE TABLE customer_unmade (
  -- The fingerprint of the fields that were sent.
  fields TEXT PRIMARY KEY,
  customer_id INTEGER NOT NULL REFERENCES customer (id),
  -- The portal's words; null once the customer is forgotten.
  answer TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX customer_unmade_customer ON customer_unmade (customer_id);
