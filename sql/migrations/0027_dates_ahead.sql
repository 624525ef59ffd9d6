-- What the press expects from a day on is found among the dates ahead, not among all that were ever written.
CREATE INDEX fact_ahead ON news.fact (first_day) WHERE kind = 'date' AND first_day > day;
