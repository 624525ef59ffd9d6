-- Measuring finds the articles of a story by its id.
CREATE INDEX article_story ON news.article (story_id);
