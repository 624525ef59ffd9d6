-- How does a phrase live: when did it come up, when was it at its height, who took it up?
-- كيف تعيش عبارة: متى ظهرت، ومتى بلغت ذروتها، ومن أخذ بها؟
-- :phrase       text = وقف إطلاق النار  as written; its spelling is folded by its key
-- :since        date =                  first day; empty: eight weeks before the last
-- :until        date =                  last day; empty: the last that was measured
-- day           days on which an article is about it
-- articles      articles that are
-- stories       stories among them
-- sources       publishers among them
-- new_sources   those that had not been before
-- peak          whether it is the height, by stories
WITH span AS (
    SELECT coalesce(nullif(:'until', '')::date, max(last_day)) AS until,
           coalesce(nullif(:'since', '')::date, max(last_day) - 55) AS since
    FROM mart.sources
), wanted AS (
    SELECT DISTINCT phrase_key FROM mart.phrases, span
    WHERE day BETWEEN span.since AND span.until AND :'phrase' IN (phrase, phrase_key)
), uses AS (
    SELECT p.*, min(p.day) OVER (PARTITION BY p.source_id) AS since_day
    FROM mart.phrases p JOIN wanted USING (phrase_key), span
    WHERE p.day BETWEEN span.since AND span.until
), days AS (
    SELECT day, count(DISTINCT article_id) AS articles, count(DISTINCT story_id) AS stories,
           count(DISTINCT source_id) AS sources, count(DISTINCT source_id) FILTER (WHERE since_day = day) AS new_sources
    FROM uses GROUP BY day
)
SELECT *, stories = max(stories) OVER () AS peak FROM days ORDER BY day
