-- Invoices are found by their amount, too: all of them are entered again, some at a time.
UPDATE counter SET value = 0 WHERE name = 'searchable to';
