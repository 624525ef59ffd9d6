CREATE VIEW mart.phrases AS
SELECT day, article_id, url, source_id, source_ar, source_en, country, field, start_offset, end_offset,
       surface AS phrase, label AS phrase_key, value AS score, details ->> 'frequencies' AS frequencies, text_key, story_id
FROM mart.facts WHERE kind = 'keyphrase';
COMMENT ON VIEW mart.phrases IS 'The phrases that tell what an article is about, each where it first stands.';
COMMENT ON COLUMN mart.phrases.phrase IS 'As it stands there.';
COMMENT ON COLUMN mart.phrases.phrase_key IS 'Folded: equal where two spellings are one phrase. To count, group by it.';
COMMENT ON COLUMN mart.phrases.score IS 'How much it tells of the article; comparable within one article.';
COMMENT ON COLUMN mart.phrases.frequencies IS 'The table of frequencies that it was weighed by.';
