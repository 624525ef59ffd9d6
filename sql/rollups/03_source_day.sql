-- Articles, unique texts, stories and facts per source and day, and articles per hour, of current versions.
DELETE FROM news.source_day WHERE day = %(day)s;
INSERT INTO news.source_day (day, source_id, articles, texts, stories, facts)
SELECT a.day, a.source_id, count(*), count(DISTINCT a.text_key), count(DISTINCT a.story_id), coalesce(sum(f.facts), 0)
FROM news.article a
LEFT JOIN (
    SELECT version_id, count(*) AS facts FROM news.fact WHERE day = %(day)s GROUP BY version_id
) f ON f.version_id = a.current_version
WHERE a.day = %(day)s
GROUP BY a.day, a.source_id;
DELETE FROM news.source_hour WHERE day = %(day)s;
INSERT INTO news.source_hour (day, source_id, hour, articles)
SELECT a.day, a.source_id, extract(hour FROM v.published_at AT TIME ZONE s.timezone), count(*)
FROM news.article a
JOIN news.article_version v ON v.version_id = a.current_version AND v.day = %(day)s
JOIN news.source s ON s.source_id = a.source_id
WHERE a.day = %(day)s AND v.published_at IS NOT NULL AND v.day_basis = 'published'
GROUP BY 1, 2, 3;
