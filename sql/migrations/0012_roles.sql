-- A monthly partition of news.fact or news.article_version. Only an owner may add one to its parent: a load, which is
-- none, asks for it here.
CREATE FUNCTION news.make_partition(parent text, month date) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    first_day date := date_trunc('month', month::timestamp);
    name text := parent || to_char(first_day, '_YYYY_MM');
BEGIN
    IF parent NOT IN ('article_version', 'fact') THEN
        RAISE EXCEPTION 'news.% has no monthly partitions', parent;
    END IF;
    EXECUTE format('CREATE TABLE IF NOT EXISTS news.%I PARTITION OF news.%I FOR VALUES FROM (%L) TO (%L)',
                   name, parent, first_day, (first_day + interval '1 month')::date);
    RETURN name;
END
$$;
