-- Which publishers fell silent, and does that look like an outage or like their way?
-- من سكت من الناشرين، وهل يبدو ذلك عطلا أم عادة؟
-- :day          date =         the day; empty: the last that was measured
-- :weeks        integer = 4    weeks before it that tell what is usual
-- days_silent   days since its last article, the day included
-- longest       the longest it was silent in those weeks before
-- usual         articles a day in those weeks, silent days included
-- source_id     the publisher
-- problem       what the last poll of its feeds ran into, now; empty where all went well
-- source_ar     its name
WITH at AS (
    SELECT coalesce(nullif(:'day', '')::date, max(last_day)) AS day FROM mart.sources
), days AS (
    SELECT DISTINCT a.source_id, a.day FROM mart.articles a, at
    WHERE a.day BETWEEN at.day - 7 * :'weeks'::int AND at.day
), gaps AS (
    SELECT source_id, day, lag(day) OVER (PARTITION BY source_id ORDER BY day) AS before FROM days
), kept AS (
    SELECT source_id, max(day) AS last, max(day - before - 1) AS longest FROM gaps GROUP BY source_id
), usual AS (
    SELECT a.source_id, count(*)::numeric / (7 * :'weeks'::int) AS articles FROM mart.articles a, at
    WHERE a.day BETWEEN at.day - 7 * :'weeks'::int AND at.day - 1 GROUP BY a.source_id
)
SELECT at.day - k.last AS days_silent, coalesce(k.longest, 0) AS longest, round(u.articles, 1) AS usual, k.source_id, s.problem,
       s.name_ar AS source_ar
FROM kept k
JOIN usual u USING (source_id)
JOIN mart.sources s USING (source_id), at
WHERE k.last < at.day AND at.day - k.last > coalesce(k.longest, 0)
ORDER BY u.articles DESC, k.source_id
