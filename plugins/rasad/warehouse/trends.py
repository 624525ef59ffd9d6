"""What crosses sources and days: entities, stories, roll-ups and trends. One writer at a time."""

from __future__ import annotations

import io
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path

from psycopg2.extensions import cursor as Cursor
from psycopg2.extras import execute_values

from rasad.settings import ROOT
from rasad.warehouse import bursts, press, registry, stories
from rasad.warehouse.connection import connect
from rasad.warehouse.press import WINDOW, Counts, Seen

ROLLUPS = ROOT / "sql" / "rollups"
FULL_BASELINE = 14  # days; with fewer, log-odds stand in for z
LEAST_COVERAGE = 0.5  # of a day's expected press, for the day to be a baseline
_BATCH = 29  # days of trends in one transaction
_STRANGER = 10  # articles of a source that the habit of all the press weighs as much as
_WEEKDAY = 10  # articles that the habit of all weekdays weighs as much as, beside that of one
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
    counts = (folder / "05_entity_day.sql").read_text(encoding="utf-8")  # the one that counts stories
    done: list[date] = []
    measured: set[date] = set()
    with connect(dsn) as link:
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
                for statement in statements:
                    cursor.execute(statement, {"day": day})
                for other in sorted(others):
                    cursor.execute(counts, {"day": other})
                watch_press(cursor, day)
            link.commit()
            done = [other for other in (*done, day) if other not in joined]
            measured.add(day)
        while True:
            with link.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(hashtext('rasad.measure'))")
                cursor.execute("SELECT day FROM news.stale_trend ORDER BY day LIMIT %s", (_BATCH,))
                stale = [day for (day,) in cursor]
                if not stale:
                    link.commit()
                    return sorted(measured)
                cursor.execute("DELETE FROM news.stale_trend WHERE day = ANY (%s)", (stale,))
                refresh(cursor, stale)
            link.commit()


