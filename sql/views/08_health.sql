-- What came in the last 24 hours is held against the days before. Articles count when they were first read, not when they
-- say they were published: a source that fell silent shows even while its old articles are loaded.
CREATE VIEW mart.source_health AS
WITH seen AS (
    SELECT source_id, max(first_seen_at) AS last_at, min(first_seen_at) AS first_at,
           count(*) FILTER (WHERE first_seen_at > now() - interval '24 hours') AS day_count,
           count(*) FILTER (WHERE first_seen_at > now() - interval '7 days') AS week_count,
           count(*) FILTER (WHERE first_seen_at <= now() - interval '24 hours') AS before_count
    FROM news.article WHERE first_seen_at > now() - interval '29 days'
    GROUP BY source_id
), usual AS (
    SELECT seen.*, CASE WHEN days >= 3 THEN before_count / days END AS expected,
           extract(epoch FROM now() - last_at)::float8 / 3600 AS hours
    FROM seen, LATERAL (
        SELECT least(28, extract(epoch FROM now() - interval '24 hours' - first_at) / 86400)::float8 AS days
    ) since
), outcomes AS (
    SELECT source_id, outcome, count(*) AS pages FROM news.page
    WHERE discovered_at > now() - interval '7 days' GROUP BY source_id, outcome
), pages AS (
    SELECT source_id, coalesce(sum(pages) FILTER (WHERE outcome <> 'due'), 0) AS looked_at,
           coalesce(sum(pages) FILTER (WHERE outcome IN
               ('blocked', 'consent', 'blocked_by_robots', 'paywall', 'login')), 0) AS blocked,
           coalesce(sum(pages) FILTER (WHERE outcome NOT IN
               ('due', 'loaded', 'duplicate', 'gone', 'not_arabic', 'too_short', 'elsewhere',
                'blocked', 'consent', 'blocked_by_robots', 'paywall', 'login')), 0) AS failed,
           jsonb_object_agg(outcome, pages) AS outcomes
    FROM outcomes GROUP BY source_id
), feeds AS (
    SELECT source_id, count(*) AS feeds, count(problem) AS failing, max(polled_at) AS last_poll_at,
           min(next_poll_at) AS next_poll_at, string_agg(DISTINCT problem, '; ') AS problem
    FROM news.feed WHERE parent IS NULL GROUP BY source_id
), lags AS (
    SELECT a.source_id,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM a.loaded_at - v.published_at) / 60) AS minutes
    FROM news.article a
    JOIN news.article_version v ON v.version_id = a.current_version AND v.day = a.day
    WHERE a.first_seen_at > now() - interval '7 days' AND v.day > current_date - 9
      AND v.published_at > now() - interval '7 days' AND v.published_at <= a.loaded_at
    GROUP BY a.source_id
)
SELECT s.source_id, s.name_ar, s.name_en, s.country, s.enabled, verdict[1] AS state, verdict[2] AS why,
       u.last_at AS last_article_at, f.last_poll_at, f.next_poll_at,
       coalesce(u.day_count, 0)::int AS seen_24h, u.expected AS expected_24h,
       coalesce(u.week_count, 0)::int AS seen_7d, u.expected * 7 AS expected_7d,
       coalesce(p.looked_at, 0)::int AS pages_7d, (p.failed / nullif(p.looked_at, 0))::real AS failed_share,
       (p.blocked / nullif(p.looked_at, 0))::real AS blocked_share, coalesce(p.outcomes, '{}') AS outcomes,
       f.problem, l.minutes AS lag_minutes
FROM news.source s
LEFT JOIN feeds f USING (source_id)
LEFT JOIN usual u USING (source_id)
LEFT JOIN pages p USING (source_id)
LEFT JOIN lags l USING (source_id)
CROSS JOIN LATERAL (
    SELECT CASE
        WHEN NOT s.enabled THEN ARRAY['off', coalesce(s.reason, 'not enabled')]
        WHEN f.last_poll_at IS NULL THEN ARRAY['off', 'enabled, and never asked yet']
        WHEN f.failing = f.feeds THEN ARRAY['failing', 'no feed of it can be read: ' || left(f.problem, 300)]
        WHEN p.looked_at >= 5 AND p.failed + p.blocked > p.looked_at / 2 THEN
            ARRAY['failing', format('%s of %s pages of 7 days could not be read', p.failed + p.blocked, p.looked_at)]
        WHEN f.next_poll_at < now() - interval '2 hours' THEN
            ARRAY['late', format('due since %s UTC, and not asked', to_char(f.next_poll_at, 'YYYY-MM-DD HH24:MI'))]
        -- At its usual pace so long a silence is one chance in a thousand: Poisson, exp(-7).
        WHEN u.hours >= 12 AND u.expected / 24 * u.hours >= 7 THEN
            ARRAY['silent', format('nothing for %s hours, in which %s articles are usual',
                                   round(u.hours), round(u.expected / 24 * u.hours))]
        WHEN u.source_id IS NULL AND p.source_id IS NULL THEN
            ARRAY['silent', 'its feeds answer, and nothing in them was new for a week']
        WHEN u.expected >= 5 AND u.day_count < 0.3 * u.expected THEN
            ARRAY['late', format('%s articles in 24 hours, where %s are usual', u.day_count, round(u.expected))]
        ELSE ARRAY['ok', NULL]
    END AS verdict
) judged;
COMMENT ON VIEW mart.source_health IS 'How each source does, for an operator: one row a source, with its state in a word and why.';
COMMENT ON COLUMN mart.source_health.state IS 'ok; late: far less than usual, or not asked though due; silent: nothing for long; failing: feeds or most pages cannot be read; off: not read.';
COMMENT ON COLUMN mart.source_health.why IS 'What that rests on; null where all is well.';
COMMENT ON COLUMN mart.source_health.last_article_at IS 'When an article of it was last read for the first time, within 29 days.';
COMMENT ON COLUMN mart.source_health.last_poll_at IS 'When one of its feeds was last asked.';
COMMENT ON COLUMN mart.source_health.next_poll_at IS 'When the first of its feeds is due.';
COMMENT ON COLUMN mart.source_health.seen_24h IS 'Articles first read in the last 24 hours.';
COMMENT ON COLUMN mart.source_health.expected_24h IS 'How many are usual: the mean of up to 28 days before; null with fewer than 3.';
COMMENT ON COLUMN mart.source_health.seen_7d IS 'Articles first read in the last 7 days.';
COMMENT ON COLUMN mart.source_health.expected_7d IS 'Seven times expected_24h.';
COMMENT ON COLUMN mart.source_health.pages_7d IS 'Addresses discovered in the last 7 days that were looked at.';
COMMENT ON COLUMN mart.source_health.failed_share IS 'Share of them that could not be read: errors of the server, of the network or ours.';
COMMENT ON COLUMN mart.source_health.blocked_share IS 'Share of them behind a bot wall, robots.txt, consent page, paywall or login.';
COMMENT ON COLUMN mart.source_health.outcomes IS 'What became of those of the last 7 days, due ones too: outcome to count, as JSON. mart.outcomes has each.';
COMMENT ON COLUMN mart.source_health.problem IS 'What the last poll of its feeds ran into.';
COMMENT ON COLUMN mart.source_health.lag_minutes IS 'From publication until it can be queried: the median over the last 7 days, of articles that say the time.';
