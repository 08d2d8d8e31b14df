-- What the portal no longer holds. An answer to a create that names one of these does not name what was just made.
CREATE TABLE portal_invoice_gone (
  id TEXT PRIMARY KEY,
  -- As `told` of portal_invoice, when it was first told of.
  told INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
