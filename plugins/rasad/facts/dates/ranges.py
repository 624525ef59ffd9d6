"""From one day, month or year to another: من 3 إلى 5 مايو, بين عامي 2010 و2015, شهري مارس وأبريل."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from rasad.arabic import calendar
from rasad.facts.dates.scene import DASHES, YEAR, Mark, Scene, counts
from rasad.facts.dates.written import dated
from rasad.facts.dates.years import year_at

_UNTIL = frozenset({"الي", "حتي", "ولغايه", "وحتي", "لغايه"})


def between(scene: Scene, i: int, word: str) -> Mark | None:
    """من … إلى … and بين … و…: the interval, without the word that opens it."""
    at = i + 1
    if at >= len(scene.tokens):
        return None
    start = scene.tokens[at].start
    if scene.tokens[at].key in ("يوم", "يومي", "ايام") and at + 1 < len(scene.tokens):
        at += 1
    if scene.tokens[at].key in ("عامي", "عام", "سنتي"):
        return year_at(scene, at, scene.tokens[at].key, scene.tokens[at].start, between=True) if word == "بين" else None
    mark = interval(scene, at, word)
    return None if mark is None else replace(mark, start=min(start, mark.start))


def interval(scene: Scene, i: int, word: str = "") -> Mark | None:
    """3-5 مايو, 3 إلى 5 مايو, 25 يوليو - 5 أغسطس 2015, 2010 إلى 2015."""
    tokens = scene.tokens
    token = tokens[i]
    day = calendar.whole(token, 1, 31)
    ordinal = None if day is not None else calendar.read_ordinal(tokens, i)
    stop = i + 1
    if ordinal is not None:
        day, _, stop = ordinal
    first = calendar.read(tokens, i)
    if first is not None and first.day is not None:
        stop = first.stop
    elif day is None:
        return year_interval(scene, i, word) if first is None else month_interval(scene, first, word)
    joint = joint_at(scene, stop, word)
    if joint is None:
        return None
    at, sign = joint
    second = calendar.read(tokens, at)
    if second is None or second.day is None or second.month is None:
        return None
    if first is None or first.day is None:
        first = replace(second, start=token.start if ordinal is None else ordinal[1], day=day)
    elif first.year is None:
        first = replace(first, year=second.year)
    last = dated(scene, at, second)
    if last is None:
        return None
    days = calendar.span(first.calendar, first.year or year_of(last, first.calendar), first.month, first.day)
    if days is None or days[0] >= last.first or (last.first - days[0]).days > 3660:
        return None
    if sign == "و" and word != "بين" and (last.first - days[0]).days > 1:  # 23 و30 يوليو are two days
        return replace(
            last,
            start=first.start,
            end=tokens[stop - 1].end,
            stop=stop,
            value=days[0].isoformat(),
            first=days[0],
            last=days[0],
        )
    value = f"{days[0].isoformat()}/{last.last.isoformat()}"
    return replace(last, start=first.start, value=value, first=days[0])


def month_interval(scene: Scene, first: calendar.Written, word: str) -> Mark | None:
    """يوليو إلى سبتمبر 2014 after من, مايو ويونيو after بين."""
    joint = joint_at(scene, first.stop, word) if word else None
    second = None if joint is None else calendar.read(scene.tokens, joint[0])
    if second is None or second.day is not None or first.calendar != second.calendar:
        return None
    last = dated(scene, second.stop, second)
    if last is None or first.month is None or second.month is None:
        return None
    year = first.year or last.last.year - (first.month > second.month)
    days = calendar.span(first.calendar, year, first.month)
    if days is None or first.calendar == "hijri" or days[0] >= last.first:
        return None
    return replace(last, start=first.start, value=f"{year:04d}-{first.month:02d}/{last.value}", first=days[0])


def two_months(scene: Scene, i: int, start: int) -> Mark | None:
    """شهري مارس وأبريل: as one, where they follow each other."""
    first = calendar.read(scene.tokens, i + 1)
    if first is None or first.day is not None or first.month is None:
        return None
    mark = month_interval(scene, first, "بين")
    if mark is None or (mark.last.month - first.month) % 12 != 1 or (mark.last - mark.first).days > 62:
        return None
    return replace(mark, start=start)


def year_interval(scene: Scene, i: int, word: str) -> Mark | None:
    """2010 إلى 2015 after من, 2010 و2015 after بين."""
    if not word or calendar.whole(scene.tokens[i], 1800, 2100) is None:
        return None
    joint = joint_at(scene, i + 1, word)
    if joint is None:
        return None
    at, sign = joint
    if scene.tokens[at].key in YEAR and at + 1 < len(scene.tokens):
        at += 1
    first, last = calendar.whole(scene.tokens[i], 1800, 2100), calendar.whole(scene.tokens[at], 1800, 2100)
    if first is None or last is None or first >= last or (sign == "و" and word != "بين"):
        return None
    if at + 1 < len(scene.tokens) and counts(scene, at + 1):
        return None
    return Mark(
        scene.tokens[i].start, scene.tokens[at].end, at + 1, f"{first}/{last}", date(first, 1, 1), date(last, 12, 31)
    )


def joint_at(scene: Scene, i: int, word: str) -> tuple[int, str] | None:
    """The index of what stands on the other side of -, إلى, حتى, or of و after بين."""
    token = scene.tokens[i] if i < len(scene.tokens) else None
    if token is not None and token.kind == "word" and token.key[:1] == "و" != token.key and word == "بين":
        return i, "و"
    at = i + 1
    if token is None or at >= len(scene.tokens):
        return None
    if token.text in DASHES or token.key in _UNTIL:
        if scene.tokens[at].key == "يوم" and at + 1 < len(scene.tokens):
            at += 1
        return at, token.key
    if token.key == "و":
        return at, "و"
    return None


def year_of(mark: Mark, system: str) -> int:
    return mark.last.year if system == "gregorian" else int((mark.last.year - 622) * 33 / 32)
