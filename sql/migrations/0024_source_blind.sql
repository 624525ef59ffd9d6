-- When we could not see a source: what it published then is unknown, however little it usually publishes.
CREATE TABLE news.source_blind (
    source_id text NOT NULL REFERENCES news.source,
    since timestamptz NOT NULL,
    until timestamptz,
    PRIMARY KEY (source_id, since)
);
CREATE UNIQUE INDEX source_blind_now ON news.source_blind (source_id) WHERE until IS NULL;
COMMENT ON TABLE news.source_blind IS 'From the poll with which the last of a source''s feeds failed to the one that a feed answered again; until is null while none does.';
