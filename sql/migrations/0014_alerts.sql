-- What is watched, what was raised, and whom it went to; and when an article was in the warehouse.
-- A BRIN index is as small as a page and costs a load nothing: both columns follow the order of insertion.
ALTER TABLE news.article ADD COLUMN loaded_at timestamptz;
ALTER TABLE news.article ALTER COLUMN loaded_at SET DEFAULT now();
COMMENT ON COLUMN news.article.loaded_at IS 'When its first load began; null on what was loaded before this was kept.';
CREATE INDEX article_first_seen ON news.article USING brin (first_seen_at) WITH (pages_per_range = 16);
CREATE INDEX page_discovered ON news.page USING brin (discovered_at) WITH (pages_per_range = 16);

CREATE TABLE news.watch (
    list text NOT NULL,
    rule text NOT NULL,
    kind text NOT NULL,
    words text NOT NULL,
    type text,
    per text NOT NULL,
    thresholds jsonb NOT NULL,
    rearm real NOT NULL,
    told text[] NOT NULL,
    PRIMARY KEY (list, rule)
);
COMMENT ON TABLE news.watch IS 'The watchlists as their files have them; written anew by each look at them.';

CREATE TABLE news.alert (
    alert_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    list text NOT NULL,
    rule text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('entity', 'phrase', 'topic', 'speaker', 'toll', 'source', 'check', 'run')),
    subject text NOT NULL,
    words text NOT NULL,
    entity_id bigint,
    source_id text,
    day date,
    measure text NOT NULL,
    value double precision NOT NULL,
    threshold double precision NOT NULL,
    articles int,
    texts int,
    stories int,
    expected real,
    score real,
    coverage real,
    basis text,
    evidence bigint[] NOT NULL DEFAULT '{}',
    details text,
    raised_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    ended_at timestamptz
);
COMMENT ON TABLE news.alert IS 'What was raised. One that stands (ended_at is null) is not raised again; it ends once its value is low enough.';
COMMENT ON COLUMN news.alert.subject IS 'What it is about, within its rule: the id of an entity or source, else the words watched.';
COMMENT ON COLUMN news.alert.evidence IS 'Articles that show it: their ids, so that one taken down is shown no more.';
CREATE UNIQUE INDEX alert_standing ON news.alert (list, rule, subject) WHERE ended_at IS NULL;
CREATE INDEX alert_raised ON news.alert (raised_at);

CREATE TABLE news.alert_delivery (
    alert_id uuid NOT NULL REFERENCES news.alert ON DELETE CASCADE,
    address text NOT NULL,
    sent_at timestamptz,
    attempts int NOT NULL DEFAULT 0,
    problem text,
    PRIMARY KEY (alert_id, address)
);
COMMENT ON TABLE news.alert_delivery IS 'Whom an alert is for, and when it went there. A row is locked while it is sent and marked right after.';
CREATE INDEX alert_unsent ON news.alert_delivery (address) WHERE sent_at IS NULL;
