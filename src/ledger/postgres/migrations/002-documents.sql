-- The PDFs, in pieces, so that no process ever holds a whole one. They are compressed already.

CREATE TABLE document_chunk (
  file TEXT COLLATE "C" NOT NULL,
  seq BIGINT NOT NULL,
  bytes BYTEA NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (file, seq)
);

ALTER TABLE document_chunk ALTER COLUMN bytes SET STORAGE EXTERNAL;
