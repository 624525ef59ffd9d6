-- An article that its publisher took down is marked, and stays.
ALTER TABLE news.page ADD COLUMN gone_at timestamptz;
COMMENT ON COLUMN news.page.gone_at IS 'Since when it is gone: the look that first found it so. Null once it is back.';
