-- Which names are known, which spellings are one entity, and what a person has merged (docs/decisions).
-- The first three tables are written by measuring alone, and no load waits for them.
CREATE TABLE news.entity_sighting (
    entity_id bigint NOT NULL,
    day date NOT NULL,
    source_id text NOT NULL,
    articles int NOT NULL,
    PRIMARY KEY (entity_id, day, source_id)
);
CREATE INDEX entity_sighting_day ON news.entity_sighting (day);
COMMENT ON TABLE news.entity_sighting IS 'Where names were found that the lexicon does not hold: what they are added by.';

CREATE TABLE news.entity_standing (
    entity_id bigint PRIMARY KEY,
    type text NOT NULL,
    spelling text NOT NULL,
    standing text NOT NULL DEFAULT 'candidate' CHECK (standing IN ('listed', 'added', 'candidate')),
    spelled_as bigint
);
CREATE INDEX entity_standing_spelling ON news.entity_standing (type, spelling);
CREATE INDEX entity_standing_spelled_as ON news.entity_standing (spelled_as) WHERE spelled_as IS NOT NULL;
COMMENT ON TABLE news.entity_standing IS 'Of each name: listed (the lexicon holds it), added (seen in enough articles of several sources) or candidate.';
COMMENT ON COLUMN news.entity_standing.spelled_as IS 'The entity whose spelling this one is; null where it is its own.';

CREATE TABLE news.entity_root (
    entity_id bigint PRIMARY KEY,
    root_id bigint NOT NULL
);
COMMENT ON TABLE news.entity_root IS 'Which entity another one stands for in the end, by spelling and by merges. One that is not here stands for itself.';

CREATE TABLE news.entity_merge (
    entity_id bigint PRIMARY KEY REFERENCES news.entity,
    into_id bigint NOT NULL REFERENCES news.entity,
    why text NOT NULL CHECK (why <> ''),
    decided_by text NOT NULL DEFAULT current_user,
    decided_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE news.entity_merge IS 'Edited by people: this entity is that one. Into itself: it is no spelling of another. Deleting a row undoes it.';

-- Brings news.entity_root up to date; returns the days whose counts that changes, and marks them to be measured anew.
-- What a person decided goes before what the spelling says, both for the entity merged and for the one merged into.
CREATE FUNCTION news.resolve_entities(marker text) RETURNS SETOF date LANGUAGE sql AS $$
    WITH RECURSIVE start AS (
        SELECT entity_id, into_id AS at FROM news.entity_merge
        UNION ALL
        SELECT s.entity_id, s.spelled_as FROM news.entity_standing s
        WHERE s.spelled_as IS NOT NULL
          AND NOT EXISTS (SELECT FROM news.entity_merge m WHERE s.entity_id IN (m.entity_id, m.into_id))
    ), chain AS (
        SELECT entity_id, at FROM start
        UNION
        SELECT c.entity_id, m.into_id FROM chain c JOIN news.entity_merge m ON m.entity_id = c.at
    ), roots AS (
        SELECT c.entity_id, c.at AS root_id FROM chain c
        WHERE c.at <> c.entity_id
          AND NOT EXISTS (SELECT FROM news.entity_merge m WHERE m.entity_id = c.at AND m.into_id <> c.at)
    ), gone AS (
        DELETE FROM news.entity_root r WHERE NOT EXISTS (SELECT FROM roots WHERE roots.entity_id = r.entity_id)
        RETURNING r.entity_id
    ), put AS (
        INSERT INTO news.entity_root AS r (entity_id, root_id) SELECT entity_id, root_id FROM roots
        ON CONFLICT (entity_id) DO UPDATE SET root_id = excluded.root_id WHERE r.root_id <> excluded.root_id
        RETURNING r.entity_id
    ), days AS (
        SELECT DISTINCT f.day FROM news.fact f
        WHERE f.kind = 'entity' AND f.entity_id IN (SELECT entity_id FROM gone UNION SELECT entity_id FROM put)
    ), marked AS (
        INSERT INTO news.dirty_day (day, batch_id) SELECT day, marker FROM days ON CONFLICT DO NOTHING
    )
    SELECT day FROM days
$$;

CREATE FUNCTION news.refuse_merge_cycle() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('rasad.measure'));
    IF NEW.into_id <> NEW.entity_id AND EXISTS (
        WITH RECURSIVE chain (at) AS (
            SELECT NEW.into_id
            UNION
            SELECT m.into_id FROM chain JOIN news.entity_merge m ON m.entity_id = chain.at
        )
        SELECT FROM chain WHERE at = NEW.entity_id
    ) THEN
        RAISE EXCEPTION 'entity % cannot be merged into %: that one is merged into it already', NEW.entity_id, NEW.into_id
            USING HINT = 'Delete that row of news.entity_merge first, or merge the other way round.';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER refuse_cycle BEFORE INSERT OR UPDATE ON news.entity_merge
    FOR EACH ROW EXECUTE FUNCTION news.refuse_merge_cycle();

CREATE FUNCTION news.apply_merges() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('rasad.measure'));
    PERFORM news.resolve_entities('entity_merge');
    RETURN NULL;
END
$$;
CREATE TRIGGER apply AFTER INSERT OR UPDATE OR DELETE ON news.entity_merge
    FOR EACH STATEMENT EXECUTE FUNCTION news.apply_merges();

-- What was loaded before gets its standing as well.
INSERT INTO news.dirty_day SELECT DISTINCT day, 'migration 0006' FROM news.article WHERE day IS NOT NULL;
