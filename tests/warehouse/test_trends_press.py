"""Planted bursts are found, outages and new sources are not taken for any: a press drawn at random, twice."""

from __future__ import annotations

import contextlib
import math
from datetime import date, timedelta

import numpy as np
import psycopg2
import pytest
from psycopg2.extras import execute_values

from rasad.warehouse import trends
from rasad.warehouse.connection import connect

pytestmark = pytest.mark.postgres

FIRST = date(2026, 1, 1)
DAYS = 60
SOURCES = 12
NAMES = 1_500
HOME = 5  # names that one source alone has


def day(number):
    return FIRST + timedelta(days=int(number))


class Press:
    """Counts of 60 days: 12 sources of 20 to 60 articles a day with their hours, fewer on Fridays; 1,500 names by Zipf;
    6 bursts of 3 to 7 days; a source silent for two days, another for six hours, a third one new since day 50."""

    def __init__(self, seed):
        dice = np.random.default_rng(seed)
        week = np.array([0.6 if day(n).weekday() == 4 else 1.0 for n in range(DAYS)])
        volume = dice.uniform(20, 60, SOURCES)
        self.articles = dice.poisson(volume[:, None] * week)
        self.silent = {(1, 40), (1, 41)}
        self.articles[1, 40:42] = 0
        self.articles[3, :50] = 0
        profile = np.array([1, 1, 1, 1, 1, 2, 4, 6, 8, 9, 9, 9, 8, 8, 8, 8, 7, 7, 6, 6, 5, 4, 3, 2], float)
        self.hours = {
            (s, n): dice.multinomial(self.articles[s, n], profile / profile.sum())
            for s in range(SOURCES)
            for n in range(DAYS)
        }
        gap = self.hours[4, 55]
        lost = gap[9:15].sum()
        gap[9:15] = 0
        self.articles[4, 55] -= lost
        rates = 0.5 / np.arange(1, NAMES + 1)
        own = {s: NAMES - (s + 1) * HOME for s in range(SOURCES)}
        self.homes = {s: range(first, first + HOME) for s, first in own.items()}
        share = np.tile(rates[:, None], (1, SOURCES)) * dice.lognormal(0, 0.3, (NAMES, SOURCES))
        for s, names in self.homes.items():
            share[names.start : names.stop] = 0
            share[names.start : names.stop, s] = dice.uniform(0.1, 0.4, HOME)
        self.bursts = {}
        expected = share @ volume  # a day
        often = [n for n in range(10, NAMES - SOURCES * HOME) if 3 <= expected[n] <= 25]
        factors = np.ones((NAMES, DAYS))
        for place, name in enumerate(dice.choice(often, 6, replace=False)):
            length = int(dice.integers(3, 8))
            first = 36 + 3 * place
            factor = dice.uniform(2, 5) if expected[name] * math.sqrt(length) > 12 else dice.uniform(3, 5)
            factors[name, first : first + length] = factor
            self.bursts[int(name)] = range(first, first + length)
        self.named = np.stack(
            [dice.binomial(self.articles[:, n], np.minimum(0.9, share * factors[:, n, None])) for n in range(DAYS)],
            axis=2,
        )  # name, source, day

    def write(self, dsn):
        sources = [(f"s{s}", str(s), str(s), "LB", "UTC", "https://a.example/", "full", True) for s in range(SOURCES)]
        read = [(day(n), f"s{s}", int(self.articles[s, n])) for s in range(SOURCES) for n in range(DAYS)]
        hours = [
            (day(n), f"s{s}", h, int(count))
            for (s, n), counts in self.hours.items()
            for h, count in enumerate(counts)
            if count
        ]
        named = [
            (day(n), f"s{s}", int(name), int(self.named[name, s, n])) for name, s, n in np.argwhere(self.named > 0)
        ]
        with connect(dsn) as link, link.cursor() as cursor:
            execute_values(
                cursor,
                "INSERT INTO news.source (source_id, name_ar, name_en, country, timezone, homepage, rights, enabled) "
                "VALUES %s",
                sources,
            )
            execute_values(
                cursor,
                "INSERT INTO news.source_day (day, source_id, articles, texts, facts) "
                "SELECT day, source_id, n, n, 0 FROM (VALUES %s) v (day, source_id, n) WHERE n > 0",
                read,
            )
            execute_values(
                cursor, "INSERT INTO news.source_hour (day, source_id, hour, articles) VALUES %s", hours, page_size=5000
            )
            execute_values(
                cursor,
                "INSERT INTO news.entity (entity_id, type, key) VALUES %s",
                [(n, "PER", str(n)) for n in range(NAMES)],
            )
            execute_values(
                cursor,
                "INSERT INTO news.entity_source_day (day, source_id, entity_id, articles, mentions) "
                "SELECT day, source_id, name, n, n FROM (VALUES %s) v (day, source_id, name, n)",
                named,
                page_size=5000,
            )
            cursor.execute(
                "INSERT INTO news.entity_day SELECT entity_id, day, sum(articles), sum(articles), sum(articles), "
                "count(*), sum(mentions) FROM news.entity_source_day GROUP BY 1, 2"
            )
            for n in range(0, DAYS, 20):  # the days that each bears on overlap
                trends.watch_press(cursor, day(n))
            for n in range(DAYS):
                trends.refresh(cursor, day(n))


