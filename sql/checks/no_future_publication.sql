-- what: No article was published after it was read.
-- why: A date in the future puts an article on a day that has not come, and its trend with it. A few minutes are a clock that is fast.
-- do: By 1 to 4 hours in all of a source: its timezone in the YAML is wrong. One article: its page says so; if the source does it often, set dates: page or a selector for the date.
SELECT a.source_id, a.url, v.published, v.published_at, a.first_seen_at, v.published_at - v.last_fetched_at AS ahead
FROM news.article a
JOIN news.article_version v ON v.version_id = a.current_version AND v.day = a.day
WHERE a.day BETWEEN %(since)s AND %(until)s + 2 AND v.day BETWEEN %(since)s AND %(until)s + 2
  AND (v.published_at > v.last_fetched_at + interval '30 minutes'
       OR v.day > (v.last_fetched_at + interval '14 hours')::date)  -- nowhere is it a later day than that
