CREATE VIEW mart.article_versions AS
SELECT a.article_id, a.url, a.source_id, s.name_ar AS source_ar, s.name_en AS source_en, s.country, v.version_id,
       v.day, v.day_basis, v.version_id = a.current_version AND v.day = a.day AS current,
       (SELECT count(*) FROM news.article_version o
        WHERE o.article_id = v.article_id
          AND (o.first_fetched_at, o.version_id, o.day) <= (v.first_fetched_at, v.version_id, v.day))::int AS version_no,
       v.first_fetched_at AS first_seen_at, v.last_fetched_at AS last_seen_at, v.published, v.published_at, v.updated,
       v.title, v.subtitle, nullif(v.text, '') AS text, v.authors, v.section, v.tags, v.live, v.text_key, a.story_id, v.extractors, v.backend
FROM news.article a
JOIN news.article_version v ON v.article_id = a.article_id
JOIN news.source s ON s.source_id = a.source_id;
COMMENT ON VIEW mart.article_versions IS 'Every version of every article as it was seen: another title or another text is another version. Counts are made over mart.articles, which has the current one alone.';
COMMENT ON COLUMN mart.article_versions.version_id IS 'Made from address, title and text: where old words stand again, it is the old version again.';
COMMENT ON COLUMN mart.article_versions.current IS 'Whether it is the one that stands now: the one seen last.';
COMMENT ON COLUMN mart.article_versions.version_no IS 'From 1, in the order in which they were first seen.';
COMMENT ON COLUMN mart.article_versions.first_seen_at IS 'When this version was first fetched; what stood before we looked is not known.';
COMMENT ON COLUMN mart.article_versions.last_seen_at IS 'When it was last fetched and still so.';
COMMENT ON COLUMN mart.article_versions.text_key IS 'Equal where two texts differ in spelling only; two versions with another title may share it.';
COMMENT ON COLUMN mart.article_versions.story_id IS 'The story of the current version.';
COMMENT ON COLUMN mart.article_versions.extractors IS 'Which extractors read it: kind of fact to version.';
COMMENT ON COLUMN mart.article_versions.backend IS 'What found names beside lexicon and rules, with its version.';
