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
SELECT day, topic, articles, texts, stories, sources, name AS topic_ar FROM news.topic_day;
COMMENT ON VIEW mart.topic_days IS 'How much of the press each topic had on each day.';
COMMENT ON COLUMN mart.topic_days.topic IS 'Code of the topic, IPTC Media Topics.';
COMMENT ON COLUMN mart.topic_days.topic_ar IS 'Its label in Arabic, IPTC''s own.';
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
COMMENT ON COLUMN mart.source_days.missing_hours IS 'Hours on its own clock in which nothing came and it is unknown why: 7 or more articles were to come in the run of them, or its feeds did not answer for hours.';

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
       t.burst_weight, t.coverage, t.basis, t.over_days, t.ratio_low, t.ratio_high, t.burst_since, e.key AS entity_key
FROM news.entity_trend t
JOIN news.entity_day d USING (entity_id, day)
JOIN news.entity e USING (entity_id);
COMMENT ON VIEW mart.trending_entities IS 'What rises on a day against the weeks before: WHERE day = … ORDER BY score DESC. docs/analysts.md says how to read it.';
COMMENT ON COLUMN mart.trending_entities.expected IS 'Articles that were to be expected of what was read on the day, by the shares of each source in the baseline and the weekday.';
COMMENT ON COLUMN mart.trending_entities.baseline_days IS 'Days that the expectation rests on: of the 28 that end a week before, without those of which much is missing; with fewer than 14 of them, those around the day.';
COMMENT ON COLUMN mart.trending_entities.log_odds IS 'How much likelier than in the baseline a story names it: 0 is as before, 0.7 twice as likely.';
COMMENT ON COLUMN mart.trending_entities.score IS 'How unlikely a chance is, in standard deviations, counted in stories: above 3 hardly one of a thousand names. Of the last 1, 3 or 7 days, whichever says most; of the log-odds where the baseline is short.';
COMMENT ON COLUMN mart.trending_entities.basis IS 'full baseline, short baseline (under 14 days: the score is that of the log-odds) or no baseline: how far to trust the score.';
COMMENT ON COLUMN mart.trending_entities.z IS 'The score of the day alone; null without a full baseline.';
COMMENT ON COLUMN mart.trending_entities.over_days IS 'How many days the score is of, this one the last.';
COMMENT ON COLUMN mart.trending_entities.ratio_low IS 'Stories to those expected, the lower end of its 90 percent interval.';
COMMENT ON COLUMN mart.trending_entities.ratio_high IS 'The upper end.';
COMMENT ON COLUMN mart.trending_entities.burst IS 'Whether it is in the burst state of a two-state model (Kleinberg 2002); looked at where the score is 2 or more.';
COMMENT ON COLUMN mart.trending_entities.burst_since IS 'Since when it has been in that state.';
COMMENT ON COLUMN mart.trending_entities.burst_weight IS 'How much speaks for the burst: the logarithm of how much likelier its days are made by it.';
COMMENT ON COLUMN mart.trending_entities.coverage IS 'Share of the expected press that the day rests on; the rest is missing, not silent. Null where nothing was expected yet.';

CREATE VIEW mart.bursts AS
SELECT b.day, b.until, b.entity_id, e.name AS entity, e.name_en AS entity_en, e.type AS entity_type, e.key AS entity_key,
       b.burst_weight, b.score, b.coverage, b.basis, c.articles, c.texts, c.stories, c.expected
FROM (
    SELECT DISTINCT ON (t.entity_id, t.burst_since) t.entity_id, t.burst_since AS day, t.day AS until, t.burst_weight, t.score,
           t.coverage, t.basis
    FROM news.entity_trend t
    WHERE t.burst
    ORDER BY t.entity_id, t.burst_since, t.day DESC
) b
JOIN news.entity e USING (entity_id)
CROSS JOIN LATERAL (
    SELECT sum(d.articles)::int AS articles, sum(d.texts)::int AS texts, sum(d.stories)::int AS stories,
           sum(t.expected)::real AS expected
    FROM news.entity_day d LEFT JOIN news.entity_trend t ON t.day = d.day AND t.entity_id = d.entity_id
    WHERE d.entity_id = b.entity_id AND d.day BETWEEN b.day AND b.until
) c;
COMMENT ON VIEW mart.bursts IS 'Bursts of entities, one row each: since when, until when, how much speaks for it. ORDER BY score DESC.';
COMMENT ON COLUMN mart.bursts.day IS 'Its first day.';
COMMENT ON COLUMN mart.bursts.until IS 'The last day on which it was found to last.';
COMMENT ON COLUMN mart.bursts.burst_weight IS 'As in mart.trending_entities, on its last day.';
COMMENT ON COLUMN mart.bursts.score IS 'As in mart.trending_entities, on its last day.';
COMMENT ON COLUMN mart.bursts.articles IS 'Articles that named it from its first day to its last.';
COMMENT ON COLUMN mart.bursts.texts IS 'Unique texts of each of its days, added up.';
COMMENT ON COLUMN mart.bursts.stories IS 'Stories of each of its days, added up.';
COMMENT ON COLUMN mart.bursts.expected IS 'Articles that were to be expected on its days, of those on which it was named.';

