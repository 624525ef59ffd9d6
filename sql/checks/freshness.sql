-- what: Every source that is read answers, and has brought what it usually does.
-- why: A source that fell silent, or that we cannot read any more, would be missing from every count without a word.
-- do: failing: python -m rasad sources check with its id says which step. silent or late: open its home page; if it has news, its feed has moved. Many at once: our own network, or ingest_news stands still.
SELECT source_id, state, why, last_article_at, last_poll_at, seen_24h, round(expected_24h::numeric, 1) AS expected_24h
FROM mart.source_health
WHERE state IN ('late', 'silent', 'failing')
