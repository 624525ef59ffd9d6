-- Which entity each one stands for now, itself among them: unlike news.entity_root it has every entity, so that a question
-- for one begins with those that stand for it and finds their facts by index. Kept by triggers; nobody else writes it.
CREATE TABLE news.entity_identity (
    entity_id bigint PRIMARY KEY REFERENCES news.entity ON DELETE CASCADE,
    root_id bigint NOT NULL
);
COMMENT ON TABLE news.entity_identity IS 'Every entity, and the one that it stands for now: itself, or what news.entity_root says.';
INSERT INTO news.entity_identity
SELECT e.entity_id, coalesce(r.root_id, e.entity_id) FROM news.entity e LEFT JOIN news.entity_root r USING (entity_id);
CREATE INDEX entity_identity_root ON news.entity_identity (root_id);

CREATE FUNCTION news.identify() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO news.entity_identity SELECT entity_id, entity_id FROM fresh ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
CREATE TRIGGER identify AFTER INSERT ON news.entity REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION news.identify();

CREATE FUNCTION news.identify_root() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        UPDATE news.entity_identity SET root_id = entity_id WHERE entity_id = OLD.entity_id;
    ELSE
        UPDATE news.entity_identity SET root_id = NEW.root_id WHERE entity_id = NEW.entity_id;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER identify AFTER INSERT OR UPDATE OR DELETE ON news.entity_root
    FOR EACH ROW EXECUTE FUNCTION news.identify_root();

-- What somebody said is asked for by day, newest first.
CREATE INDEX fact_speaker ON news.fact (entity_id, day) WHERE kind IN ('quote', 'indirect_quote');
