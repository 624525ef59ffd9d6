-- Which names came up for the first time, in several publishers at once?
-- أي الأسماء ظهرت لأول مرة، وعند أكثر من ناشر؟
-- :since     date =         first day; empty: the last day alone
-- :until     date =         last day; empty: the last that was measured
-- :least     integer = 2    publishers that must name it
-- first_day  when it came up
-- articles   articles that name it since
-- sources    publishers, on the day of most
-- type       PER, ORG or LOC
-- standing   listed: the lexicon knew it all along; added, candidate: it did not
-- entity     who or what
WITH span AS (
    SELECT coalesce(nullif(:'until', '')::date, max(last_day)) AS until,
           coalesce(nullif(:'since', '')::date, nullif(:'until', '')::date, max(last_day)) AS since
    FROM mart.sources
)
SELECT min(d.day) AS first_day, sum(d.articles)::int AS articles, max(d.sources) AS sources, d.entity_type AS type, e.standing, d.entity
FROM mart.entity_days d
JOIN mart.entities e USING (entity_id), span
WHERE d.day BETWEEN span.since AND span.until
  AND NOT EXISTS (SELECT FROM mart.entity_days o WHERE o.entity_id = d.entity_id AND o.day < span.since)
GROUP BY d.entity_id, d.entity, d.entity_type, e.standing
HAVING max(d.sources) >= :'least'::int
ORDER BY articles DESC, d.entity
