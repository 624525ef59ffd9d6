-- How does each publisher let people speak: in their words or in its own, and how many of them?
-- كيف ينقل كل ناشر الكلام: بلفظ قائله أم بلفظه هو، وعن كم متكلم؟
-- :since            date =   first day; empty: a week before the last
-- :until            date =   last day; empty: the last that was measured
-- source_id         the publisher
-- articles          its articles
-- quotes            direct and reported speech in them
-- direct_percent    of it what stands in quotation marks
-- speakers          different known speakers
-- top_percent       of its quotes by known speakers, those of the one whom it quotes most
-- top_speaker       that one
WITH span AS (
    SELECT coalesce(nullif(:'until', '')::date, max(last_day)) AS until,
           coalesce(nullif(:'since', '')::date, max(last_day) - 6) AS since
    FROM mart.sources
), read AS (
    SELECT a.source_id, count(*) AS articles FROM mart.articles a, span
    WHERE a.day BETWEEN span.since AND span.until GROUP BY a.source_id
), said AS (
    SELECT q.source_id, q.speaker_id, q.speaker_name, count(*) AS quotes, count(*) FILTER (WHERE NOT q.indirect) AS direct
    FROM mart.quotes q, span
    WHERE q.day BETWEEN span.since AND span.until GROUP BY q.source_id, q.speaker_id, q.speaker_name
)
SELECT r.source_id, r.articles, sum(s.quotes)::int AS quotes, round(100.0 * sum(s.direct) / sum(s.quotes)) AS direct_percent,
       count(s.speaker_id) AS speakers,
       round(100.0 * max(s.quotes) FILTER (WHERE s.speaker_id IS NOT NULL)
             / sum(s.quotes) FILTER (WHERE s.speaker_id IS NOT NULL)) AS top_percent,
       (array_agg(s.speaker_name ORDER BY s.quotes DESC, s.speaker_name) FILTER (WHERE s.speaker_id IS NOT NULL))[1] AS top_speaker
FROM read r
JOIN said s USING (source_id)
GROUP BY r.source_id, r.articles
ORDER BY quotes DESC, r.source_id
