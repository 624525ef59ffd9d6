-- What a page says of itself beside its title and text.
ALTER TABLE news.article_version
    ADD COLUMN subtitle text,
    ADD COLUMN live boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN news.article_version.subtitle IS 'The line under the title that explains it; no part of the text.';
COMMENT ON COLUMN news.article_version.live IS 'A live blog: many dated entries, not one text.';
