CREATE VIEW mart.sources AS
SELECT s.source_id, s.name_ar, s.name_en, s.country, s.timezone, s.homepage, s.rights, s.enabled, s.reason,
       coalesce(a.articles, 0) AS articles, a.first_day, a.last_day,
       f.feeds, f.last_polled_at, f.problem
FROM news.source s
LEFT JOIN LATERAL (
    SELECT sum(d.articles)::int AS articles, min(d.day) AS first_day, max(d.day) AS last_day
    FROM news.source_day d WHERE d.source_id = s.source_id
) a ON true
LEFT JOIN LATERAL (
    SELECT count(*) FILTER (WHERE parent IS NULL)::int AS feeds, max(polled_at) AS last_polled_at,
           string_agg(problem, '; ' ORDER BY url) AS problem
    FROM news.feed d WHERE d.source_id = s.source_id
) f ON true;
COMMENT ON VIEW mart.sources IS 'Who is read: one row a publisher, with how much of it is here.';
COMMENT ON COLUMN mart.sources.rights IS 'What may be shown of its texts: full, snippet or facts.';
COMMENT ON COLUMN mart.sources.reason IS 'Why it is not polled, where it is not.';
COMMENT ON COLUMN mart.sources.problem IS 'What the last poll of its feeds ran into; null where all went well.';
COMMENT ON COLUMN mart.sources.articles IS 'Articles of it that are here.';
COMMENT ON COLUMN mart.sources.first_day IS 'The earliest day of publication among them.';
COMMENT ON COLUMN mart.sources.last_day IS 'The latest.';
COMMENT ON COLUMN mart.sources.feeds IS 'How many feeds and sitemaps its file names.';
COMMENT ON COLUMN mart.sources.last_polled_at IS 'When one of them was last asked.';

CREATE VIEW mart.articles AS
SELECT a.article_id, a.url, a.source_id, s.name_ar AS source_ar, s.name_en AS source_en, s.country, v.day, v.day_basis,
       v.published, v.published_at, v.updated, v.title, nullif(v.text, '') AS text, v.authors, v.section, v.tags,
       v.description, v.image, v.language, a.text_key, a.story_id, a.current_version AS version_id, a.first_seen_at,
       (SELECT count(*) FROM news.article_version o WHERE o.article_id = a.article_id)::int AS versions,
       p.gone_at, v.subtitle, v.live, v.kept
FROM news.article a
JOIN news.article_version v ON v.version_id = a.current_version AND v.day = a.day
JOIN news.source s ON s.source_id = a.source_id
LEFT JOIN news.page p ON p.url = a.url;
COMMENT ON VIEW mart.articles IS 'Articles as they stand now: one row an article, its current version.';
COMMENT ON COLUMN mart.articles.day IS 'The publisher''s local day of publication, or the day first seen: see day_basis.';
COMMENT ON COLUMN mart.articles.day_basis IS 'published, or seen where the page gave no plausible day.';
COMMENT ON COLUMN mart.articles.published IS 'As the page says: ISO 8601 with offset, or a bare date.';
COMMENT ON COLUMN mart.articles.published_at IS 'The same as a moment in UTC; null where the page gave no time.';
COMMENT ON COLUMN mart.articles.text IS 'The cleaned body; offsets of facts count its code points. Where kept says snippet, the sentences of its facts at their places and blanks between them; where it says facts, null.';
COMMENT ON COLUMN mart.articles.kept IS 'What the rights of its source let be kept of its text: full, snippet (the sentences of its facts) or facts (none of it).';
COMMENT ON COLUMN mart.articles.text_key IS 'Equal where two texts differ in spelling only: count(DISTINCT text_key) counts unique texts.';
COMMENT ON COLUMN mart.articles.story_id IS 'Equal for the same text on several sites, also shortened or under another title and lead: count(DISTINCT story_id) counts stories.';
COMMENT ON COLUMN mart.articles.versions IS 'How many versions were seen; more than 1 where the publisher changed it.';
COMMENT ON COLUMN mart.articles.updated IS 'When the page says it was last changed, written as published is.';
COMMENT ON COLUMN mart.articles.language IS 'ISO 639-1, as read from the text.';
COMMENT ON COLUMN mart.articles.version_id IS 'Which version is the current one: facts and quotes count into its text.';
COMMENT ON COLUMN mart.articles.first_seen_at IS 'When it was first fetched, in any version.';
COMMENT ON COLUMN mart.articles.subtitle IS 'The line under the title that explains it; no part of the text.';
COMMENT ON COLUMN mart.articles.live IS 'Whether it is a live blog: many dated entries, not one text.';
COMMENT ON COLUMN mart.articles.gone_at IS 'Since when its publisher has it no more; null while it stands. What was read of it stays.';
