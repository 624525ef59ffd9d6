"""The merge: twice, late, in any order, at once, or killed, the rows end the same."""

import itertools
import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timezone

import numpy as np
import pytest

from rasad.model import Article, Batch, FactRow, ReadArticle, Settled, Source
from rasad.warehouse.connection import connect
from rasad.warehouse.dump import dump
from rasad.warehouse.load import entity_id, load, publication_day
from rasad.warehouse.trends import measure

pytestmark = pytest.mark.postgres

SOURCE = Source("nahar", "النهار", "An-Nahar", "LB", "Asia/Beirut", "https://a.example/", ("a.example",), rights="full")
OTHER = replace(SOURCE, id="balad", hosts=("b.example",), homepage="https://b.example/")
SOURCES = {s.id: s for s in (SOURCE, OTHER)}
VERSIONS = {"entity": "1", "quantity": "1"}


def mention(text, name, start):
    at = text.index(name, start)
    return FactRow("entity", "body", at, at + len(name), name, 1.0, "1", label="PER", entity=("PER", name))


def article(url, text, fetched="2026-03-10T10:00:00+00:00", title="عنوان", source=SOURCE, **more):
    facts = tuple(mention(text, name, 0) for name in ("سامي", "ليلى") if name in text)
    read = Article(url, title, text, more.pop("published_at", "2026-03-09T08:00:00+02:00"),
                   source_id=source.id, fetched_at=fetched, **more)  # fmt: skip
    return ReadArticle(read, facts, url)


def batch(number, *reads, source=SOURCE, settled=()):
    return Batch(f"{source.id}/run/{number}", "run", source.id, reads, settled)


def query(dsn, sql, *values):
    with connect(dsn) as link, link.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


@pytest.fixture
def dsn(warehouse):
    with connect(warehouse) as link, link.cursor() as cursor:
        for s in SOURCES.values():
            cursor.execute(
                "INSERT INTO news.source VALUES (%s, %s, %s, %s, %s, %s, %s, true, NULL)",
                (s.id, s.name_ar, s.name_en, s.country, s.timezone, s.homepage, s.rights),
            )
    return warehouse


def test_a_fact_stands_where_it_says(dsn):
    load(dsn, batch(1, article("https://a.example/1", "قال سامي نعم\nثم عادت ليلى")), SOURCES, VERSIONS)
    rows = query(dsn, "SELECT substr(v.text, start_offset + 1, end_offset - start_offset), surface "
                      "FROM news.fact JOIN news.article_version v USING (version_id, day)")  # fmt: skip
    assert sorted(rows) == [("سامي", "سامي"), ("ليلى", "ليلى")]


def test_what_a_page_says_beside_its_text_reaches_the_analyst(dsn):
    load(dsn, batch(1, article("https://a.example/1", "قال سامي نعم", subtitle="سطر يشرح", live=True),
                    article("https://a.example/2", "عادت ليلى")), SOURCES, VERSIONS)  # fmt: skip
    rows = query(dsn, "SELECT subtitle, live FROM mart.articles ORDER BY url")
    assert rows == [("سطر يشرح", True), (None, False)]


def test_the_same_batch_twice_does_nothing(dsn):
    first = load(dsn, batch(1, article("https://a.example/1", "قال سامي نعم")), SOURCES, VERSIONS)
    before = dump(dsn)
    again = load(dsn, batch(1, article("https://a.example/1", "قال سامي نعم")), SOURCES, VERSIONS)
    assert (first.new_articles, first.facts, first.again) == (1, 1, False)
    assert (first.outcomes, first.kinds) == ({"loaded": 1}, {"entity": 1})
    assert again.again
    assert dump(dsn) == before


def test_the_same_data_under_a_new_key_does_nothing_but_leave_a_receipt(dsn):
    load(dsn, batch(1, article("https://a.example/1", "قال سامي نعم")), SOURCES, VERSIONS)
    before = {k: v for k, v in dump(dsn).items() if k not in ("batch", "dirty_day")}
    again = load(dsn, batch(2, article("https://a.example/1", "قال سامي نعم")), SOURCES, VERSIONS)
    assert (again.new_articles, again.new_versions, again.facts) == (0, 0, 0)
    assert (again.outcomes, again.kinds) == ({"loaded": 1}, {})
    assert {k: v for k, v in dump(dsn).items() if k not in ("batch", "dirty_day")} == before


