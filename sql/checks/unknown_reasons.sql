-- what: Every page that is no article says why; none failed by a fault of ours; and of each source with 10 pages or more at most a fifth failed for reasons that name no cause.
-- why: What is not explained cannot be mended, and what is not read is missing from every count.
-- do: extract_failed is a fault of an extractor: report the address. Many failed or unreadable pages of one source: python -m rasad sources check with its id says what is in the way.
SELECT source_id, outcome || ' without a reason' AS fault, count(*) AS pages, min(url) AS one_of_them
FROM news.page
WHERE discovered_at BETWEEN %(since)s AND %(until)s::date + 1
  AND outcome NOT IN ('due', 'loaded') AND coalesce(reason, '') = ''
GROUP BY source_id, outcome
UNION ALL
SELECT source_id, 'extract_failed', count(*), min(url)
FROM news.page
WHERE discovered_at BETWEEN %(since)s AND %(until)s::date + 1 AND outcome = 'extract_failed'
GROUP BY source_id
UNION ALL
SELECT source_id, 'share of failed and unreadable pages', count(*) FILTER (WHERE outcome IN ('failed', 'unreadable')),
       min(url) FILTER (WHERE outcome IN ('failed', 'unreadable'))
FROM news.page
WHERE discovered_at BETWEEN %(since)s AND %(until)s::date + 1 AND outcome <> 'due'
GROUP BY source_id
HAVING count(*) >= 10 AND 5 * count(*) FILTER (WHERE outcome IN ('failed', 'unreadable')) > count(*)
