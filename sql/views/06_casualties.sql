-- Where a toll belongs: the place that its sentence names with a word of place (في غزة, قرب صور) nearest to it; else that of
-- the article's event; else the place named last before it in its sentence; else the headline's first, else the dateline's.
CREATE VIEW mart.casualty_reports AS
SELECT f.day, p.entity_id AS place_id, p.name AS place, p.key AS place_key, p.name_en AS place_en, l.basis AS place_basis,
       f.role, f.value, f.value_max, f.comparator, f.unit, f.unit_key, f.field, f.start_offset, f.end_offset, f.surface,
       CASE f.field WHEN 'title' THEN v.title
                    ELSE nullif(substr(v.text, f.sentence_start + 1, f.sentence_end - f.sentence_start), '') END AS context,
       f.article_id, a.url, f.source_id, s.name_ar AS source_ar, s.name_en AS source_en, s.country, f.version_id,
       f.version_id = a.current_version AS current,
       CASE WHEN v.first_fetched_at > a.first_seen_at THEN v.first_fetched_at
            ELSE least(v.published_at, v.first_fetched_at) END AS reported_at,
       v.text_key, a.story_id, f.fact_no
FROM news.fact f
JOIN news.article a ON a.article_id = f.article_id AND a.day = f.day
JOIN news.article_version v ON v.version_id = f.version_id AND v.day = f.day
JOIN news.source s ON s.source_id = f.source_id
CROSS JOIN LATERAL (
    SELECT CASE f.field WHEN 'title' THEN v.title ELSE v.text END AS text,
           CASE f.field WHEN 'title' THEN 0 ELSE coalesce(f.sentence_start, f.start_offset - 120) END AS first,
           CASE f.field WHEN 'title' THEN f.end_offset + coalesce(length(v.title), 0) ELSE coalesce(f.sentence_end, f.end_offset + 120) END AS last,
           ARRAY(SELECT ev.details ->> 'place' FROM news.fact ev
                 WHERE ev.version_id = f.version_id AND ev.day = f.day AND ev.kind = 'event') AS places
    OFFSET 0  -- once a toll, not once for each place beside it
) t
LEFT JOIN LATERAL (
    SELECT n.entity_id,
           CASE WHEN n.inside AND (n.located OR n.before) THEN 'sentence' WHEN n.of_event THEN 'event'
                WHEN n.field = 'title' THEN 'headline' ELSE 'dateline' END AS basis
    FROM (
        SELECT m.entity_id, m.field, m.fact_no, m.start_offset,
               m.field = f.field AND m.start_offset >= t.first AND m.end_offset <= t.last AS inside,
               m.end_offset <= f.start_offset AS before,
               greatest(m.start_offset - f.end_offset, f.start_offset - m.end_offset) AS apart,
               coalesce(right(substr(t.text, 1, m.start_offset), 20) ~
                   '(^|\s)[وف]?(ب|على|قرب|داخل|قبالة|ساحل|سواحل|ب?(مدينة|بلدة|قرية|محافظة|ولاية|إقليم|منطقة|مخيم|حي|ريف|قطاع|قضاء|ضاحية|العاصمة)|في( (شرقي?|غربي?|شمالي?|جنوبي?|وسط))?)\s*$',
                   false) AS located,
               EXISTS (
                   SELECT FROM news.entity_alias al
                   WHERE al.entity_id = m.entity_id AND al.canonical AND al.alias = ANY (t.places)
               ) AS of_event
        FROM news.fact m
        WHERE m.version_id = f.version_id AND m.day = f.day AND m.kind = 'entity' AND m.label = 'LOC'
        OFFSET 0  -- each of these is asked for several times below
    ) n
    WHERE n.of_event OR n.inside AND (n.located OR n.before) OR n.field = 'title' OR n.start_offset < 60
    ORDER BY CASE WHEN n.inside AND n.located THEN 1 WHEN n.of_event THEN 2 WHEN n.inside AND n.before THEN 3
                  WHEN n.field = 'title' THEN 4 ELSE 5 END,
             CASE WHEN n.inside THEN n.apart ELSE n.fact_no END, n.fact_no
    LIMIT 1
) l ON true
LEFT JOIN news.entity_identity r ON r.entity_id = l.entity_id
LEFT JOIN news.entity p ON p.entity_id = r.root_id
WHERE f.kind = 'quantity' AND f.role IN ('killed', 'injured', 'missing', 'detained', 'displaced');
COMMENT ON VIEW mart.casualty_reports IS 'Every toll of every version of every article, with the place that it is tied to. Ask for days.';
COMMENT ON COLUMN mart.casualty_reports.day IS 'The article''s day: the publisher''s local day of publication, or the day first seen.';
COMMENT ON COLUMN mart.casualty_reports.place_id IS 'The place that the toll is tied to; null where its article names none near it, in its event, in headline or dateline.';
COMMENT ON COLUMN mart.casualty_reports.place IS 'Its display name.';
COMMENT ON COLUMN mart.casualty_reports.place_key IS 'Its match key.';
COMMENT ON COLUMN mart.casualty_reports.place_en IS 'Its name in English, where one is known.';
COMMENT ON COLUMN mart.casualty_reports.place_basis IS 'How it was found: sentence (the toll''s own), event, headline or dateline, from sure to unsure.';
COMMENT ON COLUMN mart.casualty_reports.role IS 'killed, injured, missing, detained or displaced.';
COMMENT ON COLUMN mart.casualty_reports.context IS 'The sentence of the toll, or the title; null where the text is not kept.';
COMMENT ON COLUMN mart.casualty_reports.version_id IS 'The version of the article that says so.';
COMMENT ON COLUMN mart.casualty_reports.current IS 'Whether that version is the one that stands. Counts are made over these.';
COMMENT ON COLUMN mart.casualty_reports.reported_at IS 'Of an article''s first version, when its page says it was published, or when we saw it; of a later one, when we first saw it.';
COMMENT ON COLUMN mart.casualty_reports.text_key IS 'Of that version''s text: count(DISTINCT text_key) counts unique texts.';

