"""What the rights of a source let be kept and shown of a text, and that nothing else is."""

from __future__ import annotations

import dataclasses
import hashlib

import pytest

from rasad.model import Article, Batch, FactRow, ReadArticle, Source
from rasad.warehouse import near_duplicates, rights
from rasad.warehouse.connection import connect
from rasad.warehouse.dump import dump
from rasad.warehouse.load import load
from rasad.warehouse.trends import measure

TEXT = (
    "زار سامي المرفأ صباح اليوم. ولم يكن الطقس باردا في ذلك الوقت! وقتل 5 أشخاص في الحريق.\n"
    "وبقيت الطرق مقفلة حتى المساء. ثم عادت ليلى إلى بيتها.\n"
)
SOURCE = Source("nahar", "النهار", "An-Nahar", "LB", "Asia/Beirut", "https://a.example/", ("a.example",))


def fact(words, text=TEXT, kind="entity", **more):
    at = text.index(words)
    return FactRow(kind, "body", at, at + len(words), words, 1.0, "1", **more)


def read(url="https://a.example/1", text=TEXT, facts=None, hour=8, **more):
    found = facts if facts is not None else (fact("سامي", text, entity=("PER", "سامي")), fact("ليلى", text))
    article = Article(url, "عنوان", text, "2026-03-09T08:00:00+02:00", source_id="nahar", **more)
    return ReadArticle(dataclasses.replace(article, fetched_at=f"2026-03-10T{hour:02}:00:00+00:00"), found, url)


def query(dsn, sql, *values):
    with connect(dsn) as link, link.cursor() as cursor:
        cursor.execute(sql, values or None)
        return cursor.fetchall() if cursor.description else []


@pytest.fixture
def put(warehouse):
    """A function that loads articles under some rights."""
    s = SOURCE
    query(warehouse, "INSERT INTO news.source VALUES (%s, %s, %s, %s, %s, %s, 'facts', true, NULL)",
          s.id, s.name_ar, s.name_en, s.country, s.timezone, s.homepage)  # fmt: skip

    def put(allowed, *reads, number=1):
        batch = Batch(f"nahar/run/{number}", "run", "nahar", reads)
        return load(warehouse, batch, {"nahar": dataclasses.replace(SOURCE, rights=allowed)}, {"entity": "1"})

    return put


def test_a_sentence_is_the_one_around_or_all_that_a_fact_runs_through():
    first, second = TEXT.index("زار"), TEXT.index("ولم")
    (one, two) = rights.around(TEXT, [(4, 8), (4, second + 5)])
    assert TEXT[slice(*one)] == "زار سامي المرفأ صباح اليوم."
    assert TEXT[slice(*two)] == "زار سامي المرفأ صباح اليوم. ولم يكن الطقس باردا في ذلك الوقت!"
    assert first == one[0]
    assert rights.around("", []) == []
    assert rights.around("كلمة", [(0, 4)]) == [(0, 4)]
    assert rights.around(" كلمة ", [(0, 6)]) == [(0, 6)]  # a span that no sentence holds is shown all the same


def test_what_is_blanked_keeps_every_offset():
    spans = rights.body_spans(read().facts)
    kept = rights.kept(TEXT, rights.around(TEXT, spans), "snippet")
    assert len(kept) == len(TEXT)
    assert " ".join(kept.split()) == "زار سامي المرفأ صباح اليوم. ثم عادت ليلى إلى بيتها."
    assert [kept[a:b] for a, b in spans] == ["سامي", "ليلى"]
    assert rights.kept(TEXT, [], "snippet").strip() == ""
    assert rights.kept(TEXT, rights.around(TEXT, [*spans, *spans]), "snippet") == kept  # sentences may overlap
    assert rights.kept(TEXT, [], "full") == TEXT
    assert rights.kept(TEXT, rights.around(TEXT, spans), "facts") == ""


def test_only_words_that_stand_where_they_say_are_proven():
    good = fact("سامي")
    wrong = dataclasses.replace(good, start=good.start + 1, end=good.end + 1)
    empty = dataclasses.replace(good, end=good.start, text="")
    assert rights.proven(read(facts=(good, wrong, empty))).facts == (good,)


def test_a_copy_is_told_by_what_is_kept_of_a_text():
    found = near_duplicates.shingles(TEXT * 3)
    assert (near_duplicates.unpacked(rights.signature(TEXT * 3)) == found).all()
    assert len(rights.signature(TEXT * 3)) == 4 * len(found)


