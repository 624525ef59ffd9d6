"""Key phrases: what the text says often and others seldom, without repeating itself."""

from __future__ import annotations

import pytest

from rasad.facts import frequencies, keyphrases
from rasad.facts.passage import Reading
from rasad.model import Article, KeyPhrase, Mention

DAM = (
    "بدأت وزارة الري أمس تفريغ سد الكوثر الكبير بعد ظهور شقوق في جسم السد. وقال مهندسون إن سد الكوثر يحجز ثلث مياه "
    "الوادي، وإن تفريغ السد سيستغرق شهرا.\nويخشى المزارعون في الوادي من نقص مياه الري هذا الصيف، إذ تعتمد بساتين "
    "الرمان على مياه السد. وطالب المزارعون بتعويضات عن محصول الرمان، وقالت بلدية الوادي إن التعويضات قيد الدراسة."
)


def read(text: str, title: str | None = None, *names: str) -> tuple[KeyPhrase, ...]:
    reading = Reading.of(Article(url="", title=title, text=text))
    found = [Mention(text.index(n), text.index(n) + len(n), n, type="ORG", name=n) for n in names]
    reading.found["entity"] = tuple(found)
    phrases = keyphrases.extract(reading)
    for phrase in phrases:
        assert text[phrase.start : phrase.end] == phrase.text
    return phrases


def test_what_the_article_is_about_comes_first() -> None:
    phrases = read(DAM, "تفريغ سد الكوثر يقلق المزارعين")
    assert phrases[0].text == "سد الكوثر"
    assert any("الرمان" in phrase.text for phrase in phrases)
    assert [p.score for p in phrases] == sorted((p.score for p in phrases), reverse=True)


def test_no_phrase_begins_or_ends_with_a_stop_word() -> None:
    stops = {"في", "من", "إن", "عن", "أمس", "هذا", "وقال", "وإن"}
    for phrase in read(DAM):
        assert not {phrase.text.split()[0], phrase.text.split()[-1]} & stops


def test_no_near_duplicates() -> None:
    keys = [set(phrase.key.split()) for phrase in read(DAM, "تفريغ سد الكوثر")]
    for i, one in enumerate(keys):
        assert all(len(one & other) * 2 < min(len(one), len(other)) for other in keys[:i])


def test_phrases_do_not_cross_marks_or_paragraphs() -> None:
    for phrase in read("سماء زرقاء، بحر هادئ\nسماء زرقاء، بحر هادئ\nسماء زرقاء، بحر هادئ"):
        assert "،" not in phrase.text
        assert "\n" not in phrase.text


def test_a_name_weighs_more_and_leaves_its_clitic() -> None:
    text = "وصلت القافلة إلى الميناء. ولزحلة سوق قديمة، وفي السوق مقاه."
    reading = Reading.of(Article(url="", title=None, text=text))
    at = text.index("زحلة")
    reading.found["entity"] = (Mention(at, at + 4, "زحلة", type="LOC", name="زحلة"),)
    assert "زحلة" in [phrase.text for phrase in keyphrases.extract(reading)]


def test_the_article_form_stays_and_what_stands_before_it_goes() -> None:
    phrases = read("والمفاعل قديم جدا. وبالمفاعل أضرار. كلفة المفاعل كبيرة.")
    assert phrases[0].text == "المفاعل"


def test_a_phrase_is_shown_as_it_stands_alone() -> None:
    phrases = read("لرصيفٍ كهذا ثمن. ومر الجميع برصيف الميناء أمس. ثم رمم الرصيف، ورصيفهم ضيق.")
    assert "الرصيف" in [phrase.text for phrase in phrases]


def test_a_letter_of_the_word_itself_stays() -> None:
    phrases = read("تطورت وسائل النقل البري. ورخصت وسائل النقل البري.", "وسائل النقل البري")
    assert phrases[0].text.startswith("وسائل")


def test_no_verbs() -> None:
    text = "تستعد البلدة لموسم الرمان. يستعد التجار لموسم الرمان، وتعتمد البلدة على الرمان، ويعتمد التجار على الرمان."
    phrases = [phrase.text for phrase in read(text, "البلدة تستعد لموسم الرمان")]
    assert "الرمان" in phrases
    assert not {"تستعد", "يستعد", "وتعتمد", "تعتمد", "يعتمد", "ويعتمد"} & set(phrases)


def test_a_name_that_looks_like_a_verb_stays() -> None:
    text = "وصل الحجاج إلى ينبع مساء. وتقع ينبع على الساحل."
    assert "ينبع" in [phrase.text for phrase in read(text, None, "ينبع")]


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("استعدت المدينة لاستقبال الوفد، وخصصت ساحة لاستقبال الوفود، وأعدت لاستقبال غيرهم.", "لاستقبال"),
        ("تراجعت العملات الأجنبية، وشحت البضائع الأجنبية، وغابت الشركات الأجنبية.", "الأجنبية"),
        ("كتب تمهيدا للكتاب، ثم كتب تمهيدا آخر، وحذف تمهيدا ثالثا.", "تمهيدا"),
        ("عرض زفافهما في الصحف، ووصف زفافهما بالبسيط، وصور زفافهما كثيرون.", "زفافهما"),
    ],
)
def test_no_pieces_of_a_sentence(text: str, cut: str) -> None:
    assert cut not in [phrase.text for phrase in read(text)]


def test_one_name_is_told_once_and_the_paper_itself_is_not() -> None:
    text = "وصل أنطونيو غوتيريش إلى القاهرة، وقال غوتيريش لصحيفة الأهرام إن غوتيريش آخر سيأتي. وشكر غوتيريش الأهرام."
    reading = Reading.of(Article(url="", title=None, text=text))
    found = []
    for surface, kind, name in (
        ("أنطونيو غوتيريش", "PER", "أنطونيو غوتيريش"),
        ("غوتيريش", "PER", "أنطونيو غوتيريش"),
        ("الأهرام", "ORG", "الأهرام"),
    ):
        at = text.find(surface)
        while at >= 0:
            found.append(Mention(at, at + len(surface), surface, type=kind, name=name))
            at = text.find(surface, at + len(surface))
    reading.found["entity"] = tuple(m for m in found if text[m.start - 9 : m.start] != "أنطونيو ")
    phrases = [phrase.text for phrase in keyphrases.extract(reading)]
    assert sum("غوتيريش" in phrase for phrase in phrases) == 1
    assert "الأهرام" not in phrases


def test_each_phrase_says_by_which_frequencies_it_was_weighed() -> None:
    assert {phrase.frequencies for phrase in read(DAM)} == {frequencies.current().name}


def test_nothing_from_nothing() -> None:
    for text in ("", "في من على", "1 2 3", "،" * 50_000, "\ud800"):
        assert read(text) == ()
