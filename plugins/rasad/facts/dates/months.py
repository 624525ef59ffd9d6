"""Months, quarters and halves by their distance: الشهر الماضي, هذا العام, 20 من الشهر المقبل, الربع الأول."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from rasad.arabic import calendar
from rasad.facts.dates.rules import rule
from rasad.facts.dates.scene import SAME, STEPS, YEAR, Mark, Scene, Turn, turn_at
from rasad.facts.dates.written import year_told
from rasad.facts.dates.years import year_at, year_turned, years_at


def relative_at(scene: Scene, i: int, word: str, start: int) -> Mark | None:
    """الشهر الماضي, هذا العام, هذا الشهر, نفس العام."""
    tokens = scene.tokens
    if i + 1 >= len(tokens):
        return None
    after = tokens[i + 1].key
    if word in ("نفس", "ذات"):
        if after in YEAR and scene.last_year is not None:
            return replace(scene.last_year, start=start, end=tokens[i + 1].end, stop=i + 2, relative=True, flag=None)
        return None
    if word == "الشهر" and after in SAME:
        return same_month(scene, i, start)
    if scene.anchor is None or vague(scene, i):
        return None
    if word in ("هذا", "هذه"):
        if after in YEAR and after.startswith("ال"):
            return year_turned(scene, start, tokens[i + 1].end, i + 2, "this")
        if after == "الشهر":
            return month_turned(scene, start, tokens[i + 1].end, i + 2, "this")
        return None
    turn, stop = turn_at(scene, i + 1)
    if turn is None:
        return None
    return month_turned(scene, start, tokens[stop - 1].end, stop, turn)


def same_month(scene: Scene, i: int, start: int) -> Mark | None:
    """الشهر نفسه of the last month named, من العام الماضي or another year behind it included."""
    if scene.last_month is None:
        return None
    stop, year = i + 2, scene.last_month.first.year
    told = year_told(scene, stop)
    if told is not None and told[0] is not None:
        year, stop = told[0], told[1]
    elif stop + 1 < len(scene.tokens) and (
        scene.tokens[stop].key == "قبل"  # الشهر نفسه قبل سنة
        or (scene.tokens[stop].key == "من" and scene.tokens[stop + 1].key in YEAR)
    ):
        return None
    return month_of(scene, year, scene.last_month.first.month, start, stop)


def month_of(scene: Scene, year: int, month: int, start: int, stop: int) -> Mark | None:
    days = calendar.span("gregorian", year, month)
    end = scene.tokens[stop - 1].end
    return None if days is None else Mark(start, end, stop, f"{year:04d}-{month:02d}", *days, relative=True)


def vague(scene: Scene, i: int) -> bool:
    """في وقت سابق من هذا الشهر names no month's worth of time."""
    before = [scene.tokens[at].key for at in range(max(0, i - 2), i)]
    return len(before) == 2 and before[1] == "من" and before[0] in ("سابق", "لاحق", "مبكر", "باكر", "متاخر")


def month_turned(scene: Scene, start: int, end: int, stop: int, turn: Turn) -> Mark | None:
    if scene.anchor is None:
        return None
    months = scene.anchor.year * 12 + scene.anchor.month - 1 + STEPS[turn]
    days = calendar.span("gregorian", months // 12, months % 12 + 1)
    if days is None:
        return None
    return Mark(start, end, stop, f"{days[0].year:04d}-{days[0].month:02d}", *days, relative=True)


def day_of_month(scene: Scene, i: int) -> Mark | None:
    """20 من الشهر المقبل, 15 الجاري, الثامن والعشرين من الشهر الجاري."""
    tokens = scene.tokens
    ordinal = calendar.read_ordinal(tokens, i)
    day, start, at = ordinal or (calendar.whole(tokens[i], 1, 31), tokens[i].start, i + 1)
    if day is None or scene.anchor is None or at >= len(tokens):
        return None
    if ordinal is not None and tokens[i].key.endswith("ه"):  # العاشرة is an hour
        return None
    month: Mark | None = None
    if tokens[at].key == "من" and at + 2 < len(tokens) and tokens[at + 1].key in ("الشهر", "هذا"):
        month = relative_at(scene, at + 1, tokens[at + 1].key, start)
    elif ordinal is None and tokens[at].key in ("الجاري", "الحالي"):
        month = month_turned(scene, start, tokens[at].end, at + 1, "this")
    if month is None or len(month.value) != 7:
        return None
    days = calendar.span("gregorian", month.first.year, month.first.month, day)
    return None if days is None else replace(month, value=days[0].isoformat(), first=days[0], last=days[0])


def part_at(scene: Scene, i: int, start: int) -> Mark | None:
    """الربع الأول من العام الجاري, النصف الثاني من 2015."""
    tokens = scene.tokens
    if i + 2 >= len(tokens):
        return None
    half = tokens[i].key.endswith("النصف")
    ordinal = {"الاول": 1, "الثاني": 2, "الثالث": 3, "الرابع": 4, "الاخير": 2 if half else 4}.get(tokens[i + 1].key)
    if ordinal is None or (half and ordinal > 2):
        return None
    at = i + 2
    if tokens[at].key == "من" and at + 1 < len(tokens):
        at += 1
    if tokens[at].key == "للعام":
        opens = ("year", "العام", 1)
    else:
        found = rule(tokens[at].key)
        opens = found if found is not None else ("", "", 0)
    year: Mark | None = None
    if tokens[at].kind == "number":
        value = calendar.whole(tokens[at], 1900, 2100)
        year = None if value is None else years_at(scene, at, start, between=False, season=False, word="عام")
    elif opens[0] == "year":
        year = year_at(scene, at, opens[1], start)
    elif opens[0] == "relative":
        year = relative_at(scene, at, opens[1], start)
    if year is None or len(year.value) != 4:
        return None
    months = 6 if half else 3
    first = date(year.first.year, (ordinal - 1) * months + 1, 1)
    end = calendar.span("gregorian", year.first.year, ordinal * months)
    if end is None:
        return None
    value_text = f"{first.isoformat()}/{end[1].isoformat()}"
    return replace(year, start=start, value=value_text, first=first, last=end[1])
