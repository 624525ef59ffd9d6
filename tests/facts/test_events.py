"""The main event from headline and lead, and the many cases where there is none."""

from __future__ import annotations

import pytest

from rasad.facts import events
from rasad.facts.passage import Reading
from rasad.model import Article, DateFact, EntityType, Event, FieldName, Mention, Topic


def read(title: str | None, text: str, topic: str | None = None, **names: EntityType) -> Event | None:
    reading = Reading.of(Article(url="", title=title, text=text))
    fields: tuple[tuple[FieldName, str], ...] = (("title", title or ""), ("body", text))
    mentions = []
    for field, where in fields:
        for name, kind in names.items():
            name = name.replace("_", " ")
            at = where.find(name)
            while at >= 0:
                mentions.append(Mention(at, at + len(name), name, type=kind, name=name, field=field))
                at = where.find(name, at + 1)
    reading.found["entity"] = tuple(mentions)
    if "أمس" in text:
        at = text.index("أمس")
        reading.found["date"] = (
            DateFact(at, at + 3, "أمس", value="2026-03-09", first="2026-03-09", last="2026-03-09"),
        )
    if topic:
        reading.found["topic"] = (Topic(0, 0, "", code=f"medtop:{topic}000000", label="", score=0.9),)
    found = events.extract(reading)
    assert len(found) <= 1
    for event in found:
        assert dict(fields)[event.field][event.start : event.end] == event.text
    return found[0] if found else None


def test_who_did_what_to_whom_where_and_when() -> None:
    event = read(
        "سورمان تقصف مواقع لكتائب الفجر",
        "قصفت سورمان أمس مواقع تابعة لكتائب الفجر في وادي السرو، بحسب شهود.",
        سورمان="LOC",
        كتائب_الفجر="ORG",
        وادي_السرو="LOC",
    )
    assert event is not None
    assert (event.type, event.actor, event.target) == ("ASSAULT", "سورمان", "كتائب الفجر")
    assert (event.place, event.when, event.text, event.field) == ("وادي السرو", "2026-03-09", "قصفت", "body")


@pytest.mark.parametrize(
    ("title", "lead", "kind"),
    [
        ("سورمان توقع اتفاقية تجارية مع كارسيا", "وقعت سورمان اتفاقية مع كارسيا.", "AGREE"),
        ("سورمان ترفض مقترح كارسيا", "رفضت سورمان مقترحا قدمته كارسيا.", "REJECT"),
        ("سورمان تتهم كارسيا بالتجسس", "اتهمت سورمان جارتها كارسيا بالتجسس.", "ACCUSE"),
        ("سورمان تهدد كارسيا", "هددت سورمان كارسيا بالرد.", "THREATEN"),
        ("عقوبات على كارسيا", "فرضت سورمان عقوبات على كارسيا.", "SANCTION"),
        ("آلاف المتظاهرين في سورمان", "شارك آلاف المتظاهرين في احتجاجات بسورمان.", "PROTEST"),
        ("سورمان تدعو كارسيا إلى الحوار", "دعت سورمان كارسيا إلى الحوار.", "REQUEST"),
        ("سورمان تعتقل معارضا من كارسيا", "اعتقلت سورمان معارضا من كارسيا.", "COERCE"),
        ("محادثات بين سورمان وكارسيا", "بدأت محادثات بين سورمان وكارسيا.", "CONSULT"),
        ("سورمان تنسحب من كارسيا", "انسحبت سورمان من كارسيا ليلا.", "RETREAT"),
        ("سورمان تشن غارات على كارسيا", "شنت سورمان ليلا ثلاث غارات على كارسيا.", "ASSAULT"),
        ("سورمان تفرض عقوبات على كارسيا", "فرضت سورمان أمس عقوبات على كارسيا.", "SANCTION"),
        ("سورمان تقطع علاقاتها مع كارسيا", "قطعت سورمان علاقاتها مع كارسيا.", "SANCTION"),
        ("سورمان تقدم مساعدات إلى كارسيا", "قدمت سورمان مساعدات إلى كارسيا.", "AID"),
        ("سورمان تعزز التعاون مع كارسيا", "عززت سورمان التعاون مع كارسيا.", "COOPERATE"),
        ("سورمان ترسل تعزيزات عسكرية إلى كارسيا", "أرسلت سورمان تعزيزات عسكرية إلى حدود كارسيا.", "MOBILIZE"),
        ("سورمان تشيد بقرار كارسيا", "أشادت سورمان بقرار جارتها كارسيا.", "SUPPORT"),
        ("سورمان تطلق سراح أسرى كارسيا", "أطلقت سورمان سراح ثلاثين أسيرا.", "CONCEDE"),
        ("سورمان وكارسيا توقعان معاهدة", "وقعت سورمان وكارسيا معاهدة.", "AGREE"),
        ("انطلاق جولة جديدة من المفاوضات بين سورمان وكارسيا", "انطلقت المفاوضات بين سورمان وكارسيا.", "CONSULT"),
    ],
)
def test_types(title: str, lead: str, kind: str) -> None:
    event = read(title, lead, سورمان="LOC", كارسيا="LOC")
    assert event is not None
    assert event.type == kind