def test_a_changed_article_gets_a_version_and_its_own_facts(dsn):
    load(dsn, batch(1, article("https://a.example/1", "قال سامي نعم")), SOURCES, VERSIONS)
    load(dsn, batch(2, article("https://a.example/1", "قالت ليلى لا", "2026-03-10T12:00:00+00:00")), SOURCES, VERSIONS)
    assert query(dsn, "SELECT count(*) FROM news.article_version") == [(2,)]
    assert query(dsn, "SELECT surface FROM mart.facts") == [("ليلى",)]
    assert query(dsn, "SELECT versions, text FROM mart.articles") == [(2, "قالت ليلى لا")]


def test_an_article_that_goes_back_to_its_old_words_is_current_in_them(dsn):
    for number, (text, hour) in enumerate([("قال سامي نعم", 10), ("قالت ليلى لا", 11), ("قال سامي نعم", 12)]):
        load(
            dsn,
            batch(number, article("https://a.example/1", text, f"2026-03-10T{hour}:00:00+00:00")),
            SOURCES,
            VERSIONS,
        )
    assert query(dsn, "SELECT text, versions FROM mart.articles") == [("قال سامي نعم", 2)]


def test_any_order_of_loading_ends_alike(dsn, another_warehouse):
    batches = [
        batch(1, article("https://a.example/1", "قال سامي نعم", "2026-03-10T10:00:00+00:00", published_at=None),
              article("https://a.example/2", "ليلى وسامي هنا")),
        batch(2, article("https://a.example/1", "قالت ليلى لا", "2026-03-11T10:00:00+00:00")),
        batch(3, article("https://a.example/1", "قال سامي نعم", "2026-03-08T10:00:00+00:00", published_at=None)),
        batch(4, settled=(Settled("https://a.example/3", "gone", "404", 404, "2026-03-10T10:00:00+00:00"),)),
        batch(5, article("https://b.example/1", "ليلى وسامي هنا", source=OTHER), source=OTHER),
    ]  # fmt: skip
    orders = list(itertools.permutations(batches))
    random.Random(7).shuffle(orders)
    dumps = []
    for order in orders[:6]:
        target = another_warehouse()
        with connect(target) as link, link.cursor() as cursor:
            for s in SOURCES.values():
                cursor.execute(
                    "INSERT INTO news.source VALUES (%s, '', '', 'LB', 'Asia/Beirut', '', 'full', true, NULL)", (s.id,)
                )
        for one in order:
            load(target, one, SOURCES, VERSIONS)
        measure(target)
        tables = dump(target)
        tables.pop("batch")  # receipts say what each load did, which the order decides
        dumps.append(tables)
    assert dumps[0]["fact"]
    for other in dumps[1:]:
        assert other == dumps[0]


def test_four_loaders_at_once_on_overlapping_batches(dsn):
    names = [f"https://a.example/{n}" for n in range(40)]
    batches = []
    for n, source in enumerate([SOURCE, OTHER, SOURCE, OTHER]):
        chosen = random.Random(n).sample(names, 25)
        reads = (article(url, f"قال سامي {url} ثم ليلى", source=source) for url in chosen)
        batches.append(batch(f"{source.id}-{n}", *reads, source=source))
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda b: load(dsn, b, SOURCES, VERSIONS), batches))
    urls = {read.article.url for b in batches for read in b.articles}
    assert query(dsn, "SELECT count(*), count(DISTINCT url) FROM news.article") == [(len(urls), len(urls))]
    assert query(dsn, "SELECT count(*) FROM mart.facts") == [(2 * len(urls),)]


