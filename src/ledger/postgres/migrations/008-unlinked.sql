-- The last link that a person removed: to whom it led, when and who removed it, by which way and from where.
ALTER TABLE customer ADD COLUMN unlinked TEXT COLLATE "C" CHECK (unlinked IS NULL OR unlinked::json IS NOT NULL);
