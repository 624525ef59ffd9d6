"""Measuring: late articles, several measurers, what rises, and what an entity is called."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest
from tests.warehouse.nahar import with_nahar

from rasad.model import Article, Batch, FactRow, ReadArticle, Source
from rasad.warehouse.connection import connect
from rasad.warehouse.dump import dump
from rasad.warehouse.load import load
from rasad.warehouse.trends import measure

pytestmark = pytest.mark.postgres

SOURCE = Source("nahar", "النهار", "An-Nahar", "LB", "Asia/Beirut", "https://a.example/", ("a.example",))
FIRST = date(2026, 3, 1)
_number = itertools.count(1)


def query(dsn, sql, *values):
    with connect(dsn) as link, link.cursor() as cursor:
        cursor.execute(sql, values or None)
        return cursor.fetchall()


def article(day, *names, text=None, url=None, hour=9):
    """An article of the day that names these; a name is a canonical name, or (canonical name, as written)."""
    pairs = [(name, name) if isinstance(name, str) else name for name in names]
    url = url or f"https://a.example/{next(_number)}"
    text = text or f"{' ثم '.join(written for _, written in pairs)} في {url}"
    facts, end = [], 0
    for name, written in pairs:
        start = text.index(written, end)
        end = start + len(written)
        facts.append(FactRow("entity", "body", start, end, written, 1.0, "1", label="PER", entity=("PER", name)))
    read = Article(url, "عنوان", text, day.isoformat(), source_id="nahar", fetched_at=f"{day}T{hour:02}:00:00+00:00")
    return ReadArticle(read, tuple(facts), url)


def take(dsn, *reads):
    load(dsn, Batch(f"nahar/run/{next(_number)}", "run", "nahar", reads), {"nahar": SOURCE}, {"entity": "1"})


@pytest.fixture
def dsn(warehouse):
    return with_nahar(warehouse)


ROLLUPS = ("entity", "entity_day", "entity_source_day", "entity_country_day", "source_day", "kind_day", "entity_trend")


def rollups(dsn):
    tables = dump(dsn)
    assert all(tables[name] for name in ROLLUPS)
    return {name: tables[name] for name in ROLLUPS}


def test_a_late_article_measures_its_day_and_the_trends_after_it_anew(dsn, another_warehouse):
    days = [FIRST + timedelta(days=n) for n in (0, 1, 2, 40)]
    reads = [article(day, "سامي", "ليلى") for day in days]
    late = article(FIRST + timedelta(days=1), "سامي")
    take(dsn, *reads)
    assert measure(dsn) == days
    before = query(dsn, "SELECT day, expected FROM mart.trending_entities WHERE entity = 'ليلى' ORDER BY day")
    take(dsn, late)
    assert measure(dsn) == [days[1]]
    after = query(dsn, "SELECT day, expected FROM mart.trending_entities WHERE entity = 'ليلى' ORDER BY day")
    # So early each day is measured by those around it; the last one has none within its weeks.
    assert before == [(days[0], 1), (days[1], 1), (days[2], 1), (days[3], 0)]
    # It is in two of three articles around the days of one article, in all around the day of two.
    some = pytest.approx(2 / 3, abs=1e-3)
    assert after == [(days[0], some), (days[1], 2), (days[2], some), (days[3], 0)]
    at_once = with_nahar(another_warehouse())
    take(at_once, *reads, late)
    measure(at_once)
    assert rollups(dsn) == rollups(at_once)


def test_measuring_again_changes_nothing(dsn):
    take(dsn, *(article(FIRST + timedelta(days=n % 4), "سامي", "ليلى") for n in range(12)))
    measure(dsn)
    before = rollups(dsn)
    assert measure(dsn) == []
    with connect(dsn) as link, link.cursor() as cursor:
        cursor.execute("INSERT INTO news.dirty_day SELECT day, 'again' FROM news.source_day")
    assert len(measure(dsn)) == 4
    assert rollups(dsn) == before


def test_two_measure_at_once_and_a_third_loads(dsn, another_warehouse):
    reads = [article(FIRST + timedelta(days=n % 5), "سامي", "ليلى" if n % 3 else "ندى") for n in range(40)]
    take(dsn, *reads[:20])

    def late(read):
        take(dsn, read)
        return measure(dsn)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(late, reads[20:]))
    assert query(dsn, "SELECT count(*) FROM news.dirty_day") == [(0,)]
    alone = with_nahar(another_warehouse())
    take(alone, *reads)
    measure(alone)
    assert rollups(dsn) == rollups(alone)


def test_sums_of_all_rollups_agree_with_the_facts(loaded):
    (sums,) = query(
        loaded.dsn,
        "SELECT (SELECT sum(facts) FROM news.source_day), (SELECT sum(facts) FROM news.kind_day), "
        "(SELECT count(*) FROM mart.facts)",
    )
    assert len(set(sums)) == 1
    (sums,) = query(
        loaded.dsn,
        "SELECT (SELECT sum(mentions) FROM news.entity_day), (SELECT sum(mentions) FROM news.entity_source_day), "
        "(SELECT sum(facts) FROM news.kind_day WHERE kind = 'entity'), (SELECT count(*) FROM mart.mentions)",
    )
    assert len(set(sums)) == 1
    (sums,) = query(
        loaded.dsn,
        "SELECT (SELECT sum(articles) FROM news.source_day), (SELECT sum(articles) FROM mart.sources), "
        "(SELECT count(*) FROM mart.articles)",
    )
    assert len(set(sums)) == 1


def test_a_planted_rise_ranks_first(dsn):
    reads = []
    for n in range(20):
        day = FIRST + timedelta(days=n)
        reads += [article(day, "سامي") for _ in range(6)]  # always much in the press
        reads += [article(day, "ليلى") for _ in range(2)]
        reads += [article(day, "ندى")] if n % 5 == 0 else []
    last = FIRST + timedelta(days=20)
    reads += [article(last, "سامي") for _ in range(6)] + [article(last, "ليلى") for _ in range(2)]
    reads += [article(last, "ندى") for _ in range(5)]  # ten times its share
    reads += [article(last, "وليد")]  # new, but once
    take(dsn, *reads)
    measure(dsn)
    rows = query(
        dsn,
        "SELECT entity, score, articles, expected, baseline_days, basis FROM mart.trending_entities WHERE day = %s "
        "ORDER BY score DESC",
        last,
    )
    assert rows[0][0] == "ندى"
    assert rows[0][1] > 1.96
    # In 3 of 115 articles of the 14 days that end a week before; 14 are there that day.
    assert rows[0][2:] == (5, pytest.approx(14 * 3 / 115, rel=0.2), 14, "full baseline")
    scores = {row[0]: row[1] for row in rows}
    assert abs(scores["سامي"]) < 1.96
    assert abs(scores["ليلى"]) < 1.96
    assert scores["وليد"] < scores["ندى"]


def test_the_first_days_are_measured_by_each_other_and_a_lone_entity_has_a_finite_score(dsn):
    take(dsn, article(FIRST, "سامي"), article(FIRST + timedelta(days=1), "سامي"))
    measure(dsn)
    rows = query(dsn, "SELECT basis, score BETWEEN -1e6 AND 1e6 FROM mart.trending_entities ORDER BY day")
    assert rows == [("short baseline", True)] * 2  # each is measured by the other


def test_an_entity_is_called_as_it_is_written_most_in_whatever_order_it_comes(another_warehouse):
    # Two spellings of one name: they share their key, and each stands as canonical in some article.
    reads = [article(FIRST, "أحمد سامي"), article(FIRST, "احمد سامي"), article(FIRST + timedelta(days=3), "احمد سامي")]
    names, tables = set(), []
    for order in itertools.permutations(reads):
        dsn = with_nahar(another_warehouse())
        for read in order:
            take(dsn, read)
            measure(dsn)
        names |= {(name, tuple(aliases)) for name, aliases in query(dsn, "SELECT name, aliases FROM mart.entities")}
        tables.append(rollups(dsn))
    assert names == {("احمد سامي", ("أحمد سامي", "احمد سامي"))}
    assert all(table == tables[0] for table in tables)


def test_of_equally_used_spellings_the_first_in_code_point_order_stays(dsn):
    take(dsn, article(FIRST, "أحمد سامي"), article(FIRST, "احمد سامي"))
    measure(dsn)
    assert query(dsn, "SELECT name FROM mart.entities") == [("أحمد سامي",)]


def test_a_corrected_article_leaves_its_story_and_takes_no_other_with_it(dsn, another_warehouse):
    """Whichever of the twins is corrected: a story called by the id of the one that left is called anew."""
    words = "بيان واحد نشرته وكالة على موقعين باسم سامي"
    one = article(FIRST, "سامي", text=words)
    two = article(FIRST + timedelta(days=2), "سامي", text=words)
    for left, stays in ((one, two), (two, one)):
        dsn = with_nahar(another_warehouse())
        take(dsn, one, two)
        measure(dsn)
        assert query(dsn, "SELECT count(*), count(DISTINCT story_id) FROM mart.articles") == [(2, 1)]
        corrected = article(date.fromisoformat(left.article.published_at), "ليلى", url=left.article.url, hour=20)
        take(dsn, corrected)
        measure(dsn)
        assert query(dsn, "SELECT count(*), count(DISTINCT story_id) FROM mart.articles") == [(2, 2)]
        at_once = with_nahar(another_warehouse())
        take(at_once, corrected, stays)
        measure(at_once)
        stories = "SELECT url, story_id FROM mart.articles ORDER BY url"
        assert query(dsn, stories) == query(at_once, stories)


def test_texts_that_differ_in_spelling_alone_are_one_story(dsn):
    one = article(FIRST, "سامي", text="أعلن سامي إنهاء الإضراب")
    two = replace(one, article=replace(one.article, url="https://a.example/x", text="اعلن سامي إنهاء الاضراب"),
                  page_url="https://a.example/x")  # fmt: skip
    take(dsn, one, two)
    measure(dsn)
    assert query(dsn, "SELECT count(*), count(DISTINCT text_key), count(DISTINCT story_id) FROM mart.articles") == [
        (2, 1, 1)
    ]
    assert query(dsn, "SELECT articles, texts, stories, mentions FROM mart.entity_days") == [(2, 1, 1, 2)]


def test_hours_without_an_answer_of_its_feeds_are_unknown_once_measured(dsn):
    days = [FIRST + timedelta(days=n) for n in range(21)]
    for day in days:
        for hour in (7, 12) if day == days[-2] else (7, 12, 18):
            read = article(day, "سامي", hour=hour)
            take(dsn, replace(read, article=replace(read.article, published_at=f"{day}T{hour:02}:00:00+02:00")))
    measure(dsn)
    asked = "SELECT missing_hours, round(coverage::numeric, 2)::float8 FROM mart.source_days WHERE day = %s"
    assert query(dsn, asked, days[-2]) == [([], 1.0)]  # that one of three did not come may be chance
    with connect(dsn) as link, link.cursor() as cursor:
        cursor.execute(
            "INSERT INTO news.source_blind VALUES ('nahar', %s, %s)", (f"{days[-2]} 14:20+02", f"{days[-2]} 20:40+02")
        )
        cursor.execute("INSERT INTO news.dirty_day VALUES (%s, 'polls of nahar')", (days[-2],))
    measure(dsn)
    assert query(dsn, asked, days[-2]) == [([14, 15, 16, 17, 18, 19], 0.67)]
    assert query(dsn, asked, days[-1])[0][1] == 1.0
