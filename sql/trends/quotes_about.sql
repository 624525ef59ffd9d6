-- What did one say about another, in their own words?
-- ماذا قال فلان عن فلان، بلفظه؟
-- :speaker   text = أنطونيو غوتيريش  display name, key, English name or id
-- :about     text = غزة              the same of the one spoken about
-- :since     date =                  first day; empty: four weeks before the last
-- :until     date =                  last day; empty: the last that was measured
-- :most      integer = 50            rows
-- day        the day of the article
-- source_id  who reports it
-- indirect   whether it is reported speech
-- url        where it stands
-- quote      the words
WITH span AS (
    SELECT coalesce(nullif(:'until', '')::date, max(last_day)) AS until,
           coalesce(nullif(:'since', '')::date, max(last_day) - 27) AS since
    FROM mart.sources
), speaker AS (
    SELECT entity_id FROM mart.entities WHERE :'speaker' IN (name, key, name_en, entity_id::text)
), about AS (
    SELECT entity_id FROM mart.entities WHERE :'about' IN (name, key, name_en, entity_id::text)
)
SELECT q.day, q.source_id, q.indirect, q.url, q.quote
FROM speaker s
JOIN mart.quotes q ON q.speaker_id = s.entity_id, span
WHERE q.day BETWEEN span.since AND span.until
  AND EXISTS (SELECT FROM mart.mentions m
              WHERE m.day = q.day AND m.article_id = q.article_id AND m.field = q.field
                AND m.start_offset >= q.start_offset AND m.end_offset <= q.end_offset
                AND m.entity_id IN (SELECT entity_id FROM about))
ORDER BY q.day DESC, q.url, q.start_offset
LIMIT :'most'::int
