-- How much of each publisher is its own, and how much is copy that others carry as well?
-- كم من كل ناشر من عنده، وكم منه نص ينشره غيره أيضا؟
-- :since         date =        first day; empty: a week before the last
-- :until         date =        last day; empty: the last that was measured
-- source_id      the publisher
-- articles       its articles
-- texts          different texts among them
-- stories        stories among them
-- shared         stories that another publisher carries too
-- later          of them those that another had earlier
-- own_percent    of its stories, those that nobody else has
-- source_ar      its name
WITH span AS (
    SELECT coalesce(nullif(:'until', '')::date, max(last_day)) AS until,
           coalesce(nullif(:'since', '')::date, max(last_day) - 6) AS since
    FROM mart.sources
), had AS (
    SELECT a.source_id, a.source_ar, a.story_id, count(*) AS articles, min(a.published_at) AS at,
           array_agg(DISTINCT a.text_key) AS texts
    FROM mart.articles a, span
    WHERE a.day BETWEEN span.since AND span.until
    GROUP BY a.source_id, a.source_ar, a.story_id
), told AS (
    SELECT h.*, EXISTS (SELECT FROM had o WHERE o.story_id = h.story_id AND o.source_id <> h.source_id) AS shared,
           EXISTS (SELECT FROM had o WHERE o.story_id = h.story_id AND o.source_id <> h.source_id AND o.at < h.at) AS later
    FROM had h
)
SELECT source_id, sum(articles)::int AS articles, sum(cardinality(texts))::int AS texts, count(*) AS stories,
       count(*) FILTER (WHERE shared) AS shared, count(*) FILTER (WHERE later) AS later,
       round(100.0 * count(*) FILTER (WHERE NOT shared) / count(*)) AS own_percent, source_ar
FROM told
GROUP BY source_id, source_ar
ORDER BY own_percent DESC, stories DESC, source_id
