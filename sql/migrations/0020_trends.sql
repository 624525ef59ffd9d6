-- Trends that know outages: what each source was expected to publish, what came, and what that does to each count.
ALTER TABLE news.entity_source_day ADD COLUMN texts int NOT NULL DEFAULT 0, ADD COLUMN stories int NOT NULL DEFAULT 0;
ALTER TABLE news.source_day ADD COLUMN stories int NOT NULL DEFAULT 0;

CREATE TABLE news.entity_country_day (
    day date NOT NULL,
    country text NOT NULL,
    entity_id bigint NOT NULL,
    articles int NOT NULL,
    texts int NOT NULL,
    stories int NOT NULL,
    mentions int NOT NULL,
    PRIMARY KEY (day, country, entity_id)
);
CREATE TABLE news.phrase_day (
    day date NOT NULL,
    phrase_key text NOT NULL,
    phrase text NOT NULL,
    articles int NOT NULL,
    texts int NOT NULL,
    stories int NOT NULL,
    sources int NOT NULL,
    PRIMARY KEY (day, phrase_key)
);
CREATE TABLE news.topic_day (
    day date NOT NULL,
    topic text NOT NULL,
    articles int NOT NULL,
    texts int NOT NULL,
    stories int NOT NULL,
    sources int NOT NULL,
    PRIMARY KEY (day, topic)
);
CREATE TABLE news.source_hour (
    day date NOT NULL,
    source_id text NOT NULL,
    hour smallint NOT NULL CHECK (hour BETWEEN 0 AND 23),
    articles int NOT NULL,
    PRIMARY KEY (day, source_id, hour)
);
COMMENT ON TABLE news.source_hour IS 'Articles by the hour of publication on the publisher''s clock, where the page gives a time.';
CREATE TABLE news.source_press (
    day date NOT NULL,
    source_id text NOT NULL,
    expected real NOT NULL,
    coverage real NOT NULL,
    missing_hours smallint[] NOT NULL DEFAULT '{}',
    PRIMARY KEY (day, source_id)
);
COMMENT ON TABLE news.source_press IS 'What a source with a history was expected to publish on a day, and which share of it could be seen.';
CREATE TABLE news.stale_trend (day date PRIMARY KEY);
COMMENT ON TABLE news.stale_trend IS 'Days whose trends rest on counts that changed since; written and deleted by measuring alone.';

DROP TABLE news.entity_trend;
CREATE TABLE news.entity_trend (
    day date NOT NULL,
    entity_id bigint NOT NULL,
    articles int NOT NULL,
    expected real NOT NULL,
    baseline_days smallint NOT NULL,
    z real NOT NULL,
    log_odds real NOT NULL,
    score real NOT NULL,
    burst boolean NOT NULL,
    burst_weight real NOT NULL,
    coverage real,
    PRIMARY KEY (day, entity_id)
);
CREATE INDEX entity_trend_score ON news.entity_trend (day, score DESC);
CREATE INDEX entity_trend_burst ON news.entity_trend (day, burst_weight DESC) WHERE burst;
COMMENT ON TABLE news.entity_trend IS 'What rises, and how sure that is: rasad.warehouse.bursts.';
INSERT INTO news.dirty_day SELECT DISTINCT day, 'migration trends' FROM news.article WHERE day IS NOT NULL;
CREATE INDEX phrase_day_phrase ON news.phrase_day (phrase_key, day);
