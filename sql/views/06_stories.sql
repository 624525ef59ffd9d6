-- A story's first report is the article that no other one of it comes before. Asked in that way, and not by numbering all
-- articles, a question about some days reads those days.
CREATE VIEW mart.first_reports AS
SELECT a.story_id, a.day, a.article_id, a.url, a.source_id, s.name_ar AS source_ar, s.name_en AS source_en, s.country,
       v.title, v.published_at, a.first_seen_at,
       CASE WHEN v.published_at IS NOT NULL THEN 'published' ELSE 'seen' END AS basis,
       n.next_source_id, n.next_source_ar, n.next_published_at, n.next_published_at - v.published_at AS lead,
       o.tied_sources, o.untimed_articles, o.sources, o.articles, o.texts
FROM news.article a
JOIN news.article_version v ON v.version_id = a.current_version AND v.day = a.day
JOIN news.source s ON s.source_id = a.source_id
CROSS JOIN LATERAL (
    SELECT count(DISTINCT b.source_id) FILTER (WHERE b.source_id <> a.source_id AND bv.published_at = v.published_at)::int
               AS tied_sources,
           count(*) FILTER (WHERE bv.published_at IS NULL)::int AS untimed_articles,
           count(DISTINCT b.source_id)::int AS sources, count(*)::int AS articles,
           count(DISTINCT b.text_key)::int AS texts
    FROM news.article b
    JOIN news.article_version bv ON bv.version_id = b.current_version AND bv.day = b.day
    WHERE b.story_id = a.story_id
) o
LEFT JOIN LATERAL (
    SELECT b.source_id AS next_source_id, bs.name_ar AS next_source_ar, bv.published_at AS next_published_at
    FROM news.article b
    JOIN news.article_version bv ON bv.version_id = b.current_version AND bv.day = b.day
    JOIN news.source bs ON bs.source_id = b.source_id
    WHERE b.story_id = a.story_id AND b.source_id <> a.source_id AND bv.published_at IS NOT NULL
    ORDER BY bv.published_at, b.first_seen_at, b.article_id
    LIMIT 1
) n ON true
WHERE NOT EXISTS (
    SELECT FROM news.article b
    JOIN news.article_version bv ON bv.version_id = b.current_version AND bv.day = b.day
    WHERE b.story_id = a.story_id
      AND (coalesce(bv.published_at, 'infinity'), b.first_seen_at, b.article_id)
          < (coalesce(v.published_at, 'infinity'), a.first_seen_at, a.article_id)
);
COMMENT ON VIEW mart.first_reports IS 'Who had each story first: by the time that the pages give, then by when we saw them. Ask for days: WHERE day BETWEEN … AND …. Sure where sources > 1, tied_sources = 0 and untimed_articles = 0.';
COMMENT ON COLUMN mart.first_reports.day IS 'Day of the first report.';
COMMENT ON COLUMN mart.first_reports.article_id IS 'The first report.';
COMMENT ON COLUMN mart.first_reports.source_id IS 'Who had it first.';
COMMENT ON COLUMN mart.first_reports.published_at IS 'When its page says it was published; null where no page of the story gives a time.';
COMMENT ON COLUMN mart.first_reports.first_seen_at IS 'When it was first fetched: later than it was published, by as much as lay between two looks.';
COMMENT ON COLUMN mart.first_reports.basis IS 'published: first by the times that the pages give. seen: none gives one, and it is the first that we saw.';
COMMENT ON COLUMN mart.first_reports.next_source_id IS 'The next other source that gives a time; null where there is none.';
COMMENT ON COLUMN mart.first_reports.next_source_ar IS 'Its name in Arabic.';
COMMENT ON COLUMN mart.first_reports.next_published_at IS 'When that one published it.';
COMMENT ON COLUMN mart.first_reports.lead IS 'How far ahead of that one it was; zero is a tie.';
COMMENT ON COLUMN mart.first_reports.tied_sources IS 'Other sources that give the very same time: above 0, first is whom we saw first.';
COMMENT ON COLUMN mart.first_reports.untimed_articles IS 'Articles of the story whose pages give no time: each may have been before it.';
COMMENT ON COLUMN mart.first_reports.sources IS 'How many sources carry the story.';
COMMENT ON COLUMN mart.first_reports.articles IS 'Articles of the story.';
COMMENT ON COLUMN mart.first_reports.texts IS 'Unique texts among them.';

CREATE VIEW mart.stories AS
SELECT f.story_id, f.day, f.title, f.article_id AS first_article_id, f.url AS first_url, f.source_id AS first_source_id,
       f.source_ar AS first_source_ar, f.source_en AS first_source_en, f.published_at AS first_published_at,
       l.last_published_at, l.first_day, l.last_day, f.sources, f.articles, f.texts, l.source_ids
FROM mart.first_reports f
CROSS JOIN LATERAL (
    SELECT max(v.published_at) AS last_published_at, min(a.day) AS first_day, max(a.day) AS last_day,
           array_agg(DISTINCT a.source_id ORDER BY a.source_id) AS source_ids
    FROM news.article a
    JOIN news.article_version v ON v.version_id = a.current_version AND v.day = a.day
    WHERE a.story_id = f.story_id
) l;
COMMENT ON VIEW mart.stories IS 'One row a story: the same text on several sites, also shortened or under another title. Two papers that tell of one event in their own words are two stories. Ask for days.';
COMMENT ON COLUMN mart.stories.day IS 'Day of its first report.';
COMMENT ON COLUMN mart.stories.title IS 'Title of its first report.';
COMMENT ON COLUMN mart.stories.first_article_id IS 'Its first report: mart.first_reports says how sure that is.';
COMMENT ON COLUMN mart.stories.first_url IS 'Address of the first report.';
COMMENT ON COLUMN mart.stories.first_source_id IS 'Who had it first.';
COMMENT ON COLUMN mart.stories.first_source_ar IS 'Their name in Arabic.';
COMMENT ON COLUMN mart.stories.first_source_en IS 'Their name in English.';
COMMENT ON COLUMN mart.stories.first_published_at IS 'The earliest time that one of its pages gives; null where none gives one.';
COMMENT ON COLUMN mart.stories.last_published_at IS 'The latest such time.';
COMMENT ON COLUMN mart.stories.first_day IS 'The earliest day among its articles.';
COMMENT ON COLUMN mart.stories.last_day IS 'The latest.';
COMMENT ON COLUMN mart.stories.sources IS 'How many sources carry it.';
COMMENT ON COLUMN mart.stories.articles IS 'Articles of it.';
COMMENT ON COLUMN mart.stories.texts IS 'Unique texts among them.';
COMMENT ON COLUMN mart.stories.source_ids IS 'Which sources carry it.';
