-- Who speaks in articles on a topic, and how often directly?
-- من يتكلم في مقالات موضوع، وكم مرة بكلامه المباشر؟
-- :topic     text = medtop:04000000  IPTC Media Topic code: this is economy, business and finance
-- :since     date =                  first day; empty: a week before the last
-- :until     date =                  last day; empty: the last that was measured
-- :most      integer = 20            rows
-- quotes     direct and reported speech
-- direct     of them in quotation marks
-- articles   articles in which they speak
-- stories    stories among them
-- sources    publishers that quote them
-- speaker    who speaks
WITH span AS (
    SELECT coalesce(nullif(:'until', '')::date, max(last_day)) AS until,
           coalesce(nullif(:'since', '')::date, max(last_day) - 6) AS since
    FROM mart.sources
)
SELECT count(*) AS quotes, count(*) FILTER (WHERE NOT q.indirect) AS direct, count(DISTINCT q.article_id) AS articles,
       count(DISTINCT a.story_id) AS stories, count(DISTINCT q.source_id) AS sources, q.speaker_name AS speaker
FROM mart.quotes q
JOIN mart.articles a USING (article_id), span
WHERE q.day BETWEEN span.since AND span.until AND q.speaker_id IS NOT NULL
  AND EXISTS (SELECT FROM mart.facts t
              WHERE t.kind = 'topic' AND t.label = :'topic' AND t.article_id = q.article_id AND t.day = q.day)
GROUP BY q.speaker_id, q.speaker_name
ORDER BY stories DESC, quotes DESC, speaker
LIMIT :'most'::int
