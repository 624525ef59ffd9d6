-- What measuring knows of each article's text, so that copies under other titles become one story (docs/decisions).
-- Written by measuring alone, which is one at a time; no foreign keys, whose locks would go another way than a load's.
CREATE TABLE news.signature (
    article_id bigint PRIMARY KEY,
    day date NOT NULL,
    text_key bigint NOT NULL,
    bands bigint[] NOT NULL
);
COMMENT ON TABLE news.signature IS 'MinHash bands of each article''s current text, as last measured: texts with one in common are compared.';
CREATE INDEX signature_day ON news.signature (day);
CREATE INDEX signature_text ON news.signature (text_key);

CREATE TABLE news.near_text (
    text_key bigint NOT NULL,
    other_key bigint NOT NULL,
    nearness smallint NOT NULL,
    PRIMARY KEY (text_key, other_key)
);
COMMENT ON TABLE news.near_text IS 'Texts that are copies of one another, published within days of each other; each pair both ways.';
COMMENT ON COLUMN news.near_text.nearness IS 'Word runs that both have, in thousandths of those that one of them has.';

-- What was loaded before is compared as well.
INSERT INTO news.dirty_day SELECT DISTINCT day, 'migration 0003' FROM news.article WHERE day IS NOT NULL;
