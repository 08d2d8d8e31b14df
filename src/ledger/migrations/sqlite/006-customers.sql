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
