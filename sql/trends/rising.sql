-- What is rising on a day against the weeks before, and how far can that be trusted?
-- ما الذي يصعد في يوم قياسا إلى الأسابيع التي قبله، وإلى أي حد يوثق بذلك؟
-- :day      date =             the day; empty: the last that was measured
-- :type     text =             PER, ORG or LOC; empty: all
-- :least    integer = 2        articles that must name it
-- :most     integer = 20       rows
-- score     z of the log-odds: above 1.96 hardly chance
-- basis     full baseline, short baseline or no baseline
-- expected  articles a day before
-- articles  articles that name it
-- texts     different texts among them
-- stories   stories among them
-- entity    who or what
SELECT round(score::numeric, 2) AS score, basis, round(expected::numeric, 1) AS expected, articles, texts, stories, entity
FROM mart.trending_entities
WHERE day = coalesce(nullif(:'day', '')::date, (SELECT max(day) FROM mart.trending_entities))
  AND entity_type = coalesce(nullif(:'type', ''), entity_type)
  AND articles >= :'least'::int
ORDER BY score DESC, entity
LIMIT :'most'::int
