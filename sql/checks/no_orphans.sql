-- what: Every fact, version, page and roll-up belongs to something that is there.
-- why: Rows without an owner are counted by nobody, or counted twice.
-- do: Rows were deleted by hand, or a restore was partial. Restore what is missing, or load the article again: set its page's next_look_at to now().
SELECT f.source_id, 'fact without its version' AS fault, f.article_id::text AS row, count(*) AS times
FROM news.fact f
LEFT JOIN news.article_version v ON v.version_id = f.version_id AND v.day = f.day
                                AND v.day BETWEEN %(since)s AND %(until)s
WHERE f.day BETWEEN %(since)s AND %(until)s AND v.version_id IS NULL
GROUP BY f.source_id, f.article_id
UNION ALL
SELECT f.source_id, 'fact of an entity that is not there', f.entity_id::text, count(*)
FROM news.fact f
LEFT JOIN news.entity e ON e.entity_id = f.entity_id
WHERE f.day BETWEEN %(since)s AND %(until)s AND f.entity_id IS NOT NULL AND e.entity_id IS NULL
GROUP BY f.source_id, f.entity_id
UNION ALL
SELECT a.source_id, 'article without its current version', a.url, 1
FROM news.article a
LEFT JOIN news.article_version v ON v.version_id = a.current_version AND v.day = a.day
                                AND v.day BETWEEN %(since)s AND %(until)s
WHERE a.day BETWEEN %(since)s AND %(until)s AND v.version_id IS NULL
UNION ALL
SELECT d.source_id, 'roll-up of an entity that is not there', d.entity_id::text, count(*)
FROM news.entity_source_day d
LEFT JOIN news.entity e ON e.entity_id = d.entity_id
WHERE d.day BETWEEN %(since)s AND %(until)s AND e.entity_id IS NULL
GROUP BY d.source_id, d.entity_id
