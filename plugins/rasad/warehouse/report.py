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
        for title, title_ar, part in _PARTS:
            lines = part(cursor)
            say(f"\n{title} · {title_ar}")
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
        "SELECT day, articles, stories, round(expected::numeric, 1), round(score::numeric, 2), basis, "
        "coalesce(round(100 * coverage::numeric) || ' %', '-'), entity "
        "FROM mart.trending_entities WHERE day = (SELECT max(day) FROM mart.trending_entities) "
        "AND articles >= 2 AND score > 0 "
        "ORDER BY score DESC, entity LIMIT 5"
    )
    return _table(("day", "articles", "stories", "expected", "z", "basis", "press seen", "name"), cursor.fetchall())


def _tolls(cursor: Cursor) -> list[str]:
    cursor.execute(
        """
        SELECT min(day), max(day), sum(articles),
               string_agg(CASE WHEN first_value < max_value THEN first_value::bigint || '→' ELSE '' END
                          || max_value::bigint, ' ' ORDER BY day), place
        FROM mart.casualties
        WHERE role = 'killed' AND place_id IS NOT NULL AND day > (SELECT max(day) FROM news.source_day) - 42
        GROUP BY place_id, place
        HAVING count(*) > 1
        ORDER BY sum(articles) DESC, place LIMIT 5
        """
    )
    rows = cursor.fetchall()
    header = ("from", "to", "articles", "first and highest toll of each day", "place")
    return _table(header, rows) or ["no place has a toll on more than one day"]


def _corrections(cursor: Cursor) -> list[str]:
    cursor.execute(
        """
        SELECT a.day, a.source_id, c.old_surface, c.surface, a.title
        FROM mart.fact_changes c JOIN mart.articles a USING (article_id)
        WHERE c.kind = 'quantity' AND c.change = 'changed' AND c.field = 'body'
        ORDER BY a.day DESC, c.article_id, c.start_offset LIMIT 5
        """
    )
    rows = cursor.fetchall()
    return [f"{day}  {source}  {_cell(title)}: {old} ← {new}" for day, source, old, new, title in rows] or [
        "no number was corrected"
    ]


def _speakers(cursor: Cursor) -> list[str]:
    cursor.execute(
        """
        WITH busiest AS (
            SELECT speaker_id, speaker, sum(quotes) AS quotes, sum(articles) AS articles
            FROM mart.speaker_days
            WHERE speaker_type = 'PER' AND day > (SELECT max(day) FROM news.source_day) - 7
            GROUP BY speaker_id, speaker ORDER BY quotes DESC, speaker LIMIT 5
        )
        SELECT b.quotes, b.articles, q.day, q.source_id, b.speaker, q.quote
        FROM busiest b
        JOIN LATERAL (
            SELECT * FROM mart.quotes q WHERE q.speaker_id = b.speaker_id AND NOT q.indirect
            ORDER BY q.day DESC, q.article_id, q.start_offset LIMIT 1
        ) q ON true
        ORDER BY b.quotes DESC, b.speaker
        """
    )
    rows = [(*numbers, f"{who}: «{_short(_cell(quote), 70)}»") for *numbers, who, quote in cursor.fetchall()]
    return _table(("quotes", "articles", "latest", "source", "name and latest words"), rows)


def _ahead(cursor: Cursor) -> list[str]:
    cursor.execute(
        """
        SELECT e.first_day, e.articles, e.sources, d.context
        FROM mart.expected_days e
        JOIN LATERAL (
            SELECT context FROM mart.dates_ahead d
            WHERE (d.first_day, d.last_day) = (e.first_day, e.last_day) AND d.field = 'body' AND d.context IS NOT NULL
            ORDER BY d.day, d.article_id, d.start_offset LIMIT 1
        ) d ON true
        WHERE e.first_day = e.last_day AND e.first_day > (SELECT max(day) FROM news.source_day)
        ORDER BY e.articles DESC, e.first_day LIMIT 5
        """
    )
    rows = [(*numbers, _short(_cell(context), 90)) for *numbers, context in cursor.fetchall()]
    return _table(("day", "articles", "sources", "as it was first announced"), rows)


def _evidence(cursor: Cursor) -> list[str]:
    cursor.execute(
        """
        SELECT f.url, f.start_offset, f.end_offset, f.value, f.value_max, coalesce(f.currency, f.unit_key, f.unit),
               f.role, f.surface, v.text
        FROM mart.facts f JOIN mart.articles v USING (article_id)
        WHERE f.kind = 'quantity' AND f.field = 'body' AND v.kept = 'full'
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


_PARTS: tuple[tuple[str, str, Callable[[Cursor], list[str]]], ...] = (
    ("What the last run brought", "ما جلبه آخر تشغيل", _last_run),
    ("Articles by source", "المقالات بحسب المصدر", _sources),
    ("What became of every address", "مصير كل عنوان", _outcomes),
    ("Facts by kind", "الحقائق بحسب نوعها", _kinds),
    ("Most mentioned in the last seven days", "الأكثر ذكرا في سبعة أيام", _entities),
    ("Rising on the last day", "الصاعد في اليوم الأخير", _rising),
    ("Killed, by place and day", "القتلى بحسب المكان واليوم", _tolls),
    ("Numbers corrected by their publishers", "أرقام صححها ناشروها", _corrections),
    ("Most quoted in the last seven days", "الأكثر تصريحا في سبعة أيام", _speakers),
    ("Days ahead", "أيام منتظرة", _ahead),
    ("One fact in its sentence", "حقيقة في جملتها", _evidence),
    ("How long the last run took, all sources together", "زمن آخر تشغيل لكل المصادر معا", _stages),
)
