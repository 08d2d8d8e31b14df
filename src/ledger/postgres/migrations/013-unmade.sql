-- Customers that the portal was asked for, answered about, and does not show: it is not asked for the same again by itself.
-- What the portal answered before this was not kept, and neither is what it answers to a release before this one.
CREATE TABLE customer_unmade (
  -- The fingerprint of the fields that were sent.
  fields TEXT COLLATE "C" PRIMARY KEY,
  customer_id BIGINT NOT NULL REFERENCES customer (id),
  -- The portal's words; null once the customer is forgotten.
  answer TEXT COLLATE "C"
);
CREATE INDEX customer_unmade_customer ON customer_unmade (customer_id);
