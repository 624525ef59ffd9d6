-- what: No day that was loaded more than 3 hours ago still waits to be measured.
-- why: Until then roll-ups, trends and alerts do not know of it.
-- do: Look at measure_trends: it is paused, red, or has more days than it can do. The marks stay until it has done them.
SELECT b.source_id, d.day, min(b.loaded_at) AS loaded_at, count(*) AS batches
FROM news.dirty_day d
JOIN news.batch b ON b.batch_id = d.batch_id
WHERE b.loaded_at < now() - interval '3 hours'
GROUP BY b.source_id, d.day
