-- Who makes the headlines, and who stays below them?
-- من يتصدر العناوين، ومن يبقى تحتها؟
-- :type       text = PER     PER, ORG or LOC
-- :since      date =         first day; empty: a week before the last
-- :until      date =         last day; empty: the last that was measured
-- :least      integer = 3    articles that must name it
-- :most       integer = 20   rows
-- articles    articles that name it
-- headlines   of them those with it in the title
-- percent     the one of the other
-- entity      who or what
WITH span AS (
    SELECT coalesce(nullif(:'until', '')::date, max(last_day)) AS until,
           coalesce(nullif(:'since', '')::date, max(last_day) - 6) AS since
    FROM mart.sources
)
SELECT count(DISTINCT m.article_id) AS articles, count(DISTINCT m.article_id) FILTER (WHERE m.field = 'title') AS headlines,
       round(100.0 * count(DISTINCT m.article_id) FILTER (WHERE m.field = 'title') / count(DISTINCT m.article_id)) AS percent,
       m.entity
FROM mart.mentions m, span
WHERE m.day BETWEEN span.since AND span.until AND m.entity_type = :'type'
GROUP BY m.entity_id, m.entity
HAVING count(DISTINCT m.article_id) >= :'least'::int
ORDER BY percent DESC, articles DESC, m.entity
LIMIT :'most'::int
