-- What sets one publisher apart: whom does it name more than the rest of the press does?
-- بم يتميز ناشر: من يذكره أكثر مما تذكره سائر الصحافة؟
-- :source        text = aljazeera  id of the publisher
-- :since         date =            first day; empty: four weeks before the last
-- :until         date =            last day; empty: the last that was measured
-- :most          integer = 20      rows
-- score          z of the log-odds with a Dirichlet prior (Monroe et al. 2008): above 1.96 hardly chance
-- articles       its articles that name it
-- rest_articles  articles of all others that name it
-- entity_type    PER, ORG or LOC
-- entity         who or what
WITH span AS (
    SELECT coalesce(nullif(:'until', '')::date, max(last_day)) AS until,
           coalesce(nullif(:'since', '')::date, max(last_day) - 27) AS since
    FROM mart.sources
), counts AS (
    SELECT d.entity_id, d.entity, d.entity_type, coalesce(sum(d.articles) FILTER (WHERE d.source_id = :'source'), 0)::float8 AS y,
           coalesce(sum(d.articles) FILTER (WHERE d.source_id <> :'source'), 0)::float8 AS y0
    FROM mart.entity_source_days d, span
    WHERE d.day BETWEEN span.since AND span.until
    GROUP BY d.entity_id, d.entity, d.entity_type
), sums AS (
    SELECT *, sum(y) OVER () AS n, sum(y0) OVER () AS n0 FROM counts
), prior AS (
    SELECT *, 100 * (y + y0) / (n + n0) AS a FROM sums
), odds AS (
    SELECT *, (ln((y + a) / greatest(n + 100 - y - a, 1e-9)) - ln((y0 + a) / greatest(n0 + 100 - y0 - a, 1e-9)))
              / sqrt(1 / (y + a) + 1 / (y0 + a)) AS z
    FROM prior
)
SELECT round(z::numeric, 2) AS score, y::int AS articles, y0::int AS rest_articles, entity_type, entity
FROM odds
WHERE y > 0
ORDER BY z DESC, entity
LIMIT :'most'::int
