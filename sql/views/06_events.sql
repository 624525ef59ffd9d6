CREATE VIEW mart.events AS
SELECT f.day, f.article_id, f.url, f.source_id, f.source_ar, f.source_en, f.country, f.label AS type, t.type_ar,
       f.field, f.start_offset, f.end_offset, f.surface AS trigger,
       actor.entity_id AS actor_id, coalesce(actor.name, f.details ->> 'actor') AS actor, actor.key AS actor_key,
       actor.name_en AS actor_en,
       target.entity_id AS target_id, coalesce(target.name, f.details ->> 'target') AS target, target.key AS target_key,
       target.name_en AS target_en,
       place.entity_id AS place_id, coalesce(place.name, f.details ->> 'place') AS place, place.key AS place_key,
       place.name_en AS place_en,
       f.edtf, d.first_day, d.last_day, f.confidence,
       f.sentence AS context,
       f.text_key, f.story_id
FROM mart.facts f
LEFT JOIN (VALUES
    ('ACCUSE', 'اتهام'), ('AGREE', 'اتفاق'), ('AID', 'مساعدة'), ('ASSAULT', 'هجوم'), ('COERCE', 'إكراه'),
    ('CONCEDE', 'تنازل'), ('CONSULT', 'تشاور'), ('COOPERATE', 'تعاون'), ('MOBILIZE', 'حشد'), ('PROTEST', 'احتجاج'),
    ('REJECT', 'رفض'), ('REQUEST', 'طلب'), ('RETREAT', 'انسحاب'), ('SANCTION', 'عقوبات'), ('SUPPORT', 'دعم'),
    ('THREATEN', 'تهديد')
) t (type, type_ar) ON t.type = f.label
LEFT JOIN LATERAL (
    SELECT d.first_day, d.last_day FROM news.fact d
    WHERE d.version_id = f.version_id AND d.day = f.day AND d.kind = 'date' AND d.edtf = f.edtf
    LIMIT 1
) d ON true
CROSS JOIN LATERAL (
    -- Whom the version calls by these canonical names: its names are read once an event, not once for each of the three.
    SELECT (array_agg(r.root_id ORDER BY m.fact_no) FILTER (WHERE al.alias = f.details ->> 'actor'))[1] AS actor_id,
           (array_agg(r.root_id ORDER BY m.fact_no) FILTER (WHERE al.alias = f.details ->> 'target'))[1] AS target_id,
           (array_agg(r.root_id ORDER BY m.fact_no) FILTER (WHERE al.alias = f.details ->> 'place'))[1] AS place_id
    FROM news.fact m
    JOIN news.entity_alias al ON al.entity_id = m.entity_id AND al.canonical
        AND al.alias IN (f.details ->> 'actor', f.details ->> 'target', f.details ->> 'place')
    JOIN news.entity_identity r ON r.entity_id = m.entity_id
    WHERE m.version_id = f.version_id AND m.day = f.day AND m.kind = 'entity'
) n
LEFT JOIN news.entity actor ON actor.entity_id = n.actor_id
LEFT JOIN news.entity target ON target.entity_id = n.target_id
LEFT JOIN news.entity place ON place.entity_id = n.place_id
WHERE f.kind = 'event';
COMMENT ON VIEW mart.events IS 'The main event of each article that tells one: who did what to whom, where and when, in PLOVER''s terms. An article tells it, so that ten articles on one summit are ten rows: count(DISTINCT story_id).';
COMMENT ON COLUMN mart.events.type IS 'PLOVER event type: ASSAULT, AGREE, CONSULT …';
COMMENT ON COLUMN mart.events.type_ar IS 'The same in Arabic.';
COMMENT ON COLUMN mart.events.trigger IS 'The word that tells it.';
COMMENT ON COLUMN mart.events.actor_id IS 'Who does it; null where nobody is named, or the name is no known entity.';
COMMENT ON COLUMN mart.events.actor IS 'Their display name.';
COMMENT ON COLUMN mart.events.actor_key IS 'Match key of the name.';
COMMENT ON COLUMN mart.events.actor_en IS 'In English, where known.';
COMMENT ON COLUMN mart.events.target_id IS 'To whom, or with whom.';
COMMENT ON COLUMN mart.events.target IS 'Their display name.';
COMMENT ON COLUMN mart.events.target_key IS 'Match key of the name.';
COMMENT ON COLUMN mart.events.target_en IS 'In English, where known.';
COMMENT ON COLUMN mart.events.place_id IS 'Where.';
COMMENT ON COLUMN mart.events.place IS 'Display name of the place.';
COMMENT ON COLUMN mart.events.place_key IS 'Match key of its name.';
COMMENT ON COLUMN mart.events.place_en IS 'In English, where known.';
COMMENT ON COLUMN mart.events.edtf IS 'When, as EDTF; null where headline and lead name no date.';
COMMENT ON COLUMN mart.events.context IS 'The sentence that tells it, or the title; null where the text is not kept.';
