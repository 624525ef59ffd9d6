-- The warehouse: what is known of sources, pages, articles and their facts.
-- Ids are 64-bit hashes of natural keys (docs/decisions), so that loads in any order give the same rows.

CREATE TABLE news.source (
    source_id text PRIMARY KEY,
    name_ar text NOT NULL,
    name_en text NOT NULL,
    country text NOT NULL,
    timezone text NOT NULL,
    homepage text NOT NULL,
    rights text NOT NULL CHECK (rights IN ('full', 'snippet', 'facts')),
    enabled boolean NOT NULL,
    reason text
);

CREATE TABLE news.host (
    host text PRIMARY KEY,
    next_request_at timestamptz NOT NULL DEFAULT '-infinity',
    robots_status int,
    robots_text text,
    robots_fetched_at timestamptz
);
COMMENT ON TABLE news.host IS 'Politeness: whoever fetches claims the next moment by one UPDATE of next_request_at.';

CREATE TABLE news.feed (
    url text PRIMARY KEY,
    source_id text NOT NULL REFERENCES news.source,
    etag text,
    last_modified text,
    body_hash text,
    next_poll_at timestamptz NOT NULL DEFAULT '-infinity',
    polled_at timestamptz,
    problem text,
    failures int NOT NULL DEFAULT 0,
    listed int NOT NULL DEFAULT 0,
    parent text
);
COMMENT ON COLUMN news.feed.parent IS 'Of a sitemap that another one lists: that one. It is asked when that one is.';
CREATE INDEX feed_source ON news.feed (source_id);

CREATE TABLE news.page (
    page_id bigint PRIMARY KEY,
    url text NOT NULL UNIQUE,
    source_id text NOT NULL REFERENCES news.source,
    feed_url text,
    published_hint timestamptz,
    discovered_at timestamptz NOT NULL,
    outcome text NOT NULL DEFAULT 'due' CHECK (outcome ~ '^[a-z_]+$'),
    reason text,
    status int,
    article_id bigint,
    attempts int NOT NULL DEFAULT 0,
    claimed_by text,
    fetched_at timestamptz,
    etag text,
    last_modified text,
    body_hash text,
    file text,
    file_offset bigint,
    settled_at timestamptz,
    next_look_at timestamptz
);
COMMENT ON TABLE news.page IS 'The ledger: every address ever discovered, its outcome with a reason, and when the next look is due.';
CREATE INDEX page_due ON news.page (source_id, next_look_at) WHERE next_look_at IS NOT NULL;
CREATE INDEX page_article ON news.page (article_id) WHERE article_id IS NOT NULL;

