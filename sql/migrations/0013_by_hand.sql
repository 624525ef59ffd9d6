-- What became of each address, or pasted text, of a run that a person started: also where nothing was loaded.
CREATE TABLE news.by_hand (
    run_id text NOT NULL,
    asked text NOT NULL,
    source_id text NOT NULL,
    outcome text NOT NULL,
    reason text,
    url text,
    article_id bigint,
    title text,
    facts jsonb NOT NULL,
    found jsonb NOT NULL,
    dry_run boolean NOT NULL,
    done_at timestamptz NOT NULL,
    PRIMARY KEY (run_id, asked)
);
COMMENT ON TABLE news.by_hand IS 'Results of ingest_urls, one row an address and run; found holds the first few facts of each kind.';