CREATE VIEW mart.trending_phrases AS
SELECT t.day, t.key AS phrase_key, d.name AS phrase, d.articles, d.texts, d.stories, d.sources, t.expected, t.baseline_days, t.z, t.log_odds,
       t.score, t.over_days, t.ratio_low, t.ratio_high, t.burst, t.burst_since, t.burst_weight, t.coverage, t.basis
FROM news.item_trend t JOIN news.item_day d USING (day, kind, key) WHERE kind = 'phrase';
COMMENT ON COLUMN mart.trending_phrases.phrase_key IS 'Folded: equal where two spellings are one phrase.';
COMMENT ON COLUMN mart.trending_phrases.phrase IS 'As it is written most on that day.';
COMMENT ON VIEW mart.trending_phrases IS 'Which key phrases rise on a day: WHERE day = … ORDER BY score DESC.';

CREATE VIEW mart.trending_topics AS
SELECT t.day, t.key AS topic, d.name AS topic_ar, d.articles, d.texts, d.stories, d.sources, t.expected, t.baseline_days, t.z,
       t.log_odds, t.score, t.over_days, t.ratio_low, t.ratio_high, t.burst, t.burst_since, t.burst_weight, t.coverage, t.basis
FROM news.item_trend t JOIN news.item_day d USING (day, kind, key) WHERE kind = 'topic';
COMMENT ON COLUMN mart.trending_topics.topic IS 'Code of the topic, IPTC Media Topics.';
COMMENT ON COLUMN mart.trending_topics.topic_ar IS 'Its label in Arabic, IPTC''s own.';
COMMENT ON VIEW mart.trending_topics IS 'Which topics rise on a day: WHERE day = … ORDER BY score DESC.';

CREATE FUNCTION mart.distinctive_entities(since date, until date, source_id text DEFAULT NULL, most int DEFAULT 50)
RETURNS TABLE (entity_id bigint, entity text, entity_key text, entity_en text, entity_type text, articles int,
               elsewhere int, log_odds real, score real)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH read AS (
        SELECT sum(d.articles) FILTER (WHERE mine)::float8 AS n, sum(d.articles) FILTER (WHERE NOT mine)::float8 AS n0
        FROM (SELECT d.articles, d.day >= since AND d.source_id = coalesce(distinctive_entities.source_id, d.source_id) AS mine
              FROM news.source_day d
              WHERE d.day BETWEEN CASE WHEN distinctive_entities.source_id IS NULL THEN since - 28 ELSE since END AND until) d
    ), named AS (
        SELECT e.entity_id, sum(e.articles) FILTER (WHERE e.mine)::float8 AS y,
               coalesce(sum(e.articles) FILTER (WHERE NOT e.mine), 0)::float8 AS y0
        FROM (SELECT e.entity_id, e.articles, e.day >= since AND e.source_id = coalesce(distinctive_entities.source_id, e.source_id) AS mine
              FROM news.entity_source_day e
              WHERE e.day BETWEEN CASE WHEN distinctive_entities.source_id IS NULL THEN since - 28 ELSE since END AND until) e
        GROUP BY e.entity_id
        HAVING sum(e.articles) FILTER (WHERE e.mine) > 1
    ), prior AS (
        SELECT *, 100 * (y + y0) / greatest(n + coalesce(n0, 0), 1) AS a FROM named CROSS JOIN read
    ), odds AS (
        SELECT *, ln((y + a) / greatest(n + 100 - y - a, 1e-9)) - ln((y0 + a) / greatest(coalesce(n0, 0) + 100 - y0 - a, 1e-9)) AS delta,
               sqrt(1 / (y + a) + 1 / (y0 + a)) AS error
        FROM prior
    )
    SELECT o.entity_id, e.name, e.key, e.name_en, e.type, y::int, y0::int, delta::real, (delta / error)::real
    FROM odds o JOIN news.entity e ON e.entity_id = o.entity_id
    ORDER BY delta / error DESC, o.entity_id
    LIMIT most
$$;
COMMENT ON FUNCTION mart.distinctive_entities IS 'What sets a period apart from the 28 days before it or, where a source is named, that source apart from all others in the same period: log-odds with a Dirichlet prior (Monroe, Colaresi, Quinn 2008); score is its z.';
