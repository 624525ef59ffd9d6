-- Who is first: how many of the stories that several publishers carry did each have before the others, and by how long?
-- من السباق: كم قصة نشرها كل ناشر قبل سواه مما نشره غيره أيضا، وبكم سبق؟
-- :since        date =       first day; empty: a week before the last
-- :until        date =       last day; empty: the last that was measured
-- first         stories that it had first, by the times that pages give
-- tied          of them those that another had in the same minute
-- median_lead   median minutes before the next
-- source_id     the publisher
-- source_ar     its name
WITH span AS (
    SELECT coalesce(nullif(:'until', '')::date, max(last_day)) AS until,
           coalesce(nullif(:'since', '')::date, max(last_day) - 6) AS since
    FROM mart.sources
)
SELECT count(*) AS first, count(*) FILTER (WHERE r.tied_sources > 0) AS tied,
       round((percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM r.lead)) / 60)::numeric) AS median_lead,
       r.source_id, r.source_ar
FROM mart.first_reports r, span
WHERE r.day BETWEEN span.since AND span.until AND r.sources > 1 AND r.basis = 'published' AND r.next_published_at IS NOT NULL
GROUP BY r.source_id, r.source_ar
ORDER BY first DESC, r.source_id
