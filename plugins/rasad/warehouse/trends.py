"""What crosses sources and days: entities, stories, roll-ups and trends. One writer at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date, timedelta
from pathlib import Path

from psycopg2.extensions import cursor as Cursor
from psycopg2.extras import execute_values

from rasad.settings import ROOT
from rasad.warehouse import bursts, press, registry, stories
from rasad.warehouse.connection import connect
from rasad.warehouse.press import WINDOW, Counts

ROLLUPS = ROOT / "sql" / "rollups"
BASELINES = ROOT / "sql" / "baselines"
# Days whose baselines hold a day: those after it and, where fewer than 14 lie before them, those before it.
AFTER, BEFORE = 34, 13
_DAY = timedelta(days=1)


def measure(dsn: str, folder: Path = ROLLUPS) -> list[date]:
    """Measure every dirty day, oldest first, each in one transaction; returns the days. Then the trends of all days
    that rest on them, once each.

    A day's marks are deleted first and the day is recomputed from what is committed by then, never by adding
    a delta; other days whose stories this changes count them anew, and days whose entities it joins or parts are
    measured anew. A mark that comes meanwhile is another row, and stays for the next call. A day under a second
    measuring waits for the first (advisory lock), so that the result does not depend on who came first. Which trends
    are stale is marked in the transaction of the day, so that a call that dies leaves them to the next.
    """
    statements = [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.sql"))]
    # Those that count stories.
    counts = [(folder / name).read_text(encoding="utf-8") for name in ("03_source_day.sql", "05_entity_day.sql")]
    done: list[date] = []
    measured: set[date] = set()
    with connect(dsn) as link:
        with link.cursor() as cursor:
            # Only one measures at a time, so in memory; a merge would sort five weeks' phrases for those of a day.
            cursor.execute("SET work_mem = '32MB'; SET enable_mergejoin = off")
        while True:
            with link.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(hashtext('rasad.measure'))")
                cursor.execute("SELECT min(day) FROM news.dirty_day WHERE day <> ALL (%s)", (done,))
                (day,) = cursor.fetchone() or (None,)
                if day is None:
                    link.commit()
                    break
                cursor.execute("DELETE FROM news.dirty_day WHERE day = %s", (day,))
                others = stories.join(cursor, day)
                joined = registry.register(cursor, day)
                before = _counts(cursor, day)
                for statement in statements:
                    cursor.execute(statement, {"day": day})
                for other in sorted(others):
                    stood = _counts(cursor, other)
                    for statement in counts:
                        cursor.execute(statement, {"day": other})
                    if _counts(cursor, other) != stood:
                        _mark_stale(cursor, other)
                if _counts(cursor, day) != before or _blind(cursor, day, day):
                    watch_press(cursor, day)
            link.commit()
            done = [other for other in (*done, day) if other not in joined]
            measured.add(day)
        while True:
            with link.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(hashtext('rasad.measure'))")
                cursor.execute("SELECT min(day) FROM news.stale_trend")
                (stale,) = cursor.fetchone() or (None,)
                if stale is not None:
                    cursor.execute("DELETE FROM news.stale_trend WHERE day = %s", (stale,))
                    refresh(cursor, stale)
            link.commit()
            if stale is None:
                return sorted(measured)


_COUNTS = " UNION ALL ".join(
    f"SELECT sum(hashtextextended(t::text, 0)) FROM news.{table} t WHERE day = %(day)s"
    for table in ("source_day", "source_hour", "entity_source_day", "entity_day", "phrase_day", "topic_day")
)


def _counts(cursor: Cursor, day: date) -> list[tuple[object, ...]]:
    """What tells a day's roll-ups from others: trends rest on nothing else of it."""
    cursor.execute(_COUNTS, {"day": day})
    return cursor.fetchall()


