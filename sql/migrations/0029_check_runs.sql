-- When each check of sql/checks ran last: one that never ran has not found the warehouse right.
CREATE TABLE news.check_run (
    name text PRIMARY KEY,
    ran_at timestamptz NOT NULL,
    faults integer NOT NULL
);
COMMENT ON TABLE news.check_run IS 'The last run of each quality check; written with what it reports.';
