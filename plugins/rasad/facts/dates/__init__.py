"""Dates in the text, as EDTF and as first and last day.

Conventions: the span holds يوم, شهر, عام, هـ, م and the weekday; times of day, seasons and مطلع or أواخر stay
outside. A weekday is the last one on or before publication unless القادم or المقبل says otherwise, a written weekday
wins over أمس and اليوم, and a day and month without a year take the year nearest to publication that the tense
allows. What is vague (قبل أيام, this week, an اليوم that means nowadays) is no fact. A year stays as written: where
it contradicts its sentence, `flag` says so. Without a day of publication what is relative to it is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from rasad.arabic import calendar, numerals
from rasad.arabic.tokens import Token
from rasad.facts.dates.days import feast_at, phrase_at, relative_day, this_day
from rasad.facts.dates.months import day_of_month, part_at, relative_at
from rasad.facts.dates.ranges import between, interval, two_months
from rasad.facts.dates.rules import rule
from rasad.facts.dates.scene import Mark, Scene
from rasad.facts.dates.weekdays import two_days, weekday_at
from rasad.facts.dates.written import day_and_month, named_month, written_at
from rasad.facts.dates.years import bare_year, decade_at, year_at
from rasad.facts.passage import Passage, Reading
from rasad.model import DateFact, Mention

KIND = "date"
VERSION = "2"

_PARTS = frozenset({"النصف", "الاسبوع", "الثلث", "الربع", "العقد"})  # النصف الأول من أكتوبر is no first of October
_DATE_WORDS = {"تاريخ": True, "الموافق": True}


def extract(reading: Reading) -> tuple[DateFact, ...]:
    """Every date of the title and the body, the title's first, each in order of its place."""
    anchor = _day_of(reading.article.published_at)
    return tuple(
        fact
        for passage in (reading.title, reading.body)
        for fact in _facts(
            passage,
            anchor,
            {m.end: m.start for m in reading.of_kind("entity", Mention, passage) if m.type == "PER"},
        )
    )


def _day_of(published_at: str | None) -> date | None:
    """The day of publication in the publication's own offset; None where there is none to reckon from."""
    try:
        day = date.fromisoformat((published_at or "")[:10])
    except ValueError:
        return None
    return day if 1000 <= day.year <= 9000 else None


def _facts(passage: Passage, anchor: date | None, people: Mapping[int, int]) -> list[DateFact]:
    scene = Scene(passage, anchor, people)
    facts: list[DateFact] = []
    previous: Mark | None = None
    tokens = passage.tokens
    i = 0
    while i < len(tokens):
        mark = _at(scene, i)
        if mark is None:
            i += 1
            continue
        if previous is not None and _apposition(tokens, i, previous, mark):
            i = mark.stop
            continue
        flag = mark.flag or (None if previous is None else _disagrees(tokens, i, previous, mark))
        facts.append(
            DateFact(
                mark.start,
                mark.end,
                passage.text[mark.start : mark.end],
                value=mark.value,
                first=mark.first.isoformat(),
                last=mark.last.isoformat(),
                calendar=mark.calendar,
                relative=mark.relative,
                flag=flag,
                field=passage.field,
            )
        )
        previous = mark
        i = max(mark.stop, i + 1)
    return facts


def _apposition(tokens: Sequence[Token], i: int, previous: Mark, mark: Mark) -> bool:
    """اليوم الثلاثاء خامس أيام العيد: the same day said again without a word between is one date."""
    return i == previous.stop and mark.relative and mark.value == previous.value and tokens[i].kind == "word"


def _disagrees(tokens: Sequence[Token], i: int, previous: Mark, mark: Mark) -> str | None:
    """A Hijri and a Gregorian day joined by الموافق that are more than two days apart."""
    if i < 1 or i - previous.stop > 2 or {previous.calendar, mark.calendar} != {"hijri", "gregorian"}:
        return None
    joined = any(tokens[at].key in ("الموافق", "=", "هي", "ه") for at in range(previous.stop, i))
    days = previous.first == previous.last and mark.first == mark.last
    apart = abs((previous.first - mark.first).days)
    return "the Hijri and the Gregorian date are different days" if joined and days and 2 < apart < 400 else None


def _at(scene: Scene, i: int) -> Mark | None:
    """The date that begins at token `i`."""
    token = scene.tokens[i]
    if token.kind == "number":
        mark = (
            interval(scene, i)
            or written_at(scene, i)
            or day_of_month(scene, i)
            or (day_and_month(scene, i) if i and numerals.find(scene.tokens[i - 1].key, _DATE_WORDS) else None)
            or bare_year(scene, i)
        )
    elif token.kind == "word":
        mark = _word(scene, i)
    else:
        return None
    if mark is not None and (mark.year_named or (mark.calendar == "hijri" and mark.first != mark.last)):
        scene.last_year = mark
    if mark is not None and mark.calendar == "gregorian" and len(mark.value) == 7:
        scene.last_month = mark
    return mark


def _word(scene: Scene, i: int) -> Mark | None:
    token = scene.tokens[i]
    found = rule(token.key)
    if found is not None:
        kind, word, cut = found
        mark = _ruled(scene, i, kind, word, numerals.offset(token, cut))
        if mark is not None or kind == "between":
            return mark
    if not calendar.begins(token.key) or (i and scene.tokens[i - 1].key in _PARTS):
        return None
    return interval(scene, i) or written_at(scene, i) or day_of_month(scene, i)


def _ruled(scene: Scene, i: int, kind: str, word: str, start: int) -> Mark | None:
    """The date that a word of this kind begins; `start` is where it starts without its clitic."""
    match kind:
        case "weekday":
            return weekday_at(scene, i, start)
        case "day":
            return relative_day(scene, i, word, start)
        case "phrase":
            return phrase_at(scene, i, word, start)
        case "feast":
            return feast_at(scene, i, start)
        case "year":
            return year_at(scene, i, word, start)
        case "relative":
            return relative_at(scene, i, word, start) or this_day(scene, i, word, start)
        case "part":
            return part_at(scene, i, start)
        case "month":
            return named_month(scene, i, start)
        case "months":
            return two_months(scene, i, start)
        case "days":
            return two_days(scene, i, start)
        case "between":
            return between(scene, i, word)
        case _:
            return decade_at(scene, i, word, start)
