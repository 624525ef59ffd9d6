-- What became of pages within the last hour is asked by monitors every few minutes, of a ledger of millions.
CREATE INDEX page_settled ON news.page USING brin (settled_at) WITH (pages_per_range = 16, autosummarize = on);
