-- A link is made for names and for e-mail addresses. What it was made for stays when it is removed.
ALTER TABLE customer ADD COLUMN link_emails TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(link_emails));

-- Links that are there take what is known now: whatever name came they were taken for it. But where the e-mail address is
-- the reference they were not.
UPDATE customer SET link_names = names
  WHERE portal_id IS NOT NULL AND instr(ref_key, '@') = 0
    AND NOT EXISTS (SELECT 1 FROM customer_email WHERE customer_id = customer.id AND email = ref_key);
UPDATE customer SET link_emails = (SELECT json_group_array(fingerprint(email)) FROM customer_email WHERE customer_id = customer.id)
  WHERE portal_id IS NOT NULL;

-- Customers are compared by fingerprints (src/ledger/fingerprint.ts): the plain text stands beside them only as long as
-- what is personal may stay.
UPDATE customer SET
  ref_key = fingerprint(ref_key),
  name_key = fingerprint(name_key),
  names = (SELECT json_group_array(fingerprint(value)) FROM json_each(names)),
  link_names = (SELECT json_group_array(fingerprint(value)) FROM json_each(link_names));
UPDATE customer_email SET email = fingerprint(email);
UPDATE customer_creation SET email = fingerprint(email);
UPDATE portal_customer SET email = fingerprint(email) WHERE email IS NOT NULL;
UPDATE invoice SET customer_ref = fingerprint(customer_ref);
UPDATE conflict SET facts = facts_print(facts);

-- When it was told of last, or is to be looked at by retention; and whether all that is personal of it is gone. Whom an
-- earlier version kept is looked at first, and so is every row that it emptied: that left references and names in place.
ALTER TABLE customer ADD COLUMN told_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE customer ADD COLUMN forgotten INTEGER NOT NULL DEFAULT 0 CHECK (forgotten IN (0, 1));
CREATE INDEX customer_told ON customer (told_at) WHERE forgotten = 0;
CREATE INDEX invoice_in_reach ON invoice (customer_ref, tool) WHERE forgotten = 0;
UPDATE invoice SET forgotten = 0 WHERE forgotten = 1;