def test_older_extractors_do_not_replace_newer_facts(dsn):
    read = article("https://a.example/1", "قال سامي نعم")
    load(dsn, batch(1, read), SOURCES, {"entity": "2"})
    load(dsn, batch(2, replace(read, facts=())), SOURCES, {"entity": "1"})
    assert query(dsn, "SELECT count(*) FROM mart.facts") == [(1,)]
    load(dsn, batch(3, replace(read, facts=())), SOURCES, {"entity": "3"})
    assert query(dsn, "SELECT count(*) FROM mart.facts") == [(0,)]


def test_an_article_that_says_what_read_it_is_believed(dsn):
    """A batch may wait in the landing zone while the extractors are upgraded."""
    read = replace(article("https://a.example/1", "قال سامي نعم"), extractors={"entity": "7"}, backend="tagger 1")
    load(dsn, batch(1, read), SOURCES, {"entity": "8"})
    assert query(dsn, "SELECT extractors, reader, backend FROM news.article_version") == [
        ({"entity": 7}, 7, "tagger 1")
    ]


def test_the_newest_extractors_of_the_earliest_look_define_a_version_in_any_order(dsn, another_warehouse):
    looks = [
        (
            article("https://a.example/1", "قال سامي نعم", "2026-03-10T10:00:00+00:00", published_at=None),
            {"entity": "1"},
        ),
        (
            article("https://a.example/1", "قال سامي نعم", "2026-03-12T10:00:00+00:00", published_at=None),
            {"entity": "2"},
        ),
        (
            article("https://a.example/1", "قال سامي نعم", "2026-03-14T10:00:00+00:00", published_at=None),
            {"entity": "2"},
        ),
    ]
    dumps = []
    for order in itertools.permutations(range(3)):
        target = another_warehouse()
        with connect(target) as link, link.cursor() as cursor:
            cursor.execute(
                "INSERT INTO news.source VALUES ('nahar', '', '', 'LB', 'Asia/Beirut', '', 'full', true, NULL)"
            )
        for number in order:
            read, versions = looks[number]
            load(target, batch(number, read), SOURCES, versions)
        measure(target)
        assert query(target, "SELECT day::text, extractors::text FROM news.article_version") == [
            ("2026-03-12", '{"entity": 2}')
        ]
        tables = dump(target)
        tables.pop("batch")
        dumps.append(tables)
    assert all(other == dumps[0] for other in dumps)


def test_loads_and_measuring_at_once_end_without_a_deadlock(dsn):
    """Both take articles first, then entities, each by its id."""

    def loads(source):
        for number in range(12):
            reads = [
                article(
                    f"https://{source.hosts[0]}/{n}",
                    f"قال سامي {number} ثم ليلى {n % 3}",
                    f"2026-03-10T{number:02}:00:00+00:00",
                    source=source,
                )
                for n in range(20)
            ]
            load(dsn, batch(f"{source.id}{number}", *reads, source=source), SOURCES, VERSIONS)

    with ThreadPoolExecutor(3) as pool:
        work = [pool.submit(loads, SOURCE), pool.submit(loads, OTHER)]
        while not all(w.done() for w in work):
            measure(dsn)
        for w in work:
            w.result()
    measure(dsn)
    assert query(dsn, "SELECT sum(mentions) FROM news.entity_day") == query(dsn, "SELECT count(*) FROM mart.mentions")


def test_spellings_of_one_name_are_one_entity():
    assert entity_id("PER", "عبد العزيز الراجحي") == entity_id("PER", "عبدالعزيز الراجحى")
    assert entity_id("PER", "عبد العزيز الراجحي") != entity_id("ORG", "عبد العزيز الراجحي")


def test_a_redirected_address_is_a_duplicate_of_the_article(dsn):
    read = replace(article("https://a.example/final", "قال سامي نعم"), page_url="https://a.example/short")
    load(dsn, batch(1, read), SOURCES, VERSIONS)
    assert query(dsn, "SELECT url, outcome FROM news.page ORDER BY url") == [
        ("https://a.example/final", "loaded"),
        ("https://a.example/short", "duplicate"),
    ]


