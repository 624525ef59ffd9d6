-- The same for key phrases and topics, by the shares of all sources together; in stories as well.
DELETE FROM news.item_trend WHERE day = %(day)s;
INSERT INTO news.item_trend (day, kind, key, articles, expected, baseline_days, z, log_odds, score, over_days, ratio_low,
                             ratio_high, coverage, basis)
WITH good AS MATERIALIZED (
    SELECT d.day, sum(d.articles)::float8 AS n
    FROM news.source_day d LEFT JOIN (
        SELECT day, source_id, coverage, expected FROM news.source_press
        WHERE day BETWEEN %(day)s::date - 34 AND %(day)s::date + 13
    ) x USING (day, source_id)
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
), press AS MATERIALIZED (
    SELECT * FROM read, totals, span  -- one row
), today AS MATERIALIZED (
    SELECT kind, key, articles, stories, sources FROM news.item_day WHERE day = %(day)s
), named AS (
    -- One look at their days for all sums: joined one by one, a plan that expects few of them adds up each anew for each.
    SELECT kind, key, t.articles, t.stories::float8 AS y1, t.sources,
           sum(e.stories) FILTER (WHERE e.day BETWEEN %(day)s::date - 2 AND %(day)s)::float8 AS y3,
           sum(e.stories) FILTER (WHERE e.day BETWEEN %(day)s::date - 6 AND %(day)s)::float8 AS y7,
           coalesce(sum(e.articles) FILTER (WHERE b.day IS NOT NULL), 0)::float8 AS articles0,
           coalesce(sum(e.stories) FILTER (WHERE b.day IS NOT NULL), 0)::float8 AS y0,
           coalesce(sum(e.stories::float8 ^ 2) FILTER (WHERE b.day IS NOT NULL), 0) AS squares,
           coalesce(sum(e.stories) FILTER (WHERE extract(dow FROM b.day) = extract(dow FROM %(day)s::date)), 0)::float8 AS yw
    FROM today t JOIN news.item_day e USING (kind, key) LEFT JOIN base b ON b.day = e.day
    WHERE e.day BETWEEN %(day)s::date - 34 AND %(day)s::date + 13
    GROUP BY kind, key, t.articles, t.stories, t.sources
), counts AS (
    SELECT *, y0 / greatest(n0, 1) AS share FROM named CROSS JOIN press
), scored AS MATERIALIZED (  -- inlined, each of its columns would be another call
    SELECT *, news.trend_score(y1, y3, y7, share * n1, share * n3, share * n7, y0, squares, yw, n1, n0, nw, days, whole) AS s
    FROM counts
)
SELECT %(day)s, kind, key, articles, (s).expected * coalesce(articles0 / nullif(y0, 0), 1), days, CASE WHEN whole THEN (s).z END, (s).log_odds,
       CASE WHEN sources = 1 AND press >= 4 THEN least(1, (s).score) ELSE (s).score END, (s).over_days,
       (s).ratio_low, (s).ratio_high, coverage,
       CASE WHEN days = 0 THEN 'no baseline' WHEN whole THEN 'full baseline' ELSE 'short baseline' END
FROM scored;
