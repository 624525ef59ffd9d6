-- Who is named together with whom? The edges of a network.
-- من يذكر مع من؟ روابط شبكة
-- :since        date =        first day; empty: the last day alone
-- :until        date =        last day; empty: the last that was measured
-- :type         text = PER    PER, ORG or LOC on both sides; empty: all
-- :least        integer = 2   articles that must name both
-- articles      articles that name both, added up over the days
-- days          days with one
-- lift          how many times as often as if the two were named by chance
-- one           the one
-- other         the other
WITH span AS (
    SELECT coalesce(nullif(:'until', '')::date, max(last_day)) AS until,
           coalesce(nullif(:'since', '')::date, nullif(:'until', '')::date, max(last_day)) AS since
    FROM mart.sources
), pairs AS (
    SELECT c.entity_id, c.entity, c.other_id, c.other, sum(c.articles) AS articles, count(*) AS days
    FROM mart.co_mentions c, span
    WHERE c.day BETWEEN span.since AND span.until AND c.entity_id < c.other_id
      AND c.entity_type = coalesce(nullif(:'type', ''), c.entity_type) AND c.other_type = coalesce(nullif(:'type', ''), c.other_type)
    GROUP BY c.entity_id, c.entity, c.other_id, c.other
    HAVING sum(c.articles) >= :'least'::int
), alone AS (
    SELECT d.entity_id, sum(d.articles) AS articles FROM mart.entity_days d, span
    WHERE d.day BETWEEN span.since AND span.until GROUP BY d.entity_id
), read AS (
    SELECT count(*) AS articles FROM mart.articles a, span WHERE a.day BETWEEN span.since AND span.until
)
SELECT p.articles, p.days, round(p.articles * r.articles / (x.articles * y.articles)::numeric, 1) AS lift,
       least(p.entity, p.other) AS one, greatest(p.entity, p.other) AS other
FROM pairs p
JOIN alone x ON x.entity_id = p.entity_id
JOIN alone y ON y.entity_id = p.other_id, read r
ORDER BY p.articles DESC, lift DESC, one, other
