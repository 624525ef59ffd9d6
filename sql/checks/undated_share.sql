-- what: Of each source with 5 articles or more, at most a fifth stand on the day they were seen for want of a date.
-- why: Undated articles count on the day of the reading: a backfill or a late feed would look like a rise.
-- do: python -m rasad sources check with the source's id shows whether its date is read. A new layout wants a selector for published_at (docs/sources.md).
SELECT a.source_id, count(*) FILTER (WHERE v.day_basis = 'seen') AS undated, count(*) AS articles,
       min(a.url) FILTER (WHERE v.day_basis = 'seen') AS one_of_them
FROM news.article a
JOIN news.article_version v ON v.version_id = a.current_version AND v.day = a.day
WHERE a.day BETWEEN %(since)s AND %(until)s AND v.day BETWEEN %(since)s AND %(until)s
GROUP BY a.source_id
HAVING count(*) >= 5 AND 5 * count(*) FILTER (WHERE v.day_basis = 'seen') > count(*)
