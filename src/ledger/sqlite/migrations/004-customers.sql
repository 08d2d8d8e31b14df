-- The tools' customers, as their invoices told of them, and whose they are in the portal.
CREATE TABLE customer (
  id INTEGER PRIMARY KEY,
  tool TEXT NOT NULL,
  -- Folded as invoice.customer_ref is; `ref` is how the tool writes it.
  ref_key TEXT NOT NULL,
  ref TEXT NOT NULL,
  contact TEXT NOT NULL CHECK (json_valid(contact)),
  name_key TEXT NOT NULL,
  -- Every name it was told under, folded.
  names TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(names)),
  -- The contact's fingerprint, and the invoice that told it.
  facts TEXT NOT NULL,
  told_by INTEGER NOT NULL,
  -- The portal's id that the tool itself gave for it last.
  given_id TEXT,
  portal_id TEXT,
  how TEXT CHECK (how IN ('person', 'email', 'created')),
  -- The names that the link was made for.
  link_names TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(link_names)),
  linked_at INTEGER,
  -- Portal ids that a person took away: never matched by themselves again.
  refused TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(refused)),
  -- What it was linked to until the portal said that it is gone.
  gone_id TEXT,

  UNIQUE (tool, ref_key),
  CHECK ((portal_id IS NULL) = (how IS NULL) AND (portal_id IS NULL) = (linked_at IS NULL))
) STRICT;

CREATE INDEX customer_portal ON customer (portal_id) WHERE portal_id IS NOT NULL;
CREATE INDEX customer_given ON customer (given_id) WHERE given_id IS NOT NULL;

CREATE TABLE customer_email (
  email TEXT NOT NULL,
  customer_id INTEGER NOT NULL REFERENCES customer (id),
  PRIMARY KEY (email, customer_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX customer_email_customer ON customer_email (customer_id);

-- What an invoice told of its customer when it was last looked at, as a fingerprint: told again it is no news.
CREATE TABLE customer_sighting (
  invoice_id INTEGER PRIMARY KEY REFERENCES invoice (id),
  customer_id INTEGER NOT NULL REFERENCES customer (id),
  facts TEXT NOT NULL
) STRICT;

-- Customers that the portal was asked to create, and of which it is not known what came of it. Ids are never used
-- again, because how long ago one was first seen is remembered by them.
CREATE TABLE customer_creation (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  customer_id INTEGER NOT NULL UNIQUE REFERENCES customer (id),
  email TEXT NOT NULL UNIQUE,
  fields TEXT NOT NULL CHECK (json_valid(fields)),
  at INTEGER NOT NULL,
  -- The portal's words, where it answered and was not understood.
  answer TEXT
) STRICT;
