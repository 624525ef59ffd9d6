-- An article's versions in the order in which they were first seen, each beside the one before it; where an old one
-- stands again, that is one step more. Facts of two versions are compared where the same extractors have read both.
CREATE VIEW mart.fact_changes AS
SELECT s.article_id, s.url, s.source_id, s.day, s.changed_after, s.changed_at, s.updated, s.old_version_id, s.version_id,
       c.kind, c.change, c.field, c.label, c.role, c.unit_key, c.currency, c.edtf,
       e.entity_id, e.name AS entity, e.name_en AS entity_en, e.type AS entity_type,
       c.old_surface, c.surface, c.old_value, c.value, c.old_value_max, c.value_max, c.old_comparator, c.comparator,
       c.old_speaker, c.speaker, c.old_start_offset, c.old_end_offset, c.start_offset, c.end_offset
FROM (
    SELECT n.*,
           lag(n.version_id) OVER step AS old_version_id, lag(n.version_day) OVER step AS old_day,
           lag(n.text) OVER step AS old_text, lag(n.title) OVER step AS old_title,
           lag(n.readers) OVER step AS old_readers,
           CASE WHEN lag(n.last_fetched_at) OVER step < n.changed_at THEN lag(n.last_fetched_at) OVER step
                ELSE lag(n.changed_at) OVER step END AS changed_after
    FROM (
        SELECT a.article_id, a.url, a.source_id, a.day, v.version_id, v.day AS version_day, v.title, v.text, v.updated,
               (v.extractors, v.backend) AS readers, v.first_fetched_at AS changed_at, v.last_fetched_at
        FROM news.article a JOIN news.article_version v USING (article_id)
        UNION ALL
        SELECT a.article_id, a.url, a.source_id, a.day, v.version_id, v.day, v.title, v.text, v.updated,
               (v.extractors, v.backend), v.last_fetched_at, v.last_fetched_at
        FROM news.article a JOIN news.article_version v ON v.version_id = a.current_version AND v.day = a.day
        WHERE EXISTS (SELECT FROM news.article_version o
                      WHERE o.article_id = a.article_id AND o.first_fetched_at > v.first_fetched_at)
    ) n
    WINDOW step AS (PARTITION BY n.article_id, n.url, n.source_id, n.day ORDER BY n.changed_at, n.version_id)
) s
CROSS JOIN LATERAL (
    WITH facts AS (
        -- thing: what a fact is told apart by; said: what may change of it.
        SELECT f.version_id = s.version_id AS new, f.*, k.thing, k.said,
               row_number() OVER (PARTITION BY f.version_id, f.kind, k.thing, k.said ORDER BY f.fact_no) AS nth
        FROM news.fact f
        LEFT JOIN news.entity_root r ON r.entity_id = f.entity_id
        CROSS JOIN LATERAL (
            SELECT coalesce(r.root_id, f.entity_id)::text AS entity
        ) i
        CROSS JOIN LATERAL (
            SELECT CASE f.kind
                       WHEN 'quantity' THEN concat_ws('|', f.field, f.label,
                                                      coalesce(f.role, concat_ws('|', f.unit_key, f.currency)))
                       WHEN 'entity' THEN i.entity
                       WHEN 'date' THEN f.edtf
                       ELSE f.surface
                   END AS thing,
                   CASE f.kind
                       WHEN 'quantity' THEN concat_ws('|', f.comparator, f.value, f.value_max)
                       WHEN 'quote' THEN coalesce(i.entity, f.speaker, '')
                       WHEN 'indirect_quote' THEN coalesce(i.entity, f.speaker, '')
                       ELSE ''
                   END AS said
        ) k
        WHERE (f.version_id, f.day) IN ((s.version_id, s.version_day), (s.old_version_id, s.old_day))
          AND f.kind IN ('quantity', 'entity', 'date', 'quote', 'indirect_quote')
          AND k.thing IS NOT NULL
    ), left_over AS (
        -- What the other version does not say as well. Of quantities each counts, of the rest whether it is there.
        SELECT f.*, row_number() OVER (PARTITION BY f.new, f.kind, f.thing ORDER BY f.fact_no) AS place,
               CASE WHEN f.around IS NOT NULL THEN f.around::text[] ELSE ARRAY(
                   SELECT DISTINCT word
                   FROM regexp_split_to_table(
                       CASE WHEN f.field = 'title' THEN CASE WHEN f.new THEN s.title ELSE s.old_title END
                            ELSE concat_ws(' ',
                                substr(CASE WHEN f.new THEN s.text ELSE s.old_text END,
                                       greatest(f.start_offset - 80, 0) + 1, least(f.start_offset, 80)),
                                substr(CASE WHEN f.new THEN s.text ELSE s.old_text END, f.end_offset + 1, 80))
                       END, '[^\u0621-\u064A]+') word
                   WHERE f.kind = 'quantity' AND length(word) > 2
               ) END AS words
        FROM facts f
        WHERE (f.kind = 'quantity' OR f.nth = 1)
          AND NOT EXISTS (
              SELECT FROM facts o
              WHERE o.new <> f.new AND (o.kind, o.thing, o.said) = (f.kind, f.thing, f.said)
                AND (f.kind <> 'quantity' OR o.nth = f.nth))
    ), pairs AS (
        -- The same thing said otherwise: of all that could be, what suits each other best. Counts are the same thing only
        -- where a third of the words around them is the same.
        SELECT o.fact_no AS old_no, n.fact_no AS new_no,
               row_number() OVER (PARTITION BY o.fact_no ORDER BY fit.unit DESC, fit.shared DESC, fit.apart, n.fact_no) AS of_old,
               row_number() OVER (PARTITION BY n.fact_no ORDER BY fit.unit DESC, fit.shared DESC, fit.apart, o.fact_no) AS of_new
        FROM left_over o
        JOIN left_over n ON n.new AND NOT o.new AND (n.kind, n.thing) = (o.kind, o.thing)
        CROSS JOIN LATERAL (
            SELECT (o.unit_key IS NOT DISTINCT FROM n.unit_key)::int AS unit, abs(o.place - n.place) AS apart,
                   (SELECT count(*) FROM unnest(o.words) w WHERE w = ANY (n.words)) AS shared,
                   least(cardinality(o.words), cardinality(n.words)) AS words
        ) fit
        WHERE 3 * fit.shared >= fit.words
    ), matched AS (
        SELECT old_no, new_no FROM pairs WHERE of_old = 1 AND of_new = 1
    )
    SELECT coalesce(n.kind, o.kind) AS kind, coalesce(n.field, o.field) AS field, coalesce(n.label, o.label) AS label,
           coalesce(n.role, o.role) AS role, coalesce(n.unit_key, o.unit_key) AS unit_key,
           coalesce(n.currency, o.currency) AS currency, coalesce(n.edtf, o.edtf) AS edtf,
           coalesce(n.entity_id, o.entity_id) AS entity_id,
           CASE WHEN o.kind IS NULL THEN 'appeared' WHEN n.kind IS NULL THEN 'disappeared' ELSE 'changed' END AS change,
           o.surface AS old_surface, n.surface, o.value AS old_value, n.value, o.value_max AS old_value_max, n.value_max,
           o.comparator AS old_comparator, n.comparator, o.speaker AS old_speaker, n.speaker,
           o.start_offset AS old_start_offset, o.end_offset AS old_end_offset, n.start_offset, n.end_offset
    FROM (SELECT l.*, m.new_no FROM left_over l LEFT JOIN matched m ON m.old_no = l.fact_no WHERE NOT l.new) o
    FULL JOIN (SELECT * FROM left_over WHERE new) n ON n.fact_no = o.new_no
) c
LEFT JOIN news.entity_root r ON r.entity_id = c.entity_id
LEFT JOIN news.entity e ON e.entity_id = coalesce(r.root_id, c.entity_id)
WHERE s.readers = s.old_readers;
COMMENT ON VIEW mart.fact_changes IS 'What changed in an article''s facts from one version to the next: a toll from 5 to 9, a name that went, a quote that came. Versions that different extractors have read are not compared until reextract_facts has read them alike. Nominals, key phrases, topics and events are not compared.';
COMMENT ON COLUMN mart.fact_changes.changed_after IS 'When the old version was last seen before it changed.';
COMMENT ON COLUMN mart.fact_changes.changed_at IS 'When the new version was first seen; of an old one that stands again, when it was last seen.';
COMMENT ON COLUMN mart.fact_changes.updated IS 'When the page itself says it was changed, as written in the new version.';
COMMENT ON COLUMN mart.fact_changes.old_version_id IS 'The version before.';
COMMENT ON COLUMN mart.fact_changes.version_id IS 'The version after.';
COMMENT ON COLUMN mart.fact_changes.kind IS 'quantity, entity, date, quote or indirect_quote.';
COMMENT ON COLUMN mart.fact_changes.change IS 'changed: both versions say it otherwise (a count another number, a quote another speaker). appeared, disappeared: only the new one, the old one says it.';
COMMENT ON COLUMN mart.fact_changes.field IS 'title or body. A count is compared within its field, the rest across both.';
COMMENT ON COLUMN mart.fact_changes.role IS 'Of casualties: killed, injured, missing, detained or displaced. A toll is followed by it, whatever noun is counted.';
COMMENT ON COLUMN mart.fact_changes.unit_key IS 'The counted noun as its group. Counts without a role are compared where it is the same.';
COMMENT ON COLUMN mart.fact_changes.entity_id IS 'The one named, or the speaker.';
COMMENT ON COLUMN mart.fact_changes.old_surface IS 'The words that prove it in the old version; null where it appeared.';
COMMENT ON COLUMN mart.fact_changes.surface IS 'The words that prove it in the new version; null where it disappeared.';
COMMENT ON COLUMN mart.fact_changes.old_value IS 'The number before.';
COMMENT ON COLUMN mart.fact_changes.value IS 'The number after.';
COMMENT ON COLUMN mart.fact_changes.old_value_max IS 'The upper end before, where a range was given.';
COMMENT ON COLUMN mart.fact_changes.value_max IS 'The upper end after.';
COMMENT ON COLUMN mart.fact_changes.old_comparator IS 'How old_value is meant: =, <, <=, >, >= or ~.';
COMMENT ON COLUMN mart.fact_changes.comparator IS 'How value is meant.';
COMMENT ON COLUMN mart.fact_changes.old_speaker IS 'Who spoke, as the old version names them.';
COMMENT ON COLUMN mart.fact_changes.speaker IS 'Who speaks, as the new version names them.';
COMMENT ON COLUMN mart.fact_changes.old_start_offset IS 'Code points before it in that field of the old version.';
COMMENT ON COLUMN mart.fact_changes.old_end_offset IS 'Code points up to its end there, exclusive.';
COMMENT ON COLUMN mart.fact_changes.start_offset IS 'Code points before it in that field of the new version.';
COMMENT ON COLUMN mart.fact_changes.end_offset IS 'Code points up to its end there, exclusive.';
