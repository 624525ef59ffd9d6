-- Articles, unique texts and facts per source and day, of current versions.
DELETE FROM news.source_day WHERE day = %(day)s;
INSERT INTO news.source_day (day, source_id, articles, texts, facts)
SELECT a.day, a.source_id, count(*), count(DISTINCT a.text_key), coalesce(sum(f.facts), 0)
FROM news.article a
LEFT JOIN (
    SELECT version_id, count(*) AS facts FROM news.fact WHERE day = %(day)s GROUP BY version_id
) f ON f.version_id = a.current_version
WHERE a.day = %(day)s
GROUP BY a.day, a.source_id;
