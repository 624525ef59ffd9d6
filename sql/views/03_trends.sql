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
       d.articles, d.texts, d.stories, d.mentions
FROM news.entity_source_day d
JOIN news.entity e USING (entity_id)
JOIN news.source s USING (source_id);
COMMENT ON VIEW mart.entity_source_days IS 'The same by source, with the country of the source.';
COMMENT ON COLUMN mart.entity_source_days.country IS 'Of the source, ISO 3166-1; ZZ where unknown.';

CREATE VIEW mart.entity_country_days AS
SELECT d.day, d.country, d.entity_id, e.name AS entity, e.name_en AS entity_en, e.type AS entity_type,
       d.articles, d.texts, d.stories, d.mentions
FROM news.entity_country_day d
JOIN news.entity e USING (entity_id);
COMMENT ON VIEW mart.entity_country_days IS 'The same by the country of the sources.';
COMMENT ON COLUMN mart.entity_country_days.country IS 'Of the sources, ISO 3166-1; ZZ where unknown.';

CREATE VIEW mart.topic_days AS
SELECT day, topic, articles, texts, stories, sources FROM news.topic_day;
COMMENT ON VIEW mart.topic_days IS 'How much of the press each topic had on each day.';
COMMENT ON COLUMN mart.topic_days.topic IS 'Code of the topic, IPTC Media Topics.';
COMMENT ON COLUMN mart.topic_days.articles IS 'Articles on it.';
COMMENT ON COLUMN mart.topic_days.sources IS 'How many sources wrote of it.';

CREATE VIEW mart.phrase_days AS
SELECT day, phrase_key, phrase, articles, texts, stories, sources FROM news.phrase_day;
COMMENT ON VIEW mart.phrase_days IS 'In how many articles each phrase was one of those that tell what they are about.';
COMMENT ON COLUMN mart.phrase_days.phrase_key IS 'Folded: equal where two spellings are one phrase.';
COMMENT ON COLUMN mart.phrase_days.phrase IS 'As it is written most on that day.';
COMMENT ON COLUMN mart.phrase_days.articles IS 'Articles that it tells of.';
COMMENT ON COLUMN mart.phrase_days.sources IS 'How many sources they come from.';

CREATE VIEW mart.source_days AS
SELECT day, source_id, s.name_ar AS source_ar, s.name_en AS source_en, s.country,
       coalesce(d.articles, 0) AS articles, coalesce(d.texts, 0) AS texts, coalesce(d.stories, 0) AS stories,
       coalesce(d.facts, 0) AS facts, p.expected, p.coverage < 1 AS missing, p.coverage, p.missing_hours
FROM news.source_day d
FULL JOIN news.source_press p USING (day, source_id)
JOIN news.source s USING (source_id);
COMMENT ON VIEW mart.source_days IS 'What each source published on each day, against what was to be expected of it. A silence that cannot be chance is unknown, not zero.';
COMMENT ON COLUMN mart.source_days.day IS 'Day of publication, or the day first seen.';
COMMENT ON COLUMN mart.source_days.articles IS 'Articles of it that are here.';
COMMENT ON COLUMN mart.source_days.texts IS 'Unique texts among them.';
COMMENT ON COLUMN mart.source_days.stories IS 'Stories among them.';
COMMENT ON COLUMN mart.source_days.facts IS 'Facts in them.';
COMMENT ON COLUMN mart.source_days.expected IS 'Articles that its 28 days before let expect: the median of that weekday, of all days with fewer than 14; null with fewer than 3.';
COMMENT ON COLUMN mart.source_days.missing IS 'Whether some of it could not be seen; the day is no baseline of that source then.';
COMMENT ON COLUMN mart.source_days.coverage IS 'Share of the expected articles of hours that were seen, 0 to 1. Below 1 also on a day that is not over.';
COMMENT ON COLUMN mart.source_days.missing_hours IS 'Hours on its own clock, in which its silence is no chance: 7 or more articles were to come in the run of them.';

CREATE VIEW mart.source_hours AS
SELECT h.day, h.source_id, s.country, h.hour, h.articles
FROM news.source_hour h
JOIN news.source s USING (source_id);
COMMENT ON VIEW mart.source_hours IS 'Articles by the hour of publication, where their pages give a time.';
COMMENT ON COLUMN mart.source_hours.day IS 'Day of publication.';
COMMENT ON COLUMN mart.source_hours.hour IS '0 to 23, on the clock of the source.';
COMMENT ON COLUMN mart.source_hours.articles IS 'Articles published in it.';

