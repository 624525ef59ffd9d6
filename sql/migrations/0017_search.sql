-- Words to search by, of each article as it stands. Filled by measuring (sql/rollups/07_article_words.sql), so that loads
-- pay nothing for it. One lexeme, between title and body, names the month (m:2026-03): the newest ones are searched first.
CREATE TABLE news.article_words (
    article_id bigint PRIMARY KEY REFERENCES news.article ON DELETE CASCADE,
    day date NOT NULL,
    version_id bigint NOT NULL,
    words tsvector NOT NULL
);
COMMENT ON TABLE news.article_words IS 'Folded words of each article''s current version, for mart.search; written by measuring.';
CREATE INDEX article_words_words ON news.article_words USING gin (words) WITH (gin_pending_list_limit = 512);
CREATE INDEX article_words_day ON news.article_words (day);

-- The same folding as rasad.arabic.text.key (tests/warehouse/test_search.py holds the two together). A chain of replace
-- takes a sixth of the time of one translate; what is rare in cleaned texts is looked for first.
CREATE FUNCTION news.fold(given text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT lower(replace(replace(replace(replace(replace(replace(replace(
        CASE WHEN rare ~ '[ٱیک٠-٩۰-۹]' THEN translate(rare, 'ٱیک٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹', 'ايك01234567890123456789') ELSE rare END,
        'أ', 'ا'), 'إ', 'ا'), 'آ', 'ا'), 'ى', 'ي'), 'ة', 'ه'), 'ؤ', 'و'), 'ئ', 'ي'))
    FROM (
        SELECT CASE WHEN plain ~ '[ـ\u064B-\u065F\u0670\u200B-\u200F\u061C\u202A-\u202E\u2066-\u2069\uFEFF]'
                    THEN regexp_replace(plain, '[ـ\u064B-\u065F\u0670\u200B-\u200F\u061C\u202A-\u202E\u2066-\u2069\uFEFF]+', '', 'g')
                    ELSE plain END AS rare
        FROM (
            SELECT CASE WHEN given ~ '[\u0675-\u0678\u00A0-\u00BE\u2000-\u209C\u2100-\u218F\u2460-\u24FF\u3000-\u33FF\uF900-\uFFEF]'
                        THEN normalize(given, NFKC) ELSE given END AS plain
        ) n
    ) m
$$;
COMMENT ON FUNCTION news.fold IS 'What two spellings of one text share: alef and hamza seats, ى ی, ة, ک, digits, marks, tatweel, case.';

-- What is no letter and no digit, in any script; as a bracket expression without its brackets.
CREATE FUNCTION news.separators() RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT '\u0001-\u002F:-@\[-`{-\u00A9\u00AB-\u00B1\u00B4\u00B6-\u00B8\u00BB\u00BF\u00D7\u00F7\u060C\u061B\u061E\u061F\u066A-\u066D\u06D4\u2000-\u200A\u2010-\u2029\u202F-\u2065\u2190-\u2BFF\u3000-\u303F\uFD3E\uFD3F'
$$;

CREATE FUNCTION news.words(folded text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT array_remove(string_to_array(regexp_replace(folded, '[' || news.separators() || ']+', ' ', 'g'), ' '), '')
$$;
COMMENT ON FUNCTION news.words IS 'The words of a folded text, in its order.';

-- The parser meets words with spaces between them only: with the marks that it knows gone, it cuts nowhere else, and the
-- simple dictionary changes nothing. A tsvector has a limit of a megabyte, which 100,000 letters do not reach.
CREATE FUNCTION news.word_vector(title text, body text, day date) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT setweight(to_tsvector('pg_catalog.simple', array_to_string(news.words(news.fold(coalesce(left(title, 1000), ''))), ' ')), 'A')
           || ('''m:' || to_char(day, 'YYYY-MM') || ''':1')::tsvector
           || setweight(to_tsvector('pg_catalog.simple', array_to_string(b.words[:40], ' ')), 'B')
           || to_tsvector('pg_catalog.simple', array_to_string(b.words[41:], ' '))
    FROM (SELECT news.words(news.fold(coalesce(left(body, 100000), ''))) AS words) b
$$;
COMMENT ON FUNCTION news.word_vector IS 'What is stored of an article''s words: the title''s with weight A, the first forty of the body with B, the rest with D.';

-- A text that changes where it stands (rights, a person's erasure) is no longer found by its old words.
CREATE FUNCTION news.forget_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM news.article_words WHERE article_id = NEW.article_id AND version_id = NEW.version_id;
    INSERT INTO news.dirty_day (day, batch_id) VALUES (NEW.day, 'text') ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
CREATE TRIGGER forget_words AFTER UPDATE OF title, text ON news.article_version FOR EACH ROW
    WHEN (OLD.title IS DISTINCT FROM NEW.title OR OLD.text IS DISTINCT FROM NEW.text)
    EXECUTE FUNCTION news.forget_words();

-- What was loaded before is searched as well, once it is measured.
INSERT INTO news.dirty_day SELECT DISTINCT day, 'migration 0017' FROM news.article WHERE day IS NOT NULL;