-- Of each version the first toll it gives for a place and role, title before body: what follows in an article is often the
-- toll of the weeks before.
CREATE VIEW mart.casualties AS
SELECT t.day, t.place_id, t.place, t.place_key, t.place_en, t.role,
       t.first[1].value AS first_value, t.first[1].comparator AS first_comparator, t.first[1].reported_at AS first_reported_at,
       t.first[1].source_id AS first_source_id, t.first[1].source_ar AS first_source_ar, t.first[1].url AS first_url,
       t.first[1].context AS first_context,
       t.latest[1].value AS latest_value, t.latest[1].comparator AS latest_comparator,
       t.latest[1].reported_at AS latest_reported_at, t.latest[1].source_id AS latest_source_id,
       t.latest[1].source_ar AS latest_source_ar, t.latest[1].url AS latest_url, t.latest[1].context AS latest_context,
       t.min_value, t.max_value, t.tolls, t.articles, t.texts, t.stories, t.sources
FROM (
    SELECT r.day, r.place_id, r.place, r.place_key, r.place_en, r.role,
           array_agg(r.report ORDER BY r.reported_at, r.article_id, r.version_id) AS first,
           array_agg(r.report ORDER BY r.reported_at DESC, r.article_id, r.version_id) FILTER (WHERE r.current) AS latest,
           min(r.value) FILTER (WHERE r.current) AS min_value,
           max(coalesce(r.value_max, r.value)) FILTER (WHERE r.current) AS max_value,
           count(DISTINCT r.value) FILTER (WHERE r.current)::int AS tolls,
           count(DISTINCT r.article_id) FILTER (WHERE r.current)::int AS articles,
           count(DISTINCT r.text_key) FILTER (WHERE r.current)::int AS texts,
           count(DISTINCT r.story_id) FILTER (WHERE r.current)::int AS stories,
           count(DISTINCT r.source_id) FILTER (WHERE r.current)::int AS sources
    FROM (
        SELECT DISTINCT ON (c.day, c.place_id, c.role, c.version_id) c.*, c AS report
        FROM mart.casualty_reports c
        ORDER BY c.day, c.place_id, c.role, c.version_id, c.fact_no
    ) r
    GROUP BY r.day, r.place_id, r.place, r.place_key, r.place_en, r.role
    HAVING bool_or(r.current)
) t;
COMMENT ON VIEW mart.casualties IS 'Tolls per place, day and role: the first report against the latest, what lies between, and who carries it. Two disasters in one place on one day are one row: tolls, min_value and max_value tell, and mart.casualty_reports has each with its story. Ask for days.';
COMMENT ON COLUMN mart.casualties.place_id IS 'The place; null for tolls whose article names none. A town and its country are two places.';
COMMENT ON COLUMN mart.casualties.place IS 'Its display name.';
COMMENT ON COLUMN mart.casualties.place_key IS 'Its match key.';
COMMENT ON COLUMN mart.casualties.place_en IS 'Its name in English, where one is known.';
COMMENT ON COLUMN mart.casualties.role IS 'killed, injured, missing, detained or displaced.';
COMMENT ON COLUMN mart.casualties.first_value IS 'The toll of the first report, also where that article says otherwise by now.';
COMMENT ON COLUMN mart.casualties.first_comparator IS 'How it is meant: =, < (less than), <=, > (more than), >= (at least) or ~ (about).';
COMMENT ON COLUMN mart.casualties.first_reported_at IS 'When it was reported: as its page says, else when we first saw it.';
COMMENT ON COLUMN mart.casualties.first_source_id IS 'Who reported it first.';
COMMENT ON COLUMN mart.casualties.first_source_ar IS 'Their name in Arabic.';
COMMENT ON COLUMN mart.casualties.first_url IS 'Where; the page may say otherwise by now.';
COMMENT ON COLUMN mart.casualties.first_context IS 'In these words; null where the text is not kept.';
COMMENT ON COLUMN mart.casualties.latest_value IS 'The toll of the latest report, of articles as they stand.';
COMMENT ON COLUMN mart.casualties.latest_comparator IS 'How that one is meant.';
COMMENT ON COLUMN mart.casualties.latest_reported_at IS 'When it was reported.';
COMMENT ON COLUMN mart.casualties.latest_source_id IS 'By whom.';
COMMENT ON COLUMN mart.casualties.latest_source_ar IS 'Their name in Arabic.';
COMMENT ON COLUMN mart.casualties.latest_url IS 'Where.';
COMMENT ON COLUMN mart.casualties.latest_context IS 'In these words; null where the text is not kept.';
COMMENT ON COLUMN mart.casualties.min_value IS 'The least toll of articles as they stand.';
COMMENT ON COLUMN mart.casualties.max_value IS 'The greatest.';
COMMENT ON COLUMN mart.casualties.tolls IS 'How many different numbers they give.';
COMMENT ON COLUMN mart.casualties.articles IS 'Articles that give one, as they stand.';
COMMENT ON COLUMN mart.casualties.texts IS 'Unique texts among them.';
COMMENT ON COLUMN mart.casualties.stories IS 'Stories among them.';
COMMENT ON COLUMN mart.casualties.sources IS 'How many sources give one.';
