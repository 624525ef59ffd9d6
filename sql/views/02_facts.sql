CREATE VIEW mart.entity_roots AS
SELECT entity_id, root_id FROM news.entity_identity;
COMMENT ON VIEW mart.entity_roots IS 'Every entity id ever given, and the entity that it stands for now: itself, or the one it was merged into.';
COMMENT ON COLUMN mart.entity_roots.root_id IS 'The entity that the other views name: a key of mart.entities.';

CREATE VIEW mart.facts AS
SELECT f.day, f.article_id, a.url, f.source_id, f.version_id, f.fact_no, f.kind, f.field, f.start_offset, f.end_offset,
       f.surface, e.entity_id, e.name AS entity, e.name_en AS entity_en, e.type AS entity_type, f.label,
       f.value, f.value_max, f.comparator, f.unit, f.unit_key, f.currency, f.edtf, f.first_day, f.last_day,
       f.speaker, f.verb, f.role, f.flag, f.details, f.confidence, f.extractor, f.extractor_version,
       f.backend, e.key AS entity_key, a.text_key, a.story_id, s.name_ar AS source_ar, s.name_en AS source_en, s.country,
       (SELECT CASE WHEN f.field = 'title' THEN v.title
                    ELSE nullif(substr(v.text, f.sentence_start + 1, f.sentence_end - f.sentence_start), '') END
        FROM news.article_version v WHERE v.version_id = f.version_id AND v.day = f.day) AS sentence,
       CASE WHEN f.field = 'title' THEN f.start_offset ELSE f.start_offset - f.sentence_start END AS sentence_offset
FROM news.fact f
JOIN news.article a ON a.article_id = f.article_id AND a.current_version = f.version_id AND a.day = f.day
LEFT JOIN news.source s ON s.source_id = f.source_id
LEFT JOIN news.entity_identity r ON r.entity_id = f.entity_id
LEFT JOIN news.entity e ON e.entity_id = r.root_id;
COMMENT ON VIEW mart.facts IS 'Every fact of every article''s current version, with the words that prove it.';
COMMENT ON COLUMN mart.facts.kind IS 'entity, nominal, date, quantity, quote, indirect_quote, keyphrase, topic or event.';
COMMENT ON COLUMN mart.facts.field IS 'title or body: which text the offsets count into.';
COMMENT ON COLUMN mart.facts.start_offset IS 'Code points before the first word of the evidence.';
COMMENT ON COLUMN mart.facts.end_offset IS 'Code points up to its end, exclusive.';
COMMENT ON COLUMN mart.facts.surface IS 'Exactly what stands there.';
COMMENT ON COLUMN mart.facts.label IS 'Entity type, quantity kind, topic code (IPTC Media Topics), event type (PLOVER), or key of a key phrase.';
COMMENT ON COLUMN mart.facts.edtf IS 'The date as EDTF (ISO 8601-2); first_day and last_day bound it.';
COMMENT ON COLUMN mart.facts.sentence IS 'The sentence in which it stands, or the title; null where the rights of its source let no text be kept.';
COMMENT ON COLUMN mart.facts.sentence_offset IS 'Code points of that sentence before the first word of the evidence.';
COMMENT ON COLUMN mart.facts.flag IS 'Why the fact wants a second look: a date against its context, an unclosed quotation.';
COMMENT ON COLUMN mart.facts.day IS 'The article''s day: the publisher''s local day of publication, or the day first seen.';
COMMENT ON COLUMN mart.facts.version_id IS 'The version of the article that the fact was read in.';
COMMENT ON COLUMN mart.facts.fact_no IS 'Number within the version, title before body and then in text order.';
COMMENT ON COLUMN mart.facts.entity IS 'Display name of the entity: of the one mentioned, or of the speaker of a quote. The same in all its mentions.';
COMMENT ON COLUMN mart.facts.entity_en IS 'Its name in English, where one is known.';
COMMENT ON COLUMN mart.facts.entity_type IS 'PER, ORG or LOC.';
COMMENT ON COLUMN mart.facts.value IS 'The number that is meant, with thousands and millions applied: 3 million is 3000000; of topics and key phrases their score.';
COMMENT ON COLUMN mart.facts.value_max IS 'The upper end, where the text gives a range.';
COMMENT ON COLUMN mart.facts.comparator IS 'How value is meant: =, < (less than), <=, > (more than), >= or ~ (about).';
COMMENT ON COLUMN mart.facts.unit IS 'What is counted or measured, as written.';
COMMENT ON COLUMN mart.facts.unit_key IS 'Its group: one for قتيل and قتلى.';
COMMENT ON COLUMN mart.facts.currency IS 'ISO 4217; a bare ريال is that of the source''s country.';
COMMENT ON COLUMN mart.facts.first_day IS 'The first day of the date or range that is meant.';
COMMENT ON COLUMN mart.facts.last_day IS 'The last day of it; the same day for a single one.';
COMMENT ON COLUMN mart.facts.speaker IS 'Who speaks, as the text names them at its fullest.';
COMMENT ON COLUMN mart.facts.verb IS 'The verb of speech as written.';
COMMENT ON COLUMN mart.facts.role IS 'Of casualties: killed, injured, missing, detained or displaced.';
COMMENT ON COLUMN mart.facts.details IS 'What only this kind has, as JSON: how a name was found, the calendar of a date, the label of a topic, actor, target and place of an event.';
COMMENT ON COLUMN mart.facts.confidence IS '0 to 1, as the extractor judges itself; for ranking, not a probability.';
COMMENT ON COLUMN mart.facts.extractor IS 'Which extractor read it: its kind.';
COMMENT ON COLUMN mart.facts.extractor_version IS 'The version of it: facts are compared under one version only.';
COMMENT ON COLUMN mart.facts.entity_key IS 'Match key of the entity: what the spellings of its name share.';
COMMENT ON COLUMN mart.facts.text_key IS 'Of the article: count(DISTINCT text_key) counts unique texts.';
COMMENT ON COLUMN mart.facts.story_id IS 'Of the article: count(DISTINCT story_id) counts stories.';
COMMENT ON COLUMN mart.facts.backend IS 'Of names: what found them beside lexicon and rules, with its version; those whose details say model are its own.';

