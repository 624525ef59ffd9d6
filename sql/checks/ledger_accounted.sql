-- what: Every page of the ledger is an article, or due, or done with; none waits for more than two days; every article has its page.
-- why: A page that is neither would be lost without anybody knowing.
-- do: Pages that wait: is ingest_news running, and is its source too slow for its delay? The rest was written by hand or by a fault: set next_look_at to now(), and the page is looked at again.
SELECT p.source_id, 'loaded, and its article is not there' AS fault, p.url, p.settled_at AS since
FROM news.page p
LEFT JOIN news.article a ON a.article_id = p.article_id
WHERE p.discovered_at BETWEEN %(since)s AND %(until)s::date + 1
  AND p.outcome IN ('loaded', 'duplicate') AND a.article_id IS NULL
UNION ALL
SELECT p.source_id, 'due, and never to be looked at', p.url, p.discovered_at
FROM news.page p
WHERE p.discovered_at BETWEEN %(since)s AND %(until)s::date + 1 AND p.outcome = 'due' AND p.next_look_at IS NULL
UNION ALL
SELECT p.source_id, 'not settled, and never to be looked at', p.url, p.fetched_at
FROM news.page p
WHERE p.discovered_at BETWEEN %(since)s AND %(until)s::date + 1 AND p.outcome <> 'due' AND p.settled_at IS NULL
  AND p.next_look_at IS NULL
UNION ALL
SELECT p.source_id, 'due for more than two days', p.url, p.next_look_at
FROM news.page p
JOIN news.source s ON s.source_id = p.source_id AND s.enabled
WHERE p.next_look_at BETWEEN %(since)s AND now() - interval '2 days'
  AND EXISTS (SELECT FROM news.run r WHERE r.planned_at BETWEEN now() - interval '2 hours' AND now())
UNION ALL
SELECT a.source_id, 'article without a page', a.url, a.first_seen_at
FROM news.article a
WHERE a.day BETWEEN %(since)s AND %(until)s
  AND NOT EXISTS (SELECT FROM news.page p WHERE p.article_id = a.article_id)
