-- The spellings of an entity are those of all that stand for it.
CREATE INDEX entity_root_root ON news.entity_root (root_id);
