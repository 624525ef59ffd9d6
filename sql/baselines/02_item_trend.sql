-- The same for key phrases and topics, by the shares of all sources together.
DELETE FROM news.item_trend WHERE day = %(day)s;
INSERT INTO news.item_trend (day, kind, key, articles, expected, baseline_days, z, log_odds, score, over_days, ratio_low,
                             ratio_high, coverage, basis)
WITH good AS MATERIALIZED (
    SELECT d.day, sum(d.articles)::float8 AS n
    FROM news.source_day d LEFT JOIN news.source_press x USING (day, source_id)
    WHERE d.day BETWEEN %(day)s::date - 34 AND %(day)s::date + 13
    GROUP BY d.day
    HAVING coalesce(sum(x.coverage * x.expected) / nullif(sum(x.expected), 0), 1) > 0.75
), span AS (
    SELECT count(*) FILTER (WHERE day <= %(day)s::date - 7) >= 14 AS whole FROM good
), base AS MATERIALIZED (
    SELECT g.* FROM good g, span WHERE CASE WHEN whole THEN g.day <= %(day)s::date - 7 ELSE g.day <> %(day)s END
), totals AS (
    SELECT coalesce(sum(n), 0) AS n0, count(*)::float8 AS days,
           coalesce(sum(n) FILTER (WHERE extract(dow FROM day) = extract(dow FROM %(day)s::date)), 0) AS nw,
           (SELECT sum(coverage * expected) / nullif(sum(expected), 0) FROM news.source_press WHERE day = %(day)s) AS coverage
    FROM base
), read AS (
    SELECT coalesce(sum(articles) FILTER (WHERE day = %(day)s), 0)::float8 AS n1,
           count(*) FILTER (WHERE day = %(day)s) AS press,
           coalesce(sum(articles) FILTER (WHERE day > %(day)s::date - 3), 0)::float8 AS n3, sum(articles)::float8 AS n7
    FROM news.source_day WHERE day BETWEEN %(day)s::date - 6 AND %(day)s
), today AS MATERIALIZED (
    SELECT kind, key, articles::float8 AS y1, sources FROM news.item_day WHERE day = %(day)s
), recent AS (
    SELECT kind, key, sum(e.articles) FILTER (WHERE e.day > %(day)s::date - 3)::float8 AS y3, sum(e.articles)::float8 AS y7
    FROM news.item_day e JOIN today USING (kind, key)
    WHERE e.day BETWEEN %(day)s::date - 6 AND %(day)s GROUP BY kind, key
), before AS (
    SELECT kind, key, sum(e.articles)::float8 AS y0, sum(e.articles::float8 ^ 2) AS squares,
           coalesce(sum(e.articles) FILTER (WHERE extract(dow FROM e.day) = extract(dow FROM %(day)s::date)), 0)::float8 AS yw
    FROM news.item_day e JOIN base USING (day) JOIN today USING (kind, key)
    WHERE e.day BETWEEN %(day)s::date - 34 AND %(day)s::date + 13
    GROUP BY kind, key
), counts AS (
    SELECT t.kind, t.key, t.y1, t.sources, r.y3, r.y7, o.*, coalesce(b.y0, 0) AS y0, coalesce(b.squares, 0) AS squares,
           coalesce(b.yw, 0) AS yw, coalesce(b.y0, 0) / greatest(o.n0, 1) AS share
    FROM today t
    CROSS JOIN (SELECT * FROM read, totals, span) o
    JOIN recent r USING (kind, key)
    LEFT JOIN before b USING (kind, key)
), scored AS (
    SELECT *, news.trend_score(y1, y3, y7, share * n1, share * n3, share * n7, y0, squares, yw, n1, n0, nw, days, whole) AS s
    FROM counts
)
SELECT %(day)s, kind, key, y1, (s).expected, days, CASE WHEN whole THEN (s).z END, (s).log_odds,
       CASE WHEN sources = 1 AND press >= 4 THEN least(1, (s).score) ELSE (s).score END, (s).over_days,
       (s).ratio_low, (s).ratio_high, coverage,
       CASE WHEN days = 0 THEN 'no baseline' WHEN whole THEN 'full baseline' ELSE 'short baseline' END
FROM scored;
