-- How often an article was gone; negative while it is there again.

ALTER TABLE url ADD COLUMN gone INTEGER NOT NULL DEFAULT 0;
UPDATE url SET gone = 1 WHERE state = 3 AND text <> 0;
