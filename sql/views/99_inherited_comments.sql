-- A column that has no comment of its own means what it means in the view it comes from.
DO $$
DECLARE
    bare record;
BEGIN
    FOR bare IN
        SELECT DISTINCT ON (c.relname, a.attname) c.relname, a.attname, col_description(o.oid, oa.attnum) AS meaning
        FROM pg_class c
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
        JOIN unnest(ARRAY['facts', 'articles', 'entity_days', 'trending_entities', 'sources']) WITH ORDINALITY origin (name, place) ON true
        JOIN pg_class o ON o.relname = origin.name AND o.relnamespace = c.relnamespace
        JOIN pg_attribute oa ON oa.attrelid = o.oid AND oa.attname = a.attname
        WHERE c.relnamespace = 'mart'::regnamespace AND c.relkind = 'v'
          AND col_description(c.oid, a.attnum) IS NULL AND col_description(o.oid, oa.attnum) IS NOT NULL
        ORDER BY c.relname, a.attname, origin.place
    LOOP
        EXECUTE format('COMMENT ON COLUMN mart.%I.%I IS %L', bare.relname, bare.attname, bare.meaning);
    END LOOP;
END
$$;
