-- Other facts under a number that a person is still to decide about, latest last.
CREATE INDEX conflict_open ON conflict (invoice_id, id) WHERE settled = 0;
