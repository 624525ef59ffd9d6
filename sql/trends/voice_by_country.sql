-- Whose press speaks of a name: what share of each country's articles names it?
-- صحافة أي البلدان تتحدث عن اسم: ما نصيبه من مقالات كل بلد؟
-- :entity        text = غزة    display name, key, English name or id
-- :since         date =        first day; empty: a week before the last
-- :until         date =        last day; empty: the last that was measured
-- country        of the source, ISO 3166-1
-- articles       articles of its press that name it
-- read           articles of its press in all
-- percent        the one of the other
-- share_percent  of all articles that name it, those of this country
-- country_ar     the country in Arabic
WITH span AS (
    SELECT coalesce(nullif(:'until', '')::date, max(last_day)) AS until,
           coalesce(nullif(:'since', '')::date, max(last_day) - 6) AS since
    FROM mart.sources
), naming AS (
    SELECT d.country, sum(d.articles) AS articles
    FROM mart.entity_source_days d
    JOIN mart.entities e USING (entity_id), span
    WHERE :'entity' IN (e.name, e.key, e.name_en, e.entity_id::text) AND d.day BETWEEN span.since AND span.until
    GROUP BY d.country
), read AS (
    SELECT a.country, count(*) AS articles FROM mart.articles a, span WHERE a.day BETWEEN span.since AND span.until
    GROUP BY a.country
)
SELECT r.country, n.articles, r.articles AS read, round(100.0 * n.articles / r.articles, 1) AS percent,
       round(100.0 * n.articles / sum(n.articles) OVER (), 1) AS share_percent, c.name_ar AS country_ar
FROM naming n
JOIN read r USING (country)
LEFT JOIN mart.countries c USING (country)
ORDER BY percent DESC, r.country
