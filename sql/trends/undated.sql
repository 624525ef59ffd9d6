-- How much of each publisher has no day of publication, so that its days are guesses?
-- كم مما ينشره كل ناشر بلا تاريخ نشر، فأيامه تقدير؟
-- :since      date =   first day; empty: four weeks before the last
-- :until      date =   last day; empty: the last that was measured
-- source_id   the publisher
-- articles    its articles
-- no_day      those whose day is the one they were first seen on
-- no_time     those with a day and no time: they are never first with a story
-- percent     the share of no_day
-- source_ar   its name
WITH span AS (
    SELECT coalesce(nullif(:'until', '')::date, max(last_day)) AS until,
           coalesce(nullif(:'since', '')::date, max(last_day) - 27) AS since
    FROM mart.sources
)
SELECT a.source_id, count(*) AS articles, count(*) FILTER (WHERE a.day_basis = 'seen') AS no_day,
       count(*) FILTER (WHERE a.day_basis = 'published' AND a.published_at IS NULL) AS no_time,
       round(100.0 * count(*) FILTER (WHERE a.day_basis = 'seen') / count(*)) AS percent, a.source_ar
FROM mart.articles a, span
WHERE a.day BETWEEN span.since AND span.until
GROUP BY a.source_id, a.source_ar
ORDER BY percent DESC, no_time DESC, a.source_id
