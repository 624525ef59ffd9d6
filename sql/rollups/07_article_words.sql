-- The words that mart.search looks for, of the day's articles as they stand. Only those that changed since are read.
DELETE FROM news.article_words w
WHERE w.day = %(day)s
  AND NOT EXISTS (SELECT FROM news.article a
                  WHERE a.article_id = w.article_id AND a.day = w.day AND a.current_version = w.version_id);
INSERT INTO news.article_words (article_id, day, version_id, words)
SELECT a.article_id, a.day, v.version_id, news.word_vector(v.title, v.text, a.day)
FROM news.article a
JOIN news.article_version v ON v.version_id = a.current_version AND v.day = a.day
WHERE a.day = %(day)s
  AND NOT EXISTS (SELECT FROM news.article_words w
                  WHERE w.article_id = a.article_id AND w.day = a.day AND w.version_id = v.version_id)
ORDER BY a.article_id
ON CONFLICT (article_id) DO UPDATE SET day = excluded.day, version_id = excluded.version_id, words = excluded.words;
