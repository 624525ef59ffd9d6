-- How does the coverage of one name run against that of another, day by day?
-- كيف تسير تغطية اسم قياسا إلى تغطية اسم آخر، يوما بعد يوم؟
-- :one             text = محمد بن سلمان           display name, key, English name or id
-- :other           text = عبد الفتاح السيسي        the same of the other
-- :since           date =                        first day; empty: four weeks before the last
-- :until           date =                        last day; empty: the last that was measured
-- day              the day; those on which nothing at all was read are missing
-- read             articles read that day in all: a fall of all is no fall of one
-- articles         articles that name the one
-- stories          stories that name the one
-- other_articles   articles that name the other
-- other_stories    stories that name the other
WITH span AS (
    SELECT coalesce(nullif(:'until', '')::date, max(last_day)) AS until,
           coalesce(nullif(:'since', '')::date, max(last_day) - 27) AS since
    FROM mart.sources
), read AS (
    SELECT d.day, count(*) AS articles FROM mart.articles d, span WHERE d.day BETWEEN span.since AND span.until GROUP BY d.day
), counts AS (
    SELECT d.day, e.which, sum(d.articles) AS articles, sum(d.stories) AS stories
    FROM (
        SELECT entity_id, 1 AS which FROM mart.entities WHERE :'one' IN (name, key, name_en, entity_id::text)
        UNION ALL
        SELECT entity_id, 2 FROM mart.entities WHERE :'other' IN (name, key, name_en, entity_id::text)
    ) e
    JOIN mart.entity_days d USING (entity_id), span
    WHERE d.day BETWEEN span.since AND span.until
    GROUP BY d.day, e.which
)
SELECT r.day, r.articles AS read, coalesce(a.articles, 0) AS articles, coalesce(a.stories, 0) AS stories,
       coalesce(b.articles, 0) AS other_articles, coalesce(b.stories, 0) AS other_stories
FROM read r
LEFT JOIN counts a ON a.day = r.day AND a.which = 1
LEFT JOIN counts b ON b.day = r.day AND b.which = 2
ORDER BY r.day
