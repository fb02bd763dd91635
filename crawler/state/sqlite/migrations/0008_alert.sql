-- Alerts on new items that wait for their delivery.

CREATE TABLE alert (
    seq      INTEGER PRIMARY KEY,
    id       TEXT NOT NULL UNIQUE,
    receiver TEXT NOT NULL,
    url      TEXT NOT NULL,
    message  BLOB NOT NULL
) STRICT;
CREATE INDEX alert_url ON alert(url);
