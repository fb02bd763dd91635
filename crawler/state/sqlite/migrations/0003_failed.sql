-- What failed permanently, by site and time.
CREATE INDEX url_failed ON url(site, at) WHERE state = 5;
