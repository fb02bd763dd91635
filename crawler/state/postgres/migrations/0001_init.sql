-- Times are milliseconds since 1970 UTC, 0 = none; durations are milliseconds. Keys and
-- hashes of 64 bits are stored as signed numbers with the same bits.

CREATE TABLE newsonce.meta (
    name  text COLLATE "C" PRIMARY KEY,
    value text NOT NULL
);

CREATE TABLE newsonce.run (
    seq     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id      text COLLATE "C" NOT NULL UNIQUE,
    command text NOT NULL,
    begun   bigint NOT NULL,
    ended   bigint NOT NULL DEFAULT 0, -- 0: unfinished
    exit    integer NOT NULL DEFAULT 0,
    summary text NOT NULL DEFAULT ''
);

-- The right to fetch from a host group, to walk a source, or to write the output. A
-- token is never used twice. Only the clock of the database counts.
CREATE TABLE newsonce.lease (
    name   text COLLATE "C" PRIMARY KEY, -- "" = maintenance
    token  bigint NOT NULL DEFAULT 0,
    owner  text NOT NULL DEFAULT '',     -- "" = nobody
    since  timestamptz NOT NULL DEFAULT clock_timestamp(),
    until  timestamptz NOT NULL DEFAULT '-infinity'
) WITH (fillfactor = 50);

CREATE TABLE newsonce.site (
    id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text COLLATE "C" NOT NULL UNIQUE,
    urls bigint NOT NULL DEFAULT 0      -- how many are known
);

CREATE TABLE newsonce.origin (
    id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text COLLATE "C" NOT NULL UNIQUE -- scheme://host, or scheme://host:port
);

-- Ids are taken under the lock of the commit, so that they ascend in the order of
-- the commits.
CREATE SEQUENCE newsonce.url_id;
CREATE SEQUENCE newsonce.text_id;
CREATE SEQUENCE newsonce.headline_id;

CREATE TABLE newsonce.url (
    id       bigint PRIMARY KEY,
    key      bigint,                    -- of the URL; NULL: forgotten
    site     bigint NOT NULL,
    origin   bigint NOT NULL,
    state    smallint NOT NULL,         -- 0 queued 1 done 2 alias 3 gone 4 refused 5 failed 6 forgotten
    next_at  bigint NOT NULL DEFAULT 0, -- done: when it is refetched
    attempts integer NOT NULL DEFAULT 0,
    hops     integer NOT NULL DEFAULT 0,
    depth    integer NOT NULL DEFAULT 0,
    url      text COLLATE "C" NOT NULL,
    source   text COLLATE "C" NOT NULL,
    found_on text COLLATE "C" NOT NULL,
    found_at bigint NOT NULL,
    at       bigint NOT NULL DEFAULT 0, -- last answer
    status   integer NOT NULL DEFAULT 0,
    reason   text COLLATE "C" NOT NULL DEFAULT '',
    etag     bytea NOT NULL DEFAULT '', -- any bytes, as the server sent them
    modified bytea NOT NULL DEFAULT '',
    target   bigint NOT NULL DEFAULT 0, -- alias: the URL that it stands for
    text     bigint NOT NULL DEFAULT 0, -- the article's newest text
    revision integer NOT NULL DEFAULT 0, -- 0: no article was written
    since    bigint NOT NULL DEFAULT 0, -- what the moments of revisits count from
    stated   text COLLATE "C",          -- what a feed or sitemap states: JSON
    title    text COLLATE "C" NOT NULL DEFAULT '', -- of the link that it was found by
    others   text COLLATE "C" NOT NULL DEFAULT '', -- of a capture: URLs of others of the same page
    doubt    smallint NOT NULL DEFAULT 0, -- 0 none 1 suspected 2 blocked
    gone     integer NOT NULL DEFAULT 0 -- how often an article was gone; negative while it is there again
) WITH (fillfactor = 85);
CREATE UNIQUE INDEX url_key ON newsonce.url(key) WHERE key IS NOT NULL;
CREATE INDEX url_queue ON newsonce.url(site, origin, next_at, id) WHERE state = 0;
CREATE INDEX url_revisit ON newsonce.url(site, origin, next_at, id) WHERE state = 1 AND next_at > 0;
-- What was refused without a request: by robots.txt, mostly.
CREATE INDEX url_barred ON newsonce.url(origin) WHERE state = 4 AND status = 0;
CREATE INDEX url_failed ON newsonce.url(site, at) WHERE state = 5;
CREATE INDEX url_gone ON newsonce.url(at) WHERE state = 3 OR state = 4 AND status >= 300 AND status < 400;
CREATE INDEX url_doubt ON newsonce.url(id) WHERE doubt > 0;
CREATE INDEX url_alias ON newsonce.url(target) WHERE state = 2;

CREATE TABLE newsonce.text (
    id        bigint PRIMARY KEY,
    key       bigint,                   -- of the first text with it; NULL: of an earlier one, or none
    url       bigint NOT NULL,          -- the article that had it first
    hash      bytea NOT NULL,           -- SHA-256 of the normal form
    fields    bigint NOT NULL,          -- hash of title, dates, authors
    words     integer NOT NULL,
    published bigint NOT NULL,          -- 0: not known
    outline   bytea                     -- hashes of its paragraphs
);
CREATE UNIQUE INDEX text_key ON newsonce.text(key) WHERE key IS NOT NULL;
CREATE INDEX text_hash ON newsonce.text USING hash (hash);
CREATE INDEX text_url ON newsonce.text(url);

