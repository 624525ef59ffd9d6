"""Reported speech: the clause, its speaker, and where it ends."""

from __future__ import annotations

import time

import pytest

from rasad.facts import indirect_quotes, quotes
from rasad.facts.passage import Reading
from rasad.model import Article, EntityType, IndirectQuote, Mention


def read(text: str, title: str | None = None, **names: EntityType) -> tuple[IndirectQuote, ...]:
    reading = Reading.of(Article(url="", title=title, text=text))
    mentions = []
    for name, kind in names.items():
        name = name.replace("_", " ")
        if name in (title or ""):
            at = (title or "").index(name)
            mentions.append(Mention(at, at + len(name), name, type=kind, name=name, field="title"))
        if name in text:
            at = text.index(name)
            mentions.append(Mention(at, at + len(name), name, type=kind, name=name))
    reading.found["entity"] = tuple(mentions)
    reading.found["quote"] = quotes.extract(reading)
    found = indirect_quotes.extract(reading)
    for quote in found:
        assert (text if quote.field == "body" else title or "")[quote.start : quote.end] == quote.text
    return found


def test_the_clause_and_its_speaker() -> None:
    [found] = read("وقالت هدى نجم، أمس، إن السد امتلأ قبل موعده. ثم غادرت.", هدى_نجم="PER")
    assert (found.text, found.speaker, found.verb) == ("إن السد امتلأ قبل موعده", "هدى نجم", "قالت")
    assert found.confidence < 0.9


def test_a_second_word_of_speech_begins_a_second_clause() -> None:
    found = read(
        "أكد سامي كرم أن المصنع سيفتح قريبا، مشيرا إلى أن العمال عادوا إليه، وأضاف أن الرواتب دفعت كلها.",
        سامي_كرم="PER",
    )
    assert [q.text for q in found] == ["أن المصنع سيفتح قريبا", "أن العمال عادوا إليه", "أن الرواتب دفعت كلها"]
    assert {q.speaker for q in found} == {"سامي كرم"}


def test_words_between_marks_are_left_to_the_quotes() -> None:
    assert read("قال سامي كرم إن «المصنع سيفتح قريبا جدا».", سامي_كرم="PER") == ()


def test_a_headline_with_a_colon() -> None:
    [found] = read("", title="سامي كرم: المصنع سيفتح قريبا", سامي_كرم="PER")
    assert (found.text, found.speaker, found.field) == ("المصنع سيفتح قريبا", "سامي كرم", "title")
    assert read("", title="عاجل: المصنع سيفتح قريبا جدا", سامي_كرم="PER") == ()


def test_to_whom_it_was_said_may_stand_between_marks() -> None:
    [found] = read(
        "وأوضح الدكتور سامي كرم لـ«الفجر الجديد»، أن المصنع سيفتح قريبا.", سامي_كرم="PER", الفجر_الجديد="ORG"
    )
    assert (found.text, found.speaker) == ("أن المصنع سيفتح قريبا", "سامي كرم")
    assert read("وأوضح سامي كرم معنى «الصبر»، أن المصنع سيفتح.", سامي_كرم="PER") == ()


def test_a_colon_without_marks() -> None:
    [found] = read("وقال سامي كرم: يأتي هذا النجاح بعد جهد طويل. ثم غادر.", سامي_كرم="PER")
    assert (found.text, found.speaker) == ("يأتي هذا النجاح بعد جهد طويل", "سامي كرم")
    assert read("وقال سامي كرم: «يأتي هذا النجاح بعد جهد».", سامي_كرم="PER") == ()


def test_nobody_says_what_is_said_in_passing() -> None:
    assert read("كتب سامي كرم التقرير. يذكر أن المصنع فتح قبل عام. ويشار إلى أن الطريق بعيد.", سامي_كرم="PER") == ()


def test_a_pronoun_or_an_adverb_is_no_speaker() -> None:
    found = read("تحدث سامي كرم طويلا. وقال بهذا الخصوص إن الطريق بعيد. ورد مبتسما إن الجسر قريب.", سامي_كرم="PER")
    assert {q.speaker for q in found} == {"سامي كرم"}
    assert {q.speaker for q in read("وما قالته هو أن الطريق بعيد جدا.")} == {None}


def test_no_speech_no_fact() -> None:
    assert read("يبدو أن السد امتلأ قبل موعده. ومن المتوقع هطول المطر.") == ()


def test_unknown_speakers_are_less_sure() -> None:
    [named] = read("قال سامي كرم إن السد امتلأ تماما.", سامي_كرم="PER")
    [unnamed] = read("قال مصدر أمني إن السد امتلأ تماما.")
    assert unnamed.speaker == "مصدر أمني"
    assert unnamed.confidence < named.confidence


def test_hostile_text_takes_linear_time() -> None:
    for text in ("قال إن " * 30_000, "قال " * 50_000, "الوزير قال " * 20_000):
        reading = Reading.of(Article(url="", title=None, text=text))
        started = time.process_time()
        indirect_quotes.extract(reading)
        assert time.process_time() - started < 10


@pytest.mark.parametrize(
    "text",
    [
        "تأخر سامي كرم أمس، إلا أن الوفد انتظره طويلا.",
        "لم يكشف سامي كرم أن المصنع سيفتح قريبا.",
        "زار سامي كرم القبر داعيا الله أن يرحم والده.",
        "وصل سامي كرم، وتبين أن الطريق مغلق تماما.",
        "وماذا تتوقع أن تكون نتيجة اللقاء المقبل؟",
    ],
)
def test_what_is_no_report(text: str) -> None:
    assert read(text, سامي_كرم="PER") == ()


def test_those_of_a_place_are_not_the_place() -> None:
    found = read("وصل سكان برقة إلى الجسر. وقال سكان برقة إن الماء انقطع ثلاثة أيام.", برقة="LOC")
    assert [q.speaker for q in found] == ["سكان برقة"]
