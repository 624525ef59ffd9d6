-- How far each entity's articles of a day are from what was to be expected of what was read that day.
--
-- Baseline: 28 days, and 7 between them and the day, so that what rises is not measured by itself. Days of a source of
-- which a quarter or more is missing are left out of it. Where it has fewer than 14 days, it is what is there around the
-- day (28 days before, 13 after) and the log-odds stand in for z.
-- Expected: for each source, its articles of the day times the share of its baseline's articles that name the entity,
-- shrunk to the share of all sources by 50 articles: a source that is silent or grows moves nothing. One with less than 7
-- days of baseline is no measure of anything yet: its articles are counted, and scored without. Times a factor
-- for the weekday (counts of the same weekday, shrunk by 6 articles; between half and twice).
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
    FROM news.source_day d LEFT JOIN news.source_press x USING (day, source_id)
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
), recent AS (
    SELECT e.entity_id, coalesce(sum(e.articles) FILTER (WHERE e.day = %(day)s), 0)::float8 AS y1,
           coalesce(sum(e.articles) FILTER (WHERE e.day > %(day)s::date - 3), 0)::float8 AS y3, sum(e.articles)::float8 AS y7
    FROM news.entity_source_day e JOIN today USING (entity_id) JOIN source s ON s.source_id = e.source_id
    WHERE e.day BETWEEN %(day)s::date - 6 AND %(day)s GROUP BY e.entity_id
), daily AS (
    SELECT e.entity_id, e.day, sum(e.articles)::float8 AS y, sum(e.articles * coalesce(s.w1, 0)) AS s1,
           sum(e.articles * coalesce(s.w3, 0)) AS s3, sum(e.articles * coalesce(s.w7, 0)) AS s7
    FROM news.entity_source_day e
    JOIN base b ON b.day = e.day AND b.source_id = e.source_id
    JOIN today USING (entity_id)
    LEFT JOIN source s ON s.source_id = e.source_id
    WHERE e.day BETWEEN %(day)s::date - 34 AND %(day)s::date + 13
    GROUP BY e.entity_id, e.day
), before AS (
    SELECT entity_id, sum(y) AS y0, sum(y * y) AS squares, sum(s1) AS s1, sum(s3) AS s3, sum(s7) AS s7,
           coalesce(sum(y) FILTER (WHERE extract(dow FROM day) = extract(dow FROM %(day)s::date)), 0) AS yw
    FROM daily GROUP BY entity_id
), counts AS (
    SELECT t.entity_id, t.articles, t.sources, o.press, coalesce(r.y1, 0) AS y1, coalesce(r.y3, 0) AS y3, coalesce(r.y7, 0) AS y7, o.n1, o.n0, o.nw, o.days, o.coverage, o.whole, coalesce(b.y0, 0) AS y0,
           coalesce(b.squares, 0) AS squares, coalesce(b.yw, 0) AS yw,
           coalesce(b.s1, 0) + o.a1 * coalesce(b.y0, 0) / greatest(o.n0, 1) AS e1,
           coalesce(b.s3, 0) + o.a3 * coalesce(b.y0, 0) / greatest(o.n0, 1) AS e3,
           coalesce(b.s7, 0) + o.a7 * coalesce(b.y0, 0) / greatest(o.n0, 1) AS e7
    FROM today t
    CROSS JOIN (SELECT * FROM shrunk, totals, span) o
    LEFT JOIN recent r USING (entity_id)
    LEFT JOIN before b USING (entity_id)
), scored AS MATERIALIZED (  -- inlined, each of its columns would be another call
    SELECT *, news.trend_score(y1, y3, y7, e1, e3, e7, y0, squares, yw, n1, n0, nw, days, whole) AS s FROM counts
)
SELECT %(day)s, entity_id, articles, (s).expected, days, CASE WHEN whole THEN (s).z END, (s).log_odds,
       CASE WHEN sources = 1 AND press >= 4 THEN least(1, (s).score) ELSE (s).score END, (s).over_days,
       (s).ratio_low, (s).ratio_high, coverage,
       CASE WHEN days = 0 THEN 'no baseline' WHEN whole THEN 'full baseline' ELSE 'short baseline' END
FROM scored;
