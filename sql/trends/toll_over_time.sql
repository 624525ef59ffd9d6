-- How did the toll of a place move from day to day: first report, latest, and how far reports lie apart?
-- كيف تحركت حصيلة الضحايا في مكان يوما بعد يوم: أول ما ذكر وآخره، وما بين الروايات؟
-- :place      text = غزة      display name, key, English name or id
-- :role       text = killed   killed, injured, missing, detained or displaced
-- :since      date =          first day; empty: four weeks before the last
-- :until      date =          last day; empty: the last that was measured
-- day         the day of the articles, not of the deaths
-- first       the first toll that was reported
-- latest      the latest, in what the articles say now
-- lowest      the lowest that stands
-- highest     the highest that stands
-- articles    articles that give one
-- stories     stories among them
-- sources     publishers among them
-- latest_url  the article with the latest
WITH span AS (
    SELECT coalesce(nullif(:'until', '')::date, max(last_day)) AS until,
           coalesce(nullif(:'since', '')::date, max(last_day) - 27) AS since
    FROM mart.sources
)
SELECT c.day, c.first_value AS first, c.latest_value AS latest, c.min_value AS lowest, c.max_value AS highest,
       c.articles, c.stories, c.sources, c.latest_url
FROM mart.casualties c, span
WHERE c.day BETWEEN span.since AND span.until AND c.role = :'role'
  AND :'place' IN (c.place, c.place_key, c.place_en, c.place_id::text)
ORDER BY c.day, c.place_id
