"""The one list of extractors: what each must offer, and what reading an article gives."""

from __future__ import annotations

import dataclasses
import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rasad import facts
from rasad.facts import wordlists
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


WORDS = """
    قال وقال قالت وأضاف إن بأن بحسب وفقا لوزارة وصف قوله قائلا نقلت عن الوزير سامي الدروبي رئيس أما
    من إلى بين يوم عام العام شهر الأحد أمس اليوم الماضي المقبل قبل أول نفسه رمضان مايو ماي هـ الربع القرن
    نحو أكثر ثلاثة آلاف مليون ملايير عشرات نصف واحد واحدة واحدا كتابين هدفين مئة في المئة دولار ريال آخرين
"""
PIECES = (
    *WORDS.split(),
    # one letter, clitics, nothing but marks
    *"نويفبلكأعةىم",
    "ـ",
    "ً",
    "وال",
    "لل",
    "ولل",
    "\ufc5e",
    # what extractors stop at
    *"«»\"'“”‘()[]:،,.؛؟!-–/%٪$€#@+_",
    *("3", "٣", "12.5", "2024", "1,250", "0", "999999999999999999", "1436", "31", "14/5/2020", "5:30"),
    # what is no Arabic, or no text
    *("USA", "a", "ﷺ", "ﻻ", "ﺍﻟﻘﺪﺱ", "\ud800", "\udfff", "\u200f", "\ufeff", "\0", "😀", "²", "½"),
)


LISTED = sorted(
    {
        word
        for name in ("quantity_words", "date_words", "noun_words", "stop_words")
        for listed in wordlists.load(name).values()
        for word in listed
    }
)


@settings(max_examples=400, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(PIECES) | st.sampled_from(LISTED), st.sampled_from(("", " ", " ", " ", "\n"))),
        max_size=40,
    )
    | st.lists(st.tuples(st.text(st.characters(), max_size=6), st.sampled_from(("", " "))), max_size=20),
    st.sampled_from((None, "2026-03-04", "0001-01-01", "9999-12-31", "no day")),
)
def test_no_content_makes_it_fail(pieces: list[tuple[str, str]], published_at: str | None) -> None:
    text = "".join(piece + gap for piece, gap in pieces)
    found = facts.read(Article(url="", title=text[:40], text=text, published_at=published_at))
    for rows in found.values():
        for fact in rows:
            assert (text if fact.field == "body" else text[:40])[fact.start : fact.end] == fact.text != ""


LONG = """
أعلن وزير النقل سامي الدروبي، مساء أمس الثلاثاء 3 مارس/آذار 2026 الموافق 14 رمضان 1447 هـ، أن 3.5 مليون يورو
ونصف ستصرف بين عامي 2024 و2025،
وقال للصحفيين إن «ما لا يقل عن 40 سفينة» ستعود (5 سفن كل شهر)، مضيفا أنه وقع مذكرتي تفاهم في الأسبوع الأول من
الشهر المقبل.
وبحسب بيان لوزارة المالية فقد ارتفع السعر من 3 إلى 5 في المئة تقريبا خلال الربع الأول من العام الماضي، أي ما
يزيد على عشرات الآلاف من الدولارات على الأقل.
أما المدير فوصف الأمر بأنه "خطوة واحدة في طريق طويل"، وفقا لما نقلته وكالة الأنباء عن مصدر في الشركة قوله: «لن
ننتظر يوما أو يومين ونصف يوم».
وكانت النتيجة 2-1 في الدقيقة 90+3، بعد قبل غد، أول من أمس، ليل الجمعة - السبت، ثاني أيام عيد الفطر المبارك،
ثمانينيات القرن الماضي، يوم 22/4 من هذا العام
"""


def test_a_text_may_end_anywhere() -> None:
    for cut in (m.end() for m in re.finditer(r"\S+?(?=\s|[،.:»)\"]|$)|[«»()\"،:.]", LONG)):
        text = LONG.replace("\n", " ")[:cut][-160:]
        found = facts.read(Article(url="", title=text[-40:], text=text, published_at="2026-03-04"))
        assert all(text[f.start : f.end] == f.text for rows in found.values() for f in rows if f.field == "body")


@pytest.mark.parametrize(
    "text",
    [
        "ن والقلم وما يسطرون",
        "ص هو حرف واحد فقط",
        "و",
        "أ ب ت ث",
        "ـ ـ ـ ـ",
    ],
)
def test_words_of_one_letter_between_marks(text: str) -> None:
    for marks in ("«»", "()", '""'):
        sentence = f"وقال سامي الدروبي: {marks[0]}{text}{marks[1]}، وفي الختام تلا {marks[0]}{text}{marks[1]}"
        found = facts.read(Article(url="", title=sentence, text=sentence, published_at=None))
        assert list(found) == [extractor.KIND for extractor in facts.EXTRACTORS]


@pytest.mark.parametrize(
    "text",
    [
        "كلمةبلافراغ" * 460_000,  # 5 MB
        "7" * 1_000_000,
        "7 " * 50_000,
        "«" * 50_000,
        "“ " * 30_000,
        "«قال نعم هذا» " * 7_000,
        "قال: «نعم هذا» " * 5_000,
        "ن و " * 15_000,
    ],
    ids=("no spaces", "digits", "numbers", "opening marks", "spaced marks", "pairs", "speech", "letters"),
)
def test_time_grows_with_the_text_only(text: str) -> None:
    facts.read(ARTICLE)  # word lists are loaded at first use
    start = time.process_time()
    facts.read(Article(url="", title=None, text=text, published_at="2026-03-04"))
    assert time.process_time() - start < 6  # under 1 s on one core of 2024; a quadratic step would take minutes


def test_facts_are_frozen_and_named_in_the_model() -> None:
    for rows in facts.read(ARTICLE).values():
        for fact in rows:
            assert isinstance(fact, Fact)
            assert dataclasses.fields(fact)
            assert re.fullmatch(r"rasad\.model", type(fact).__module__)
