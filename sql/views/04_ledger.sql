CREATE VIEW mart.outcomes AS
SELECT p.page_id, p.url, p.source_id, 'page' AS kind, p.outcome, p.reason, p.status, p.article_id, p.attempts,
       p.discovered_at, p.fetched_at, p.settled_at, p.next_look_at, p.gone_at
FROM news.page p
UNION ALL
SELECT NULL, f.url, f.source_id, 'feed',
       CASE WHEN f.problem IS NOT NULL THEN 'problem' WHEN f.polled_at IS NULL THEN 'due' ELSE 'read' END,
       f.problem, NULL, NULL, f.failures, NULL, f.polled_at, f.polled_at, f.next_poll_at, NULL
FROM news.feed f;
COMMENT ON VIEW mart.outcomes IS 'The ledger: what became of every address discovered, with the reason, and of every feed. Addresses that never became an article expire (mart.outcome_days counts them on).';
COMMENT ON COLUMN mart.outcomes.outcome IS 'due, loaded, duplicate, gone, blocked_by_robots, not_arabic, too_short, failed …: docs/operations.md has them all.';
COMMENT ON COLUMN mart.outcomes.next_look_at IS 'When it is looked at again; null where that is not planned.';
COMMENT ON COLUMN mart.outcomes.kind IS 'page or feed.';
COMMENT ON COLUMN mart.outcomes.reason IS 'Why, in words; null where it was loaded or read.';
COMMENT ON COLUMN mart.outcomes.status IS 'The HTTP status that came last, where there was one.';
COMMENT ON COLUMN mart.outcomes.attempts IS 'Fetches since the last one that settled it; of a feed, failures in a row.';
COMMENT ON COLUMN mart.outcomes.discovered_at IS 'When a feed or an archive first named it.';
COMMENT ON COLUMN mart.outcomes.fetched_at IS 'When it was last fetched.';
COMMENT ON COLUMN mart.outcomes.gone_at IS 'Since when the server has it no more; null while it has.';
COMMENT ON COLUMN mart.outcomes.settled_at IS 'When its outcome was written.';

CREATE VIEW mart.outcome_days AS
SELECT day, source_id, outcome, sum(pages)::bigint AS pages
FROM (
    SELECT (p.discovered_at AT TIME ZONE 'UTC')::date AS day, p.source_id, p.outcome, count(*) AS pages
    FROM news.page p GROUP BY 1, 2, 3
    UNION ALL
    SELECT day, source_id, outcome, pages FROM news.outcome_day
) d
GROUP BY day, source_id, outcome;
COMMENT ON VIEW mart.outcome_days IS 'How many addresses each source''s feeds and archives first named on a day, by what became of them: also of those whose rows in mart.outcomes have expired.';
COMMENT ON COLUMN mart.outcome_days.day IS 'When they were first named, in UTC.';
COMMENT ON COLUMN mart.outcome_days.outcome IS 'As in mart.outcomes.';
COMMENT ON COLUMN mart.outcome_days.pages IS 'Addresses.';

CREATE VIEW mart.runs AS
SELECT r.run_id, r.source_id, r.planned_at, r.finished_at, s.key AS stage, s.seconds, s.items
FROM news.run_source r
LEFT JOIN LATERAL (
    SELECT key, (value ->> 'seconds')::float8 AS seconds, (value ->> 'items')::bigint AS items
    FROM jsonb_each(r.stages)
) s ON true;
COMMENT ON VIEW mart.runs IS 'How long each stage of each run took for each source; finished_at is null where the run failed there.';
COMMENT ON COLUMN mart.runs.items IS 'discover: new addresses; fetch: pages; clean: articles; extract and load: facts.';
COMMENT ON COLUMN mart.runs.planned_at IS 'When the run set out to do it.';
COMMENT ON COLUMN mart.runs.finished_at IS 'When its load was through; null where the run failed there.';
COMMENT ON COLUMN mart.runs.stage IS 'discover, fetch, clean, extract or load; null where none came to its end.';
COMMENT ON COLUMN mart.runs.seconds IS 'How long the stage took.';
