-- Display names of the day's entities: the canonical spelling that stands most often in texts, of equals the one
-- first in code point order. Reads all mentions, so that the order of loading does not matter.
-- Each entity is looked up by itself: joins would read all that were ever seen. Rows to be changed are locked in the
-- order in which a load takes them, each by its id.
WITH named AS MATERIALIZED (
    SELECT n.entity_id, a.spellings, a.alias
    FROM (SELECT DISTINCT f.entity_id FROM news.fact f WHERE f.day = %(day)s AND f.entity_id IS NOT NULL) n
    CROSS JOIN LATERAL (
        SELECT count(*) AS spellings, min(a.alias COLLATE "C") AS alias
        FROM news.entity_alias a WHERE a.entity_id = n.entity_id AND a.canonical
    ) a
), best AS MATERIALIZED (
    SELECT entity_id, alias FROM named WHERE spellings = 1  -- needs no counting
    UNION ALL
    SELECT n.entity_id, most.alias
    FROM named n
    CROSS JOIN LATERAL (
        SELECT a.alias
        FROM news.entity_alias a
        CROSS JOIN LATERAL (
            SELECT count(*) AS uses FROM news.fact f WHERE f.entity_id = a.entity_id AND f.surface = a.alias
        ) u
        WHERE a.entity_id = n.entity_id AND a.canonical
        ORDER BY u.uses DESC, a.alias COLLATE "C"
        LIMIT 1
    ) most
    WHERE n.spellings > 1
), other AS MATERIALIZED (
    SELECT e.entity_id, b.alias
    FROM best b CROSS JOIN LATERAL (
        SELECT e.entity_id FROM news.entity e WHERE e.entity_id = b.entity_id AND e.name IS DISTINCT FROM b.alias OFFSET 0
    ) e
), locked AS MATERIALIZED (
    SELECT e.entity_id FROM news.entity e WHERE e.entity_id IN (SELECT entity_id FROM other) ORDER BY e.entity_id FOR UPDATE
)
UPDATE news.entity e
SET name = o.alias
FROM locked l JOIN other o USING (entity_id)
WHERE e.entity_id = l.entity_id;
