-- How often each feed is asked follows how much it had to say (docs/operations.md); a dead one is remembered for long.
ALTER TABLE news.feed
    ADD COLUMN poll_every interval NOT NULL DEFAULT '9 minutes',
    ADD COLUMN failure_weight real NOT NULL DEFAULT 0,
    ADD COLUMN polled_run text,
    ADD COLUMN no_answer boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN news.feed.poll_every IS 'From one poll to the next while it answers: shorter when it had news, longer when it had none.';
COMMENT ON COLUMN news.feed.failure_weight IS 'Sum of the weights of its failures since it last answered; from 30 on it is asked once a week.';
COMMENT ON COLUMN news.feed.polled_run IS 'The run that asked it last.';
COMMENT ON COLUMN news.feed.no_answer IS 'That run got no answer from its host; counted as a failure when the run is published, if other hosts answered.';
CREATE INDEX feed_run ON news.feed (polled_run);
