-- What is known of pages that may not be the article of their URL.

ALTER TABLE url ADD COLUMN title TEXT NOT NULL DEFAULT '';     -- of the link that it was found by
ALTER TABLE url ADD COLUMN others TEXT NOT NULL DEFAULT '';    -- of a capture: URLs of others of the same page
ALTER TABLE url ADD COLUMN doubt INTEGER NOT NULL DEFAULT 0;   -- 0 none 1 suspected 2 blocked
CREATE INDEX url_doubt ON url(id) WHERE doubt > 0;

-- The text that a URL was answered with, where it was held back or blocked, or
-- answers for other URLs of the site, too.
CREATE TABLE shown (
    url      INTEGER PRIMARY KEY,
    site     INTEGER NOT NULL,
    hash     BLOB NOT NULL,
    fetches  INTEGER NOT NULL,          -- how often in a row
    since    INTEGER NOT NULL,          -- the first of these
    last     INTEGER NOT NULL,          -- the newest text when it was first seen
    replaced INTEGER NOT NULL DEFAULT 0 -- 1: the URL gave another article since
);
CREATE INDEX shown_hash ON shown(hash);

-- Short texts, whose keys also depend on their titles.
CREATE INDEX text_short ON text(hash) WHERE words < 50;

-- Texts up to this one were claimed by a release that did not look for walls.
INSERT INTO meta(name, value) SELECT 'unjudged_texts', max(id) FROM text HAVING count(*) > 0;