CREATE TABLE news.batch (
    batch_id text PRIMARY KEY,
    run_id text NOT NULL,
    source_id text NOT NULL,
    articles int NOT NULL DEFAULT 0,
    new_articles int NOT NULL DEFAULT 0,
    new_versions int NOT NULL DEFAULT 0,
    facts int NOT NULL DEFAULT 0,
    settled int NOT NULL DEFAULT 0,
    loaded_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE news.batch IS 'Receipts: a batch that stands here is loaded, and is not loaded again.';
CREATE INDEX batch_run ON news.batch (run_id);

CREATE TABLE news.run (
    run_id text PRIMARY KEY,
    planned_at timestamptz NOT NULL
);
COMMENT ON TABLE news.run IS 'Runs whose plan was made: one that is missing here failed before any work.';

CREATE TABLE news.run_source (
    run_id text NOT NULL,
    source_id text NOT NULL REFERENCES news.source,
    planned_at timestamptz NOT NULL,
    finished_at timestamptz,
    stages jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (run_id, source_id)
);
COMMENT ON TABLE news.run_source IS 'What a run set out to do for each source, and how long each stage took; finished_at is null where it failed.';

CREATE TABLE news.article (
    article_id bigint PRIMARY KEY,
    url text NOT NULL UNIQUE,
    source_id text NOT NULL REFERENCES news.source,
    first_seen_at timestamptz NOT NULL,
    current_version bigint,
    day date,
    text_key bigint,
    story_id bigint
);
CREATE INDEX article_day ON news.article (day, source_id);
CREATE INDEX article_text ON news.article (text_key);

CREATE TABLE news.article_version (
    version_id bigint NOT NULL,
    article_id bigint NOT NULL REFERENCES news.article,
    source_id text NOT NULL,
    day date NOT NULL,
    day_basis text NOT NULL CHECK (day_basis IN ('published', 'seen')),
    title text,
    text text NOT NULL,
    text_edits jsonb NOT NULL DEFAULT '[]',
    text_key bigint NOT NULL,
    published text,
    published_at timestamptz,
    updated text,
    authors text[] NOT NULL DEFAULT '{}',
    section text,
    tags text[] NOT NULL DEFAULT '{}',
    description text,
    image text,
    language text,
    extractors jsonb NOT NULL,
    reader int NOT NULL,
    read_at timestamptz NOT NULL,
    first_fetched_at timestamptz NOT NULL,
    last_fetched_at timestamptz NOT NULL,
    PRIMARY KEY (version_id, day)
) PARTITION BY RANGE (day);
CREATE INDEX article_version_article ON news.article_version (article_id);
COMMENT ON TABLE news.article_version IS 'An article as it stood: identified by its content, so that the order of loading does not matter.';
COMMENT ON COLUMN news.article_version.published IS 'As the page says: ISO 8601 with offset, or a bare date.';
COMMENT ON COLUMN news.article_version.text_edits IS 'What was mended on the way from the extracted body, which comes back exactly from it.';
COMMENT ON COLUMN news.article_version.reader IS 'Sum of the extractors'' versions: the greater is the newer set.';
COMMENT ON COLUMN news.article_version.read_at IS 'The look that published, tags, facts and the rest come from.';
COMMENT ON COLUMN news.article_version.extractors IS 'Fact kind to version of its extractor.';

CREATE TABLE news.entity (
    entity_id bigint PRIMARY KEY,
    type text NOT NULL CHECK (type IN ('PER', 'ORG', 'LOC')),
    key text NOT NULL,
    name text,
    name_en text,
    wikidata text,
    UNIQUE (type, key)
);
COMMENT ON COLUMN news.entity.name IS 'Display name: the spelling most used, chosen by measure; null until then.';

CREATE TABLE news.entity_alias (
    entity_id bigint NOT NULL REFERENCES news.entity,
    alias text NOT NULL,
    canonical boolean NOT NULL,
    PRIMARY KEY (entity_id, alias, canonical)
);
COMMENT ON TABLE news.entity_alias IS 'Every spelling seen: as canonical name, or as it stood in a text.';

CREATE TABLE news.fact (
    day date NOT NULL,
    version_id bigint NOT NULL,
    fact_no int NOT NULL,
    article_id bigint NOT NULL,
    source_id text NOT NULL,
    kind text NOT NULL,
    field text NOT NULL CHECK (field IN ('title', 'body')),
    start_offset int NOT NULL,
    end_offset int NOT NULL,
    surface text NOT NULL,
    entity_id bigint,
    label text,
    value double precision,
    value_max double precision,
    comparator text,
    unit text,
    unit_key text,
    currency text,
    edtf text,
    first_day date,
    last_day date,
    speaker text,
    verb text,
    role text,
    flag text,
    details jsonb,
    confidence real NOT NULL,
    extractor text NOT NULL,
    extractor_version text NOT NULL,
    PRIMARY KEY (version_id, fact_no, day),
    CHECK (start_offset >= 0 AND start_offset < end_offset)
) PARTITION BY RANGE (day);
CREATE INDEX fact_entity ON news.fact (entity_id, day) WHERE entity_id IS NOT NULL;
CREATE INDEX fact_kind ON news.fact (kind, day);
COMMENT ON TABLE news.fact IS 'One row a fact. Offsets are code points of that version''s title or text, end exclusive; surface is exactly what stands there.';

CREATE TABLE news.dirty_day (
    day date NOT NULL,
    batch_id text NOT NULL,
    PRIMARY KEY (day, batch_id)
);
COMMENT ON TABLE news.dirty_day IS 'Days to measure anew. Loaders only add, each its own row; measure deletes the rows it has seen.';

CREATE TABLE news.source_day (
    day date NOT NULL,
    source_id text NOT NULL,
    articles int NOT NULL,
    texts int NOT NULL,
    facts int NOT NULL,
    PRIMARY KEY (day, source_id)
);

CREATE TABLE news.kind_day (
    day date NOT NULL,
    source_id text NOT NULL,
    kind text NOT NULL,
    articles int NOT NULL,
    facts int NOT NULL,
    PRIMARY KEY (day, source_id, kind)
);

CREATE TABLE news.entity_source_day (
    day date NOT NULL,
    source_id text NOT NULL,
    entity_id bigint NOT NULL,
    articles int NOT NULL,
    mentions int NOT NULL,
    PRIMARY KEY (day, source_id, entity_id)
);

CREATE TABLE news.entity_day (
    entity_id bigint NOT NULL,
    day date NOT NULL,
    articles int NOT NULL,
    texts int NOT NULL,
    stories int NOT NULL,
    sources int NOT NULL,
    mentions int NOT NULL,
    PRIMARY KEY (entity_id, day)
);
CREATE INDEX entity_day_day ON news.entity_day (day);

CREATE TABLE news.entity_trend (
    day date NOT NULL,
    entity_id bigint NOT NULL,
    articles int NOT NULL,
    expected real NOT NULL,
    baseline_days int NOT NULL,
    log_odds real NOT NULL,
    score real NOT NULL,
    PRIMARY KEY (day, entity_id)
);
COMMENT ON TABLE news.entity_trend IS 'Log-odds of an entity on a day against the 28 days before, with an informative Dirichlet prior (Monroe et al. 2008); score is its z value.';
