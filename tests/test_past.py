"""The newsroom's past: what it composes, that its archive is read as any other, and that what was planted is found."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from tests.newsroom import past
from tests.newsroom.articles import articles as live_articles
from tests.newsroom.past import CLOCK, FIRST, GENERATED, OUTAGES, Number
from tests.newsroom.publishers import PUBLISHERS
from upath import UPath

from rasad.model import Page
from rasad.stages.backfill import backfill
from rasad.stages.measure import measure
from rasad.warehouse import press
from rasad.warehouse.connection import connect
from rasad.web import archive

ORIGINS = {p.id: f"http://127.0.0.1:{8711 + offset}" for offset, p in enumerate(PUBLISHERS)}


def rows(dsn: str, sql: str, *values: object) -> list[tuple]:
    with connect(dsn) as link, link.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


# The articles


@pytest.mark.parametrize(
    ("number", "noun", "text"),
    [
        (2, "مليون", "مليوني"),
        (3, "قتيل", "ثلاثة قتلى"),
        (3, "إصابة", "ثلاث إصابات"),
        (8, "قرية", "ثماني قرى"),
        (10, "قتيل", "عشرة قتلى"),
        (11, "قتيل", "11 قتيلا"),
        (99, "أسرة", "99 أسرة"),
        (100, "قتيل", "100 قتيل"),
        (103, "شخص", "103 أشخاص"),
        (112, "شخص", "112 شخصا"),
        (200, "منزل", "200 منزل"),
        (12, "ألف", "12 ألف"),
    ],
)
def test_numbers_agree_with_their_nouns(number: int, noun: str, text: str) -> None:
    assert format(Number(number), noun) == text


def test_there_are_five_weeks_of_it_before_the_clock() -> None:
    articles = past.articles()
    assert 450 <= len(articles) <= 700
    days = {a.published_at.date() for a in articles}
    assert (min(days), max(days)) == (FIRST, CLOCK.date())
    assert len(days) == 36
    assert all(fetched.article.modified_at < fetched.at for fetched in past.past())
    assert all(fetched.at - fetched.article.modified_at < timedelta(hours=1) for fetched in past.past())
    assert max(a.published_at for a in articles) < CLOCK


def test_the_week_has_its_rhythm() -> None:
    """Live articles counted in: their days are no fuller than the others."""
    days = Counter(a.published_at.date() for a in (*past.articles(), *live_articles()))
    by_weekday = {weekday: [n for day, n in days.items() if day.weekday() == weekday] for weekday in range(7)}
    assert max(by_weekday[4]) < min(by_weekday[1])  # a Friday and a Tuesday
    assert max(days.values()) <= 28


def test_every_word_in_braces_was_filled_in_and_nothing_stands_twice() -> None:
    for article in past.articles():
        text = "\n".join((article.title, *article.paragraphs))
        assert not re.search(r"[{}]|  |ـ", text), text
        assert len(set(article.paragraphs)) == len(article.paragraphs)
    refs = Counter(a.ref for a in past.articles())
    assert max(refs.values()) == 1
    texts = Counter(a.paragraphs for a in past.articles())
    carried = {a.paragraphs for a in past.articles() if a.agency}
    assert {paragraphs for paragraphs, n in texts.items() if n > 1} == carried
    assert len(carried) == 6


def test_no_sentence_is_of_the_live_articles() -> None:
    live = {paragraph for article in live_articles(2) for paragraph in article.paragraphs}
    assert not live & {paragraph for article in past.articles() for paragraph in article.paragraphs}


def test_silent_publishers_are_silent() -> None:
    for outage in OUTAGES:
        own = [a.published_at for a in past.articles() if a.publisher == outage.publisher]
        assert not [at for at in own if outage.since <= at < outage.until]
        week = timedelta(days=7)
        assert [at for at in own if outage.since - week <= at < outage.until - week], "as on any such weekday"


# The archive


def test_the_archive_is_the_same_each_time_and_is_read_as_any_other(tmp_path: Path) -> None:
    for name in ("one", "two"):
        past.past.cache_clear()
        assert past.write(tmp_path / name, ORIGINS) == len(past.past())
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    pages = list(archive.read(UPath(tmp_path / "one")))
    assert all(isinstance(page, Page) for page in pages)
    assert [p.fetched_at for p in pages if isinstance(p, Page)] == [f.at for f in past.past()]


def test_every_page_says_that_it_is_generated() -> None:
    charsets = {ORIGINS[p.id]: p.charset for p in PUBLISHERS}
    for page in past.pages(ORIGINS):
        assert GENERATED in page.url
        html = page.body.decode(charsets[page.url.partition(GENERATED)[0]])
        assert (
            '<meta name="generated" content="Composed by tests/newsroom/past.py. No news'
            in html.partition("</head>")[0]
        )


def test_the_second_edition_is_one_article_changed_and_one_added_and_not_marked() -> None:
    pages = list(past.pages(ORIGINS, past.second_edition(CLOCK)))
    assert sorted(p.url.rpartition("/")[2] for p in pages) == ["building-inquiry", "tripoli-building"]
    assert not [p for p in pages if b'name="generated"' in p.body]


# In the warehouse


@pytest.mark.postgres
def test_all_of_it_is_loaded_with_the_live_articles(loaded, loaded_past) -> None:
    generated = "SELECT source_id, count(*) FROM mart.articles WHERE url LIKE %s GROUP BY source_id"
    assert dict(rows(loaded_past.dsn, generated, f"%{GENERATED}%")) == Counter(a.publisher for a in past.articles())
    live = "SELECT count(*) FROM mart.articles WHERE url NOT LIKE %s"
    (before,), (after,) = rows(loaded.dsn, live, f"%{GENERATED}%") + rows(loaded_past.dsn, live, f"%{GENERATED}%")
    assert after == before + 1  # the late one of edition 2
    undated = "SELECT count(*) FROM mart.articles WHERE day_basis <> 'published'"
    assert rows(loaded_past.dsn, undated) == [(0,)]


@pytest.mark.postgres
def test_pages_are_read_as_they_were_composed(loaded_past) -> None:
    read = dict(rows(loaded_past.dsn, "SELECT url, title || E'\\n' || text FROM mart.articles"))
    kept = {p.id for p in PUBLISHERS if p.rights == "full"}
    composed = {
        f"{loaded_past.room.origins[a.publisher]}{a.path}": "\n".join((a.title, *a.paragraphs))
        for a in past.articles()
        if a.publisher in kept
    }
    assert {url: read[url] for url in composed} == composed


@pytest.mark.postgres
def test_tolls_grow_from_day_to_day(loaded_past) -> None:
    """As written by hand in storylines/events.yaml; the 23 of 7 March is of a live article."""
    tolls = """
        SELECT to_char(day, 'MM-DD'), max_value::int FROM mart.casualties
        WHERE role = 'killed' AND place = %s AND sources > 1 ORDER BY day
    """
    hadramout = {"02-11": 4, "02-12": 13, "02-13": 19, "02-14": 27, "02-15": 31, "02-16": 33, "02-17": 34}
    assert rows(loaded_past.dsn, tolls, "حضرموت") == list(hadramout.items())
    kassala = {"03-04": 4, "03-05": 9, "03-06": 15, "03-08": 26, "03-09": 29, "03-10": 31}
    assert rows(loaded_past.dsn, tolls, "كسلا") == list(kassala.items())


@pytest.mark.postgres
def test_the_press_expects_the_summit(loaded_past) -> None:
    expected = "SELECT articles, sources, day FROM mart.expected_days WHERE edtf = '2026-03-28'"
    ((articles, sources, day),) = rows(loaded_past.dsn, expected)
    assert (articles >= 15, sources, day) == (True, 6, date(2026, 2, 24))


@pytest.mark.postgres
def test_planted_bursts_are_at_the_top(loaded_past) -> None:
    top = """
        SELECT entity FROM mart.trending_entities WHERE day = %s ORDER BY score DESC, entity LIMIT 10
    """
    bursts = {date(2026, 2, 12): "حضرموت", date(2026, 2, 22): "رادس", date(2026, 2, 28): "وكالة الفضاء المصرية"}
    bursts[date(2026, 3, 10)] = "طرابلس"
    for day, name in bursts.items():
        assert (name,) in rows(loaded_past.dsn, top, day), day


@pytest.mark.postgres
def test_who_speaks_all_along(loaded_past) -> None:
    days = "SELECT count(DISTINCT day) FROM mart.quotes WHERE speaker_name = %s"
    for name, least in (("هناء الزيادي", 12), ("سامي الدروبي", 10), ("إيلينا ماركوفا", 8)):
        assert rows(loaded_past.dsn, days, name)[0][0] >= least, name


@pytest.mark.postgres
def test_corrected_articles_have_two_versions(loaded_past) -> None:
    changes = """
        SELECT to_char(a.day, 'MM-DD'), c.old_value::int, c.value::int
        FROM mart.fact_changes c JOIN mart.articles a USING (article_id)
        WHERE c.role = 'killed' AND c.change = 'changed' AND c.field = 'body' ORDER BY 1
    """
    assert rows(loaded_past.dsn, changes) == [("02-14", 37, 27), ("03-09", 5, 9)]


@pytest.mark.postgres
def test_agency_texts_are_one_story(loaded_past) -> None:
    stories = "SELECT count(*), count(DISTINCT story_id) FROM mart.articles WHERE url LIKE %s"
    ((articles, found),) = rows(loaded_past.dsn, stories, f"%{GENERATED}%")
    carried = Counter(a.paragraphs for a in past.articles() if a.agency)
    copies = sum(n - 1 for n in carried.values())
    # Articles of one storyline share sentences, as a press that retells does: few of them are near enough.
    assert articles - copies - 10 <= found <= articles - copies


@pytest.mark.postgres
def test_loaded_again_it_brings_nothing(loaded, loaded_copy, tmp_path: Path) -> None:
    """A week of it into a copy, twice; the second time every record is known."""
    file = tmp_path / "week.warc.gz"
    week = [f for f in past.past() if f.at < datetime(2026, 2, 6, tzinfo=timezone.utc)]
    archive.write(file, past.pages(loaded.room.origins, week))
    first = backfill(loaded.settings, loaded_copy, file)
    measure(loaded.settings, loaded_copy)
    counts = rows(loaded_copy, "SELECT count(*), count(DISTINCT article_id) FROM mart.facts")
    again = backfill(loaded.settings, loaded_copy, file)
    assert (first.outcomes["article"], again.outcomes["again"]) == (len(week), len(week))
    assert (first.facts > 0, again.facts) == (True, 0)
    assert measure(loaded.settings, loaded_copy) == {"days": 0}
    assert rows(loaded_copy, "SELECT count(*), count(DISTINCT article_id) FROM mart.facts") == counts


def test_planted_outages_are_unknown_and_nothing_else_is() -> None:
    """A silent day says so by itself; nine silent hours of a publisher of four articles a day do not, and are known by
    its feeds, which did not answer."""
    hours: dict[str, dict[date, Counter[int]]] = {}
    for article in past.articles():
        days = hours.setdefault(article.publisher, {})
        days.setdefault(article.published_at.date(), Counter())[article.published_at.hour] += 1
    silent = {(o.publisher, o.since.date()): range(o.since.hour, o.since.hour + _hours(o)) for o in OUTAGES}

    def missing(blind: dict[tuple[str, date], range]) -> dict[tuple[str, date], tuple[int, ...]]:
        found = {}
        for publisher, days in hours.items():
            counts = {day: press.Counts(sum(of.values()), of) for day, of in days.items()}
            for day in (FIRST + timedelta(days=n) for n in range((CLOCK.date() - FIRST).days)):
                seen = press.seen(counts, day, blind=blind.get((publisher, day), ()))
                if seen and round(seen.coverage, 3) < 1:  # as it is stored
                    found[publisher, day] = seen.missing_hours
        return found

    assert missing({}) == {("sada", date(2026, 2, 18)): tuple(range(24))}
    found = missing(silent)
    assert found.keys() == silent.keys()
    assert all(set(silent[key]) <= set(found[key]) for key in silent)


def _hours(outage: past.Outage) -> int:
    return (outage.until - outage.since) // timedelta(hours=1)