CREATE VIEW mart.press_days AS
SELECT day, count(*)::int AS sources_expected, count(*) FILTER (WHERE coverage < 1)::int AS sources_missing,
       sum(expected)::real AS expected, (sum(expected * coverage) / sum(expected))::real AS coverage
FROM news.source_press GROUP BY day;
COMMENT ON VIEW mart.press_days IS 'How much of the press that was to be expected could be seen on each day.';
COMMENT ON COLUMN mart.press_days.day IS 'Day of publication.';
COMMENT ON COLUMN mart.press_days.sources_expected IS 'Sources that have enough history for something to be expected of them.';
COMMENT ON COLUMN mart.press_days.sources_missing IS 'Those of which some could not be seen.';
COMMENT ON COLUMN mart.press_days.expected IS 'Articles that were expected of all of them.';
COMMENT ON COLUMN mart.press_days.coverage IS 'Share of them whose hours were seen, 0 to 1. Below 0.5 the day is no baseline.';

CREATE VIEW mart.trending_entities AS
SELECT t.day, t.entity_id, e.name AS entity, e.name_en AS entity_en, e.type AS entity_type,
       d.articles, d.texts, d.stories, d.sources, t.expected, t.baseline_days, t.z, t.log_odds, t.score, t.burst,
       t.burst_weight, t.coverage,
       CASE WHEN t.baseline_days = 0 THEN 'no baseline'
            WHEN t.baseline_days < 14 THEN 'short baseline'
            ELSE 'full baseline' END AS basis
FROM news.entity_trend t
JOIN news.entity_day d USING (entity_id, day)
JOIN news.entity e USING (entity_id);
COMMENT ON VIEW mart.trending_entities IS 'What rises on a day against the 28 days before: ORDER BY score DESC.';
COMMENT ON COLUMN mart.trending_entities.expected IS 'Articles to be expected that day: what each source published, times how often it named it in the baseline; by weekday.';
COMMENT ON COLUMN mart.trending_entities.baseline_days IS 'Days of the 28 before on which at least half of the expected press was seen.';
COMMENT ON COLUMN mart.trending_entities.z IS 'How far the articles lie above what is expected, in standard deviations (negative binomial; see rasad.warehouse.bursts). Of thousands of names some reach 3.5 by chance.';
COMMENT ON COLUMN mart.trending_entities.score IS 'What to rank by: z, or the root of twice burst_weight where that is more; with a short baseline the z value of the log-odds. Above 1.96 one name''s rise is unlikely to be chance.';
COMMENT ON COLUMN mart.trending_entities.basis IS 'no baseline, short baseline (under 14 days) or full baseline: how far to trust the score.';
COMMENT ON COLUMN mart.trending_entities.log_odds IS 'How much likelier than before it is named: 0 is as before, 0.7 twice as likely (Dirichlet prior of 100 articles).';
COMMENT ON COLUMN mart.trending_entities.burst IS 'Whether it is in a burst by the two-state model (Kleinberg 2002: twice the expected rate); looked at from z 1.5 and 3 articles on.';
COMMENT ON COLUMN mart.trending_entities.burst_weight IS 'What the burst, since its first day, explains better than the usual rate does: natural logarithm of the likelihoods'' ratio.';
COMMENT ON COLUMN mart.trending_entities.coverage IS 'Share of the expected press that was seen that day, 0 to 1; null where nothing could be expected yet.';

CREATE VIEW mart.bursts AS
SELECT DISTINCT ON (entity_id, date_trunc('month', day))
       day, entity_id, entity, entity_en, entity_type, articles, texts, stories, expected, burst_weight, score, coverage, basis
FROM mart.trending_entities WHERE burst
ORDER BY entity_id, date_trunc('month', day), score DESC, day;
COMMENT ON VIEW mart.bursts IS 'The strongest day of each name''s bursts, one row a name and calendar month: ORDER BY score DESC.';
COMMENT ON COLUMN mart.bursts.day IS 'Day of publication, or the day first seen.';
COMMENT ON COLUMN mart.bursts.articles IS 'Articles that name it.';
COMMENT ON COLUMN mart.bursts.texts IS 'Unique texts among them.';
COMMENT ON COLUMN mart.bursts.stories IS 'Stories among them: the same text on several sites is one.';
COMMENT ON COLUMN mart.bursts.expected IS 'Articles to be expected that day: what each source published, times how often it named it in the baseline; by weekday.';
COMMENT ON COLUMN mart.bursts.burst_weight IS 'What the burst, since its first day, explains better than the usual rate does: natural logarithm of the likelihoods'' ratio.';
COMMENT ON COLUMN mart.bursts.score IS 'What to rank by: z, or the root of twice burst_weight where that is more; with a short baseline the z value of the log-odds. Above 1.96 one name''s rise is unlikely to be chance.';
COMMENT ON COLUMN mart.bursts.coverage IS 'Share of the expected press that was seen that day, 0 to 1; null where nothing could be expected yet.';
COMMENT ON COLUMN mart.bursts.basis IS 'no baseline, short baseline (under 14 days) or full baseline: how far to trust the score.';

