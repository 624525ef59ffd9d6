"""SQL, HTML and tricks in titles, authors, names and quotes: Postgres gives back what was stored, and no more."""

from __future__ import annotations

import pytest
from tests.warehouse.test_load import SOURCE, SOURCES, VERSIONS, query

from rasad.arabic import display
from rasad.model import Article, Batch, FactRow, ReadArticle, Settled
from rasad.warehouse.connection import connect
from rasad.warehouse.load import load

pytestmark = pytest.mark.postgres

WORDS = [
    "'; DROP TABLE news.article; --", "' OR '1'='1", "\\'; SELECT pg_sleep(60); --", "$$; DROP SCHEMA mart; $$",
    "%s %(x)s %%",
    "{0} {name} {{7*7}} ${jndi:ldap://x}", "\\copy \\. \\N", "\\N", "\\.", "a\tb\\tc", "NULL", "''", '"', "`id`; $(id)",
    "=HYPERLINK(\"http://x\")", "@SUM(1+1)*cmd|' /C calc'!A0", "+1", "-1", "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>", "&lt;b&gt; &amp;", "javascript:alert(1)", "]]> <!-- -->",
    "{\"a\":[1,2],\"b\":null}",
    "[{]}", "array['x']", "{,}", "(,)", "قال «نعم» ثم 'لا'", "سامي\u0301", "ﷺ", "👩\u200d👩", "\U0010fffd", "خـــبر",
]  # fmt: skip


def test_what_is_stored_is_what_was_read(warehouse: str) -> None:
    with connect(warehouse) as link, link.cursor() as cursor:
        cursor.execute(
            "INSERT INTO news.source VALUES (%s, '', '', 'LB', 'Asia/Beirut', '', 'full', true, NULL)", (SOURCE.id,)
        )
    reads, texts = [], {}
    for number, words in enumerate(WORDS):
        url = f"https://a.example/{number}"
        text = f"خبر {words} تمّ"
        fact = FactRow("entity", "body", 4, 4 + len(words), words, 1.0, "1", label="PER", entity=("PER", words))
        told = FactRow(
            "quote", "body", 4, 4 + len(words), words, 1.0, "1", speaker=words, verb=words, details={words: words}
        )
        article = Article(
            url, words, text, "2026-03-09T08:00:00+02:00", source_id=SOURCE.id, fetched_at="2026-03-10T10:00:00+00:00",
            authors=(words,), tags=(words,), section=words, description=words, subtitle=words,
        )  # fmt: skip
        reads.append(ReadArticle(article, (fact, told), url))
        texts[url] = (words, text, [words], words)
    settled = tuple(Settled(f"https://a.example/s{n}", "failed", words) for n, words in enumerate(WORDS))
    receipt = load(
        warehouse, Batch("nahar/run/'; DROP TABLE news.batch; --", "run", SOURCE.id, tuple(reads), settled), SOURCES,
        VERSIONS | {"quote": "1"},
    )  # fmt: skip
    assert receipt.articles == len(WORDS)
    rows = query(warehouse, "SELECT url, title, text, authors, subtitle FROM mart.articles")
    assert {row[0]: tuple(row[1:]) for row in rows} == texts
    names = query(warehouse, "SELECT url, surface FROM mart.facts WHERE kind = 'entity'")
    assert dict(names) == {url: words for url, (words, *_) in texts.items()}
    told = query(warehouse, "SELECT surface, speaker, verb, details FROM news.fact WHERE kind = 'quote'")
    assert sorted(row[0] for row in told) == sorted(WORDS)
    assert all(row[0] == row[1] == row[2] and row[3] == {row[0]: row[0]} for row in told)
    reasons = query(warehouse, "SELECT reason FROM news.page WHERE outcome = 'failed'")
    assert sorted(row[0] for row in reasons) == sorted(WORDS)
    assert query(warehouse, "SELECT batch_id FROM news.batch") == [("nahar/run/'; DROP TABLE news.batch; --",)]


@pytest.mark.parametrize("words", WORDS)
def test_a_question_takes_words_as_words(loaded, words: str) -> None:
    """Whatever is searched for is searched for, and no more."""
    rows = query(loaded.dsn, "SELECT count(*) FROM mart.search(%s, NULL, NULL)", words)
    assert rows[0][0] >= 0


def test_the_words_are_those_a_reader_sees() -> None:
    """They pass `display.clean` but for what it is there to mend, so the pipeline stores them so."""
    changed = [words for words in WORDS if display.clean(words)[0] != words]
    assert changed == [words for words in WORDS if set(words) & set("\t\u200dـﷺ")]
