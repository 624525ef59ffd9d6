-- One story for articles whose cleaned text is the same but for spelling: its id is the least of their ids.
-- Within a day the number of stories does not change when a story gets another id, so no other day turns dirty.
-- An article that was corrected leaves its story, which may have been called by its id: those it leaves are named anew.
-- Rows are locked in the order in which a load takes them: by id.
CREATE TEMP TABLE t_story ON COMMIT DROP AS
    SELECT o.text_key, min(o.article_id) AS story_id
    FROM news.article o
    WHERE o.text_key IN (
        SELECT text_key FROM news.article WHERE day = %(day)s
        UNION
        SELECT left_behind.text_key
        FROM news.article gone JOIN news.article left_behind ON left_behind.story_id = gone.article_id
        WHERE gone.day = %(day)s AND left_behind.text_key <> gone.text_key
    )
    GROUP BY o.text_key;
SELECT a.article_id FROM news.article a JOIN t_story s USING (text_key)
WHERE a.story_id IS DISTINCT FROM s.story_id
ORDER BY a.article_id FOR UPDATE OF a;
UPDATE news.article a
SET story_id = s.story_id
FROM t_story s
WHERE a.text_key = s.text_key AND a.story_id IS DISTINCT FROM s.story_id;