@pytest.mark.parametrize(
    ("title", "lead", "actor", "target"),
    [
        # The name in front is the subject only where it heads its clause.
        ("سورمان تقصف كارسيا", "قصفت سورمان كارسيا.", "سورمان", "كارسيا"),
        ("جنود يقتحمون كارسيا", "اقتحم جنود كارسيا فجرا.", None, "كارسيا"),
        # Two subjects of what is done together.
        ("سورمان وكارسيا تتفقان على هدنة", "اتفقت سورمان وكارسيا على هدنة.", "سورمان", "كارسيا"),
        # A role's complement is not who does it, its bearer is.
        ("وزيرة يهددها سلام", "هددت وزيرة خارجية سورمان السابقة ليلى عون كارسيا بالرد.", "ليلى عون", "كارسيا"),
        # What is talked of is not the other side; that stands behind مع.
        ("سورمان تناقش كارسيا", "ناقشت سورمان كارسيا.", "سورمان", None),
        ("سورمان تبحث الأزمة مع كارسيا", "بحثت سورمان الأزمة مع كارسيا.", "سورمان", "كارسيا"),
        # The one who suffers is no actor.
        ("استشهاد ليلى عون في كارسيا", "استشهدت ليلى عون في كارسيا.", None, "ليلى عون"),
        # Nor is one behind a relative clause the target.
        ("سورمان ترفض الخطة", "رفضت سورمان الخطة التي اقترحتها كارسيا.", "سورمان", None),
        ("سورمان تستقبل وفدا", "استقبلت سورمان، صباح أمس، ليلى عون.", "سورمان", "ليلى عون"),
    ],
)
def test_actor_and_target(title: str, lead: str, actor: str | None, target: str | None) -> None:
    event = read(title, lead, سورمان="LOC", كارسيا="LOC", ليلى_عون="PER")
    assert event is not None
    assert (event.actor, event.target) == (actor, target)


def test_a_lead_alone_tells_it_where_the_headline_says_nothing_of_the_kind() -> None:
    event = read("ليلة طويلة", "أجرت ليلى عون أمس اتصالا هاتفيا مع سامي بدر.", ليلى_عون="PER", سامي_بدر="PER")
    assert event is not None
    assert (event.type, event.actor, event.target, event.field) == ("CONSULT", "ليلى عون", "سامي بدر", "body")
    assert read("ليلة طويلة", "أجرت وزيرة أمس اتصالا هاتفيا مع سامي بدر.", سامي_بدر="PER") is None


def test_no_name_of_a_body_is_a_word_of_the_event() -> None:
    assert read("قوات الدعم في كارسيا", "تنتشر قوات الدعم في كارسيا.", قوات_الدعم="ORG", كارسيا="LOC") is None


@pytest.mark.parametrize(
    ("topic", "told"), [("11", True), ("16", True), (None, True), ("03", False), ("04", False), ("15", False)]
)
def test_an_attack_is_one_where_the_article_is_of_politics(topic: str | None, told: bool) -> None:
    event = read("سورمان تقصف كارسيا", "قصفت سورمان كارسيا.", topic, سورمان="LOC", كارسيا="LOC")
    assert (event is not None) == told


@pytest.mark.parametrize(
    ("title", "lead", "topic"),
    [
        ("سورمان تتوقع أن توقع كارسيا في الخطأ", "توقعت سورمان موسما جيدا.", None),
        ("سورمان تبحث عن مدرب", "بحثت سورمان عن مدرب لكارسيا.", None),
        ("سيول سورمان تجتاح كارسيا", "اجتاحت سيول سورمان كارسيا.", "03"),
        ("توقف المفاوضات بين سورمان وكارسيا", "توقفت المفاوضات بين سورمان وكارسيا.", None),
        ("الهدنة ليست سلاما", "قبل الهدنة كانت كارسيا هادئة، وبعد الهدنة سورمان.", None),
        ("لقاء فجر اليوم", "نام الناس فجر اليوم في كارسيا.", None),
        ("سورمان لم تقصف كارسيا", "لم تقصف سورمان كارسيا.", None),
        ("سورمان تهاجم مرمى كارسيا", "هاجمت سورمان مرمى كارسيا.", "15"),
        ("معرض للكتاب في سورمان", "افتتح معرض الكتاب في سورمان.", None),
        ("سورمان", "", None),
        (None, "", None),
        ("«سورمان تقصف كارسيا»", "فيلم جديد في الصالات.", None),
        ("طفل يقصف أقلامه", "كسر طفل أقلامه.", None),
    ],
)
def test_none_rather_than_a_wrong_one(title: str | None, lead: str, topic: str | None) -> None:
    assert read(title, lead, topic, سورمان="LOC", كارسيا="LOC") is None


def test_a_word_of_the_event_may_be_the_last_one() -> None:
    event = read("استشهاد", "في كارسيا استشهاد", كارسيا="LOC")
    assert event is not None
    assert event.text == "استشهاد"


def test_hostile_text() -> None:
    for text in ("قصف " * 50_000, "شن " * 50_000, "قصفت كارسيا، " * 20_000, "\ud800", "«" * 50_000):
        assert read(text[:1000], text) is None
