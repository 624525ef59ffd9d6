-- Trends are measured in the database, for names, phrases and topics alike: sql/baselines says how.
DROP TABLE news.entity_trend;
CREATE TABLE news.entity_trend (
    day date NOT NULL,
    entity_id bigint NOT NULL,
    articles int NOT NULL,
    expected real NOT NULL,
    baseline_days int NOT NULL,
    z real,
    log_odds real NOT NULL,
    score real NOT NULL,
    over_days int NOT NULL,
    ratio_low real NOT NULL,
    ratio_high real NOT NULL,
    coverage real,
    basis text NOT NULL,
    burst boolean NOT NULL DEFAULT false,
    burst_since date,
    burst_weight real,
    PRIMARY KEY (day, entity_id)
);
CREATE INDEX entity_trend_score ON news.entity_trend (day, score DESC);
COMMENT ON TABLE news.entity_trend IS 'How far an entity''s articles of a day are from what was to be expected; sql/baselines says how that is measured.';

CREATE TABLE news.item_trend (
    day date NOT NULL,
    kind text NOT NULL,
    key text NOT NULL,
    articles int NOT NULL,
    expected real NOT NULL,
    baseline_days int NOT NULL,
    z real,
    log_odds real NOT NULL,
    score real NOT NULL,
    over_days int NOT NULL,
    ratio_low real NOT NULL,
    ratio_high real NOT NULL,
    coverage real,
    basis text NOT NULL,
    burst boolean NOT NULL DEFAULT false,
    burst_since date,
    burst_weight real,
    PRIMARY KEY (day, kind, key)
);
CREATE INDEX item_trend_score ON news.item_trend (day, kind, score DESC);
COMMENT ON TABLE news.item_trend IS 'The same for phrases and topics.';


ALTER TABLE news.topic_day ADD name text NOT NULL DEFAULT '';
INSERT INTO news.dirty_day SELECT DISTINCT day, '0021_scores' FROM news.topic_day ON CONFLICT DO NOTHING;

-- What phrases and topics have in common.
CREATE VIEW news.item_day AS
SELECT 'phrase'::text AS kind, phrase_key AS key, day, phrase AS name, articles, texts, stories, sources FROM news.phrase_day
UNION ALL
SELECT 'topic', topic, day, name, articles, texts, stories, sources FROM news.topic_day;
CREATE INDEX topic_day_topic ON news.topic_day (topic, day);
CREATE INDEX entity_source_day_entity ON news.entity_source_day (entity_id, day);
CREATE INDEX entity_country_day_entity ON news.entity_country_day (entity_id, day);

CREATE TYPE news.trend AS (expected real, z real, log_odds real, score real, over_days int, ratio_low real, ratio_high real);

-- What sql/baselines/02_entity_trend.sql says of z, log-odds and ratio. y: articles that name it on the day, in its last 3
-- and 7 days; e: expected of them; y0, squares, yw: of the baseline, the squares of its days, those of the same weekday;
-- n1, n0, nw: all articles of the day, of the baseline and of its same weekdays; days: of the baseline.
CREATE FUNCTION news.trend_score(y1 float8, y3 float8, y7 float8, e1 float8, e3 float8, e7 float8, y0 float8, squares float8,
                                 yw float8, n1 float8, n0 float8, nw float8, days float8, whole boolean) RETURNS news.trend
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    found news.trend;
    mean float8 := y0 / greatest(days, 1);
    spread float8 := 1.3;
    a float8 := greatest(100 * (y1 + y0) / greatest(n1 + n0, 1), 1e-6);
    delta float8;
    e float8;
    one float8;
    ys float8[] := ARRAY[y1, y3, y7];
    es float8[];
    lengths int[] := ARRAY[1, 3, 7];
    floors float8[] := ARRAY[1, 1.5, 2];
BEGIN
    IF whole AND nw > 0 THEN
        e1 := e1 * least(2, greatest(0.5, (yw + 6) / (y0 * nw / n0 + 6)));
    END IF;
    es := ARRAY[e1, e3, e7];
    IF mean > 0 AND days > 1 THEN
        spread := greatest(1, (days * (squares / days - mean * mean) * days / (days - 1) + 13 * mean) / ((days + 10) * mean));
    END IF;
    -- The floor keeps the logarithm of what alone fills both periods finite.
    delta := ln((y1 + a) / greatest(n1 + 100 - y1 - a, 1e-9)) - ln((y0 + a) / greatest(n0 + 100 - y0 - a, 1e-9));
    found.log_odds := delta;
    found.score := delta / sqrt(1 / (y1 + a) + 1 / (y0 + a));
    found.expected := e1;
    found.over_days := 1;
    IF whole THEN
        FOR i IN 1..3 LOOP
            e := greatest(es[i], floors[i]);
            one := sign(ys[i] - e) * sqrt(2 * greatest(0, ys[i] * ln(greatest(ys[i], 1e-9) / e) - (ys[i] - e)) / (spread + e / (y0 + 1)));
            IF i = 1 THEN
                found.z := one;
                found.score := one;
            ELSIF y1 > e1 AND one > found.score THEN
                found.score := one;
                found.over_days := lengths[i];
            END IF;
        END LOOP;
    END IF;
    found.ratio_low := (y1 + 0.5) / (e1 + 0.5) * exp(-1.645 * sqrt(spread / (y1 + 0.5) + 1 / (y0 + 1)));
    found.ratio_high := (y1 + 0.5) / (e1 + 0.5) * exp(1.645 * sqrt(spread / (y1 + 0.5) + 1 / (y0 + 1)));
    RETURN found;
END
$$;

INSERT INTO news.stale_trend SELECT DISTINCT day FROM news.source_day ON CONFLICT DO NOTHING;
