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
    ],
)
def test_types(title: str, lead: str, kind: str) -> None:
    event = read(title, lead, سورمان="LOC", كارسيا="LOC")
    assert event is not None
    assert event.type == kind


@pytest.mark.parametrize(
    ("title", "lead", "topic"),
    [
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


def test_hostile_text() -> None:
    for text in ("قصف " * 50_000, "\ud800", "«" * 50_000):
        assert read(text[:1000], text) is None
