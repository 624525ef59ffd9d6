-- What does the press expect on the coming days?
-- ماذا تنتظر الصحافة في الأيام المقبلة؟
-- :day         date =           looked at from this day; empty: the last that was measured
-- :weeks       integer = 4      weeks of articles that are read for it
-- :ahead       integer = 60     days to look ahead
-- first_day    the day that is expected, or its first
-- last_day     its last, where it is a range
-- articles     articles that speak of it
-- stories      stories among them
-- sources      publishers among them
-- example      the newest sentence that does; empty where no publisher lets it be shown
WITH at AS (
    SELECT coalesce(nullif(:'day', '')::date, max(last_day)) AS day FROM mart.sources
)
SELECT d.first_day, d.last_day, count(DISTINCT d.article_id) AS articles, count(DISTINCT d.story_id) AS stories,
       count(DISTINCT d.source_id) AS sources,
       (array_agg(d.context ORDER BY d.day DESC, d.article_id) FILTER (WHERE d.context IS NOT NULL))[1] AS example
FROM mart.dates_ahead d, at
WHERE d.day BETWEEN at.day - 7 * :'weeks'::int AND at.day
  AND d.first_day > at.day AND d.first_day <= at.day + :'ahead'::int
GROUP BY d.first_day, d.last_day
ORDER BY d.first_day, d.last_day
