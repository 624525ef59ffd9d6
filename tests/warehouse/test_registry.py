"""The registry: new names, their spellings, and what people merge; the same whatever the order of loading."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import psycopg2
import pytest

from rasad.model import Article, Batch, FactRow, ReadArticle, Source
from rasad.warehouse.connection import connect
from rasad.warehouse.dump import dump
from rasad.warehouse.load import entity_id, load
from rasad.warehouse.registry import Name, Place, settle, spelling
from rasad.warehouse.takedown import take_down
from rasad.warehouse.trends import measure

FIRST = date(2026, 3, 1)
SOURCES = {
    name: Source(name, name, name, "LB", "Asia/Beirut", f"https://{name}.example/", (f"{name}.example",))
    for name in ("nahar", "safir", "anwar")
}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("سيرجي كوفالينكو", "سيرغي كوفالينكو"),
        ("غريتا لوندكفيست", "جريته لوندكفيست"),
        ("عبد العاطي بو غرارة", "عبدالعاطي بوجرارة"),
        ("شركة پترونور", "شركة بترونور"),
        ("غوادالوبي", "جوادالوبي"),
    ],
)
def test_spellings_of_one_name(one: str, other: str) -> None:
    assert spelling(one) == spelling(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("جازان", "غازان"), ("جابر", "غابر"), ("سامي الجابري", "سامي الجباري"), ("ليلى حداد", "ليلى الحداد")],
)
def test_other_names(one: str, other: str) -> None:
    assert spelling(one) != spelling(other)


def _name(number: int, articles: int, *sources: str, listed: bool = False) -> Name:
    return Name(number, listed, articles, frozenset(sources))


@pytest.mark.parametrize(
    ("names", "places"),
    [
        ([_name(1, 2, "a", "b")], {1: Place("candidate", None)}),  # too few articles
        ([_name(1, 9, "a")], {1: Place("candidate", None)}),  # one source
        ([_name(1, 3, "a", "b")], {1: Place("added", None)}),
        ([_name(1, 0, listed=True)], {1: Place("listed", None)}),
        ([_name(1, 1, "a"), _name(2, 2, "b")], {2: Place("added", None), 1: Place("added", 2)}),  # together enough
        ([_name(1, 1, "a"), _name(2, 1, "b")], {1: Place("candidate", None), 2: Place("candidate", None)}),
        ([_name(2, 2, "a"), _name(1, 2, "b")], {1: Place("added", None), 2: Place("added", 1)}),  # the least id
        ([_name(1, 9, "a", "b"), _name(2, 0, listed=True)], {2: Place("listed", None), 1: Place("listed", 2)}),
        (  # whose spelling is it?
            [_name(1, 0, listed=True), _name(2, 0, listed=True), _name(3, 5, "a", "b")],
            {1: Place("listed", None), 2: Place("listed", None), 3: Place("added", None)},
        ),
    ],
)
def test_settle(names: list[Name], places: dict[int, Place]) -> None:
    for order in itertools.permutations(names):
        assert settle(order) == places


def article(number: int, name: str, source: str, day: int = 0, english: str | None = None) -> ReadArticle:
    """An article that names one person; `english`: the lexicon knows them."""
    url = f"https://{source}.example/{number}"
    fact = FactRow("entity", "body", 0, len(name), name, 1.0, "1", label="PER", entity=("PER", name), entity_en=english)
    fact = replace(fact, details={"source": "lexicon" if english else "rule"})
    at = (FIRST + timedelta(days=day)).isoformat()
    read = Article(url, "عنوان", f"{name} في {url}", at, source_id=source, fetched_at=f"{at}T09:00:00+00:00")
    return ReadArticle(read, (fact,), url)


def take(dsn: str, *reads: ReadArticle) -> None:
    for read in reads:
        source = str(read.article.source_id)
        load(dsn, Batch(f"{read.page_url} {read.article.text}", "run", source, (read,)), SOURCES, {"entity": "1"})


def query(dsn: str, sql: str, *values: object) -> list[tuple]:
    with connect(dsn) as link, link.cursor() as cursor:
        cursor.execute(sql, values or None)
        return cursor.fetchall() if cursor.description else []


def merge(dsn: str, one: str, into: str) -> None:
    query(
        dsn,
        "INSERT INTO news.entity_merge (entity_id, into_id, why) VALUES (%s, %s, 'the same man')",
        entity_id("PER", one),
        entity_id("PER", into),
    )


def names(dsn: str) -> list[tuple]:
    return query(dsn, "SELECT name, aliases, standing FROM mart.entities ORDER BY name")


def counts(dsn: str) -> list[tuple]:
    return query(dsn, "SELECT entity, sum(articles)::int FROM mart.entity_days GROUP BY entity ORDER BY entity")


def prepared(dsn: str) -> str:
    with connect(dsn) as link, link.cursor() as cursor:
        for name in SOURCES:
            cursor.execute(
                "INSERT INTO news.source VALUES (%s, '', '', 'LB', 'Asia/Beirut', '', 'full', true)", (name,)
            )
    return dsn


@pytest.fixture
def dsn(warehouse: str) -> str:
    return prepared(warehouse)


@pytest.mark.postgres
def test_spellings_are_one_entity_in_whatever_order_they_come(another_warehouse) -> None:
    reads = [
        article(1, "سيرغي كوفالينكو", "nahar", 0),
        article(2, "سيرجي كوفالينكو", "safir", 2),
        article(3, "سيرغي كوفالينكو", "nahar", 5),
        article(4, "جورج مارتنيز", "nahar", 0),
        article(5, "غورغ مارتنيز", "anwar", 2, english="Jorge Martínez"),
    ]
    tables = []
    for order in list(itertools.permutations(reads))[::9]:
        dsn = prepared(another_warehouse())
        for read in order:
            take(dsn, read)
            measure(dsn)
        kept = dump(dsn)
        tables.append({table: kept[table] for table in kept if table not in ("batch", "run_source")})
        assert names(dsn) == [
            ("سيرغي كوفالينكو", ["سيرجي كوفالينكو", "سيرغي كوفالينكو"], "added"),
            ("غورغ مارتنيز", ["جورج مارتنيز", "غورغ مارتنيز"], "listed"),
        ]
        assert counts(dsn) == [("سيرغي كوفالينكو", 3), ("غورغ مارتنيز", 2)]
    assert all(table == tables[0] for table in tables)


@pytest.mark.postgres
def test_a_correction_that_takes_the_evidence_away_parts_them_again(dsn) -> None:
    take(dsn, article(1, "سيرغي كوفالينكو", "nahar"), article(2, "سيرجي كوفالينكو", "safir", 1))
    take(dsn, article(3, "سيرغي كوفالينكو", "nahar", 2))
    measure(dsn)
    assert counts(dsn) == [("سيرغي كوفالينكو", 3)]
    corrected = article(3, "هدى مراد", "nahar", 2)
    late = replace(corrected.article, fetched_at=f"{FIRST + timedelta(days=3)}T09:00:00+00:00")
    take(dsn, replace(corrected, article=late))
    assert measure(dsn) == [FIRST + timedelta(days=1), FIRST + timedelta(days=2)]
    assert counts(dsn) == [("سيرجي كوفالينكو", 1), ("سيرغي كوفالينكو", 1), ("هدى مراد", 1)]
    assert measure(dsn) == []


@pytest.mark.postgres
def test_a_spelling_whose_evidence_is_taken_down_stands_by_itself_whenever_it_was_seen(dsn) -> None:
    take(dsn, article(1, "سيرغي كوفالينكو", "nahar"), article(2, "سيرغي كوفالينكو", "safir"))
    take(dsn, article(3, "سيرجي كوفالينكو", "anwar", 5))
    measure(dsn)
    assert names(dsn) == [("سيرغي كوفالينكو", ["سيرجي كوفالينكو", "سيرغي كوفالينكو"], "added")]
    for source, number in (("nahar", 1), ("safir", 2)):
        take_down(dsn, f"https://{source}.example/{number}", "a court order", "legal desk")
    measure(dsn)
    assert names(dsn) == [("سيرجي كوفالينكو", ["سيرجي كوفالينكو"], "candidate")]
    assert counts(dsn) == [("سيرجي كوفالينكو", 1)]


@pytest.mark.postgres
def test_merging_by_hand_and_undoing_it(dsn) -> None:
    take(dsn, article(1, "أبو محمد الشامي", "nahar"), article(2, "أحمد الشامي", "safir", 1))
    take(dsn, article(3, "أحمد حسين الشامي", "safir", 1))
    measure(dsn)
    before = dump(dsn)
    merge(dsn, "أبو محمد الشامي", "أحمد الشامي")
    merge(dsn, "أحمد الشامي", "أحمد حسين الشامي")  # a merge of a merged one goes on to the end
    facts = "SELECT DISTINCT entity FROM mart.mentions"
    assert query(dsn, facts) == [("أحمد حسين الشامي",)]  # at once
    assert len(measure(dsn)) == 2
    assert counts(dsn) == [("أحمد حسين الشامي", 3)]
    assert query(dsn, "SELECT entity, sources FROM mart.entity_days ORDER BY day") == [
        ("أحمد حسين الشامي", 1),
        ("أحمد حسين الشامي", 1),
    ]
    assert query(dsn, "SELECT name, into_name, made_by, why FROM mart.entity_merges ORDER BY name") == [
        ("أبو محمد الشامي", "أحمد حسين الشامي", "hand", "the same man"),
        ("أحمد الشامي", "أحمد حسين الشامي", "hand", "the same man"),
    ]
    query(dsn, "DELETE FROM news.entity_merge")
    measure(dsn)
    assert dump(dsn) == before


@pytest.mark.postgres
def test_a_hand_goes_before_the_spelling(dsn) -> None:
    one, other = "سيرغي كوفالينكو", "سيرجي كوفالينكو"
    take(dsn, *(article(n, one, "nahar", n) for n in range(3)), article(9, other, "safir"))
    measure(dsn)
    assert counts(dsn) == [(one, 4)]
    merge(dsn, one, other)  # this is how he is to be called
    measure(dsn)
    assert counts(dsn) == [(other, 4)]
    query(dsn, "DELETE FROM news.entity_merge")
    merge(dsn, other, other)  # another man
    measure(dsn)
    assert counts(dsn) == [(other, 1), (one, 3)]


@pytest.mark.postgres
def test_a_circle_of_merges_is_refused_and_named(dsn) -> None:
    take(dsn, *(article(n, name, "nahar") for n, name in enumerate(("سامي حداد", "ليلى مراد", "ندى سعد"))))
    merge(dsn, "سامي حداد", "ليلى مراد")
    merge(dsn, "ليلى مراد", "ندى سعد")
    with pytest.raises(psycopg2.errors.RaiseException, match="is merged into it already"):
        merge(dsn, "ندى سعد", "سامي حداد")
    assert query(dsn, "SELECT count(*) FROM news.entity_merge") == [(2,)]


@pytest.mark.postgres
def test_the_manual_merges_and_undoes_it(dsn) -> None:
    page = (Path(__file__).parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"^```postgresql\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    merging, apart, undoing = block.strip().split("\n\n")
    people = ("أبو محمد الجولاني", "أحمد الشرع", "جورج مارتن")
    take(dsn, *(article(n, name, "nahar") for n, name in enumerate(people)))
    measure(dsn)
    query(dsn, merging)
    query(dsn, apart)
    assert query(dsn, "SELECT name, into_name FROM mart.entity_merges") == [("أبو محمد الجولاني", "أحمد الشرع")]
    assert query(dsn, "SELECT count(*) FROM news.entity_merge") == [(2,)]
    query(dsn, undoing)
    assert query(dsn, "SELECT count(*) FROM mart.entity_merges") == [(0,)]
