-- What rises is counted in stories (sql/baselines): trends are measured anew. Rare names rise by chance most often, and over
-- several days as on one: of less than two in three days or four in a week two or four are expected (it were 1.5 and 2).
-- y: stories that name it on the day, in its last 3 and 7 days; the rest as 0021 says.
CREATE OR REPLACE FUNCTION news.trend_score(y1 float8, y3 float8, y7 float8, e1 float8, e3 float8, e7 float8, y0 float8, squares float8,
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
    floors float8[] := ARRAY[1, 2, 4];
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