def watch_press(cursor: Cursor, changed: date) -> None:
    """What was expected and seen of each source, on each day that a changed one bears on; marks the trends that rest on
    it as stale.

    The last day before it is one of them: it is over once there is a day after it.
    """
    cursor.execute("SELECT min(day), max(day), max(day) FILTER (WHERE day < %s) FROM news.source_day", (changed,))
    oldest, newest, previous = cursor.fetchone() or (None, None, None)
    first, last = previous or changed, changed + WINDOW * _DAY
    days = _source_days(cursor, first - WINDOW * _DAY, last)
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
                seen = press.seen(counts, day, at)
                if seen is not None:
                    after[day, source] = (round(seen.expected, 2), round(seen.coverage, 3), seen.missing_hours)
    execute_values(
        cursor,
        "INSERT INTO news.source_press (day, source_id, expected, coverage, missing_hours) VALUES %s",
        [(day, source, *row[:2], list(row[2])) for (day, source), row in sorted(after.items())],
        template="(%s, %s, %s, %s, %s::smallint[])",
        page_size=1000,
    )
    stale = set(_range(changed, last))
    gaps = {day for rows in (before, after) for (day, _), row in rows.items() if row[1] < 1}
    for day in {key[0] for key in before.keys() | after.keys() if before.get(key) != after.get(key)}:
        stale |= set(_range(day, day + WINDOW * _DAY)) if day in gaps else {day}
    cursor.execute(
        "INSERT INTO news.stale_trend SELECT DISTINCT day FROM news.source_day WHERE day = ANY (%s) "
        "UNION SELECT %s ON CONFLICT DO NOTHING",
        (sorted(stale), changed),
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


def _range(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += _DAY


class _Window:
    """Sums over the days of a baseline: what each source published, and what of it names each entity."""

    def __init__(self) -> None:
        self.volume: dict[str, float] = defaultdict(float)
        self.named: dict[int, dict[str, int]] = {}
        self.total = 0.0
        self.days: list[date] = []

    def add(self, day: date, volumes: dict[str, int], names: dict[int, dict[str, int]], sign: int) -> None:
        for source, n in volumes.items():
            self.volume[source] += sign * n
            self.total += sign * n
        for entity, by_source in names.items():
            sums = self.named.setdefault(entity, {})
            for source, n in by_source.items():
                left = sums.get(source, 0) + sign * n
                if left:
                    sums[source] = left
                else:
                    del sums[source]
            if not sums:
                del self.named[entity]
        if sign > 0:
            self.days.append(day)
        else:
            self.days.remove(day)

    def expected(self, entity: int, volumes: dict[str, int], strangers: float) -> float:
        """Articles that are to name it on a day on which the sources published so much.

        Each source by its own habit; one of which little is known by that of all, which weighs as ten articles of it.
        So a source that is silent, or back with much to catch up on, moves what is expected as what is counted.
        """
        sums = self.named.get(entity)
        if not sums or not self.total:
            return 0.0
        out = _STRANGER * sum(sums.values()) / self.total * strangers
        for source, before in sums.items():
            if source in volumes:
                out += volumes[source] * before / (self.volume[source] + _STRANGER)
        return out

    def strangers(self, volumes: dict[str, int]) -> float:
        """What `expected` adds for each source, of its share of all."""
        return sum(n / (self.volume.get(source, 0.0) + _STRANGER) for source, n in volumes.items())


def refresh(cursor: Cursor, days: list[date]) -> None:
    """The trends of these days, from the roll-ups of them and of the 28 before each."""
    cursor.execute("DELETE FROM news.entity_trend WHERE day = ANY (%s)", (days,))
    first, last = days[0] - WINDOW * _DAY, days[-1]
    needed = {day - n * _DAY for day in days for n in range(WINDOW + 1)}
    volumes: dict[date, dict[str, int]] = defaultdict(dict)
    cursor.execute("SELECT day, source_id, articles FROM news.source_day WHERE day BETWEEN %s AND %s", (first, last))
    for day, source, n in cursor:
        volumes[day][source] = n
    shares: dict[date, list[Seen]] = defaultdict(list)
    missing: set[tuple[date, str]] = set()
    cursor.execute(
        "SELECT day, source_id, expected, coverage FROM news.source_press WHERE day BETWEEN %s AND %s", (first, last)
    )
    for day, source, expected, share in cursor:
        shares[day].append(Seen(expected, share))
        if share < 1:
            missing.add((day, source))
    covered = {day: press.coverage(shares[day]) for day in needed}
    bases: dict[date, dict[int, dict[str, int]]] = {}
    window = _Window()
    rows = io.StringIO()
    for day in days:
        start = day - WINDOW * _DAY
        for old in [other for other in window.days if other < start]:
            window.add(old, _left(volumes[old], old, missing), _named(bases.pop(old), old, missing), -1)
        for other in _range(start, day - _DAY):
            share = covered.get(other)
            if other not in window.days and volumes.get(other) and (share is None or share >= LEAST_COVERAGE):
                bases[other] = bases.get(other) or _mentions(cursor, other)
                window.add(other, _left(volumes[other], other, missing), _named(bases[other], other, missing), 1)
        today = bases[day] = _mentions(cursor, day)
        for row in _scores(window, day, today, bases, volumes):
            share = covered.get(day)
            rows.write("\t".join([*row, "\\N" if share is None else f"{share:.3f}"]) + "\n")
    rows.seek(0)
    cursor.copy_expert(
        "COPY news.entity_trend (day, entity_id, articles, expected, baseline_days, z, log_odds, score, burst, "
        "burst_weight, coverage) FROM STDIN",
        rows,
    )


def _mentions(cursor: Cursor, day: date) -> dict[int, dict[str, int]]:
    cursor.execute("SELECT entity_id, source_id, articles FROM news.entity_source_day WHERE day = %s", (day,))
    out: dict[int, dict[str, int]] = {}
    for entity, source, n in cursor:
        out.setdefault(entity, {})[source] = n
    return out


def _left(volumes: dict[str, int], day: date, missing: set[tuple[date, str]]) -> dict[str, int]:
    """Without the sources that were missing on the day."""
    return {source: n for source, n in volumes.items() if (day, source) not in missing}


def _named(names: dict[int, dict[str, int]], day: date, missing: set[tuple[date, str]]) -> dict[int, dict[str, int]]:
    if not any(d == day for d, _ in missing):
        return names
    return {entity: _left(by_source, day, missing) for entity, by_source in names.items()}


def _scores(
    window: _Window,
    day: date,
    today: dict[int, dict[str, int]],
    bases: dict[date, dict[int, dict[str, int]]],
    volumes: dict[date, dict[str, int]],
) -> Iterable[list[str]]:
    baseline = len(window.days)
    n, n0 = _total(today), _total(window.named)
    strange = {other: window.strangers(volumes[other]) for other in (*window.days, day)}
    alike = [other for other in window.days if other.weekday() == day.weekday()]
    for entity, by_source in today.items():
        y = sum(by_source.values())
        known = sum(window.named.get(entity, {}).values())
        expected = window.expected(entity, volumes[day], strange[day])
        if y >= 3 and known and baseline >= FULL_BASELINE:
            usual = sum(window.expected(entity, volumes[other], strange[other]) for other in alike)
            expected *= (_count(bases, alike, entity) + _WEEKDAY) / (usual + _WEEKDAY)
        height = bursts.z(y, expected, known) if baseline else 0.0
        odds, odds_z = bursts.log_odds(y, n, known, n0)
        score, weight = (height if baseline >= FULL_BASELINE else odds_z), 0.0
        if baseline >= FULL_BASELINE and height >= bursts.SHORT_LIST and y >= 3:
            past = sorted(window.days)
            counts = [float(_count(bases, [other], entity)) for other in past]
            means = [window.expected(entity, volumes[other], strange[other]) for other in past]
            weight = bursts.burst([*counts, y], [max(0.1, mean) for mean in (*means, expected)])
            score = max(score, math.sqrt(2 * weight))
        yield [
            day.isoformat(), str(entity), str(y), f"{expected:.4g}", str(baseline), f"{height:.4g}", f"{odds:.4g}",
            f"{score:.4g}", "t" if weight > 0 else "f", f"{weight:.4g}",
        ]  # fmt: skip


def _total(names: dict[int, dict[str, int]]) -> int:
    return sum(sum(by_source.values()) for by_source in names.values())


def _count(bases: dict[date, dict[int, dict[str, int]]], days: list[date], entity: int) -> int:
    return sum(sum(bases[day].get(entity, {}).values()) for day in days)
