CREATE VIEW mart.entities AS
SELECT e.entity_id, e.type, e.name, e.key, e.name_en, e.wikidata,
       (SELECT array_agg(DISTINCT a.alias ORDER BY a.alias) FROM news.entity_alias a
        WHERE a.entity_id = ANY (ARRAY(SELECT r.entity_id FROM news.entity_root r WHERE r.root_id = e.entity_id)
                                 || e.entity_id)) AS aliases,
       coalesce(s.standing, 'candidate') AS standing
FROM news.entity e
LEFT JOIN news.entity_standing s USING (entity_id)
WHERE NOT EXISTS (SELECT FROM news.entity_root r WHERE r.entity_id = e.entity_id);
COMMENT ON VIEW mart.entities IS 'People, organisations and places, one row each, with every spelling seen; merged ones are one.';
COMMENT ON COLUMN mart.entities.key IS 'Match key: what the spellings of the canonical name share.';
COMMENT ON COLUMN mart.entities.type IS 'PER, ORG or LOC.';
COMMENT ON COLUMN mart.entities.name IS 'Display name: the spelling most used; null until the day is measured.';
COMMENT ON COLUMN mart.entities.name_en IS 'In English, where one is known.';
COMMENT ON COLUMN mart.entities.wikidata IS 'Its item in Wikidata, where one is known.';
COMMENT ON COLUMN mart.entities.aliases IS 'Every spelling seen, canonical or as it stood in a text, of all that were merged into it.';
COMMENT ON COLUMN mart.entities.standing IS 'listed: the lexicon holds it. added: named in at least 3 articles of 2 sources. candidate: not yet.';

CREATE VIEW mart.entity_merges AS
SELECT r.entity_id, e.name, r.root_id AS into_id, o.name AS into_name,
       CASE WHEN m.entity_id IS NULL THEN 'spelling' ELSE 'hand' END AS made_by, m.why, m.decided_by, m.decided_at
FROM news.entity_root r
JOIN news.entity e ON e.entity_id = r.entity_id
JOIN news.entity o ON o.entity_id = r.root_id
LEFT JOIN news.entity_merge m ON m.entity_id = r.entity_id;
COMMENT ON VIEW mart.entity_merges IS 'Entities that stand for another: other spellings, and what people merged in news.entity_merge.';
COMMENT ON COLUMN mart.entity_merges.name IS 'Display name of the one that was merged.';
COMMENT ON COLUMN mart.entity_merges.into_id IS 'The entity it stands for in the end.';
COMMENT ON COLUMN mart.entity_merges.into_name IS 'Display name of that one.';
COMMENT ON COLUMN mart.entity_merges.made_by IS 'spelling: the registry joined two spellings. hand: a person did.';
COMMENT ON COLUMN mart.entity_merges.why IS 'The reason that a person gave.';
COMMENT ON COLUMN mart.entity_merges.decided_by IS 'Who merged it.';
COMMENT ON COLUMN mart.entity_merges.decided_at IS 'When it was merged.';

CREATE VIEW mart.entity_days AS
SELECT d.day, d.entity_id, e.name AS entity, e.name_en AS entity_en, e.type AS entity_type,
       d.articles, d.texts, d.stories, d.sources, d.mentions
FROM news.entity_day d
JOIN news.entity e USING (entity_id);
COMMENT ON VIEW mart.entity_days IS 'How often each entity was in the press on each day.';
COMMENT ON COLUMN mart.entity_days.articles IS 'Articles that name it.';
COMMENT ON COLUMN mart.entity_days.texts IS 'Unique texts among them.';
COMMENT ON COLUMN mart.entity_days.stories IS 'Stories among them: the same text on several sites is one.';
COMMENT ON COLUMN mart.entity_days.day IS 'Day of publication, or the day first seen.';
COMMENT ON COLUMN mart.entity_days.sources IS 'How many sources name it.';
COMMENT ON COLUMN mart.entity_days.mentions IS 'How often it is named, several times in one article included.';

CREATE VIEW mart.entity_source_days AS
SELECT d.day, d.source_id, s.country, d.entity_id, e.name AS entity, e.name_en AS entity_en, e.type AS entity_type,
       d.articles, d.mentions
FROM news.entity_source_day d
JOIN news.entity e USING (entity_id)
JOIN news.source s USING (source_id);
COMMENT ON VIEW mart.entity_source_days IS 'The same by source, with the country of the source.';
COMMENT ON COLUMN mart.entity_source_days.country IS 'Of the source, ISO 3166-1; ZZ where unknown.';

CREATE VIEW mart.trending_entities AS
SELECT t.day, t.entity_id, e.name AS entity, e.name_en AS entity_en, e.type AS entity_type,
       d.articles, d.texts, d.stories, d.sources, t.expected, t.baseline_days, t.log_odds, t.score,
       CASE WHEN t.baseline_days = 0 THEN 'no baseline'
            WHEN t.baseline_days < 14 THEN 'short baseline'
            ELSE 'full baseline' END AS basis
FROM news.entity_trend t
JOIN news.entity_day d USING (entity_id, day)
JOIN news.entity e USING (entity_id);
COMMENT ON VIEW mart.trending_entities IS 'What rises on a day against the 28 days before: ORDER BY score DESC.';
COMMENT ON COLUMN mart.trending_entities.expected IS 'Articles a day over the baseline''s days.';
COMMENT ON COLUMN mart.trending_entities.baseline_days IS 'Days of the 28 before on which anything was read.';
COMMENT ON COLUMN mart.trending_entities.score IS 'z of the log-odds with a Dirichlet prior: above 1.96 a rise is unlikely to be chance.';
COMMENT ON COLUMN mart.trending_entities.basis IS 'no baseline, short baseline (under 14 days) or full baseline: how far to trust the score.';
COMMENT ON COLUMN mart.trending_entities.log_odds IS 'How much likelier than before it is named: 0 is as before, 0.7 twice as likely.';