def test_a_passing_failure_keeps_what_stands(dsn):
    load(dsn, batch(1, article("https://a.example/1", "قال سامي نعم")), SOURCES, VERSIONS)
    failure = Settled("https://a.example/1", "timeout", "no answer in 20 s", None, "2026-03-10T12:00:00+00:00")
    load(dsn, batch(2, settled=(failure,)), SOURCES, VERSIONS)
    ((outcome, reason, again),) = query(dsn, "SELECT outcome, reason, next_look_at IS NOT NULL FROM news.page")
    assert (outcome, reason, again) == ("loaded", "no answer in 20 s", True)


def test_text_that_postgres_cannot_store_keeps_its_offsets(dsn):
    load(dsn, batch(1, article("https://a.example/1", "صفر\0 ثم \ud800 قال سامي\tنعم \\N")), SOURCES, VERSIONS)
    ((text, start, surface),) = query(
        dsn, "SELECT v.text, start_offset, surface FROM news.fact JOIN news.article_version v USING (version_id)"
    )
    assert text[start : start + len(surface)] == surface == "سامي"
    assert text.endswith("\tنعم \\N")


def test_measure_counts_current_versions_only_and_sums_agree(dsn):
    load(
        dsn,
        batch(1, article("https://a.example/1", "قال سامي نعم"), article("https://a.example/2", "سامي وليلى")),
        SOURCES,
        VERSIONS,
    )
    load(dsn, batch(2, article("https://b.example/1", "سامي وليلى", source=OTHER), source=OTHER), SOURCES, VERSIONS)
    assert measure(dsn) == [date(2026, 3, 9)]
    rows = query(dsn, "SELECT entity, articles, texts, stories, sources, mentions FROM mart.entity_days ORDER BY 1")
    assert rows == [("سامي", 3, 2, 2, 2, 3), ("ليلى", 2, 1, 1, 2, 2)]
    load(dsn, batch(3, article("https://a.example/1", "قالت ليلى لا", "2026-03-10T12:00:00+00:00")), SOURCES, VERSIONS)
    assert measure(dsn) == [date(2026, 3, 9)]
    assert measure(dsn) == []
    rows = query(dsn, "SELECT entity, articles, mentions FROM mart.entity_days ORDER BY 1")
    assert rows == [("سامي", 2, 2), ("ليلى", 3, 3)]
    sums = query(dsn, "SELECT (SELECT sum(mentions) FROM news.entity_source_day), "
                      "(SELECT sum(facts) FROM news.kind_day), "
                      "(SELECT sum(facts) FROM news.source_day), (SELECT count(*) FROM mart.facts)")  # fmt: skip
    assert len(set(sums[0])) == 1


@pytest.mark.parametrize(
    ("published", "day", "basis"),
    [
        ("2026-03-09T23:30:00+02:00", date(2026, 3, 9), "published"),
        ("2026-03-09", date(2026, 3, 9), "published"),
        ("1970-01-01", date(2026, 3, 11), "seen"),
        ("2026-03-13T00:00:00Z", date(2026, 3, 13), "published"),
        ("2026-03-14", date(2026, 3, 11), "seen"),
        ("لا تاريخ", date(2026, 3, 11), "seen"),
        (None, date(2026, 3, 11), "seen"),
    ],
)
def test_the_day_of_an_article(published, day, basis):
    fetched = datetime(2026, 3, 10, 22, 30, tzinfo=timezone.utc)  # the 11th in Beirut
    assert publication_day(published, fetched, "Asia/Beirut") == (day, basis)


def test_numbers_of_numpy_and_texts_with_marks_of_copy_arrive_as_they_are(dsn):
    text = "قال \\سامي\tنعم\\N\r\n"
    read = article("https://a.example/1", text, tags=("أ\\ب", 'قال "نعم"', "س\tص"), section="\\N")
    facts = (replace(read.facts[0], value=np.float64(2.5), confidence=np.float32(0.5), details={"أ": 'ب"\\ت\n'}),)
    load(dsn, batch(1, replace(read, facts=facts)), SOURCES, VERSIONS)
    assert query(dsn, "SELECT text, tags, section FROM mart.articles") == [(text, list(read.article.tags), "\\N")]
    assert query(dsn, "SELECT value, confidence, details FROM news.fact") == [(2.5, 0.5, {"أ": 'ب"\\ت\n'})]
