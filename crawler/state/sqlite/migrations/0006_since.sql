-- Since when a host has failed, and a robots.txt could not be read; 0 = it could. Pauses
-- double, so the last one is about as long as all before it.

ALTER TABLE pace ADD COLUMN since INTEGER NOT NULL DEFAULT 0;
UPDATE pace SET since = max(until - 2 * quarantine, 1) WHERE state = 2;

ALTER TABLE robots ADD COLUMN since INTEGER NOT NULL DEFAULT 0;
UPDATE robots SET since = max(2 * fetched_at - expires, 1) WHERE body IS NULL;

-- xxh3 over the columns of a row; NULL: written by an earlier release.

ALTER TABLE keylog ADD COLUMN sum INTEGER;
