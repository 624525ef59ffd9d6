-- Where do publishers give different tolls of one place on one day?
-- أين تختلف الحصائل بين الناشرين في المكان نفسه واليوم نفسه؟
-- :day       date =        the day; empty: the last that was measured
-- :least     integer = 2   publishers that give one
-- role       killed, injured, missing, detained or displaced
-- lowest     the lowest that stands
-- highest    the highest that stands
-- tolls      different numbers
-- sources    publishers that give one
-- latest     the latest
-- place      where
SELECT role, min_value AS lowest, max_value AS highest, tolls, sources, latest_value AS latest, place
FROM mart.casualties
WHERE day = coalesce(nullif(:'day', '')::date, (SELECT max(last_day) FROM mart.sources))
  AND tolls > 1 AND sources >= :'least'::int AND place_id IS NOT NULL
ORDER BY max_value - min_value DESC, place, role
