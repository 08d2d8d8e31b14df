-- What could not be read of a portal's invoice may be equal to anything: it is written in a way that can be looked up.
UPDATE portal_invoice SET
    customer_id = COALESCE(customer_id, ''),
    amount_cents = COALESCE(amount_cents, -9007199254740991),
    issued_at = CASE WHEN issued_at LIKE '____-__-__' THEN issued_at ELSE '' END
  WHERE customer_id IS NULL OR amount_cents IS NULL OR issued_at IS NULL OR issued_at NOT LIKE '____-__-__';
