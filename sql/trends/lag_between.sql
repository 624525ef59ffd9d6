-- How long after another does a publisher carry the same story?
-- بعد كم ينشر ناشر القصة التي نشرها ناشر آخر قبله؟
-- :since        date =         first day; empty: a week before the last
-- :until        date =         last day; empty: the last that was measured
-- :least        integer = 2    stories that the pair must share
-- earlier       the publisher that had it earlier
-- later         the one that had it later
-- stories       stories that went this way
-- median_lag    median minutes between them
-- longest_lag   the longest, in minutes
WITH span AS (
    SELECT coalesce(nullif(:'until', '')::date, max(last_day)) AS until,
           coalesce(nullif(:'since', '')::date, max(last_day) - 6) AS since
    FROM mart.sources
), had AS (
    SELECT a.story_id, a.source_id, min(a.published_at) AS at
    FROM mart.articles a, span
    WHERE a.day BETWEEN span.since AND span.until AND a.published_at IS NOT NULL
    GROUP BY a.story_id, a.source_id
), pairs AS (
    SELECT o.source_id AS earlier, n.source_id AS later, extract(epoch FROM n.at - o.at) / 60 AS minutes
    FROM had o JOIN had n ON n.story_id = o.story_id AND n.at > o.at
)
SELECT earlier, later, count(*) AS stories,
       round((percentile_cont(0.5) WITHIN GROUP (ORDER BY minutes))::numeric) AS median_lag, round(max(minutes)) AS longest_lag
FROM pairs
GROUP BY earlier, later
HAVING count(*) >= :'least'::int
ORDER BY stories DESC, median_lag, earlier, later
