"""How the warehouse does, in figures for monitors and for the metrics of a run."""

from __future__ import annotations

from psycopg2.extensions import cursor as Cursor

from rasad.model import Json

_QUERY = """
WITH due AS (
    SELECT count(*) AS pages, extract(epoch FROM now() - min(p.next_look_at))::float8 AS oldest
    FROM news.page p JOIN news.source s ON s.source_id = p.source_id AND s.enabled
    WHERE p.next_look_at <= now()
), lately AS (
    SELECT count(*) AS articles,
           percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY
               CASE WHEN v.day_basis = 'published' AND v.published_at <= a.loaded_at
                    THEN extract(epoch FROM a.loaded_at - v.published_at)::float8 END) AS lags
    FROM news.article a
    JOIN news.article_version v ON v.version_id = a.current_version AND v.day = a.day
    WHERE a.loaded_at > now() - interval '24 hours' AND a.first_seen_at > now() - interval '24 hours'
      AND v.published_at > now() - interval '48 hours'  -- what is older came by an archive
), outcomes AS (
    SELECT coalesce(jsonb_object_agg(outcome, pages), '{}') AS pages
    FROM (SELECT outcome, count(*) AS pages FROM news.page
          WHERE settled_at > now() - interval '1 hour' GROUP BY outcome) settled
), sources AS (
    SELECT coalesce(jsonb_object_agg(state, ids), '{}') AS states
    FROM (SELECT state, jsonb_agg(source_id ORDER BY source_id) AS ids FROM mart.source_health GROUP BY state) each
)
SELECT due.pages, coalesce(due.oldest, 0), lately.articles, lately.lags[1], lately.lags[2], outcomes.pages,
       sources.states, (SELECT extract(epoch FROM now() - max(planned_at))::float8 FROM news.run)
FROM due, lately, outcomes, sources
"""


def health(cursor: Cursor) -> Json:
    """Figures of now:

    - `due_pages` of sources that are enabled, and `oldest_due_seconds` since the first of them was due (0: none is);
    - `fresh_articles` that were first read in the last 24 hours and published at most a day before that, and
      `latency_p50_seconds`, `latency_p95_seconds` from publication to the load (None: no article says when);
    - `settled_last_hour`: pages by outcome;
    - `sources`: ids by state, as mart.source_health has it;
    - `last_run_seconds` since the last run was planned (None: never).

    Raises psycopg2.Error.
    """
    cursor.execute(_QUERY)
    due, oldest, fresh, p50, p95, settled, states, last_run = cursor.fetchall()[0]
    return {
        "due_pages": due,
        "oldest_due_seconds": oldest,
        "fresh_articles": fresh,
        "latency_p50_seconds": p50,
        "latency_p95_seconds": p95,
        "settled_last_hour": settled,
        "sources": states,
        "last_run_seconds": last_run,
    }
