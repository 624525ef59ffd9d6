CREATE VIEW mart.by_hand AS
SELECT run_id, asked, source_id, outcome, reason, url, article_id, title, facts, found, dry_run, done_at
FROM news.by_hand;
COMMENT ON VIEW mart.by_hand IS 'What people had read by hand (DAG ingest_urls): one row an address, or a pasted text, and run.';
COMMENT ON COLUMN mart.by_hand.run_id IS 'Airflow''s id of the run.';
COMMENT ON COLUMN mart.by_hand.asked IS 'The address as asked for; of a pasted text without one, urn:sha256 and its digest.';
COMMENT ON COLUMN mart.by_hand.source_id IS 'Whose article it is taken for.';
COMMENT ON COLUMN mart.by_hand.outcome IS 'The ledger''s word; standing where it was read before, deadline where time ran out, article in a dry run.';
COMMENT ON COLUMN mart.by_hand.reason IS 'Why, in words; null where it was loaded.';
COMMENT ON COLUMN mart.by_hand.url IS 'The article''s own address, which may be another than that asked for.';
COMMENT ON COLUMN mart.by_hand.article_id IS 'The article in the warehouse; null where there is none, and in a dry run.';
COMMENT ON COLUMN mart.by_hand.title IS 'Its headline.';
COMMENT ON COLUMN mart.by_hand.facts IS 'How many facts of each kind were found, as JSON.';
COMMENT ON COLUMN mart.by_hand.found IS 'The first few of each kind as they stand in the text, as JSON: what a person looks at first.';
COMMENT ON COLUMN mart.by_hand.dry_run IS 'Whether nothing was to be loaded.';
COMMENT ON COLUMN mart.by_hand.done_at IS 'When.';
