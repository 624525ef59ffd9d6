-- Which numbers did publishers correct after they had published them?
-- أي الأرقام صححها الناشرون بعد نشرها؟
-- :since      date =         first day of the articles; empty: a week before the last
-- :until      date =         last day; empty: the last that was measured
-- day         the day of the article
-- source_id   the publisher
-- old         the number before
-- new         the number after
-- minutes     at most that long after the old one was last seen
-- role        of tolls: killed, injured …
-- url         the article
-- words       the words that say it now
WITH span AS (
    SELECT coalesce(nullif(:'until', '')::date, max(last_day)) AS until,
           coalesce(nullif(:'since', '')::date, max(last_day) - 6) AS since
    FROM mart.sources
)
SELECT c.day, c.source_id, c.old_value AS old, c.value AS new,
       round(extract(epoch FROM c.changed_at - c.changed_after) / 60) AS minutes, c.role, c.url, c.surface AS words
FROM mart.fact_changes c, span
WHERE c.day BETWEEN span.since AND span.until AND c.kind = 'quantity' AND c.change = 'changed'
ORDER BY c.day DESC, c.url, c.start_offset
