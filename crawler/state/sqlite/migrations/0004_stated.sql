-- What a feed or sitemap states about an article: JSON, NULL where there is none.

ALTER TABLE url ADD COLUMN stated TEXT;
