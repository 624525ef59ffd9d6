-- What found names beside the rules. Null on what was read before it was recorded: reextract_facts reads that anew.
ALTER TABLE news.article_version ADD COLUMN backend text;
ALTER TABLE news.fact ADD COLUMN backend text;
COMMENT ON COLUMN news.article_version.backend IS 'Name and version of what found names beside the rules when it was read.';
COMMENT ON COLUMN news.fact.backend IS 'The same, on names: those whose details say model are its own.';
