CREATE VIEW mart.speaker_days AS
SELECT day, entity_id AS speaker_id, coalesce(entity, speaker) AS speaker, entity_key AS speaker_key,
       entity_en AS speaker_en, entity_type AS speaker_type, count(*)::int AS quotes,
       count(*) FILTER (WHERE kind = 'quote')::int AS direct_quotes, count(DISTINCT article_id)::int AS articles,
       count(DISTINCT text_key)::int AS texts, count(DISTINCT story_id)::int AS stories,
       count(DISTINCT source_id)::int AS sources
FROM mart.facts
WHERE kind IN ('quote', 'indirect_quote') AND speaker IS NOT NULL
GROUP BY day, entity_id, coalesce(entity, speaker), entity_key, entity_en, entity_type;
COMMENT ON VIEW mart.speaker_days IS 'Who is quoted how often on each day. quotes, direct_quotes and articles may be added up over days; texts, stories and sources not.';
COMMENT ON COLUMN mart.speaker_days.speaker_id IS 'The entity that speaks; null where the speaker is no known one (متحدث باسم الشرطة).';
COMMENT ON COLUMN mart.speaker_days.speaker IS 'Its display name, or who spoke as the text names them.';
COMMENT ON COLUMN mart.speaker_days.speaker_key IS 'Match key of the entity''s name.';
COMMENT ON COLUMN mart.speaker_days.speaker_en IS 'Its name in English, where one is known.';
COMMENT ON COLUMN mart.speaker_days.speaker_type IS 'PER, ORG or LOC; null where the speaker is no known entity.';
COMMENT ON COLUMN mart.speaker_days.quotes IS 'Quotations, direct and reported.';
COMMENT ON COLUMN mart.speaker_days.direct_quotes IS 'Those between quotation marks.';
COMMENT ON COLUMN mart.speaker_days.articles IS 'Articles that quote them.';
COMMENT ON COLUMN mart.speaker_days.sources IS 'How many sources quote them.';

CREATE VIEW mart.speakers AS
SELECT entity_id AS speaker_id, entity AS speaker, entity_key AS speaker_key, entity_en AS speaker_en,
       entity_type AS speaker_type, count(*)::int AS quotes,
       count(*) FILTER (WHERE kind = 'quote')::int AS direct_quotes, count(DISTINCT article_id)::int AS articles,
       count(DISTINCT text_key)::int AS texts, count(DISTINCT story_id)::int AS stories,
       count(DISTINCT source_id)::int AS sources, min(day) AS first_day, max(day) AS last_day
FROM mart.facts
WHERE kind IN ('quote', 'indirect_quote') AND entity_id IS NOT NULL
GROUP BY entity_id, entity, entity_key, entity_en, entity_type;
COMMENT ON VIEW mart.speakers IS 'Who is quoted, of the known entities, over all days. Fast for one speaker; for all of them over a time, add up mart.speaker_days.';
COMMENT ON COLUMN mart.speakers.speaker_id IS 'The entity that speaks.';
COMMENT ON COLUMN mart.speakers.speaker IS 'Its display name.';
COMMENT ON COLUMN mart.speakers.speaker_key IS 'Match key of its name.';
COMMENT ON COLUMN mart.speakers.speaker_en IS 'Its name in English, where one is known.';
COMMENT ON COLUMN mart.speakers.speaker_type IS 'PER, ORG or LOC.';
COMMENT ON COLUMN mart.speakers.quotes IS 'Quotations, direct and reported.';
COMMENT ON COLUMN mart.speakers.direct_quotes IS 'Those between quotation marks.';
COMMENT ON COLUMN mart.speakers.articles IS 'Articles that quote them.';
COMMENT ON COLUMN mart.speakers.sources IS 'How many sources quote them.';
COMMENT ON COLUMN mart.speakers.first_day IS 'The first day on which they are quoted.';
COMMENT ON COLUMN mart.speakers.last_day IS 'The last one.';
