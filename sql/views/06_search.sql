-- Full-text search without an extension. A query's words are folded as the stored ones are (news.fold) and looked up in
-- every form that clitics give them: what is stored stays small, and which forms count is decided here.

-- core: the word without its article and clitics; definite: it had the article.
CREATE OR REPLACE FUNCTION news.word_core(word text, OUT core text, OUT definite boolean)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN m[1] IS NULL THEN word ELSE m[1] END, m[1] IS NOT NULL
    FROM (SELECT regexp_match(word, '^[وف]?(?:[بك]?ال|لل)(.{3,}|..$)') AS m) s
$$;

-- The forms in which a folded word may stand: القاهره also in وللقاهره, وزير also in الوزير and لوزير. ف, ك and س only before
-- four letters and more, as كمال is no مال.
CREATE OR REPLACE FUNCTION news.word_forms(word text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN length(word) < 3 OR word !~ '^[\u0621-\u064A]+$' THEN ARRAY[word]
        ELSE ARRAY(
            SELECT word
            UNION
            SELECT conjunction || article || core
            FROM news.word_core(word), unnest(ARRAY['', 'و', 'ف']) conjunction, unnest(ARRAY['ال', 'بال', 'كال', 'لل']) article
            UNION
            SELECT prefix || word
            FROM unnest(ARRAY['و', 'ب', 'ل', 'وب', 'ول']) prefix
            WHERE NOT (SELECT definite FROM news.word_core(word))
            UNION
            SELECT prefix || word
            FROM unnest(ARRAY['ف', 'ك', 'وك', 'فب', 'فل']) prefix
            WHERE length(word) > 3 AND NOT (SELECT definite FROM news.word_core(word))
            UNION
            SELECT prefix || word
            FROM unnest(ARRAY['س', 'وس', 'فس']) prefix
            WHERE word ~ '^[يتن]...'
        )
    END
$$;

-- A regular expression for a folded word as it may be spelled in a text.
CREATE OR REPLACE FUNCTION news.spelled(word text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT string_agg(
        CASE WHEN letter = 'ا' THEN '[اأإآٱ]' WHEN letter = 'ي' THEN '[يىیئ]' WHEN letter = 'ك' THEN '[كک]'
             WHEN letter = 'ه' THEN '[هة]' WHEN letter = 'و' THEN '[وؤ]'
             WHEN letter BETWEEN '0' AND '9' THEN '[' || letter || chr(1632 + letter::int) || chr(1776 + letter::int) || ']'
             WHEN letter BETWEEN 'a' AND 'z' THEN '[' || letter || upper(letter) || ']'
             ELSE letter END || '[ـ\u064B-\u065F\u0670\u200B-\u200F\u061C\uFEFF]*', '' ORDER BY place)
    FROM string_to_table(word, NULL) WITH ORDINALITY t (letter, place)
$$;

CREATE FUNCTION mart.search(query text, since date DEFAULT NULL, until date DEFAULT NULL, most int DEFAULT 100)
RETURNS TABLE (rank real, day date, article_id bigint, url text, source_id text, title text, headline text,
               source_ar text, source_en text, country text, text_key bigint, story_id bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan SET jit = off AS $$
DECLARE
    considered constant int := 2000;  -- of the newest articles that match: those are ranked
    readable int := 10000;  -- of the newest articles with all words of a phrase: in those it is looked for
    gap constant text := '[' || news.separators() || ']';
    part text[];
    terms text[];
    forms text[];
    joined text;
    holds text := '';  -- all words
    exact text := '';  -- the same with those of a phrase in their order, and without what must not be there
    marked text := '';
    lookup tsquery;
    wanted tsquery;
    oldest date;
    newest date;
    ids bigint[] := '{}';
    days date[] := '{}';
    ranks real[] := '{}';
    found record;
BEGIN
    FOR part IN
        -- عبد الله is written عبدالله as well: here it is one word, and looked up as both
        SELECT regexp_matches(regexp_replace(translate(left(query, 500), '“”„«»″', '""""""'),
                                             '(^|[\s"-])([وفبل]?عبد)\s+(?=ال)', '\1\2', 'g'),
                              '(-?)(?:"([^"]*)"?|([^\s"]+))', 'g')
        LIMIT 16
    LOOP
        terms := (news.words(news.fold(coalesce(part[2], part[3]))))[:16];
        CONTINUE WHEN cardinality(terms) = 0;
        SELECT array_agg('(' || (SELECT string_agg(quote_literal(form), ' | ') FROM unnest(w.forms) form)
                         || CASE WHEN w.two IS NULL THEN '' ELSE format(' | (%L <-> %L)', w.two[1], w.two[2]) END || ')'
                         ORDER BY w.place),
               string_agg('(?:' || (SELECT string_agg(news.spelled(form), '|') FROM unnest(w.forms) form)
                          || CASE WHEN w.two IS NULL THEN ''
                                  ELSE '|' || news.spelled(w.two[1]) || gap || '+' || news.spelled(w.two[2]) END || ')',
                          gap || '+' ORDER BY w.place)
        INTO forms, joined
        FROM (
            SELECT t.place, regexp_match(t.term, '^([وفبل]?عبد)(ال..+)$') AS two,
                   CASE WHEN t.place = 1 THEN news.word_forms(left(t.term, 60)) ELSE ARRAY[left(t.term, 60)] END AS forms
            FROM unnest(terms) WITH ORDINALITY t (term, place)
        ) w;
        IF part[1] = '-' THEN
            exact := exact || ' & !(' || array_to_string(forms, ' <-> ') || ')';
        ELSE
            holds := concat_ws(' & ', nullif(holds, ''), array_to_string(forms, ' & '));
            exact := exact || ' & (' || array_to_string(forms, ' <-> ') || ')';
            marked := concat_ws('|', nullif(marked, ''), joined);
        END IF;
    END LOOP;
    IF holds = '' THEN
        RETURN;  -- nothing to look for
    END IF;
    wanted := substr(exact, 4)::tsquery;
    marked := '(^|' || gap || ')(' || marked || ')(?=' || gap || '|$)';
    SELECT max(w.day) INTO newest FROM news.article_words w WHERE w.day <= coalesce(until, 'infinity');
    -- day + 0: by their index on the words, not by that on the day, which would have each one's words read.
    WHILE newest >= coalesce(since, '-infinity') AND cardinality(ids) < considered AND readable > 0 LOOP
        oldest := greatest(since, date_trunc('month', newest::timestamp)::date);
        lookup := (quote_literal('m:' || to_char(newest, 'YYYY-MM')) || ' & '
                   || CASE WHEN exact LIKE '%<->%' THEN holds ELSE substr(exact, 4) END)::tsquery;
        SELECT array_agg(h.article_id) AS ids, array_agg(h.day) AS days, array_agg(h.rank) AS ranks INTO found
        FROM (
            SELECT w.article_id, w.day, ts_rank(w.words, wanted) AS rank
            FROM (
                SELECT w.article_id, w.day, w.words FROM news.article_words w
                WHERE w.words @@ lookup AND w.day + 0 BETWEEN oldest AND newest
                ORDER BY w.day + 0 DESC, w.article_id
                LIMIT readable
            ) w
            WHERE w.words @@ wanted
            LIMIT considered - cardinality(ids)
        ) h;
        ids := ids || coalesce(found.ids, '{}');
        days := days || coalesce(found.days, '{}');
        ranks := ranks || coalesce(found.ranks, '{}');
        IF exact LIKE '%<->%' THEN
            SELECT readable - count(*) INTO readable
            FROM (SELECT FROM news.article_words w
                  WHERE w.words @@ lookup AND w.day + 0 BETWEEN oldest AND newest LIMIT readable) c;
        END IF;
        SELECT max(w.day) INTO newest FROM news.article_words w WHERE w.day < date_trunc('month', newest::timestamp);
    END LOOP;
    RETURN QUERY
        SELECT h.rank, a.day, a.article_id, a.url, a.source_id, v.title,
               CASE WHEN e.at > 0 THEN
                   CASE WHEN e.start > 1 THEN '…' ELSE '' END
                   || regexp_replace(translate(regexp_replace(btrim(e.excerpt, E' \n'), '\s{2,}', ' … ', 'g'), E'⟦⟧\n', '[] '), marked, '\1⟦\2⟧', 'g')
                   || CASE WHEN length(v.text) >= e.start + 240 THEN '…' ELSE '' END
               ELSE regexp_replace(translate(v.title, '⟦⟧', '[]'), marked, '\1⟦\2⟧', 'g') END,
               s.name_ar, s.name_en, s.country, a.text_key, a.story_id
        FROM (
            SELECT * FROM unnest(ids, days, ranks) u (id, day, rank) ORDER BY u.rank DESC, u.day DESC, u.id LIMIT most
        ) h
        JOIN news.article a ON a.article_id = h.id
        JOIN news.article_version v ON v.version_id = a.current_version AND v.day = a.day
        JOIN news.source s ON s.source_id = a.source_id
        CROSS JOIN LATERAL (
            SELECT p.at, p.at - length(regexp_replace(substr(v.text, greatest(p.at - 80, 1), 80), '^.*?\s', '')) AS cut
            FROM (SELECT regexp_instr(v.text, marked) AS at) p
        ) i
        CROSS JOIN LATERAL (SELECT i.at, CASE WHEN i.at <= 80 THEN 1 ELSE greatest(i.cut, 1) END AS start) b
        CROSS JOIN LATERAL (  -- from word to word
            SELECT b.at, b.start, CASE WHEN length(v.text) >= b.start + 240
                                       THEN regexp_replace(substr(v.text, b.start, 241), '\s+\S*$', '')
                                       ELSE substr(v.text, b.start) END AS excerpt
        ) e
        ORDER BY h.rank DESC, h.day DESC, h.id;
END
$$;
COMMENT ON FUNCTION mart.search IS 'Articles that hold all words of a query, best first: words in any spelling and with clitics (القاهرة finds وللقاهرة; a word without ال finds it with ال as well), "phrases" as they stand, -words and -"phrases" that must not be there. Ranks the newest 2,000 matches of the time (since and until included; of phrases, among the newest 10,000 articles that hold their words) by ts_rank, titles before first words before the rest, and gives the best (100, or most). headline is the place in the text with the words between ⟦ and ⟧, which stand nowhere else in it; the title where the text has none; … stands for what is left out, also where the rights of its source let only sentences be kept. An article is found once its day is measured.';
