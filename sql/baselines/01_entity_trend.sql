-- How far each entity's articles of a day are from what was to be expected of what was read that day.
--
-- Baseline: 28 days, and 7 between them and the day, so that what rises is not measured by itself. Days of a source of
-- which a quarter or more is missing are left out of it. Where it has fewer than 14 days, it is what is there around the
-- day (28 days before, 13 after) and the log-odds stand in for z.
-- Expected: for each source, its articles of the day times the share of its baseline's articles that name the entity,
-- shrunk to the share of all sources by 50 articles: a source that is silent or grows moves nothing. One with less than 7
-- days of baseline is no measure of anything yet: its articles are counted, and scored without. Times a factor
-- for the weekday (counts of the same weekday, shrunk by 6 articles; between half and twice).
-- Counted in stories: a text that ten publishers carry is one event, and no ten that rise. An article of an entity's day weighs
-- what its stories are to its articles on that day.
-- z: deviance residual of a Poisson count, with a floor of one article a day for rare names, divided by the variance that
-- the entity's own days have beyond Poisson's (shrunk to 1.3 by 10 days) and by that of the baseline. The greatest of the last
-- 1, 3 and 7 days (over_days), the longer ones only while the day itself is above its expectation.
-- Log-odds with an informative Dirichlet prior (Monroe, Colaresi, Quinn 2008, Fightin' Words, eq. 16 and 22), the prior
-- weighing as much as 100 articles. What one publisher alone names, of four or more that day, is not the press rising (its
-- own name above all): its score is 1 at most. ratio_low, ratio_high: 90 percent interval of articles to expected.
DELETE FROM news.entity_trend WHERE day = %(day)s;
INSERT INTO news.entity_trend (day, entity_id, articles, expected, baseline_days, z, log_odds, score, over_days, ratio_low,
                               ratio_high, coverage, basis)
WITH good AS MATERIALIZED (
    SELECT d.day, d.source_id, d.articles
    FROM news.source_day d LEFT JOIN (
        SELECT day, source_id, coverage FROM news.source_press WHERE day BETWEEN %(day)s::date - 34 AND %(day)s::date + 13
    ) x USING (day, source_id)
    WHERE d.day BETWEEN %(day)s::date - 34 AND %(day)s::date + 13 AND coalesce(x.coverage, 1) > 0.75
), span AS (
    SELECT count(DISTINCT day) FILTER (WHERE day <= %(day)s::date - 7) >= 14 AS whole FROM good
), base AS MATERIALIZED (
    SELECT g.* FROM good g, span WHERE CASE WHEN whole THEN g.day <= %(day)s::date - 7 ELSE g.day <> %(day)s END
), totals AS (
    SELECT coalesce(sum(articles), 0)::float8 AS n0, count(DISTINCT day)::float8 AS days,
           coalesce(sum(articles) FILTER (WHERE extract(dow FROM day) = extract(dow FROM %(day)s::date)), 0)::float8 AS nw,
           (SELECT sum(coverage * expected) / nullif(sum(expected), 0) FROM news.source_press WHERE day = %(day)s) AS coverage
    FROM base
), read AS (
    SELECT source_id, sum(articles) FILTER (WHERE day = %(day)s)::float8 AS n1,
           sum(articles) FILTER (WHERE day > %(day)s::date - 3)::float8 AS n3, sum(articles)::float8 AS n7
    FROM news.source_day WHERE day BETWEEN %(day)s::date - 6 AND %(day)s GROUP BY source_id
), source AS MATERIALIZED (
    SELECT r.source_id, coalesce(n1, 0) AS n1, coalesce(n1, 0) / (coalesce(b.n, 0) + 50) AS w1,
           coalesce(n3, 0) / (coalesce(b.n, 0) + 50) AS w3, n7 / (coalesce(b.n, 0) + 50) AS w7
    FROM read r
    LEFT JOIN (SELECT source_id, sum(articles)::float8 AS n, count(*) AS days FROM base GROUP BY source_id) b USING (source_id)
    CROSS JOIN span
    WHERE NOT whole OR b.days >= 7
), shrunk AS (
    SELECT sum(n1) AS n1, count(*) FILTER (WHERE n1 > 0) AS press, 50 * sum(w1) AS a1, 50 * sum(w3) AS a3, 50 * sum(w7) AS a7 FROM source
), today AS MATERIALIZED (
    SELECT entity_id, articles, sources FROM news.entity_day WHERE day = %(day)s
), daily AS (  -- one look at their days: those of the baseline, and the last seven
    SELECT e.entity_id, e.day, coalesce(sum(e.articles) FILTER (WHERE b.day IS NOT NULL), 0)::float8 AS y,
           sum(e.articles * s.w1) FILTER (WHERE b.day IS NOT NULL) AS s1,
           sum(e.articles * s.w3) FILTER (WHERE b.day IS NOT NULL) AS s3,
           sum(e.articles * s.w7) FILTER (WHERE b.day IS NOT NULL) AS s7,
           sum(e.articles) FILTER (WHERE s.source_id IS NOT NULL AND e.day BETWEEN %(day)s::date - 6 AND %(day)s)::float8 AS n
    FROM news.entity_source_day e
    JOIN today USING (entity_id)
    LEFT JOIN base b ON b.day = e.day AND b.source_id = e.source_id
    LEFT JOIN source s ON s.source_id = e.source_id
    WHERE e.day BETWEEN %(day)s::date - 34 AND %(day)s::date + 13
    GROUP BY e.entity_id, e.day
), told AS (
    SELECT d.*, t.stories::float8 / t.articles AS own
    FROM daily d JOIN news.entity_day t USING (entity_id, day)
    WHERE t.day BETWEEN %(day)s::date - 34 AND %(day)s::date + 13
), named AS (
    SELECT entity_id, sum(y) AS articles0, sum(y * own) AS y0, sum(y * y * own * own) AS squares,
           coalesce(sum(y * own) FILTER (WHERE extract(dow FROM day) = extract(dow FROM %(day)s::date)), 0) AS yw,
           coalesce(sum(s1 * own), 0) AS s1, coalesce(sum(s3 * own), 0) AS s3, coalesce(sum(s7 * own), 0) AS s7,
           coalesce(sum(n * own) FILTER (WHERE day = %(day)s), 0) AS y1,
           coalesce(sum(n * own) FILTER (WHERE day BETWEEN %(day)s::date - 2 AND %(day)s), 0) AS y3,
           coalesce(sum(n * own), 0) AS y7
    FROM told GROUP BY entity_id
), counts AS (
    SELECT t.articles, t.sources, n.*, o.press, o.n1, o.n0, o.nw, o.days, o.coverage, o.whole,
           n.s1 + o.a1 * n.y0 / greatest(o.n0, 1) AS e1, n.s3 + o.a3 * n.y0 / greatest(o.n0, 1) AS e3,
           n.s7 + o.a7 * n.y0 / greatest(o.n0, 1) AS e7
    FROM today t JOIN named n USING (entity_id) CROSS JOIN (SELECT * FROM shrunk, totals, span) o
), scored AS MATERIALIZED (  -- inlined, each of its columns would be another call
    SELECT *, news.trend_score(y1, y3, y7, e1, e3, e7, y0, squares, yw, n1, n0, nw, days, whole) AS s FROM counts
)
SELECT %(day)s, entity_id, articles, (s).expected * coalesce(articles0 / nullif(y0, 0), 1), days, CASE WHEN whole THEN (s).z END, (s).log_odds,
       CASE WHEN sources = 1 AND press >= 4 THEN least(1, (s).score) ELSE (s).score END, (s).over_days,
       (s).ratio_low, (s).ratio_high, coverage,
       CASE WHEN days = 0 THEN 'no baseline' WHEN whole THEN 'full baseline' ELSE 'short baseline' END
FROM scored;