def watch_press(cursor: Cursor, changed: date) -> None:
    """What was expected and seen of each source, on each day that a changed one bears on; marks the trends that rest on
    it as stale.

    The last day before it is one of them: it is over once there is a day after it.
    """
    cursor.execute("SELECT min(day), max(day), max(day) FILTER (WHERE day < %s) FROM news.source_day", (changed,))
    oldest, newest, previous = cursor.fetchone() or (None, None, None)
    first, last = previous or changed, changed + WINDOW * _DAY
    days = _source_days(cursor, first - WINDOW * _DAY, last)
    blind = _blind(cursor, first, last)
    cursor.execute(
        "DELETE FROM news.source_press WHERE day BETWEEN %s AND %s RETURNING day, source_id, expected, coverage, "
        "missing_hours",
        (first, last),
    )
    before = {(day, source): (expected, share, tuple(hours)) for day, source, expected, share, hours in cursor}
    after: dict[tuple[date, str], tuple[float, float, tuple[int, ...]]] = {}
    if newest is not None and oldest is not None:
        for day in _range(max(first, oldest), min(last, newest)):
            at = 23
            if day == newest:
                at = max((max(c[day].hours or {23: 0}) for c in days.values() if day in c), default=23)
            for source, counts in days.items():
                seen = press.seen(counts, day, at, blind.get((source, day), frozenset()))
                if seen is not None:
                    after[day, source] = (round(seen.expected, 2), round(seen.coverage, 3), seen.missing_hours)
    execute_values(
        cursor,
        "INSERT INTO news.source_press (day, source_id, expected, coverage, missing_hours) VALUES %s",
        [(day, source, *row[:2], list(row[2])) for (day, source), row in sorted(after.items())],
        template="(%s, %s, %s, %s, %s::smallint[])",
        page_size=1000,
    )
    gaps = {day for rows in (before, after) for (day, _), row in rows.items() if row[1] < 1}
    moved = {key[0] for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    _mark_stale(cursor, changed, moved, moved & gaps)


def _mark_stale(cursor: Cursor, changed: date, moved: Collection[date] = (), gapped: Collection[date] = ()) -> None:
    """Mark the trends that rest on a day's counts, on days of which more or less is known to be missing (`gapped`), and
    of days of which something else was expected (`moved`)."""
    stale = {other for day in {changed, *gapped} for other in _range(day - BEFORE * _DAY, day + AFTER * _DAY)}
    cursor.execute(
        """
        INSERT INTO news.stale_trend
        SELECT d.day FROM (SELECT DISTINCT day FROM news.source_day WHERE day = ANY (%(stale)s)) d
        WHERE d.day >= %(changed)s OR d.day = ANY (%(moved)s) OR (
            SELECT count(DISTINCT o.day) FROM news.source_day o WHERE o.day BETWEEN d.day - 34 AND d.day - 7) < 28
        UNION SELECT %(changed)s
        ON CONFLICT DO NOTHING
        """,
        {"stale": sorted(stale.union(moved)), "changed": changed, "moved": sorted(moved)},
    )


def _source_days(cursor: Cursor, first: date, last: date) -> dict[str, dict[date, Counts]]:
    cursor.execute(
        "SELECT source_id, day, hour, articles FROM news.source_hour WHERE day BETWEEN %s AND %s", (first, last)
    )
    hours: dict[tuple[str, date], dict[int, int]] = defaultdict(dict)
    for source, day, hour, articles in cursor:
        hours[source, day][hour] = articles
    cursor.execute("SELECT source_id, day, articles FROM news.source_day WHERE day BETWEEN %s AND %s", (first, last))
    out: dict[str, dict[date, Counts]] = defaultdict(dict)
    for source, day, articles in cursor:
        out[source][day] = Counts(articles, hours.get((source, day)))
    return out


def _blind(cursor: Cursor, first: date, last: date) -> dict[tuple[str, date], frozenset[int]]:
    """The hours of the publisher's clock in which no feed of a source answered, of times that lasted for hours."""
    cursor.execute(
        """
        SELECT source_id, at::date, array_agg(DISTINCT extract(hour FROM at)::int)
        FROM (
            SELECT b.source_id, h AT TIME ZONE s.timezone AS at
            FROM news.source_blind b
            JOIN news.source s USING (source_id)
            CROSS JOIN generate_series(
                greatest(date_trunc('hour', b.since), %(first)s::date - interval '1 day'),
                least(coalesce(b.until, now()), %(last)s::date + interval '2 days') - interval '1 hour',
                interval '1 hour'
            ) h
            WHERE coalesce(b.until, now()) - b.since > interval '2 hours'
        ) hours
        WHERE at::date BETWEEN %(first)s AND %(last)s
        GROUP BY 1, 2
        """,
        {"first": first, "last": last},
    )
    return {(source, day): frozenset(hours) for source, day, hours in cursor}


def _range(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += _DAY


def refresh(cursor: Cursor, day: date, folder: Path = BASELINES) -> None:
    """The trends of a day, out of the roll-ups around it."""
    for path in sorted(folder.glob("*.sql")):
        cursor.execute(path.read_text(encoding="utf-8"), {"day": day})
    bursts.mark(cursor, day, "news.entity_trend", "news.entity_day", "entity_id")
    bursts.mark(cursor, day, "news.item_trend", "news.item_day", "kind, key")
