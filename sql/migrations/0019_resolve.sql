-- The same as before, but the days that a change touches are looked for among those of the roll-up by entity, which has
-- every measured day under the entity that stood for the name till now: a few changed names had all facts read before.
-- Days not measured yet are to be measured anyway. Rows of news.entity_root that stay are not written again.
CREATE OR REPLACE FUNCTION news.resolve_entities(marker text) RETURNS SETOF date LANGUAGE sql AS $$
    WITH RECURSIVE start AS (
        SELECT entity_id, into_id AS at FROM news.entity_merge
        UNION ALL
        SELECT s.entity_id, s.spelled_as FROM news.entity_standing s
        WHERE s.spelled_as IS NOT NULL
          AND NOT EXISTS (SELECT FROM news.entity_merge m WHERE s.entity_id IN (m.entity_id, m.into_id))
    ), chain AS (
        SELECT entity_id, at FROM start
        UNION
        SELECT c.entity_id, m.into_id FROM chain c JOIN news.entity_merge m ON m.entity_id = c.at
    ), roots AS (
        SELECT c.entity_id, c.at AS root_id FROM chain c
        WHERE c.at <> c.entity_id
          AND NOT EXISTS (SELECT FROM news.entity_merge m WHERE m.entity_id = c.at AND m.into_id <> c.at)
    ), gone AS (
        DELETE FROM news.entity_root r WHERE NOT EXISTS (SELECT FROM roots WHERE roots.entity_id = r.entity_id)
        RETURNING r.entity_id
    ), put AS (
        INSERT INTO news.entity_root AS r (entity_id, root_id)
        SELECT n.entity_id, n.root_id FROM roots n
        WHERE NOT EXISTS (SELECT FROM news.entity_root o WHERE (o.entity_id, o.root_id) = (n.entity_id, n.root_id))
        ON CONFLICT (entity_id) DO UPDATE SET root_id = excluded.root_id
        RETURNING r.entity_id
    ), days AS (
        -- Whom they stood for till now: all parts of a statement see the rows as they were.
        SELECT DISTINCT d.day
        FROM (SELECT entity_id FROM gone UNION SELECT entity_id FROM put) c
        LEFT JOIN news.entity_root o ON o.entity_id = c.entity_id
        JOIN news.entity_day d ON d.entity_id = coalesce(o.root_id, c.entity_id)
        -- A scalar, not EXISTS: each is one look into an index, and never a join with all facts.
        WHERE (SELECT true FROM news.fact f WHERE f.entity_id = c.entity_id AND f.day = d.day AND f.kind = 'entity' LIMIT 1)
    ), marked AS (
        INSERT INTO news.dirty_day (day, batch_id) SELECT day, marker FROM days ON CONFLICT DO NOTHING
    )
    SELECT day FROM days
$$;
