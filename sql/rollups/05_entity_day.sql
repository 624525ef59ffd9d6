-- Mentions of each entity per day, by source and by country of the source, and of each topic and key phrase, of current
-- versions; merged entities count as one. Everything here counts stories, and is counted anew where they change.
DELETE FROM news.entity_source_day WHERE day = %(day)s;
INSERT INTO news.entity_source_day (day, source_id, entity_id, articles, texts, stories, mentions)
SELECT f.day, a.source_id, coalesce(r.root_id, f.entity_id), count(DISTINCT a.article_id), count(DISTINCT a.text_key),
       count(DISTINCT a.story_id), count(*)
FROM news.fact f
JOIN news.article a ON a.current_version = f.version_id
LEFT JOIN news.entity_root r ON r.entity_id = f.entity_id
WHERE f.day = %(day)s AND a.day = %(day)s AND f.kind = 'entity' AND f.entity_id IS NOT NULL
GROUP BY f.day, a.source_id, coalesce(r.root_id, f.entity_id);
DELETE FROM news.entity_country_day WHERE day = %(day)s;
INSERT INTO news.entity_country_day (day, country, entity_id, articles, texts, stories, mentions)
SELECT f.day, s.country, coalesce(r.root_id, f.entity_id), count(DISTINCT a.article_id), count(DISTINCT a.text_key),
       count(DISTINCT a.story_id), count(*)
FROM news.fact f
JOIN news.article a ON a.current_version = f.version_id
JOIN news.source s ON s.source_id = a.source_id
LEFT JOIN news.entity_root r ON r.entity_id = f.entity_id
WHERE f.day = %(day)s AND a.day = %(day)s AND f.kind = 'entity' AND f.entity_id IS NOT NULL
GROUP BY f.day, s.country, coalesce(r.root_id, f.entity_id);
DELETE FROM news.entity_day WHERE day = %(day)s;
INSERT INTO news.entity_day (entity_id, day, articles, texts, stories, sources, mentions)
SELECT coalesce(r.root_id, f.entity_id), f.day, count(DISTINCT a.article_id), count(DISTINCT a.text_key),
       count(DISTINCT a.story_id), count(DISTINCT a.source_id), count(*)
FROM news.fact f
JOIN news.article a ON a.current_version = f.version_id
LEFT JOIN news.entity_root r ON r.entity_id = f.entity_id
WHERE f.day = %(day)s AND a.day = %(day)s AND f.kind = 'entity' AND f.entity_id IS NOT NULL
GROUP BY coalesce(r.root_id, f.entity_id), f.day;
DELETE FROM news.topic_day WHERE day = %(day)s;
INSERT INTO news.topic_day (day, topic, name, articles, texts, stories, sources)
SELECT f.day, f.label, coalesce(min(f.details ->> 'label'), f.label), count(DISTINCT a.article_id), count(DISTINCT a.text_key), count(DISTINCT a.story_id),
       count(DISTINCT a.source_id)
FROM news.fact f
JOIN news.article a ON a.current_version = f.version_id
WHERE f.day = %(day)s AND a.day = %(day)s AND f.kind = 'topic' AND f.label IS NOT NULL
GROUP BY f.day, f.label;
DELETE FROM news.phrase_day WHERE day = %(day)s;
INSERT INTO news.phrase_day (day, phrase_key, phrase, articles, texts, stories, sources)
SELECT f.day, f.label, mode() WITHIN GROUP (ORDER BY f.surface COLLATE "C"), count(DISTINCT a.article_id),
       count(DISTINCT a.text_key), count(DISTINCT a.story_id), count(DISTINCT a.source_id)
FROM news.fact f
JOIN news.article a ON a.current_version = f.version_id
WHERE f.day = %(day)s AND a.day = %(day)s AND f.kind = 'keyphrase' AND f.label IS NOT NULL
GROUP BY f.day, f.label;
UPDATE news.source_day d
SET stories = n.stories
FROM (SELECT source_id, count(DISTINCT story_id) AS stories FROM news.article WHERE day = %(day)s GROUP BY source_id) n
WHERE d.day = %(day)s AND d.source_id = n.source_id AND d.stories <> n.stories;
