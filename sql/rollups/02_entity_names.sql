-- Display names of the day's entities: the canonical spelling that stands most often in texts, of equals the one
-- first in code point order. Reads all mentions, so that the order of loading does not matter.
-- Rows are locked in the order in which a load takes them: articles (01) before entities, each by its id.
SELECT entity_id FROM news.entity
WHERE entity_id IN (SELECT f.entity_id FROM news.fact f WHERE f.day = %(day)s AND f.entity_id IS NOT NULL)
ORDER BY entity_id FOR UPDATE;
UPDATE news.entity e
SET name = best.alias
FROM (
    SELECT DISTINCT ON (a.entity_id) a.entity_id, a.alias
    FROM news.entity_alias a
    LEFT JOIN LATERAL (
        SELECT count(*) AS uses
        FROM news.fact f
        WHERE f.entity_id = a.entity_id AND f.surface = a.alias
          -- one spelling needs no counting
          AND EXISTS (SELECT FROM news.entity_alias o WHERE o.entity_id = a.entity_id AND o.canonical AND o.alias <> a.alias)
    ) n ON true
    WHERE a.canonical
      AND a.entity_id IN (SELECT f.entity_id FROM news.fact f WHERE f.day = %(day)s AND f.entity_id IS NOT NULL)
    ORDER BY a.entity_id, n.uses DESC, a.alias COLLATE "C"
) best
WHERE e.entity_id = best.entity_id AND e.name IS DISTINCT FROM best.alias;
