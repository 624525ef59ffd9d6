-- Which texts went around the longest, and through how many publishers?
-- أي النصوص دارت أطول مدة، وعلى كم ناشر؟
-- :since      date =         first day on which it began; empty: a week before the last
-- :until      date =         last day on which it began; empty: the last that was measured
-- :most       integer = 20   rows
-- hours       from its first report to its last
-- articles    articles that carry it
-- texts       different texts among them
-- sources     publishers
-- first       who had it first
-- title       its title there
WITH span AS (
    SELECT coalesce(nullif(:'until', '')::date, max(last_day)) AS until,
           coalesce(nullif(:'since', '')::date, max(last_day) - 6) AS since
    FROM mart.sources
)
SELECT round((extract(epoch FROM s.last_published_at - s.first_published_at) / 3600)::numeric, 1) AS hours, s.articles, s.texts,
       s.sources, s.first_source_id AS first, s.title
FROM mart.stories s, span
WHERE s.day BETWEEN span.since AND span.until AND s.articles > 1 AND s.last_published_at IS NOT NULL
ORDER BY hours DESC NULLS LAST, s.articles DESC, s.story_id
LIMIT :'most'::int
