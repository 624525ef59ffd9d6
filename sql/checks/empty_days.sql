-- what: Every day up to yesterday has articles, and every source that has articles on a day has facts there.
-- why: An empty partition passes all other checks: nothing in it is wrong.
-- do: A day without articles: was ingest_news running? Read it from an archive with backfill_archive. Articles without facts: an extractor was off; run reextract_facts for that day.
SELECT day::date AS day, NULL AS source_id, 'no article' AS fault, 0 AS articles
FROM generate_series(%(since)s::date, least(%(until)s::date, current_date - 1), interval '1 day') day
WHERE NOT EXISTS (SELECT FROM news.article a WHERE a.day = day.day)
  AND EXISTS (SELECT FROM news.article a WHERE a.day BETWEEN day.day::date - 28 AND day.day::date - 1)
UNION ALL
SELECT a.day, a.source_id, 'articles without any fact', count(*)
FROM news.article a
WHERE a.day BETWEEN %(since)s AND %(until)s
GROUP BY a.day, a.source_id
HAVING count(*) >= 3 AND NOT EXISTS (SELECT FROM news.fact f WHERE f.day = a.day AND f.source_id = a.source_id)
