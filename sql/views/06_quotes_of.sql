-- The day of the last quote wanted is found first, by index and newest first, so that a speaker of thousands costs as little
-- as one of a hundred.
CREATE FUNCTION mart.quotes_of(speaker_id bigint, since date DEFAULT NULL, until date DEFAULT NULL, most int DEFAULT 100)
RETURNS SETOF mart.quotes
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT q.*
    FROM mart.quotes q
    WHERE q.speaker_id = quotes_of.speaker_id
      AND q.day BETWEEN coalesce(since, '-infinity') AND coalesce(until, 'infinity')
      AND q.day >= (
          SELECT min(n.day)
          FROM (
              SELECT f.day
              FROM news.entity_identity r
              CROSS JOIN LATERAL (
                  SELECT f.day
                  FROM news.fact f
                  JOIN news.article a ON a.article_id = f.article_id AND a.current_version = f.version_id
                  WHERE f.entity_id = r.entity_id AND f.kind IN ('quote', 'indirect_quote')
                    AND f.day BETWEEN coalesce(since, '-infinity') AND coalesce(until, 'infinity')
                  ORDER BY f.day DESC
                  LIMIT most
              ) f
              WHERE r.root_id = quotes_of.speaker_id
              ORDER BY f.day DESC
              LIMIT most
          ) n
      )
    ORDER BY q.day DESC, q.article_id, q.field DESC, q.start_offset
    LIMIT most
$$;
COMMENT ON FUNCTION mart.quotes_of IS 'The newest quotes of a speaker within a time (days included), as mart.quotes has them.';
