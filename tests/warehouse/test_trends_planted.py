"""Planted bursts are told from noise, and planted outages are not taken for news: 60 days of a made-up press."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, timedelta

import pytest
from psycopg2.extras import execute_values

from rasad.warehouse import trends
from rasad.warehouse.connection import connect

pytestmark = pytest.mark.postgres

FIRST = date(2026, 1, 1)
DAYS = [FIRST + timedelta(days=n) for n in range(60)]
SOURCES = [f"paper{n}" for n in range(12)]
NAMES = 800
# Entity: (first day, days, factor). Their usual rates are 3 to 12 articles a day.
BURSTS = {1001: (40, 3, 5), 1002: (45, 7, 2), 1003: (50, 4, 3), 1004: (52, 2, 4)}
RATES = {1001: 3, 1002: 6, 1003: 4, 1004: 3}
SILENT = {("paper0", n) for n in range(41, 47)}  # and back after, with all that it has to itself
OWN = range(2000, 2010)  # names that only paper0 writes of, each in every fourth of its articles


def press(seed):
    """Articles by (day, source), and by (day, source, entity)."""
    rng = random.Random(seed)
    names = list(range(NAMES))
    weights = [1 / (n + 3) for n in names]
    volumes, named = Counter(), Counter()
    for n, day in enumerate(DAYS):
        for source in SOURCES:
            if (source, n) in SILENT:
                continue
            size = rng.randint(25, 35) * (1 if day.weekday() != 4 else 0.5)
            size *= 3 if source == "paper0" and n == 47 else 1  # it catches up
            for _ in range(int(size)):
                volumes[day, source] += 1
                for name in set(rng.choices(names, weights, k=4)):
                    named[day, source, name] += 1
                for name, rate in RATES.items():
                    start, length, factor = BURSTS[name]
                    rise = factor if start <= n < start + length else 1
                    named[day, source, name] += rng.random() < rate * rise / 330
                for name in OWN if source == "paper0" else ():
                    named[day, source, name] += rng.random() < 0.25
    return volumes, +named


def measured(dsn, seed):
    """The warehouse with the roll-ups of that press, and its trends by the code that measuring runs."""
    volumes, named = press(seed)
    by_day, by_source = Counter(), Counter()
    for (day, _, name), n in named.items():
        by_day[day, name] += n
        by_source[day, name] += 1
    with connect(dsn) as link, link.cursor() as cursor:
        for source in SOURCES:
            cursor.execute(
                "INSERT INTO news.source VALUES (%s, '', '', 'LB', 'Asia/Beirut', '', 'full', true, NULL)", (source,)
            )
        entities = sorted({name for _, _, name in named})
        execute_values(
            cursor, "INSERT INTO news.entity VALUES %s", [(n, "PER", str(n), str(n), None, None) for n in entities]
        )
        rows = [(*key, n, n, n, n) for key, n in volumes.items()]
        columns = "day, source_id, articles, texts, stories, facts"
        execute_values(cursor, f"INSERT INTO news.source_day ({columns}) VALUES %s", rows)
        rows = [(*key, n, n, n, n) for key, n in named.items()]
        columns = "day, source_id, entity_id, articles, texts, stories, mentions"
        execute_values(cursor, f"INSERT INTO news.entity_source_day ({columns}) VALUES %s", rows, page_size=5000)
        rows = [(*key, n, n, n, by_source[key], n) for key, n in by_day.items()]
        columns = "day, entity_id, articles, texts, stories, sources, mentions"
        execute_values(cursor, f"INSERT INTO news.entity_day ({columns}) VALUES %s", rows, page_size=5000)
        for day in DAYS[::20]:  # the days that each bears on overlap
            trends.watch_press(cursor, day)
        for day in DAYS[30:]:
            trends.refresh(cursor, day)
        cursor.execute("ANALYZE")
    return dsn


def query(dsn, sql, *values):
    with connect(dsn) as link, link.cursor() as cursor:
        cursor.execute(sql, values or None)
        return cursor.fetchall()


@pytest.mark.parametrize("seed", [1, 2])
def test_planted_bursts_are_at_the_top_and_outages_are_not(warehouse, seed):
    dsn = measured(warehouse, seed)
    top = query(dsn, "SELECT entity::int, until, score, articles FROM mart.bursts ORDER BY score DESC LIMIT 20")
    assert set(BURSTS) <= {name for name, *_ in top}
    assert not [row for row in top if row[0] in OWN and DAYS[40] < row[1] < DAYS[50]]
    # On the day of its return, with three times its articles, nothing that it alone writes of leads.
    back = query(dsn, "SELECT entity FROM mart.trending_entities WHERE day = %s ORDER BY score DESC LIMIT 5", DAYS[47])
    assert not {int(name) for (name,) in back} & set(OWN)
    silent = "SELECT day, missing, articles FROM mart.source_days WHERE source_id = 'paper0' AND missing ORDER BY day"
    found = query(dsn, silent)
    # Fridays are small in this press, and no outage.
    assert [(day, articles) for day, _, articles in found] == [(DAYS[n], 0) for n in range(41, 47)]
    (covered,) = query(dsn, "SELECT coverage FROM mart.press_days WHERE day = %s", DAYS[43])
    assert covered[0] == pytest.approx(11 / 12, abs=0.02)
    assert query(dsn, "SELECT DISTINCT coverage FROM mart.trending_entities WHERE day = %s", DAYS[43]) == [
        (pytest.approx(covered[0], abs=1e-3),)
    ]
    assert query(dsn, "SELECT DISTINCT coverage FROM mart.press_days WHERE day = %s", DAYS[55]) == [(1.0,)]


def test_one_text_that_goes_round_is_no_rise_and_as_many_stories_are(warehouse):
    stories, text = 1, 2
    days = [FIRST + timedelta(days=n) for n in range(40)]
    with connect(warehouse) as link, link.cursor() as cursor:
        for source in SOURCES:
            cursor.execute(
                "INSERT INTO news.source VALUES (%s, '', '', 'LB', 'Asia/Beirut', '', 'full', true, NULL)", (source,)
            )
        cursor.execute("INSERT INTO news.entity VALUES (1, 'PER', '1', '1'), (2, 'PER', '2', '2')")
        cursor.execute(
            "INSERT INTO news.source_day (day, source_id, articles, texts, stories, facts) "
            "SELECT day, source, 30, 30, 30, 0 FROM unnest(%s) day, unnest(%s) source",
            (days, SOURCES),
        )
        for day in days:
            for entity in (stories, text):
                named = SOURCES[:3] if day != days[-1] else SOURCES
                cursor.execute(
                    "INSERT INTO news.entity_source_day "
                    "(day, source_id, entity_id, articles, texts, stories, mentions) "
                    "SELECT %s, source, %s, 1, 1, 1, 1 FROM unnest(%s) source",
                    (day, entity, named),
                )
                told = 3 if entity == text else len(named)
                cursor.execute(
                    "INSERT INTO news.entity_day (entity_id, day, articles, texts, stories, sources, mentions) "
                    "VALUES (%s, %s, %s, %s, %s, %s, %s)",
                    (entity, day, len(named), told, told, len(named), len(named)),
                )
        trends.refresh(cursor, days[-1])
    rows = query(
        warehouse,
        "SELECT entity_id, articles, expected, score FROM mart.trending_entities WHERE day = %s ORDER BY 1",
        days[-1],
    )
    assert [row[1] for row in rows] == [12, 12]
    assert [row[2] for row in rows] == [pytest.approx(3, abs=0.1)] * 2  # articles, whatever is counted
    assert rows[0][3] > 3 > 1 > rows[1][3]
