CREATE VIEW mart.dates_ahead AS
SELECT f.day, f.first_day, f.last_day, f.edtf, f.first_day - f.day AS days_ahead, f.article_id, f.url, f.source_id,
       f.source_ar, f.source_en, f.country, f.field, f.start_offset, f.end_offset, f.surface,
       t.sentence AS context,
       n.entity_ids, n.entities, n.entities_en, f.flag, f.confidence, f.text_key, f.story_id
FROM mart.facts f
CROSS JOIN LATERAL (
    SELECT f.sentence, f.start_offset - coalesce(f.sentence_offset, 120) AS first
    OFFSET 0  -- read once a date, not once for each name beside it
) t
CROSS JOIN LATERAL (
    SELECT array_agg(e.entity_id ORDER BY e.first) AS entity_ids, array_agg(e.name ORDER BY e.first) AS entities,
           array_agg(e.name_en ORDER BY e.first) AS entities_en
    FROM (
        SELECT e.entity_id, e.name, e.name_en, min(m.fact_no) AS first
        FROM news.fact m
        JOIN news.entity_identity r ON r.entity_id = m.entity_id
        JOIN news.entity e ON e.entity_id = r.root_id
        WHERE m.version_id = f.version_id AND m.day = f.day AND m.kind = 'entity' AND m.field = f.field
          AND m.start_offset >= t.first
          AND m.end_offset <= coalesce(t.first + length(t.sentence), f.end_offset + 120)
        GROUP BY e.entity_id, e.name, e.name_en
    ) e
) n
WHERE f.kind = 'date' AND f.first_day > f.day;
COMMENT ON VIEW mart.dates_ahead IS 'What the press expects on coming days: dates that lie wholly after the article''s day, each with its sentence and who is named in it. Ask for days of articles (day) or for expected ones (first_day).';
COMMENT ON COLUMN mart.dates_ahead.day IS 'The article''s day: when it was expected.';
COMMENT ON COLUMN mart.dates_ahead.first_day IS 'The expected day, or the first day of the month, year or range that is meant.';
COMMENT ON COLUMN mart.dates_ahead.days_ahead IS 'How many days lie between.';
COMMENT ON COLUMN mart.dates_ahead.context IS 'The sentence of the date, or the title; null where the text is not kept.';
COMMENT ON COLUMN mart.dates_ahead.entity_ids IS 'The entities named in that sentence, in its order; null where none is.';
COMMENT ON COLUMN mart.dates_ahead.entities IS 'Their display names, in the same order.';
COMMENT ON COLUMN mart.dates_ahead.entities_en IS 'Their names in English, null where none is known.';

CREATE VIEW mart.expected_days AS
SELECT first_day, last_day, edtf, min(day) AS day, max(day) AS last_mentioned_day, count(*)::int AS mentions,
       count(DISTINCT article_id)::int AS articles, count(DISTINCT text_key)::int AS texts,
       count(DISTINCT story_id)::int AS stories, count(DISTINCT source_id)::int AS sources
FROM mart.facts
WHERE kind = 'date' AND first_day > day
GROUP BY first_day, last_day, edtf;
COMMENT ON VIEW mart.expected_days IS 'How often each coming day is spoken of ahead of it: ORDER BY articles DESC; mart.dates_ahead says what for.';
COMMENT ON COLUMN mart.expected_days.first_day IS 'The expected day, or the first of the month, year or range.';
COMMENT ON COLUMN mart.expected_days.day IS 'The day on which it was first spoken of.';
COMMENT ON COLUMN mart.expected_days.last_mentioned_day IS 'The last day on which it was spoken of as coming.';
COMMENT ON COLUMN mart.expected_days.mentions IS 'How often it is named.';
COMMENT ON COLUMN mart.expected_days.articles IS 'Articles that name it.';
COMMENT ON COLUMN mart.expected_days.sources IS 'How many sources name it.';
