-- Copies are told by other runs, shares and bands (docs/decisions/0011): what was kept of the old ones goes, and every day
-- is measured anew.
TRUNCATE news.signature, news.near_text;
COMMENT ON COLUMN news.near_text.nearness IS 'How much of both texts is shared, in thousandths of their word runs.';
INSERT INTO news.dirty_day SELECT DISTINCT day, 'migration 0010' FROM news.article WHERE day IS NOT NULL;
