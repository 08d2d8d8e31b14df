-- Since when each accounting tool is set up, and up to when it was asked what its webhooks missed.
CREATE TABLE tool (
  name TEXT PRIMARY KEY,
  start INTEGER NOT NULL,
  asked_to INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Authentic events that could not be read, to be read again after an upgrade.
CREATE TABLE event (
  invoice_id INTEGER PRIMARY KEY REFERENCES invoice (id),
  body BLOB NOT NULL
) STRICT;

-- An invoice that was deleted in its tool is told of by the tool's own id alone.
CREATE INDEX invoice_source ON invoice (tool, invoice ->> '$.sourceId') WHERE invoice ->> '$.sourceId' IS NOT NULL;
