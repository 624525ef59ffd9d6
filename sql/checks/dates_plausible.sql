-- what: Days agree with what the page says and with what the feed announced, and ranges end after they begin.
-- why: A date misread (day and month exchanged, the date of another article) moves an article to a day on which nobody wrote it.
-- do: Open the address. If the source's pages have another date somewhere else, give it a selector for published_at; if its feed is what is wrong, set dates: page.
SELECT a.source_id, 'not the day that the page says' AS fault, a.url, a.day, v.published AS said
FROM news.article a
JOIN news.article_version v ON v.version_id = a.current_version AND v.day = a.day
WHERE a.day BETWEEN %(since)s AND %(until)s AND v.day BETWEEN %(since)s AND %(until)s
  AND v.day_basis = 'published' AND left(v.published, 10) <> v.day::text
UNION ALL
SELECT a.source_id, 'more than 3 days from what the feed announced', a.url, a.day, p.published_hint::text
FROM news.article a
JOIN news.page p ON p.article_id = a.article_id AND p.url = a.url
JOIN news.article_version v ON v.version_id = a.current_version AND v.day = a.day
WHERE a.day BETWEEN %(since)s AND %(until)s AND v.day BETWEEN %(since)s AND %(until)s AND v.day_basis = 'published'
  AND p.published_hint <> '-infinity' AND abs(a.day - (p.published_hint AT TIME ZONE 'UTC')::date) > 3
UNION ALL
SELECT f.source_id, 'a range that ends before it begins', a.url, f.day, f.surface || ' → ' || f.edtf
FROM news.fact f
JOIN news.article a ON a.article_id = f.article_id
WHERE f.day BETWEEN %(since)s AND %(until)s AND f.kind = 'date' AND f.first_day > f.last_day
