-- Each is written to by every event and by every change of state. Lists merge the parts of (tool, state, id) instead: the
-- tally says which parts there are.
DROP INDEX invoice_state;
DROP INDEX invoice_tool;