-- What texts are compared by. seq ascends in the order of the commits.
CREATE TABLE newsonce.near (
    text   bigint PRIMARY KEY,
    seq    bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    at     bigint NOT NULL,             -- of publication, else when it was fetched
    head   bigint NOT NULL,             -- the text that it is like; itself for the first
    keys   bytea NOT NULL,
    sketch bytea NOT NULL
);
CREATE INDEX near_at ON newsonce.near(at);
CREATE INDEX near_head ON newsonce.near(head) WHERE head <> text;

CREATE TABLE newsonce.headline (
    id         bigint PRIMARY KEY,
    key        bigint,                  -- of the headline, or of a further title; NULL: forgotten
    site       bigint NOT NULL,
    title      bigint NOT NULL,         -- hash of the normalised title
    first_seen bigint NOT NULL,
    last_seen  bigint NOT NULL,
    of         bigint NOT NULL DEFAULT 0, -- a further title: the headline that it is of
    revision   integer NOT NULL DEFAULT 1 -- how many titles were revisions, and one
) WITH (fillfactor = 85);
CREATE UNIQUE INDEX headline_key ON newsonce.headline(key) WHERE key IS NOT NULL;
CREATE INDEX headline_of ON newsonce.headline(of) WHERE of > 0;

-- The text that a URL was answered with, where it was held back or blocked, or
-- answers for other URLs of the site, too.
CREATE TABLE newsonce.shown (
    url      bigint PRIMARY KEY,
    site     bigint NOT NULL,
    hash     bytea NOT NULL,
    fetches  integer NOT NULL,          -- how often in a row
    since    bigint NOT NULL,           -- the first of these
    last     bigint NOT NULL,           -- the newest text when it was first seen
    replaced boolean NOT NULL DEFAULT false -- the URL gave another article since
);
CREATE INDEX shown_hash ON newsonce.shown USING hash (hash);

CREATE TABLE newsonce.source (
    site     bigint NOT NULL,
    key      text COLLATE "C" NOT NULL,
    cursor   text NOT NULL DEFAULT '',  -- where an interrupted pass resumes
    rules    bigint NOT NULL DEFAULT 0, -- hash of the rules of the last completed pass
    etag     bytea NOT NULL DEFAULT '',
    modified bytea NOT NULL DEFAULT '',
    asked_at bigint NOT NULL DEFAULT 0,
    done_at  bigint NOT NULL DEFAULT 0,
    error    text NOT NULL DEFAULT '',
    run      text COLLATE "C" NOT NULL DEFAULT '', -- the last run that read it
    mark     bigint NOT NULL DEFAULT 0, -- URLs up to this id were known, or on the first page, when the last pass began
    PRIMARY KEY (site, key)
);

CREATE TABLE newsonce.robots (
    origin     text COLLATE "C" PRIMARY KEY,
    fetched_at bigint NOT NULL,
    expires    bigint NOT NULL,
    status     integer NOT NULL,
    body       bytea,                   -- the last that could be read; NULL: none yet
    since      bigint NOT NULL DEFAULT 0 -- when it first could not be read
);

CREATE TABLE newsonce.pace (
    name       text COLLATE "C" PRIMARY KEY, -- host group
    next_at    bigint NOT NULL,
    state      smallint NOT NULL,       -- 0 ready 1 in back-off 2 quarantined
    reason     text NOT NULL,
    until      bigint NOT NULL,
    failures   integer NOT NULL,
    backoff    bigint NOT NULL,
    quarantine bigint NOT NULL,
    slow       bigint NOT NULL,
    since      bigint NOT NULL,
    skew       bigint NOT NULL          -- by which the clock of the writer was ahead of the server's
) WITH (fillfactor = 50);

CREATE TABLE newsonce.output (
    key  text COLLATE "C" PRIMARY KEY,
    data bytea NOT NULL,                -- only the sink of the output reads it
    run  text COLLATE "C" NOT NULL      -- the last run that wrote there
);

CREATE TABLE newsonce.observed (
    site bigint NOT NULL,
    key  text COLLATE "C" NOT NULL,
    seen bytea NOT NULL,
    PRIMARY KEY (site, key)
);

-- Lines that were committed and are not in the output yet. seq ascends in the order of
-- the commits.
CREATE TABLE newsonce.outbox (
    seq  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    site text COLLATE "C" NOT NULL,
    type text COLLATE "C" NOT NULL,
    at   bigint NOT NULL,               -- of the commit
    line bytea NOT NULL
);

-- Alerts on new items that wait for their delivery.
CREATE TABLE newsonce.alert (
    seq      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id       text COLLATE "C" NOT NULL UNIQUE,
    receiver text COLLATE "C" NOT NULL,
    url      text COLLATE "C" NOT NULL,
    message  bytea NOT NULL,
    taken    timestamptz NOT NULL DEFAULT '-infinity' -- nobody else delivers it before
);
CREATE INDEX alert_url ON newsonce.alert(url);
