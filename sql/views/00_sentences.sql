CREATE FUNCTION mart.sentence_span(text text, start_offset int, end_offset int) RETURNS int4range
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT int4range(start_offset - length(b.before), end_offset + length(coalesce(b.after, '')))
    FROM (
        SELECT regexp_replace(substr(text, greatest(start_offset - 300, 0) + 1, least(start_offset, 300)),
                              '^.*([.!?؟…]["»”’)\]]*\s|\n)\s*', '') AS before,
               (regexp_match(substr(text, end_offset + 1, 300),
                             '^[^\n]*?(?:[.!?؟…]["»”’)\]]*(?=\s|$)|(?=\n)|$)'))[1] AS after
    ) b
$$;
COMMENT ON FUNCTION mart.sentence_span IS 'Offsets of the sentence around start_offset to end_offset of a text, cut at 300 characters on either side; of the span alone where the text is not kept.';

CREATE FUNCTION mart.sentence(text text, start_offset int, end_offset int) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT nullif(btrim(substr(text, lower(s.span) + 1, upper(s.span) - lower(s.span))), '')
    FROM (SELECT mart.sentence_span(text, start_offset, end_offset) AS span) s
$$;
COMMENT ON FUNCTION mart.sentence IS 'That sentence itself; null where the text is not kept.';
