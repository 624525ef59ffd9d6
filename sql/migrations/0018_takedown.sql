-- What was taken down: who decided it and why, and what keeps it from coming back. Neither says what it was.
CREATE TABLE news.takedown (
    takedown_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    why text NOT NULL CHECK (why <> ''),
    decided_by text NOT NULL CHECK (decided_by <> ''),
    decided_at timestamptz NOT NULL DEFAULT now(),
    source_ids text[] NOT NULL
);
COMMENT ON TABLE news.takedown IS 'Articles taken down: who, when, why. Holds nothing of what they said.';

CREATE TABLE news.tombstone (
    key bytea PRIMARY KEY,
    takedown_id bigint NOT NULL REFERENCES news.takedown
);
COMMENT ON TABLE news.tombstone IS 'SHA-256 of addresses and texts that no load brings back.';
