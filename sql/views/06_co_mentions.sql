CREATE VIEW mart.co_mentions AS
SELECT c.day, c.entity_id, e.name AS entity, e.key AS entity_key, e.name_en AS entity_en, e.type AS entity_type,
       c.other_id, o.name AS other, o.key AS other_key, o.name_en AS other_en, o.type AS other_type,
       c.articles, c.texts, c.stories, c.sources
FROM (
    SELECT f.day, r.root_id AS entity_id, other_r.root_id AS other_id, count(DISTINCT a.article_id)::int AS articles,
           count(DISTINCT a.text_key)::int AS texts, count(DISTINCT a.story_id)::int AS stories,
           count(DISTINCT a.source_id)::int AS sources
    FROM news.fact f
    JOIN news.entity_identity r ON r.entity_id = f.entity_id
    JOIN news.article a ON a.article_id = f.article_id AND a.current_version = f.version_id AND a.day = f.day
    JOIN news.fact other ON other.version_id = f.version_id AND other.day = f.day AND other.kind = 'entity'
    JOIN news.entity_identity other_r ON other_r.entity_id = other.entity_id AND other_r.root_id <> r.root_id
    WHERE f.kind = 'entity'
    GROUP BY f.day, r.root_id, other_r.root_id
) c
JOIN news.entity e ON e.entity_id = c.entity_id
JOIN news.entity o ON o.entity_id = c.other_id;
COMMENT ON VIEW mart.co_mentions IS 'Which two entities stand in the same articles on a day; each pair both ways. Ask for a day, or for an entity and some weeks; mart.co_mentions_of has it over a time.';
COMMENT ON COLUMN mart.co_mentions.other_id IS 'The one that is named beside it.';
COMMENT ON COLUMN mart.co_mentions.other IS 'Its display name.';
COMMENT ON COLUMN mart.co_mentions.other_key IS 'Its match key.';
COMMENT ON COLUMN mart.co_mentions.other_en IS 'Its name in English, where one is known.';
COMMENT ON COLUMN mart.co_mentions.other_type IS 'PER, ORG or LOC.';
COMMENT ON COLUMN mart.co_mentions.articles IS 'Articles that name both.';
COMMENT ON COLUMN mart.co_mentions.texts IS 'Unique texts among them.';
COMMENT ON COLUMN mart.co_mentions.stories IS 'Stories among them.';
COMMENT ON COLUMN mart.co_mentions.sources IS 'How many sources name both.';

CREATE FUNCTION mart.co_mentions_of(entity_id bigint, since date DEFAULT NULL, until date DEFAULT NULL)
RETURNS TABLE (other_id bigint, other text, other_key text, other_en text, other_type text, articles int, texts int,
               stories int, sources int, first_day date, last_day date, of_articles int)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH naming AS MATERIALIZED (
        SELECT DISTINCT ON (m.day, m.version_id) m.*
        FROM (
            SELECT f.day, f.version_id, a.article_id, a.text_key, a.story_id, a.source_id
            FROM news.entity_identity r
            CROSS JOIN LATERAL (
                SELECT f.day, f.version_id, f.article_id FROM news.fact f
                WHERE f.entity_id = r.entity_id AND f.kind = 'entity'
                  AND f.day BETWEEN coalesce(since, '-infinity') AND coalesce(until, 'infinity')
                ORDER BY f.day DESC
                LIMIT 3000  -- an article names whom it is about several times
            ) f
            JOIN news.article a ON a.article_id = f.article_id AND a.current_version = f.version_id AND a.day = f.day
            WHERE r.root_id = co_mentions_of.entity_id
        ) m
        ORDER BY m.day DESC, m.version_id
        LIMIT 1000
    )
    SELECT e.entity_id, e.name, e.key, e.name_en, e.type, c.articles, c.texts, c.stories, c.sources, c.first_day, c.last_day,
           (SELECT count(*)::int FROM naming)
    FROM (
        SELECT r.root_id, count(DISTINCT n.article_id)::int AS articles, count(DISTINCT n.text_key)::int AS texts,
               count(DISTINCT n.story_id)::int AS stories, count(DISTINCT n.source_id)::int AS sources,
               min(n.day) AS first_day, max(n.day) AS last_day
        FROM naming n
        JOIN news.fact f ON f.version_id = n.version_id AND f.day = n.day AND f.kind = 'entity'
        JOIN news.entity_identity r ON r.entity_id = f.entity_id AND r.root_id <> co_mentions_of.entity_id
        GROUP BY r.root_id
    ) c
    JOIN news.entity e ON e.entity_id = c.root_id
    ORDER BY c.articles DESC, e.entity_id
$$;
COMMENT ON FUNCTION mart.co_mentions_of IS 'Who is named beside an entity, the most often first, over its newest 1,000 articles of a time (days included; all where none is given). of_articles says how many they are: below 1,000 they are all.';
