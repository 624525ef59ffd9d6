-- Who is much spoken of and seldom lets be heard? Persons named against persons quoted.
-- من يكثر ذكره ويقل كلامه؟ الأشخاص بين الذكر والاقتباس
-- :since     date =         first day; empty: a week before the last
-- :until     date =         last day; empty: the last that was measured
-- :least     integer = 3    articles that must name them
-- :most      integer = 20   rows
-- named      articles that name them
-- quoted     of them those that quote them
-- percent    the one of the other
-- person     who
WITH span AS (
    SELECT coalesce(nullif(:'until', '')::date, max(last_day)) AS until,
           coalesce(nullif(:'since', '')::date, max(last_day) - 6) AS since
    FROM mart.sources
), named AS (
    SELECT d.entity_id, d.entity, sum(d.articles) AS articles FROM mart.entity_days d, span
    WHERE d.day BETWEEN span.since AND span.until AND d.entity_type = 'PER'
    GROUP BY d.entity_id, d.entity HAVING sum(d.articles) >= :'least'::int
), quoted AS (
    SELECT s.speaker_id, sum(s.articles) AS articles FROM mart.speaker_days s, span
    WHERE s.day BETWEEN span.since AND span.until GROUP BY s.speaker_id
)
SELECT n.articles AS named, coalesce(q.articles, 0) AS quoted, round(100.0 * coalesce(q.articles, 0) / n.articles) AS percent,
       n.entity AS person
FROM named n
LEFT JOIN quoted q ON q.speaker_id = n.entity_id
ORDER BY percent, named DESC, person
LIMIT :'most'::int