@pytest.mark.postgres
def test_of_facts_only_no_word_beyond_title_and_facts_is_in_the_warehouse(warehouse, put):
    count = fact("5 أشخاص", kind="quantity", value=5.0)
    more = {"description": "سطر الطقس للوصف", "subtitle": "سطر الطقس تحته"}
    put("facts", read(facts=(*read().facts, count), **more))
    measure(warehouse)
    tables = query(warehouse, "SELECT relname FROM pg_class WHERE relnamespace IN ('news'::regnamespace, "
                              "'mart'::regnamespace) AND relkind IN ('r', 'v')")  # fmt: skip
    schemas = {name: "news" if query(warehouse, "SELECT to_regclass(%s)", f"news.{name}")[0][0] else "mart"
               for (name,) in tables}  # fmt: skip
    everything = " ".join(
        str(row) for name, schema in schemas.items() for row in query(warehouse, f'SELECT * FROM {schema}."{name}"')
    )
    for words in ("المرفأ", "الطقس", "الطرق", "بيتها"):
        assert words not in everything
    assert "سامي" in everything
    ((text, kept, digest, description),) = query(
        warehouse, "SELECT text, kept, text_sha256, description FROM news.article_version"
    )
    assert (text, kept, description) == ("", "facts", None)
    assert bytes(digest) == hashlib.sha256(TEXT.encode()).digest()
    assert query(warehouse, "SELECT text, kept, title FROM mart.articles") == [(None, "facts", "عنوان")]
    assert set(query(warehouse, "SELECT sentence FROM mart.facts")) == {(None,)}


@pytest.mark.postgres
def test_of_a_snippet_each_fact_shows_its_sentence_and_where_it_stands_in_it(warehouse, put):
    put("snippet", read(description="وصف"))
    rows = query(warehouse, "SELECT surface, sentence, sentence_offset FROM mart.facts ORDER BY fact_no")
    assert [row[:2] for row in rows] == [("سامي", "زار سامي المرفأ صباح اليوم."), ("ليلى", "ثم عادت ليلى إلى بيتها.")]
    for surface, sentence, offset in rows:
        assert sentence[offset : offset + len(surface)] == surface
    ((text, description),) = query(warehouse, "SELECT text, description FROM mart.articles")
    assert (len(text), "الطقس" in text, "الطرق" in text, description) == (len(TEXT), False, False, "وصف")


@pytest.mark.postgres
def test_a_fact_that_does_not_stand_there_is_not_kept_where_the_text_goes(warehouse, put):
    wrong = dataclasses.replace(fact("سامي"), text="ليلى")
    put("facts", read(facts=(fact("سامي"), wrong)))
    assert query(warehouse, "SELECT surface FROM news.fact") == [("سامي",)]


@pytest.mark.postgres
def test_a_correction_is_seen_though_no_text_is_kept(warehouse, put):
    put("facts", read())
    put("facts", read(hour=9), number=2)
    assert query(warehouse, "SELECT versions FROM mart.articles") == [(1,)]
    put("facts", read(text=TEXT.replace("المساء", "الفجر"), hour=10), number=3)
    assert query(warehouse, "SELECT versions FROM mart.articles") == [(2,)]


@pytest.mark.postgres
@pytest.mark.parametrize(("one", "other"), [("facts", "facts"), ("facts", "full"), ("full", "snippet")])
def test_copies_are_one_story_whatever_is_kept_of_them(warehouse, put, one, other):
    words = " ".join(f"كلمة{n} جملة{n % 7}" for n in range(60))
    put(one, read("https://a.example/1", words + " سامي", ()))
    put(other, read("https://a.example/2", "قال مراسلنا " + words, (), hour=9), number=2)
    put(one, read("https://a.example/3", " ".join(f"غير{n} ذلك{n}" for n in range(60)), ()), number=3)
    measure(warehouse)
    stories = dict(query(warehouse, "SELECT right(url, 1), story_id FROM mart.articles"))
    assert stories["1"] == stories["2"] != stories["3"]


@pytest.mark.postgres
@pytest.mark.parametrize("steps", [["snippet"], ["facts"], ["snippet", "facts"]])
def test_what_a_source_allows_no_more_goes_as_if_it_had_never_come(warehouse, put, another_warehouse, steps):
    """The same rows as a load under those rights, but for what only the clock knows."""
    count = fact("5 أشخاص", kind="quantity", value=5.0)
    articles = [read(f"https://a.example/{n}", facts=(*read().facts, count), description="وصف") for n in range(3)]
    put("full", *articles)
    measure(warehouse)
    for allowed in steps:
        query(warehouse, "UPDATE news.source SET rights = %s", allowed)
        assert rights.enforce(warehouse) == 3
        assert rights.enforce(warehouse) == 0
    measure(warehouse)
    fresh = another_warehouse()
    s = SOURCE
    query(fresh, "INSERT INTO news.source VALUES (%s, %s, %s, %s, %s, %s, %s, true, NULL)",
          s.id, s.name_ar, s.name_en, s.country, s.timezone, s.homepage, steps[-1])  # fmt: skip
    load(fresh, Batch("nahar/run/1", "run", "nahar", tuple(articles)),
         {"nahar": dataclasses.replace(SOURCE, rights=steps[-1])}, {"entity": "1"})  # fmt: skip
    measure(fresh)
    assert dump(warehouse) == dump(fresh)


@pytest.mark.postgres
def test_what_went_does_not_come_back_by_a_word_in_a_yaml(warehouse, put):
    put("facts", read())
    query(warehouse, "UPDATE news.source SET rights = 'full'")
    assert rights.enforce(warehouse) == 0
    assert query(warehouse, "SELECT text, kept FROM mart.articles") == [(None, "facts")]
