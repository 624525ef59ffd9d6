-- Which amounts of money are spoken of in articles on which topic?
-- ما المبالغ التي يدور عليها الكلام في كل موضوع؟
-- :currency   text = USD     ISO 4217
-- :since      date =         first day; empty: a week before the last
-- :until      date =         last day; empty: the last that was measured
-- topic       IPTC Media Topic code of the article's first topic
-- amounts     amounts that differ, story by story
-- stories     stories that give one
-- median      the middle one
-- largest     the largest
-- topic_ar    the topic in Arabic
WITH span AS (
    SELECT coalesce(nullif(:'until', '')::date, max(last_day)) AS until,
           coalesce(nullif(:'since', '')::date, max(last_day) - 6) AS since
    FROM mart.sources
), topics AS (
    SELECT DISTINCT ON (f.article_id) f.article_id, f.label, f.details ->> 'label' AS name
    FROM mart.facts f, span
    WHERE f.kind = 'topic' AND f.day BETWEEN span.since AND span.until
    ORDER BY f.article_id, f.value DESC, f.label
), amounts AS (
    SELECT DISTINCT t.label, t.name, a.story_id, q.value
    FROM mart.quantities q
    JOIN mart.articles a USING (article_id)
    JOIN topics t USING (article_id), span
    WHERE q.kind = 'money' AND q.currency = :'currency' AND q.value IS NOT NULL AND q.day BETWEEN span.since AND span.until
)
SELECT label AS topic, count(*) AS amounts, count(DISTINCT story_id) AS stories,
       percentile_disc(0.5) WITHIN GROUP (ORDER BY value) AS median, max(value) AS largest, name AS topic_ar
FROM amounts
GROUP BY label, name
ORDER BY stories DESC, topic
