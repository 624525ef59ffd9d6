-- What a file of an archive held beside articles is counted where it was read, and has no row in the ledger.
ALTER TABLE news.batch ADD COLUMN counted jsonb NOT NULL DEFAULT '{}';
COMMENT ON COLUMN news.batch.counted IS 'Pages of an archive that are no row of the ledger, by outcome: not_arabic, failed, other_day …';
