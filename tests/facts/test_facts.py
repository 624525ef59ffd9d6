"""The one list of extractors: what each must offer, and what reading an article gives."""

from __future__ import annotations

import dataclasses
import re

from rasad import facts
from rasad.facts.layout import LISTS
from rasad.model import Article, Fact

ARTICLE = Article(
    url="",
    title="هدى نجم: «لن نغلق الميناء»",
    text=(
        "بيروت - قالت وزيرة النقل هدى نجم يوم 3 مارس 2026 إن «الميناء سيبقى مفتوحا أمام 40 سفينة».\n"
        "وأكدت الوزيرة أن العمل مستمر."
    ),
    published_at="2026-03-04T10:00:00+02:00",
)


def test_the_kinds_and_their_order() -> None:
    assert [extractor.KIND for extractor in facts.EXTRACTORS] == [
        "entity",
        "nominal",
        "date",
        "quantity",
        "quote",
        "indirect_quote",
        "keyphrase",
        "topic",
        "event",
    ]
    assert all(extractor.VERSION for extractor in facts.EXTRACTORS)
    assert {extractor.KIND for extractor in facts.EXTRACTORS} == {*LISTS, "event"}


def test_every_fact_is_what_its_span_says() -> None:
    found = facts.read(ARTICLE)
    assert list(found) == [extractor.KIND for extractor in facts.EXTRACTORS]
    for kind, rows in found.items():
        for fact in rows:
            text = ARTICLE.text if fact.field == "body" else ARTICLE.title or ""
            assert text[fact.start : fact.end] == fact.text, kind
            assert 0 < fact.confidence <= 1, kind
    assert {kind for kind, rows in found.items() if rows} >= {"entity", "date", "quantity", "quote", "indirect_quote"}


def test_reading_twice_gives_the_same() -> None:
    assert facts.read(ARTICLE) == facts.read(ARTICLE)


def test_whatever_the_text_is() -> None:
    """Empty, digits, marks, no spaces, another language, broken surrogates: facts or none, never an exception."""
    texts = (
        "",
        " \n\n",
        "12 34 ٥٦ " * 500,
        "«»\"\"''()،؛؟!. " * 500,
        "كلمةبلافراغ" * 2_000,
        'The minister said "no comment at all" on Monday.',
        "وزیر خارجه گفت: «این کار ادامه دارد».",
        "\ud800\udfff قال \ud83d «نعم \udc00 هذا»",
        "ً" * 5_000,
        "\u202e\u200f\ufeff قال",
        "قال " * 5_000,
        "\0\x01\x02",
    )
    for text in texts:
        for title in (None, "", text[:300]):
            found = facts.read(Article(url="", title=title, text=text, published_at=None))
            for rows in found.values():
                for fact in rows:
                    assert (text if fact.field == "body" else title or "")[fact.start : fact.end] == fact.text


def test_facts_are_frozen_and_named_in_the_model() -> None:
    for rows in facts.read(ARTICLE).values():
        for fact in rows:
            assert isinstance(fact, Fact)
            assert dataclasses.fields(fact)
            assert re.fullmatch(r"rasad\.model", type(fact).__module__)
