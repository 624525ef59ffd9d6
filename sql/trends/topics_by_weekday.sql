-- Which topics belong to which days of the week?
-- أي الموضوعات لأي أيام الأسبوع؟
-- :since      date =        first day; empty: eight weeks before the last
-- :until      date =        last day; empty: the last that was measured
-- topic       IPTC Media Topic code, top level
-- sunday      percent of the day's articles that have it
-- monday      the same of Mondays
-- tuesday     the same of Tuesdays
-- wednesday   the same of Wednesdays
-- thursday    the same of Thursdays
-- friday      the same of Fridays
-- saturday    the same of Saturdays
-- topic_ar    the topic in Arabic
WITH span AS (
    SELECT coalesce(nullif(:'until', '')::date, max(last_day)) AS until,
           coalesce(nullif(:'since', '')::date, max(last_day) - 55) AS since
    FROM mart.sources
), read AS (
    SELECT extract(dow FROM a.day) AS dow, count(*) AS articles FROM mart.articles a, span
    WHERE a.day BETWEEN span.since AND span.until GROUP BY 1
), topics AS (
    SELECT extract(dow FROM f.day) AS dow, f.label, min(f.details ->> 'label') AS name, count(DISTINCT f.article_id) AS articles
    FROM mart.facts f, span
    WHERE f.kind = 'topic' AND f.label LIKE 'medtop:__000000' AND f.day BETWEEN span.since AND span.until
    GROUP BY 1, f.label
), shares AS (
    SELECT t.label, t.name, t.dow, t.articles, round(100.0 * t.articles / r.articles) AS percent FROM topics t JOIN read r USING (dow)
)
SELECT label AS topic,
       max(percent) FILTER (WHERE dow = 0) AS sunday, max(percent) FILTER (WHERE dow = 1) AS monday,
       max(percent) FILTER (WHERE dow = 2) AS tuesday, max(percent) FILTER (WHERE dow = 3) AS wednesday,
       max(percent) FILTER (WHERE dow = 4) AS thursday, max(percent) FILTER (WHERE dow = 5) AS friday,
       max(percent) FILTER (WHERE dow = 6) AS saturday, min(name) AS topic_ar
FROM shares
GROUP BY label
ORDER BY sum(articles) DESC, topic
