-- Facts of each kind per source and day, of current versions.
DELETE FROM news.kind_day WHERE day = %(day)s;
INSERT INTO news.kind_day (day, source_id, kind, articles, facts)
SELECT f.day, a.source_id, f.kind, count(DISTINCT a.article_id), count(*)
FROM news.fact f
JOIN news.article a ON a.current_version = f.version_id
WHERE f.day = %(day)s AND a.day = %(day)s
GROUP BY f.day, a.source_id, f.kind;
