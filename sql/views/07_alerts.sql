CREATE VIEW mart.watches AS
SELECT w.list, w.rule, w.kind, w.words, w.type, w.per, w.thresholds, w.rearm, w.told,
       a.raised_at AS last_raised_at, coalesce(a.standing, false) AS standing
FROM news.watch w
LEFT JOIN LATERAL (
    SELECT max(raised_at) AS raised_at, bool_or(ended_at IS NULL) AS standing
    FROM news.alert WHERE (list, rule) = (w.list, w.rule)
) a ON true;
COMMENT ON VIEW mart.watches IS 'What the watchlists ask for, one row a watch, and how it stands.';
COMMENT ON COLUMN mart.watches.list IS 'The watchlist: the name of its file.';
COMMENT ON COLUMN mart.watches.rule IS 'The watch within its list.';
COMMENT ON COLUMN mart.watches.kind IS 'entity, phrase, topic, speaker, toll or source.';
COMMENT ON COLUMN mart.watches.words IS 'What is watched, as the list writes it.';
COMMENT ON COLUMN mart.watches.type IS 'PER, ORG or LOC where the list narrows a name to one.';
COMMENT ON COLUMN mart.watches.per IS 'day, or the hours that are counted back from now.';
COMMENT ON COLUMN mart.watches.thresholds IS 'What must be reached, all of it, as JSON: articles, texts, stories, score, ratio, value or hours.';
COMMENT ON COLUMN mart.watches.rearm IS 'Share of the thresholds below which it may be raised again.';
COMMENT ON COLUMN mart.watches.told IS 'Mail addresses and connections that are told.';
COMMENT ON COLUMN mart.watches.last_raised_at IS 'When it was last raised; null if never.';
COMMENT ON COLUMN mart.watches.standing IS 'Whether it stands now: raised, and not low enough since.';

CREATE VIEW mart.alerts AS
SELECT a.alert_id, a.list, a.rule, a.kind, a.subject, coalesce(e.name, s.name_ar, a.words) AS name_ar,
       coalesce(e.name_en, s.name_en) AS name_en, a.entity_id, a.source_id, a.day, a.measure, a.value, a.threshold,
       a.articles, a.texts, a.stories, a.expected, a.score, a.coverage, a.basis,
       ARRAY(SELECT p.url FROM unnest(a.evidence) WITH ORDINALITY AS i (article_id, place)
             JOIN news.article p USING (article_id) ORDER BY place) AS evidence,
       a.details, a.raised_at, a.seen_at, a.ended_at, a.ended_at IS NULL AS standing,
       d.told, d.sent_at, d.problem
FROM news.alert a
LEFT JOIN news.entity e ON e.entity_id = a.entity_id
LEFT JOIN news.source s ON s.source_id = a.source_id
LEFT JOIN LATERAL (
    SELECT array_agg(address ORDER BY address) AS told, CASE WHEN bool_and(sent_at IS NOT NULL) THEN max(sent_at) END AS sent_at,
           string_agg(address || ': ' || problem, '; ' ORDER BY address) AS problem
    FROM news.alert_delivery WHERE alert_id = a.alert_id
) d ON true;
COMMENT ON VIEW mart.alerts IS 'What was raised, one row an alert: by watchlists, by checks of the warehouse, and by runs that failed or are late.';
COMMENT ON COLUMN mart.alerts.alert_id IS 'The same in every message about it, so that one that comes twice can be told.';
COMMENT ON COLUMN mart.alerts.list IS 'The watchlist that raised it; operators for checks and runs.';
COMMENT ON COLUMN mart.alerts.rule IS 'The watch, check or DAG.';
COMMENT ON COLUMN mart.alerts.kind IS 'entity, phrase, topic, speaker, toll or source; check and run are for operators.';
COMMENT ON COLUMN mart.alerts.subject IS 'What it is about within its rule: the id of an entity or source, else the words watched.';
COMMENT ON COLUMN mart.alerts.entity_id IS 'The entity, where it is about one.';
COMMENT ON COLUMN mart.alerts.day IS 'The day whose count raised it; null where hours were counted.';
COMMENT ON COLUMN mart.alerts.measure IS 'Which threshold was the last to be reached: articles, texts, stories, score, ratio, value, hours or faults.';
COMMENT ON COLUMN mart.alerts.value IS 'What it was when it was raised.';
COMMENT ON COLUMN mart.alerts.threshold IS 'What it had to reach.';
COMMENT ON COLUMN mart.alerts.articles IS 'Articles that were counted when it was raised.';
COMMENT ON COLUMN mart.alerts.texts IS 'Unique texts among them.';
COMMENT ON COLUMN mart.alerts.stories IS 'Stories among them.';
COMMENT ON COLUMN mart.alerts.expected IS 'The baseline: articles that a day usually has.';
COMMENT ON COLUMN mart.alerts.score IS 'How unlikely a chance is, as in mart.trending_entities.';
COMMENT ON COLUMN mart.alerts.coverage IS 'Share of the expected press that the count rests on, 0 to 1.';
COMMENT ON COLUMN mart.alerts.basis IS 'full baseline, short baseline or no baseline.';
COMMENT ON COLUMN mart.alerts.evidence IS 'Addresses of up to 5 articles that show it.';
COMMENT ON COLUMN mart.alerts.details IS 'Of checks and runs: what was found, in lines.';
COMMENT ON COLUMN mart.alerts.raised_at IS 'When it was raised.';
COMMENT ON COLUMN mart.alerts.seen_at IS 'When it was last found so.';
COMMENT ON COLUMN mart.alerts.ended_at IS 'When its value was low enough again; null while it stands.';
COMMENT ON COLUMN mart.alerts.standing IS 'Whether it stands: it is not raised again while it does.';
COMMENT ON COLUMN mart.alerts.told IS 'Whom it is for.';
COMMENT ON COLUMN mart.alerts.sent_at IS 'When the last of them was told; null while one is not.';
COMMENT ON COLUMN mart.alerts.problem IS 'What went wrong in telling them.';

CREATE VIEW mart.checks AS
SELECT name, ran_at, faults FROM news.check_run;
COMMENT ON VIEW mart.checks IS 'The quality checks that have run, and when they did last: what each found stands in mart.alerts.';
COMMENT ON COLUMN mart.checks.name IS 'The check: a file of sql/checks.';
COMMENT ON COLUMN mart.checks.ran_at IS 'When it ran last.';
COMMENT ON COLUMN mart.checks.faults IS 'How many rows were at fault then; 500 means that many or more.';
