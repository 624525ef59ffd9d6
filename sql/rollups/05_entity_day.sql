-- Mentions of each entity per day, and per source and day, of current versions; merged entities count as one.
DELETE FROM news.entity_source_day WHERE day = %(day)s;
INSERT INTO news.entity_source_day (day, source_id, entity_id, articles, mentions)
SELECT f.day, a.source_id, coalesce(r.root_id, f.entity_id), count(DISTINCT a.article_id), count(*)
FROM news.fact f
JOIN news.article a ON a.current_version = f.version_id
LEFT JOIN news.entity_root r ON r.entity_id = f.entity_id
WHERE f.day = %(day)s AND a.day = %(day)s AND f.kind = 'entity' AND f.entity_id IS NOT NULL
GROUP BY f.day, a.source_id, coalesce(r.root_id, f.entity_id);
DELETE FROM news.entity_day WHERE day = %(day)s;
INSERT INTO news.entity_day (entity_id, day, articles, texts, stories, sources, mentions)
SELECT coalesce(r.root_id, f.entity_id), f.day, count(DISTINCT a.article_id), count(DISTINCT a.text_key),
       count(DISTINCT a.story_id), count(DISTINCT a.source_id), count(*)
FROM news.fact f
JOIN news.article a ON a.current_version = f.version_id
LEFT JOIN news.entity_root r ON r.entity_id = f.entity_id
WHERE f.day = %(day)s AND a.day = %(day)s AND f.kind = 'entity' AND f.entity_id IS NOT NULL
GROUP BY coalesce(r.root_id, f.entity_id), f.day;
