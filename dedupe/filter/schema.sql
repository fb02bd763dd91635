-- What newsonce dedupe --index has judged, in order.
CREATE TABLE document (
	id        INTEGER PRIMARY KEY, -- from 1
	head      INTEGER NOT NULL,    -- id of the first of its cluster
	name      BLOB NOT NULL,       -- the id in its file, as JSON
	url       TEXT NOT NULL,       -- URL key, or empty
	site      TEXT NOT NULL,
	published INTEGER,             -- seconds since 1970 UTC
	sketch    BLOB NOT NULL        -- dedupe.Sketch
) STRICT;
CREATE TABLE made (normal_form INTEGER NOT NULL) STRICT;
