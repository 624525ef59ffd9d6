-- what: Every fact's words stand in its article at exactly the place that its offsets name.
-- why: A fact that cannot be shown in the article's own words is no fact.
-- do: Something wrote facts or texts beside the loader, or an extractor counts wrongly: read the article anew with reextract_facts, and report the extractor and version in the row.
SELECT f.source_id, a.url, f.kind, f.extractor_version, f.field, f.start_offset, f.end_offset, f.surface,
       substr(kept.text, f.start_offset + 1, f.end_offset - f.start_offset) AS stands_there
FROM news.fact f
JOIN news.article a ON a.article_id = f.article_id
JOIN news.article_version v ON v.version_id = f.version_id AND v.day = f.day
CROSS JOIN LATERAL (SELECT CASE f.field WHEN 'title' THEN v.title ELSE v.text END AS text) kept
WHERE f.day BETWEEN %(since)s AND %(until)s AND v.day BETWEEN %(since)s AND %(until)s
  AND kept.text <> ''  -- a text that may not be kept was held against its facts before it went
  AND substr(kept.text, f.start_offset + 1, f.end_offset - f.start_offset) <> f.surface
