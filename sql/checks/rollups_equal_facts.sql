-- what: Every row of every roll-up of a day is what the articles and facts of that day add up to, and none is missing. Days marked to be measured anew are left out.
-- why: Dashboards and trends read roll-ups: a sum that is off is a trend that is not there.
-- do: Mark the days, INSERT INTO news.dirty_day VALUES ('2026-11-01', 'by hand'), and trigger measure_trends. If the row comes back, a statement of sql/rollups is wrong.
WITH days AS (
    SELECT d::date AS day FROM generate_series(%(since)s::date, %(until)s::date, interval '1 day') d
    WHERE NOT EXISTS (SELECT FROM news.dirty_day m WHERE m.day = d::date)
), articles AS MATERIALIZED (
    SELECT a.day, a.source_id, s.country, s.timezone, a.article_id, a.current_version, a.text_key, a.story_id
    FROM news.article a JOIN news.source s USING (source_id)
    WHERE a.day BETWEEN %(since)s AND %(until)s
), facts AS MATERIALIZED (
    SELECT a.day, a.source_id, a.country, a.article_id, a.text_key, a.story_id, f.kind,
           CASE WHEN f.kind IN ('topic', 'keyphrase') THEN f.label END AS label,
           CASE WHEN f.kind = 'entity' THEN coalesce(r.root_id, f.entity_id) END AS entity_id
    FROM news.fact f
    JOIN articles a ON a.current_version = f.version_id AND a.day = f.day
    LEFT JOIN news.entity_root r ON r.entity_id = f.entity_id
    WHERE f.day BETWEEN %(since)s AND %(until)s
), counted AS (
    SELECT 'source_day' AS roll_up, a.day, a.source_id, '' AS item,
           ARRAY[count(*), count(DISTINCT a.text_key), count(DISTINCT a.story_id), coalesce(sum(f.facts), 0)::bigint] AS counts
    FROM articles a LEFT JOIN (SELECT article_id, count(*) AS facts FROM facts GROUP BY 1) f USING (article_id)
    GROUP BY a.day, a.source_id
    UNION ALL
    SELECT 'source_hour', a.day, a.source_id, extract(hour FROM v.published_at AT TIME ZONE a.timezone)::int::text, ARRAY[count(*)]
    FROM articles a JOIN news.article_version v ON v.version_id = a.current_version AND v.day = a.day
    WHERE v.published_at IS NOT NULL AND v.day_basis = 'published' GROUP BY 1, 2, 3, 4
    UNION ALL
    SELECT 'kind_day', day, source_id, kind, ARRAY[count(DISTINCT article_id), count(*)] FROM facts GROUP BY 2, 3, 4
    UNION ALL
    SELECT 'entity_source_day', day, source_id, entity_id::text,
           ARRAY[count(DISTINCT article_id), count(DISTINCT text_key), count(DISTINCT story_id), count(*)]
    FROM facts WHERE entity_id IS NOT NULL GROUP BY 2, 3, 4
    UNION ALL
    SELECT 'entity_country_day', day, '', country || ' ' || entity_id,
           ARRAY[count(DISTINCT article_id), count(DISTINCT text_key), count(DISTINCT story_id), count(*)]
    FROM facts WHERE entity_id IS NOT NULL GROUP BY 2, 4
    UNION ALL
    SELECT 'entity_day', day, '', entity_id::text,
           ARRAY[count(DISTINCT article_id), count(DISTINCT text_key), count(DISTINCT story_id), count(DISTINCT source_id), count(*)]
    FROM facts WHERE entity_id IS NOT NULL GROUP BY 2, 4
    UNION ALL
    SELECT CASE kind WHEN 'topic' THEN 'topic_day' ELSE 'phrase_day' END, day, '', label,
           ARRAY[count(DISTINCT article_id), count(DISTINCT text_key), count(DISTINCT story_id), count(DISTINCT source_id)]
    FROM facts WHERE label IS NOT NULL GROUP BY 1, 2, 4
    UNION ALL
    SELECT 'article_words', day, source_id, article_id::text, ARRAY[current_version] FROM articles
), rolled_up AS (
    SELECT 'source_day' AS roll_up, day, source_id, '' AS item, ARRAY[articles, texts, stories, facts]::bigint[] AS counts
    FROM news.source_day WHERE day BETWEEN %(since)s AND %(until)s
    UNION ALL
    SELECT 'source_hour', day, source_id, hour::text, ARRAY[articles]
    FROM news.source_hour WHERE day BETWEEN %(since)s AND %(until)s
    UNION ALL
    SELECT 'kind_day', day, source_id, kind, ARRAY[articles, facts]
    FROM news.kind_day WHERE day BETWEEN %(since)s AND %(until)s
    UNION ALL
    SELECT 'entity_source_day', day, source_id, entity_id::text, ARRAY[articles, texts, stories, mentions]
    FROM news.entity_source_day WHERE day BETWEEN %(since)s AND %(until)s
    UNION ALL
    SELECT 'entity_country_day', day, '', country || ' ' || entity_id, ARRAY[articles, texts, stories, mentions]
    FROM news.entity_country_day WHERE day BETWEEN %(since)s AND %(until)s
    UNION ALL
    SELECT 'entity_day', day, '', entity_id::text, ARRAY[articles, texts, stories, sources, mentions]
    FROM news.entity_day WHERE day BETWEEN %(since)s AND %(until)s
    UNION ALL
    SELECT 'topic_day', day, '', topic, ARRAY[articles, texts, stories, sources]
    FROM news.topic_day WHERE day BETWEEN %(since)s AND %(until)s
    UNION ALL
    SELECT 'phrase_day', day, '', phrase_key, ARRAY[articles, texts, stories, sources]
    FROM news.phrase_day WHERE day BETWEEN %(since)s AND %(until)s
    UNION ALL
    SELECT 'article_words', w.day, coalesce(a.source_id, ''), w.article_id::text, ARRAY[w.version_id]
    FROM news.article_words w LEFT JOIN news.article a USING (article_id) WHERE w.day BETWEEN %(since)s AND %(until)s
)
SELECT day, nullif(source_id, '') AS source_id, roll_up, nullif(item, '') AS item, r.counts AS rolled_up, c.counts AS counted
FROM rolled_up r FULL JOIN counted c USING (roll_up, day, source_id, item)
WHERE day IN (SELECT day FROM days) AND r.counts IS DISTINCT FROM c.counts
