-- Trends of this day and of every later day whose 28 days of baseline hold it.
-- Log-odds with an informative Dirichlet prior (Monroe, Colaresi, Quinn 2008, Fightin' Words, eq. 16 and 22); the
-- prior weighs as much as 100 articles, spread as the two periods together spread theirs.
DELETE FROM news.entity_trend WHERE day BETWEEN %(day)s AND %(day)s::date + 28;
INSERT INTO news.entity_trend (day, entity_id, articles, expected, baseline_days, log_odds, score)
WITH days AS (
    SELECT DISTINCT day FROM news.source_day WHERE day BETWEEN %(day)s AND %(day)s::date + 28
), totals AS (
    SELECT day, sum(articles)::float8 AS n FROM news.entity_day
    WHERE day BETWEEN %(day)s::date - 28 AND %(day)s::date + 28 GROUP BY day
), base AS (
    SELECT d.day, count(t.day) AS baseline_days, coalesce(sum(t.n), 0) AS n
    FROM days d LEFT JOIN totals t ON t.day BETWEEN d.day - 28 AND d.day - 1
    GROUP BY d.day
), counts AS (
    SELECT e.day, e.entity_id, e.articles::float8 AS y, t.n, b.n AS n0, b.baseline_days,
           coalesce((SELECT sum(o.articles) FROM news.entity_day o
                     WHERE o.entity_id = e.entity_id AND o.day BETWEEN e.day - 28 AND e.day - 1), 0)::float8 AS y0
    FROM news.entity_day e JOIN days USING (day) JOIN totals t USING (day) JOIN base b USING (day)
), prior AS (
    SELECT *, 100.0 * (y + y0) / (n + n0) AS a FROM counts
), odds AS (
    -- The floor keeps the logarithm of an entity that alone fills both periods finite.
    SELECT *, ln((y + a) / greatest(n + 100 - y - a, 1e-9)) - ln((y0 + a) / greatest(n0 + 100 - y0 - a, 1e-9)) AS delta,
           1 / (y + a) + 1 / (y0 + a) AS variance
    FROM prior
)
SELECT day, entity_id, y, CASE WHEN baseline_days > 0 THEN y0 / baseline_days ELSE 0 END, baseline_days,
       delta, delta / sqrt(variance)
FROM odds;
