-- The last link that a person removed: to whom it led, when and who removed it, by which way and from where.
ALTER TABLE customer ADD COLUMN unlinked TEXT CHECK (unlinked IS NULL OR json_valid(unlinked));
