-- What is left of addresses whose rows of the ledger expired (RASAD_LEDGER_DAYS): how many of them ended how.
CREATE TABLE news.outcome_day (
    day date NOT NULL,
    source_id text NOT NULL REFERENCES news.source,
    outcome text NOT NULL,
    pages bigint NOT NULL,
    PRIMARY KEY (day, source_id, outcome)
);
COMMENT ON TABLE news.outcome_day IS 'Counts of addresses that are no rows of news.page any more, by the day on which they were discovered.';
