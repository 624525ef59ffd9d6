-- A person's erasure (docs/decisions/0018): names as hashes that only the loader can make again.
ALTER TABLE news.takedown
    ADD COLUMN what text NOT NULL DEFAULT 'article' CHECK (what IN ('article', 'person')),
    ADD COLUMN counts jsonb;
COMMENT ON TABLE news.takedown IS 'Articles taken down and persons erased: who decided it, when and why. Holds nothing of what they said, and no name.';
COMMENT ON COLUMN news.takedown.counts IS 'Of a person: how much was removed, by kind.';

CREATE TABLE news.erasure_secret (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    secret bytea NOT NULL
);
COMMENT ON TABLE news.erasure_secret IS 'Key of the hashes in news.erased_name. Lost, those who were erased come back.';

CREATE TABLE news.erased_name (
    name bytea PRIMARY KEY,
    words int NOT NULL,
    takedown_id bigint NOT NULL REFERENCES news.takedown
);
COMMENT ON TABLE news.erased_name IS 'Keyed hashes of the folded names of persons who were erased.';

ALTER TABLE news.article_version ADD COLUMN masked boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN news.article_version.masked IS 'Whether the name of a person who was erased is hidden in it.';
CREATE INDEX article_version_masked ON news.article_version (article_id) WHERE masked;