CREATE VIEW mart.trending_phrases AS
WITH totals AS (
    SELECT day, sum(articles)::float8 AS n FROM news.source_day GROUP BY day
), days AS (
    SELECT day, n, coalesce(sum(n) OVER before, 0) AS n0, count(*) OVER before AS baseline_days
    FROM totals
    WINDOW before AS (ORDER BY day RANGE BETWEEN interval '28 days' PRECEDING AND interval '1 day' PRECEDING)
), counts AS (
    SELECT d.*, t.n, t.n0, t.baseline_days, coalesce(b.y0, 0)::float8 AS y0,
           100 * (d.articles + coalesce(b.y0, 0))::float8 / (t.n + t.n0) AS a
    FROM news.phrase_day d
    JOIN days t USING (day)
    LEFT JOIN LATERAL (
        SELECT sum(o.articles) AS y0 FROM news.phrase_day o
        WHERE o.phrase_key = d.phrase_key AND o.day BETWEEN d.day - 28 AND d.day - 1
    ) b ON true
    WHERE d.articles >= 2
), odds AS (
    SELECT *, ln((articles + a) / greatest(n + 100 - articles - a, 1e-9)) - ln((y0 + a) / greatest(n0 + 100 - y0 - a, 1e-9)) AS delta,
           1 / (articles + a) + 1 / (y0 + a) AS variance
    FROM counts
)
SELECT o.day, o.phrase_key, o.phrase, o.articles, o.texts, o.stories, o.sources,
       CASE WHEN n0 > 0 THEN y0 * n / n0 ELSE 0 END::real AS expected, o.baseline_days::int AS baseline_days,
       delta::real AS log_odds, (delta / sqrt(variance))::real AS score, p.coverage,
       CASE WHEN o.baseline_days = 0 THEN 'no baseline'
            WHEN o.baseline_days < 14 THEN 'short baseline'
            ELSE 'full baseline' END AS basis
FROM odds o
LEFT JOIN mart.press_days p ON p.day = o.day;
COMMENT ON VIEW mart.trending_phrases IS 'Key phrases of two articles or more that rise on a day against the 28 days before: ORDER BY score DESC, for one day.';
COMMENT ON COLUMN mart.trending_phrases.day IS 'Day of publication, or the day first seen.';
COMMENT ON COLUMN mart.trending_phrases.phrase_key IS 'Folded: equal where two spellings are one phrase.';
COMMENT ON COLUMN mart.trending_phrases.phrase IS 'As it is written most on that day.';
COMMENT ON COLUMN mart.trending_phrases.articles IS 'Articles that it tells of.';
COMMENT ON COLUMN mart.trending_phrases.texts IS 'Unique texts among them.';
COMMENT ON COLUMN mart.trending_phrases.stories IS 'Stories among them: the same text on several sites is one.';
COMMENT ON COLUMN mart.trending_phrases.sources IS 'How many sources they come from.';
COMMENT ON COLUMN mart.trending_phrases.expected IS 'Articles that its share of the baseline lets expect of a day with so many.';
COMMENT ON COLUMN mart.trending_phrases.baseline_days IS 'Days of the 28 before on which anything was read.';
COMMENT ON COLUMN mart.trending_phrases.log_odds IS 'How much likelier than before it is: 0 is as before, 0.7 twice as likely (Dirichlet prior of 100 articles).';
COMMENT ON COLUMN mart.trending_phrases.score IS 'z of the log-odds: above 1.96 one phrase''s rise is unlikely to be chance.';
COMMENT ON COLUMN mart.trending_phrases.coverage IS 'Share of the expected press that was seen that day, 0 to 1; null where nothing could be expected yet.';
COMMENT ON COLUMN mart.trending_phrases.basis IS 'no baseline, short baseline (under 14 days) or full baseline: how far to trust the score.';
