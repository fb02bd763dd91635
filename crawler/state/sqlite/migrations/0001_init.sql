-- Times are milliseconds since 1970 UTC, 0 = none; durations are milliseconds.

CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE run (
    seq     INTEGER PRIMARY KEY,
    id      TEXT NOT NULL UNIQUE,
    command TEXT NOT NULL,
    begun   INTEGER NOT NULL,
    ended   INTEGER NOT NULL DEFAULT 0, -- 0: unfinished
    exit    INTEGER NOT NULL DEFAULT 0,
    summary TEXT NOT NULL DEFAULT ''
);

CREATE TABLE site (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    urls INTEGER NOT NULL DEFAULT 0     -- how many are known
);

CREATE TABLE origin (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE           -- scheme://host, or scheme://host:port
);

-- Ids of url, headline and text count from 1 without a gap: the n-th key of
-- keylog's column belongs to id n. Uniqueness is kept by the set in memory,
-- by the lock on the state, and by a check when the set is loaded.
CREATE TABLE keylog (
    seq       INTEGER PRIMARY KEY,      -- one row a commit that added keys
    urls      BLOB,                     -- 8 bytes a key, little endian; 0 = removed
    headlines BLOB,                     -- also of further titles of a headline
    titles    BLOB,                     -- 4 bytes a headline key: of its title
    texts     BLOB
);

CREATE TABLE url (
    id       INTEGER PRIMARY KEY,
    site     INTEGER NOT NULL,
    origin   INTEGER NOT NULL,
    state    INTEGER NOT NULL,          -- 0 queued 1 done 2 alias 3 gone 4 refused 5 failed 6 forgotten
    next_at  INTEGER NOT NULL DEFAULT 0, -- done: when it is to be asked again
    attempts INTEGER NOT NULL DEFAULT 0,
    hops     INTEGER NOT NULL DEFAULT 0,
    depth    INTEGER NOT NULL DEFAULT 0,
    url      TEXT NOT NULL,
    source   TEXT NOT NULL,
    found_on TEXT NOT NULL,
    found_at INTEGER NOT NULL,
    at       INTEGER NOT NULL DEFAULT 0, -- last answer
    status   INTEGER NOT NULL DEFAULT 0,
    reason   TEXT NOT NULL DEFAULT '',
    etag     TEXT NOT NULL DEFAULT '',
    modified TEXT NOT NULL DEFAULT '',
    target   INTEGER NOT NULL DEFAULT 0, -- alias: the URL it stands for
    text     INTEGER NOT NULL DEFAULT 0, -- the article's newest text
    revision INTEGER NOT NULL DEFAULT 0, -- 0: no article was written
    since    INTEGER NOT NULL DEFAULT 0  -- what the moments of revisits count from
);
CREATE INDEX url_queue ON url(site, origin, next_at, id) WHERE state = 0;
CREATE INDEX url_revisit ON url(site, origin, next_at, id) WHERE state = 1 AND next_at > 0;
-- What was refused without being asked: by robots.txt, mostly.
CREATE INDEX url_barred ON url(origin) WHERE state = 4 AND status = 0;
-- What was not there: 404, 410, or a redirect that leads to no article.
CREATE INDEX url_gone ON url(id) WHERE state = 3 OR state = 4 AND status >= 300 AND status < 400;

CREATE TABLE text (
    id        INTEGER PRIMARY KEY,
    url       INTEGER NOT NULL,         -- the article that had it first
    hash      BLOB NOT NULL,            -- SHA-256 of the normal form
    fields    INTEGER NOT NULL,         -- hash of title, dates, authors
    words     INTEGER NOT NULL,
    published INTEGER NOT NULL,         -- 0: not known
    outline   BLOB                      -- hashes of its paragraphs
);

-- What texts are compared by, in the order in which they were claimed.
CREATE TABLE near (
    text INTEGER PRIMARY KEY,
    at   INTEGER NOT NULL,              -- of publication, else when it was fetched
    head INTEGER NOT NULL,              -- the text that it is like; itself for the first
    keys BLOB NOT NULL
);
CREATE INDEX near_at ON near(at);

CREATE TABLE sketch (
    text   INTEGER PRIMARY KEY,
    sketch BLOB NOT NULL
);

CREATE TABLE headline (
    id         INTEGER PRIMARY KEY,
    site       INTEGER NOT NULL,
    title      INTEGER NOT NULL,        -- hash of the first normalised title
    first_seen INTEGER NOT NULL,
    last_seen  INTEGER NOT NULL,
    of         INTEGER NOT NULL DEFAULT 0, -- a further title: the headline that it is of
    revision   INTEGER NOT NULL DEFAULT 1  -- how many titles were revisions, and one
);

CREATE TABLE source (
    site     INTEGER NOT NULL,
    key      TEXT NOT NULL,
    cursor   TEXT NOT NULL DEFAULT '',  -- where an interrupted pass goes on
    rules    INTEGER NOT NULL DEFAULT 0, -- hash of the rules of the last completed pass
    etag     TEXT NOT NULL DEFAULT '',
    modified TEXT NOT NULL DEFAULT '',
    asked_at INTEGER NOT NULL DEFAULT 0,
    done_at  INTEGER NOT NULL DEFAULT 0,
    error    TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (site, key)
) WITHOUT ROWID;

CREATE TABLE robots (
    origin     TEXT PRIMARY KEY,
    fetched_at INTEGER NOT NULL,
    expires    INTEGER NOT NULL,
    status     INTEGER NOT NULL,
    body       BLOB                     -- the last that could be read; NULL: none yet
) WITHOUT ROWID;

CREATE TABLE pace (
    name       TEXT PRIMARY KEY,        -- host group
    next_at    INTEGER NOT NULL,
    state      INTEGER NOT NULL,        -- 0 ready 1 snoozed 2 quarantined
    reason     TEXT NOT NULL,
    until      INTEGER NOT NULL,
    failures   INTEGER NOT NULL,
    backoff    INTEGER NOT NULL,
    quarantine INTEGER NOT NULL,
    slow       INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE output (
    path   TEXT PRIMARY KEY,
    bytes  INTEGER NOT NULL,            -- committed end
    lines  INTEGER NOT NULL,
    tail   INTEGER NOT NULL,            -- xxh3 of the at most 4096 bytes before it
    member INTEGER NOT NULL,            -- compressed: where the open member or frame begins
    summed INTEGER NOT NULL,            -- gzip: CRC-32 and length of its text
    first  INTEGER NOT NULL,            -- when the first line was written
    last   INTEGER NOT NULL,
    number INTEGER NOT NULL,            -- rotated: of the file sealed last
    sealed TEXT NOT NULL,               -- the name that the file gets, '' = it is written to
    sum    TEXT NOT NULL,               -- SHA-256 of its bytes, with that name
    run    TEXT NOT NULL                -- last run that wrote it
) WITHOUT ROWID;

CREATE TABLE observed (
    site INTEGER NOT NULL,
    key  TEXT NOT NULL,                 -- expectation
    seen BLOB NOT NULL,                 -- one byte an observation, oldest first
    PRIMARY KEY (site, key)
) WITHOUT ROWID;
