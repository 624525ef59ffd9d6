-- Mentions of each entity per day, by source and by country of the source, and of each topic and key phrase, of current
-- versions; merged entities count as one. Everything here counts stories, and is counted anew where they change.
-- A day is counted whole, and what differs is written: its rows lie far apart in the indexes by entity, and mostly stand.
WITH counted AS MATERIALIZED (
    SELECT f.day, a.source_id, coalesce(r.root_id, f.entity_id) AS entity_id, count(DISTINCT a.article_id)::int AS articles,
           count(DISTINCT a.text_key)::int AS texts, count(DISTINCT a.story_id)::int AS stories, count(*)::int AS mentions
    FROM news.fact f
    JOIN news.article a ON a.current_version = f.version_id
    LEFT JOIN news.entity_root r ON r.entity_id = f.entity_id
    WHERE f.day = %(day)s AND a.day = %(day)s AND f.kind = 'entity' AND f.entity_id IS NOT NULL
    GROUP BY f.day, a.source_id, coalesce(r.root_id, f.entity_id)
), gone AS (
    DELETE FROM news.entity_source_day d
    USING (SELECT source_id, entity_id FROM news.entity_source_day WHERE day = %(day)s EXCEPT SELECT source_id, entity_id FROM counted) g
    WHERE d.day = %(day)s AND d.source_id = g.source_id AND d.entity_id = g.entity_id
)
INSERT INTO news.entity_source_day (day, source_id, entity_id, articles, texts, stories, mentions)
SELECT day, source_id, entity_id, articles, texts, stories, mentions FROM counted
EXCEPT
SELECT day, source_id, entity_id, articles, texts, stories, mentions FROM news.entity_source_day WHERE day = %(day)s
ON CONFLICT (day, source_id, entity_id) DO UPDATE
SET (articles, texts, stories, mentions) = (excluded.articles, excluded.texts, excluded.stories, excluded.mentions);

WITH counted AS MATERIALIZED (
    SELECT f.day, s.country, coalesce(r.root_id, f.entity_id) AS entity_id, count(DISTINCT a.article_id)::int AS articles,
           count(DISTINCT a.text_key)::int AS texts, count(DISTINCT a.story_id)::int AS stories, count(*)::int AS mentions
    FROM news.fact f
    JOIN news.article a ON a.current_version = f.version_id
    JOIN news.source s ON s.source_id = a.source_id
    LEFT JOIN news.entity_root r ON r.entity_id = f.entity_id
    WHERE f.day = %(day)s AND a.day = %(day)s AND f.kind = 'entity' AND f.entity_id IS NOT NULL
    GROUP BY f.day, s.country, coalesce(r.root_id, f.entity_id)
), gone AS (
    DELETE FROM news.entity_country_day d
    USING (SELECT country, entity_id FROM news.entity_country_day WHERE day = %(day)s EXCEPT SELECT country, entity_id FROM counted) g
    WHERE d.day = %(day)s AND d.country = g.country AND d.entity_id = g.entity_id
)
INSERT INTO news.entity_country_day (day, country, entity_id, articles, texts, stories, mentions)
SELECT day, country, entity_id, articles, texts, stories, mentions FROM counted
EXCEPT
SELECT day, country, entity_id, articles, texts, stories, mentions FROM news.entity_country_day WHERE day = %(day)s
ON CONFLICT (day, country, entity_id) DO UPDATE
SET (articles, texts, stories, mentions) = (excluded.articles, excluded.texts, excluded.stories, excluded.mentions);

WITH counted AS MATERIALIZED (
    SELECT coalesce(r.root_id, f.entity_id) AS entity_id, f.day, count(DISTINCT a.article_id)::int AS articles,
           count(DISTINCT a.text_key)::int AS texts, count(DISTINCT a.story_id)::int AS stories,
           count(DISTINCT a.source_id)::int AS sources, count(*)::int AS mentions
    FROM news.fact f
    JOIN news.article a ON a.current_version = f.version_id
    LEFT JOIN news.entity_root r ON r.entity_id = f.entity_id
    WHERE f.day = %(day)s AND a.day = %(day)s AND f.kind = 'entity' AND f.entity_id IS NOT NULL
    GROUP BY coalesce(r.root_id, f.entity_id), f.day
), gone AS (
    DELETE FROM news.entity_day d
    USING (SELECT entity_id FROM news.entity_day WHERE day = %(day)s EXCEPT SELECT entity_id FROM counted) g
    WHERE d.day = %(day)s AND d.entity_id = g.entity_id
)
INSERT INTO news.entity_day (entity_id, day, articles, texts, stories, sources, mentions)
SELECT entity_id, day, articles, texts, stories, sources, mentions FROM counted
EXCEPT
SELECT entity_id, day, articles, texts, stories, sources, mentions FROM news.entity_day WHERE day = %(day)s
ON CONFLICT (entity_id, day) DO UPDATE
SET (articles, texts, stories, sources, mentions)
    = (excluded.articles, excluded.texts, excluded.stories, excluded.sources, excluded.mentions);

DELETE FROM news.topic_day WHERE day = %(day)s;
INSERT INTO news.topic_day (day, topic, name, articles, texts, stories, sources)
SELECT f.day, f.label, coalesce(min(f.details ->> 'label'), f.label), count(DISTINCT a.article_id), count(DISTINCT a.text_key), count(DISTINCT a.story_id),
       count(DISTINCT a.source_id)
FROM news.fact f
JOIN news.article a ON a.current_version = f.version_id
WHERE f.day = %(day)s AND a.day = %(day)s AND f.kind = 'topic' AND f.label IS NOT NULL
GROUP BY f.day, f.label;

WITH counted AS MATERIALIZED (
    SELECT f.day, f.label AS phrase_key, mode() WITHIN GROUP (ORDER BY f.surface COLLATE "C") AS phrase,
           count(DISTINCT a.article_id)::int AS articles, count(DISTINCT a.text_key)::int AS texts,
           count(DISTINCT a.story_id)::int AS stories, count(DISTINCT a.source_id)::int AS sources
    FROM news.fact f
    JOIN news.article a ON a.current_version = f.version_id
    WHERE f.day = %(day)s AND a.day = %(day)s AND f.kind = 'keyphrase' AND f.label IS NOT NULL
    GROUP BY f.day, f.label
), gone AS (
    DELETE FROM news.phrase_day d
    USING (SELECT phrase_key FROM news.phrase_day WHERE day = %(day)s EXCEPT SELECT phrase_key FROM counted) g
    WHERE d.day = %(day)s AND d.phrase_key = g.phrase_key
)
INSERT INTO news.phrase_day (day, phrase_key, phrase, articles, texts, stories, sources)
SELECT day, phrase_key, phrase, articles, texts, stories, sources FROM counted
EXCEPT
SELECT day, phrase_key, phrase, articles, texts, stories, sources FROM news.phrase_day WHERE day = %(day)s
ON CONFLICT (day, phrase_key) DO UPDATE
SET (phrase, articles, texts, stories, sources)
    = (excluded.phrase, excluded.articles, excluded.texts, excluded.stories, excluded.sources);

UPDATE news.source_day d
SET stories = n.stories
FROM (SELECT source_id, count(DISTINCT story_id) AS stories FROM news.article WHERE day = %(day)s GROUP BY source_id) n
WHERE d.day = %(day)s AND d.source_id = n.source_id AND d.stories <> n.stories;
