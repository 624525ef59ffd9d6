-- What the rights of a source let be kept of its texts (docs/operations.md).
ALTER TABLE news.article_version
    ADD COLUMN kept text NOT NULL DEFAULT 'full' CHECK (kept IN ('full', 'snippet', 'facts')),
    ADD COLUMN text_sha256 bytea,
    ADD COLUMN shingles bytea;
ALTER TABLE news.article_version ALTER COLUMN shingles SET STORAGE EXTERNAL;  -- hashes do not shrink
COMMENT ON COLUMN news.article_version.kept IS 'How much of the text is here: full, snippet (sentences of facts, blanks between them) or facts (none).';
COMMENT ON COLUMN news.article_version.text_sha256 IS 'Of the whole text as it was read; null on what was loaded before it was kept.';
COMMENT ON COLUMN news.article_version.shingles IS 'Where the text is not here in full: what tells its copies (near_duplicates.packed).';
ALTER TABLE news.fact ADD COLUMN sentence_start int, ADD COLUMN sentence_end int, ADD COLUMN around int[];
COMMENT ON COLUMN news.fact.sentence_start IS 'Of a fact in the body: where its sentence begins; null where no text is kept.';

COMMENT ON COLUMN news.fact.around IS 'Of a count whose text is not kept in full: hashes of the words beside it, which tell it from other counts.';

-- Shingles have 32 bits now, so that they can be kept: what was made of the longer ones goes.
TRUNCATE news.signature, news.near_text;
INSERT INTO news.dirty_day SELECT DISTINCT day, 'migration 0015' FROM news.article WHERE day IS NOT NULL;
