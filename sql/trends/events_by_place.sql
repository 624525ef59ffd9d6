-- Where is there conflict: what kinds of events are told of each place?
-- أين النزاع: أي أنواع الأحداث تروى عن كل مكان؟
-- :types      text = ASSAULT,COERCE,PROTEST,THREATEN,MOBILIZE  types of PLOVER, with commas
-- :since      date =                                           first day; empty: a week before the last
-- :until      date =                                           last day; empty: the last that was measured
-- type        the type
-- articles    articles whose main event it is: reports, not events
-- stories     stories among them
-- sources     publishers among them
-- type_ar     the type in Arabic
-- place       where
WITH span AS (
    SELECT coalesce(nullif(:'until', '')::date, max(last_day)) AS until,
           coalesce(nullif(:'since', '')::date, max(last_day) - 6) AS since
    FROM mart.sources
)
SELECT e.type, count(DISTINCT e.article_id) AS articles, count(DISTINCT e.story_id) AS stories,
       count(DISTINCT e.source_id) AS sources, e.type_ar, e.place
FROM mart.events e, span
WHERE e.day BETWEEN span.since AND span.until AND e.place IS NOT NULL AND e.type = ANY (string_to_array(:'types', ','))
GROUP BY e.type, e.type_ar, e.place
ORDER BY stories DESC, articles DESC, e.type, e.place