def query(dsn, statement, *values):
    with connect(dsn) as link, link.cursor() as cursor:
        cursor.execute(statement, values or None)
        return cursor.fetchall()


@pytest.fixture(scope="module", params=[1, 2])
def press(request, postgres, _template):
    made = Press(request.param)
    name = f"bursts_{request.param}"
    with contextlib.closing(psycopg2.connect(postgres.dsn("postgres"))) as link:
        link.autocommit = True
        with link.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name} TEMPLATE {_template}")
    made.dsn = postgres.dsn(name)
    made.write(made.dsn)
    return made


def top(press, number, most=20):
    return [
        row[0]
        for row in query(
            press.dsn,
            "SELECT entity_id FROM mart.trending_entities WHERE day = %s AND score > 3 "
            "ORDER BY score DESC, entity_id LIMIT %s",
            day(number),
            most,
        )
    ]


def test_every_planted_burst_is_in_the_top_20_and_in_the_burst_state(press):
    for name, days in press.bursts.items():
        assert any(name in top(press, n) for n in days), (name, days)
        states = query(
            press.dsn,
            "SELECT day, burst_since FROM mart.trending_entities "
            "WHERE entity_id = %s AND day BETWEEN %s AND %s AND burst",
            name,
            day(days[0]),
            day(days[-1]),
        )
        assert states, (name, days)
        assert any(-5 <= (since - day(days[0])).days <= 1 for _, since in states)


def test_no_outage_and_no_return_from_one_is_taken_for_a_burst(press):
    for source, days in ((1, range(40, 45)), (4, range(55, 58)), (3, range(50, 53))):
        for n in days:
            assert not set(press.homes[source]) & set(top(press, n)), (source, n)


def test_a_silent_source_is_unknown_not_zero(press):
    rows = query(press.dsn, "SELECT day, source_id, coverage FROM mart.source_days WHERE missing")
    assert {(day(n), f"s{s}", 0.0) for s, n in press.silent} <= set(rows)
    assert len(rows) <= 0.03 * SOURCES * DAYS  # chance makes silences, too
    (state,) = query(
        press.dsn, "SELECT missing_hours, coverage FROM mart.source_days WHERE source_id = 's4' AND day = %s", day(55)
    )
    assert set(range(9, 15)) <= set(state[0])
    assert 0.3 < state[1] < 0.85


def test_each_row_says_what_share_of_the_press_it_rests_on(press):
    for n, low, high in ((39, 0.9, 1.0), (41, 0.7, 0.98), (55, 0.9, 0.99)):
        (coverage,) = query(press.dsn, "SELECT DISTINCT coverage FROM mart.trending_entities WHERE day = %s", day(n))[0]
        assert low <= coverage <= high, n
        (told,) = query(press.dsn, "SELECT coverage FROM mart.press_days WHERE day = %s", day(n))[0]
        assert told == pytest.approx(coverage, abs=1e-5)


def test_a_baseline_under_14_days_says_so_and_the_log_odds_stand_in(press):
    basis = dict(query(press.dsn, "SELECT DISTINCT day, basis FROM mart.trending_entities"))
    assert {basis[day(n)] for n in range(20)} == {"short baseline"}
    assert {basis[day(n)] for n in range(21, DAYS)} == {"full baseline"}
    assert query(press.dsn, "SELECT count(z) FROM mart.trending_entities WHERE day = %s", day(5)) == [(0,)]


def test_what_one_publisher_alone_names_does_not_lead(press):
    rows = query(
        press.dsn,
        "SELECT max(score) FILTER (WHERE sources = 1), max(score) FILTER (WHERE sources > 1) "
        "FROM mart.trending_entities",
    )
    assert rows[0][0] <= 1 < rows[0][1]


def test_what_sets_a_source_apart_is_what_it_alone_has(press):
    rows = query(
        press.dsn, "SELECT entity_id, elsewhere FROM mart.distinctive_entities(%s, %s, 's7', 5)", day(30), day(50)
    )
    assert len({row[0] for row in rows} & set(press.homes[7])) >= 4
    assert {row[1] for row in rows if row[0] in press.homes[7]} == {0}