CREATE VIEW mart.mentions AS
SELECT day, article_id, url, source_id, field, start_offset, end_offset, surface, entity_id, entity, entity_en,
       entity_type, confidence, backend, entity_key, text_key, story_id, source_ar, source_en, country
FROM mart.facts WHERE kind = 'entity';
COMMENT ON VIEW mart.mentions IS 'Names of people, organisations and places where they stand.';
COMMENT ON COLUMN mart.mentions.entity IS 'Display name, the same for all mentions of one entity.';

CREATE VIEW mart.quotes AS
SELECT f.day, f.article_id, f.url, f.source_id, f.kind = 'indirect_quote' AS indirect, f.field, f.start_offset,
       f.end_offset, f.surface AS quote, f.speaker, f.entity_id AS speaker_id, f.entity AS speaker_name,
       f.entity_en AS speaker_en, f.entity_type AS speaker_type, f.verb, f.flag, f.confidence,
       CASE f.field
           WHEN 'title' THEN v.title
           ELSE CASE v.kept
               WHEN 'full'
               THEN substr(v.text, greatest(f.start_offset - 119, 1), f.end_offset - greatest(f.start_offset - 120, 0) + 120)
               ELSE coalesce(f.sentence, f.surface) END
       END AS context, f.entity_key AS speaker_key, f.text_key, f.story_id, f.source_ar, f.source_en, f.country
FROM mart.facts f
JOIN news.article_version v ON v.version_id = f.version_id AND v.day = f.day
WHERE f.kind IN ('quote', 'indirect_quote');
COMMENT ON VIEW mart.quotes IS 'Who said what: direct speech, and reported speech where indirect is true.';
COMMENT ON COLUMN mart.quotes.speaker IS 'As the text names them.';
COMMENT ON COLUMN mart.quotes.speaker_name IS 'The entity''s display name, where the speaker is one.';
COMMENT ON COLUMN mart.quotes.context IS 'The quote with up to 120 characters on either side; its sentence, or the quote alone, where the rights of its source allow no more.';
COMMENT ON COLUMN mart.quotes.indirect IS 'True for reported speech (قال إن …), false for words between quotation marks.';
COMMENT ON COLUMN mart.quotes.quote IS 'The words themselves, without the marks.';
COMMENT ON COLUMN mart.quotes.speaker_key IS 'Match key of the speaker''s name, where they are a known entity.';
COMMENT ON COLUMN mart.quotes.speaker_en IS 'The same in English, where one is known.';
COMMENT ON COLUMN mart.quotes.speaker_type IS 'PER, ORG or LOC; null where the speaker is no known entity.';

CREATE VIEW mart.quantities AS
SELECT day, article_id, url, source_id, field, start_offset, end_offset, surface, label AS kind, value, value_max,
       comparator, unit, unit_key, currency, role, confidence,
       (details ->> 'si_value')::float8 AS si_value, details ->> 'si_unit' AS si_unit,
       text_key, story_id, source_ar, source_en, country
FROM mart.facts WHERE kind = 'quantity';
COMMENT ON VIEW mart.quantities IS 'How many, how much: counts, money, percentages and measures.';
COMMENT ON COLUMN mart.quantities.kind IS 'count, money, percent or measure.';
COMMENT ON COLUMN mart.quantities.unit_key IS 'The counted noun as its group: one for قتيل and قتلى.';
COMMENT ON COLUMN mart.quantities.si_value IS 'Of a measure, the value in SI: 36 كيلومترا في الساعة is 10.';
COMMENT ON COLUMN mart.quantities.si_unit IS 'm, m², m³, m/s, kg, s, K, W, V or B (bytes).';
COMMENT ON COLUMN mart.quantities.role IS 'Of casualties: killed, injured, missing, detained or displaced.';

CREATE VIEW mart.dates AS
SELECT day, article_id, url, source_id, field, start_offset, end_offset, surface, edtf, first_day, last_day, flag, confidence,
       text_key, story_id, source_ar, source_en, country
FROM mart.facts WHERE kind = 'date';
COMMENT ON VIEW mart.dates IS 'The dates that articles speak of, as EDTF and as first and last day.';
