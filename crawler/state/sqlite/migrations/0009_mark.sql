-- URLs up to this id were known, or were on the first page, when the last completed pass
-- over the source began; 0: not known.

ALTER TABLE source ADD COLUMN mark INTEGER NOT NULL DEFAULT 0;
