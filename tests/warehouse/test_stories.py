"""Which articles become one story, whatever the order in which they come."""

from __future__ import annotations

import itertools
import random
from concurrent.futures import ThreadPoolExecutor
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
DAY = date(2026, 3, 10)
_number = itertools.count(1)

_WORDS = (
    "بحث لجنة ميناء قمح سفينة جسر مدينة نهر مدرسة معلم طبيب مشفى طريق قرية سوق تاجر مصنع عامل نقابة وزير بلدية حديقة "
    "متحف لوحة كتاب شاعر ملعب فريق مدرب هدف مطر ريح بحر جبل واد قمر شمس نجم فجر مساء صيف شتاء ربيع خريف شجر ثمر"
)  # fmt: skip
WORDS = _WORDS.split()


def sentences(seed, count=8):
    """Sentences that no other seed has."""
    chance = random.Random(seed)
    return [" ".join(chance.choices(WORDS, k=14)) + "." for _ in range(count)]


def text(*parts):
    return "\n".join(part for some in parts for part in some)


def article(words, url=None, day=DAY, hour=9):
    url = url or f"https://a.example/{next(_number)}"
    name = words.split()[0]
    fact = FactRow("entity", "body", 0, len(name), name, 1.0, "1", label="PER", entity=("PER", "سامي"))
    read = Article(url, f"عنوان {url}", words, day.isoformat(), source_id="nahar",
                   fetched_at=f"{day}T{hour:02}:00:00+00:00")  # fmt: skip
    return ReadArticle(read, (fact,), url)


def take(dsn, *reads):
    load(dsn, Batch(f"nahar/run/{next(_number)}", "run", "nahar", reads), {"nahar": SOURCE}, {"entity": "1"})


@pytest.fixture
def dsn(warehouse):
    return with_nahar(warehouse)


def query(dsn, sql):
    with connect(dsn) as link, link.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def stories(dsn):
    """The stories, each as the addresses of its articles."""
    rows = query(dsn, "SELECT array_agg(url ORDER BY url), min(article_id), story_id FROM news.article "
                      "GROUP BY story_id")  # fmt: skip
    assert all(least == story for _, least, story in rows)
    return {frozenset(urls) for urls, _, _ in rows}


def measured(dsn):
    """All that measuring writes, after it."""
    measure(dsn)
    tables = dump(dsn)
    return {name: tables[name] for name in ("article", "signature", "near_text", "entity_day", "source_day")}


def urls(*reads):
    return frozenset(read.article.url for read in reads)


BODY = sentences("body")
ORIGINAL = text(sentences("lead", 1), BODY)


def test_copies_with_another_lead_and_lost_sentences_are_one_story(dsn):
    one = article(ORIGINAL)
    two = article(text(sentences("lead 2", 1), BODY[:3] + BODY[5:]), day=DAY + timedelta(days=1))
    three = article(text(sentences("lead 3", 1), BODY[1:]))
    other = article(text(sentences("other"), BODY[:2]))  # quotes two sentences
    take(dsn, one, two, three, other)
    measure(dsn)
    assert stories(dsn) == {urls(one, two, three), urls(other)}


def test_short_texts_are_one_story_only_where_they_are_equal(dsn):
    words = " ".join(WORDS[:26])
    one, two = article(words), article(words, day=DAY + timedelta(days=90))
    longer = article(f"{words} جديد")
    take(dsn, one, two, longer)
    measure(dsn)
    assert stories(dsn) == {urls(one, two), urls(longer)}


def test_a_text_much_like_one_of_weeks_ago_is_another_story(dsn):
    one, two = article(ORIGINAL), article(text(BODY), day=DAY + timedelta(days=8))
    equal = article(ORIGINAL, day=DAY + timedelta(days=30))
    take(dsn, one, two, equal)
    measure(dsn)
    assert stories(dsn) == {urls(one, equal), urls(two)}


def test_many_texts_under_one_footer_stay_apart(dsn):
    footer = sentences("footer", 3)
    reads = [article(text(sentences(n, 5), footer)) for n in range(12)]
    take(dsn, *reads)
    measure(dsn)
    assert stories(dsn) == {urls(read) for read in reads}


