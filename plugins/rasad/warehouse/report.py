"""The warehouse in one screen, for a reader at a terminal."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from psycopg2.extensions import cursor as Cursor

from rasad.warehouse.connection import connect, shown

# Arabic goes last in each line: a terminal that knows no bidirectional text then still keeps the columns.


def report(dsn: str, say: Callable[[str], None] = print) -> list[str]:
    """Print what the warehouse holds; returns the names of the parts that came out empty."""
    empty: list[str] = []
    with connect(dsn) as link, link.cursor() as cursor:
        for title, part in _PARTS:
            lines = part(cursor)
            say(f"\n{title}")
            for line in lines or ["(nothing)"]:
                say(f"  {line}")
            if not lines:
                empty.append(title)
    say(f"\nThe warehouse is {shown(dsn)}, schema mart. To go on:")
    say("  make up                                      the whole of Airflow, in your browser")
    say('  .venv/bin/python -m rasad sql "SELECT …"      (with PYTHONPATH=plugins) any question to schema mart')
    say("  make test                                    the proof")
    return empty


def _table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """Columns as wide as their widest cell, but for the last."""
    cells = [[_cell(value) for value in row] for row in rows]
    if not cells:
        return []
    widths = [max(len(row[i]) for row in [list(header), *cells]) for i in range(len(header) - 1)]
    return [
        "  ".join([*(v.rjust(w) for v, w in zip(row, widths, strict=False)), row[-1]]) for row in [list(header), *cells]
    ]


def _cell(value: object) -> str:
    if value is None:
        return ""
    return f"{value:.2f}" if isinstance(value, float) else " ".join(str(value).split())


def _outcomes(cursor: Cursor) -> list[str]:
    cursor.execute(
        "SELECT count(*), outcome, coalesce(min(reason), '') FROM mart.outcomes WHERE kind = 'page' "
        "GROUP BY outcome ORDER BY 1 DESC, 2"
    )
    return _table(("pages", "outcome", "reason (one of them)"), cursor.fetchall())


def _sources(cursor: Cursor) -> list[str]:
    cursor.execute(
        "SELECT articles, first_day, last_day, country, source_id, name_ar FROM mart.sources "
        "WHERE articles > 0 ORDER BY articles DESC, source_id LIMIT 15"
    )
    return _table(("articles", "from", "to", "country", "source", "name"), cursor.fetchall())


def _kinds(cursor: Cursor) -> list[str]:
    cursor.execute(
        "SELECT count(*), count(DISTINCT article_id), kind FROM mart.facts GROUP BY kind ORDER BY 1 DESC, kind"
    )
    return _table(("facts", "articles", "kind"), cursor.fetchall())


def _entities(cursor: Cursor) -> list[str]:
    cursor.execute(
        """
        WITH last AS (SELECT max(day) AS day FROM news.source_day)
        SELECT sum(d.mentions) AS mentions, sum(d.articles), sum(d.stories), d.entity_type,
               string_agg(d.articles::text, ' ' ORDER BY d.day) AS days,
               round(max(t.score)::numeric, 2) AS score, coalesce(max(t.basis), ''), d.entity
        FROM last
        JOIN mart.entity_days d ON d.day > last.day - 7
        LEFT JOIN mart.trending_entities t ON t.entity_id = d.entity_id AND t.day = last.day
        GROUP BY d.entity_id, d.entity, d.entity_type
        ORDER BY mentions DESC, d.entity LIMIT 10
        """
    )
    header = ("mentions", "articles", "stories", "type", "articles by day", "trend z", "basis", "name")
    return _table(header, cursor.fetchall())


def _rising(cursor: Cursor) -> list[str]:
    cursor.execute(
        "SELECT day, articles, round(expected::numeric, 1), round(score::numeric, 2), basis, entity "
        "FROM mart.trending_entities WHERE day = (SELECT max(day) FROM mart.trending_entities) "
        "AND articles >= 2 AND score > 0 "
        "ORDER BY score DESC, entity LIMIT 5"
    )
    return _table(("day", "articles", "expected", "z", "basis", "name"), cursor.fetchall())


def _quotes(cursor: Cursor) -> list[str]:
    cursor.execute(
        "SELECT q.day, q.source_id, coalesce(q.speaker_name, q.speaker), q.quote FROM mart.quotes q "
        "JOIN mart.articles a USING (article_id) WHERE NOT q.indirect AND q.speaker IS NOT NULL "
        "ORDER BY a.published_at DESC NULLS LAST, q.article_id, q.start_offset LIMIT 5"
    )
    return [
        f"{day}  {source}  {_cell(who)}: «{_short(_cell(quote), 100)}»" for day, source, who, quote in cursor.fetchall()
    ]


def _evidence(cursor: Cursor) -> list[str]:
    cursor.execute(
        """
        SELECT f.url, f.start_offset, f.end_offset, f.value, f.value_max, coalesce(f.currency, f.unit_key, f.unit),
               f.role, f.surface, v.text
        FROM mart.facts f JOIN mart.articles v USING (article_id)
        WHERE f.kind = 'quantity' AND f.field = 'body'
        ORDER BY f.role IS NULL, f.day DESC, f.article_id, f.start_offset LIMIT 1
        """
    )
    row = cursor.fetchone()
    if row is None:
        return []
    url, start, end, value, value_max, unit, role, surface, text = row
    if text[start:end] != surface:
        return []  # a fact that cannot be shown in the article's own words is no fact
    amount = _number(value) if value_max is None else f"{_number(value)} to {_number(value_max)}"
    what = " ".join(filter(None, (amount, unit, role and f"({role})")))
    left, right = _sentence(text, start, end)
    return [
        f"quantity {what}, code points {start} to {end} of {url}",
        _cell(f"{text[left:start]}⟦{surface}⟧{text[end:right]}"),
    ]


_END = re.compile(r"[.؟!](?=\s|$)|\n")  # a point within a number ends nothing


def _sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """Where the sentence around text[start:end] begins and ends; never across paragraphs."""
    left = max((found.end() for found in _END.finditer(text, 0, start)), default=0)
    right = _END.search(text, end)
    return left, right.end() if right else len(text)


def _number(value: float) -> str:
    return f"{value:,.0f}" if value.is_integer() else f"{value:,.10g}"


def _last_run(cursor: Cursor) -> list[str]:
    cursor.execute(
        """
        SELECT r.run_id, coalesce(sum(b.new_articles), 0), coalesce(sum(b.new_versions - b.new_articles), 0),
               coalesce(sum(b.facts), 0)
        FROM (SELECT run_id FROM news.run ORDER BY planned_at DESC LIMIT 1) r LEFT JOIN news.batch b USING (run_id)
        GROUP BY r.run_id
        """
    )
    row = cursor.fetchone()
    if row is None:
        return []
    run, articles, changed, facts = row
    if not articles and not changed:
        return [f"nothing new: the warehouse holds all of it already ({run})"]
    return [f"{articles} new articles, {changed} changed ones, {facts} facts ({run})"]


def _stages(cursor: Cursor) -> list[str]:
    cursor.execute(
        """
        SELECT count(DISTINCT source_id), sum(items), round(sum(seconds)::numeric, 1),
               round(max(seconds)::numeric, 1), stage
        FROM mart.runs
        WHERE run_id = (SELECT run_id FROM mart.runs WHERE stage IS NOT NULL ORDER BY planned_at DESC LIMIT 1)
          AND stage IS NOT NULL
        GROUP BY stage ORDER BY array_position(ARRAY['discover', 'fetch', 'clean', 'extract', 'load'], stage)
        """
    )
    return _table(("sources", "items", "seconds", "slowest", "stage"), cursor.fetchall())


def _short(text: str, length: int) -> str:
    return text if len(text) <= length else text[:length].rsplit(" ", 1)[0] + " …"


_PARTS: tuple[tuple[str, Callable[[Cursor], list[str]]], ...] = (
    ("What the last run brought", _last_run),
    ("Articles by source", _sources),
    ("What became of every address", _outcomes),
    ("Facts by kind", _kinds),
    ("Most mentioned in the last seven days", _entities),
    ("Rising on the last day", _rising),
    ("Latest quotes", _quotes),
    ("One fact in its sentence", _evidence),
    ("How long the last run took, all sources together", _stages),
)
