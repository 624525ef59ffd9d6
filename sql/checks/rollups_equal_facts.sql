-- what: The roll-ups of a day add up to the articles and facts of that day. Days marked to be measured anew are left out.
-- why: Dashboards and trends read roll-ups: a sum that is off is a trend that is not there.
-- do: Mark the days, INSERT INTO news.dirty_day VALUES ('2026-11-01', 'by hand'), and trigger measure_trends. If the row comes back, a statement of sql/rollups is wrong.
WITH facts AS (
    SELECT f.day, a.source_id, count(*) AS facts, count(*) FILTER (WHERE f.kind = 'entity' AND f.entity_id IS NOT NULL) AS mentions
    FROM news.fact f JOIN news.article a ON a.current_version = f.version_id AND a.day = f.day
    WHERE f.day BETWEEN %(since)s AND %(until)s GROUP BY 1, 2
), counted AS (
    SELECT a.day, a.source_id, count(*) AS articles, count(DISTINCT a.text_key) AS texts
    FROM news.article a WHERE a.day BETWEEN %(since)s AND %(until)s GROUP BY 1, 2
), sums AS (
    SELECT day, source_id, 'articles of source_day' AS sum, articles AS counted, NULL::bigint AS rolled_up FROM counted
    UNION ALL SELECT day, source_id, 'texts of source_day', texts, NULL FROM counted
    UNION ALL SELECT day, source_id, 'facts of source_day', facts, NULL FROM facts
    UNION ALL SELECT day, source_id, 'facts of kind_day', facts, NULL FROM facts
    UNION ALL SELECT day, source_id, 'mentions of entity_source_day', mentions, NULL FROM facts
    UNION ALL SELECT day, NULL, 'mentions of entity_day', sum(mentions), NULL FROM facts GROUP BY day
    UNION ALL SELECT day, source_id, 'articles of source_day', NULL, articles FROM news.source_day
    WHERE day BETWEEN %(since)s AND %(until)s
    UNION ALL SELECT day, source_id, 'texts of source_day', NULL, texts FROM news.source_day
    WHERE day BETWEEN %(since)s AND %(until)s
    UNION ALL SELECT day, source_id, 'facts of source_day', NULL, facts FROM news.source_day
    WHERE day BETWEEN %(since)s AND %(until)s
    UNION ALL SELECT day, source_id, 'facts of kind_day', NULL, sum(facts) FROM news.kind_day
    WHERE day BETWEEN %(since)s AND %(until)s GROUP BY day, source_id
    UNION ALL SELECT day, source_id, 'mentions of entity_source_day', NULL, sum(mentions) FROM news.entity_source_day
    WHERE day BETWEEN %(since)s AND %(until)s GROUP BY day, source_id
    UNION ALL SELECT day, NULL, 'mentions of entity_day', NULL, sum(mentions) FROM news.entity_day
    WHERE day BETWEEN %(since)s AND %(until)s GROUP BY day
)
SELECT day, source_id, sum, coalesce(sum(rolled_up), 0) AS rolled_up, coalesce(sum(counted), 0) AS counted
FROM sums
WHERE NOT EXISTS (SELECT FROM news.dirty_day d WHERE d.day = sums.day)
GROUP BY day, source_id, sum
HAVING coalesce(sum(rolled_up), 0) <> coalesce(sum(counted), 0)