def test_a_digest_of_two_articles_does_not_make_them_one_story(dsn):
    one, two = article(text(sentences("one", 6))), article(text(sentences("two", 6)))
    digest = article(text(sentences("one", 6), sentences("two", 6)))
    take(dsn, one, two, digest)
    measure(dsn)
    assert sorted(map(len, stories(dsn))) == [1, 2]
    assert urls(one, two) not in {story & urls(one, two) for story in stories(dsn)}


def rolling(count):
    """A text that is rewritten a little every hour: the first and the last share nothing."""
    parts = sentences("rolling", count + 8)
    return [article(text(parts[n : n + 8]), day=DAY + timedelta(days=n // 4)) for n in range(count)]


def test_a_chain_of_texts_each_near_the_next_is_not_one_story(dsn):
    reads = rolling(16)
    take(dsn, *reads)
    measure(dsn)
    assert all(not {reads[0].article.url, reads[-1].article.url} <= story for story in stories(dsn))
    assert 2 <= len(stories(dsn)) < 8


def test_any_order_of_loading_and_measuring_gives_the_same_stories(another_warehouse):
    one, two, three = (article(text(sentences(f"lead {n}", 1), BODY[n : n + 6])) for n in range(3))
    corrected = article(text(sentences("corrected")), url=two.article.url, hour=20)
    steps = [*rolling(9), one, two, three, corrected, article(ORIGINAL, day=DAY + timedelta(days=2))]
    at_once = with_nahar(another_warehouse())
    take(at_once, *steps)
    expected = measured(at_once)
    assert expected["near_text"]
    for seed in range(4):
        dsn = with_nahar(another_warehouse())
        order = random.Random(seed).sample(steps, len(steps))
        for number, read in enumerate(order):
            take(dsn, read)
            if number % (seed + 1) == 0:
                measure(dsn)
        assert measured(dsn) == expected


def test_a_correction_leaves_the_story_and_comes_back(dsn):
    reads = [article(text(sentences(f"lead {n}", 1), BODY)) for n in range(3)]
    take(dsn, *reads)
    measure(dsn)
    assert stories(dsn) == {urls(*reads)}
    for read in reads:
        take(dsn, article(text(sentences(read.article.url)), url=read.article.url, hour=12))
        measure(dsn)
        assert stories(dsn) == {urls(read), urls(*reads) - urls(read)}
        take(dsn, article(read.article.text, url=read.article.url, hour=14))
        measure(dsn)
        assert stories(dsn) == {urls(*reads)}
        take(dsn, article(text(sentences(read.article.url)), url=read.article.url, hour=16))
        take(dsn, article(read.article.text, url=read.article.url, hour=18))


def test_a_late_copy_that_joins_two_articles_of_another_day_counts_that_day_anew(dsn):
    """Two texts that share two thirds are each near a third text, which comes two days later."""
    one, two = article(text(BODY[:6])), article(text(BODY[:2], BODY[4:]))
    take(dsn, one, two)
    measure(dsn)
    counts = "SELECT day, articles, stories FROM news.entity_day ORDER BY day"
    assert query(dsn, counts) == [(DAY, 2, 2)]
    late = article(text(BODY), day=DAY + timedelta(days=2))
    take(dsn, late)
    assert measure(dsn) == [DAY + timedelta(days=2)]
    assert stories(dsn) == {urls(one, two, late)}
    assert query(dsn, counts) == [(DAY, 2, 1), (DAY + timedelta(days=2), 1, 1)]


def test_loads_and_measuring_at_once_end_as_one_after_the_other(dsn, another_warehouse):
    reads = [article(text(sentences(f"lead {n}", 1), BODY[n % 3 : n % 3 + 6])) for n in range(18)] + rolling(6)
    with ThreadPoolExecutor(3) as pool:
        work = [pool.submit(take, dsn, *reads[n::4]) for n in range(4)]
        while not all(done.done() for done in work):
            measure(dsn)
        for done in work:
            done.result()
    alone = with_nahar(another_warehouse())
    take(alone, *reads)
    assert measured(dsn) == measured(alone)
