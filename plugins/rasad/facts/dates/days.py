"""Days by their distance from publication: اليوم, أمس, بعد غد, قبل ثلاثة أيام, ثاني أيام العيد."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from rasad.arabic import calendar, numerals
from rasad.facts import nouns
from rasad.facts.dates.months import vague
from rasad.facts.dates.ranges import interval
from rasad.facts.dates.scene import SAME, STOPS, TURNS, WORDS, Mark, Scene, newline, shift
from rasad.facts.dates.weekdays import (
    date_after,
    night_at,
    numbered_day,
    weekday_after,
    weekday_at,
    weekday_day,
    weekday_flag,
)
from rasad.facts.dates.written import written_at


def relative_day(scene: Scene, i: int, word: str, start: int) -> Mark | None:
    """اليوم, أمس, غدا, with the weekday and the date that may follow; يوم before any of them."""
    tokens = scene.tokens
    if word in ("يوم", "نهار"):
        return day_word(scene, i, start)
    if scene.anchor is None:
        return None
    after = tokens[i + 1].key if i + 1 < len(tokens) else ""
    steps = {"اليوم": 0, "الليله": 0, "امس": -1, "الامس": -1, "البارحه": -1, "غدا": 1, "غد": 1}[word]
    stop = i + 1
    if word in ("امس", "الامس"):
        if after in ("الاول", "الاولي"):
            steps, stop = -2, i + 2
        elif after in ("الحاجه", "القريب"):
            return None
    tail = weekday_after(scene, stop)
    if tail is None:
        if word in ("اليوم", "الليله") and (nowadays(scene, i) or qualified(scene, i, after)):
            return None
        if word == "غد" and not (i and tokens[i - 1].key == "يوم"):
            return None
    return day_at(scene, i, start, stop, steps, tail)


def day_at(scene: Scene, i: int, start: int, stop: int, steps: int, tail: tuple[int, int, int] | None) -> Mark | None:
    if scene.anchor is None:
        return None
    day = shift(scene.anchor, steps)
    if day is None:
        return None
    flag = None
    end = scene.tokens[stop - 1].end
    if tail is not None:
        weekday, end, stop = tail
        if day.weekday() != weekday:
            flag = "the weekday is not the day that the word beside it means"
            day = weekday_day(scene, weekday, "next" if steps > 0 else None)
        full = date_after(scene, stop, weekday)
        if full is not None:
            return replace(full, start=start, flag=full.flag or weekday_flag(full, weekday))
    if day is None:
        return None
    return Mark(start, end, stop, day.isoformat(), day, day, relative=True, flag=flag)


def qualified(scene: Scene, i: int, after: str) -> bool:
    """اليوم الوطني, اليوم التالي, الليلة الماضية, اليوم الذي: an adjective or a clause makes it another day."""
    return (
        after in WORDS["after_today"]
        or after in SAME
        or after in TURNS
        or calendar.read_ordinal(scene.tokens, i + 1) is not None
    )


def nowadays(scene: Scene, i: int) -> bool:
    """An اليوم that names no day: the day of something, a newspaper's name, our times."""
    tokens = scene.tokens
    before = tokens[i - 1] if i else None
    after = tokens[i + 1] if i + 1 < len(tokens) else None
    if before is None or newline(scene, i - 1) or before.text in STOPS:
        # A sentence that opens with it and goes on in the present speaks of our times.
        return after is None or after.key[:1] in ("ي", "ت", "ن") or after.kind == "mark"
    if before.key in WORDS["not_today"] or (
        before.kind == "mark" and before.text in "«" and after is not None and after.text == "»"
    ):
        return True
    near = {tokens[at].key for at in range(max(0, i - 4), i)}
    return bool(near & {"الاكثر", "اكثر", "اصبحت", "اصبح", "بات", "باتت"}) and not (
        near & {"قال", "اعلن", "اعلنت", "قالت"}
    )


def this_day(scene: Scene, i: int, word: str, start: int) -> Mark | None:
    """هذا اليوم."""
    today = word in ("هذا", "هذه") and i + 1 < len(scene.tokens) and scene.tokens[i + 1].key == "اليوم"
    return relative_day(scene, i + 1, "اليوم", start) if today and not vague(scene, i) else None


def day_word(scene: Scene, i: int, start: int) -> Mark | None:
    """يوم before a weekday, أمس, غد, or a written date."""
    tokens = scene.tokens
    at = i + 1
    if at >= len(tokens):
        return None
    if tokens[at].key in ("امس", "غد", "الامس", "الغد"):
        word = {"الغد": "غدا", "غد": "غدا"}.get(tokens[at].key, tokens[at].key)
        return relative_day(scene, at, word, start)
    tail = weekday_after(scene, at)
    if tail is not None and tail[2] > at:
        return weekday_at(scene, at, start, *tail)
    if tokens[at].kind == "number" or calendar.read_ordinal(tokens, at) is not None:
        return range_from(scene, at, start) or written_at(scene, at, start=start) or numbered_day(scene, at, start)
    return None


def range_from(scene: Scene, at: int, start: int) -> Mark | None:
    mark = interval(scene, at)
    return None if mark is None else replace(mark, start=start)


def phrase_at(scene: Scene, i: int, word: str, start: int) -> Mark | None:
    """أول أمس, أول من أمس, بعد غد, ليل الجمعة - السبت, قبل ثلاثة أيام, أول أيام العيد."""
    tokens = scene.tokens
    at = i + 1
    if at >= len(tokens):
        return None
    if word == "اول":
        if tokens[at].key == "من" and at + 1 < len(tokens):
            at += 1
        if tokens[at].key == "امس":
            return day_at(scene, i, start, at + 1, -2, weekday_after(scene, at + 1))
        return feast_at(scene, i, start)
    if word == "بعد":
        return day_at(scene, i, start, at + 1, 2, weekday_after(scene, at + 1)) if tokens[at].key == "غد" else None
    if word in ("ليل", "ليله"):
        return night_at(scene, at)
    if tokens[at].key == "امس":
        return day_at(scene, i, start, at + 1, -2, weekday_after(scene, at + 1))
    return ago_at(scene, i, start)


def ago_at(scene: Scene, i: int, start: int) -> Mark | None:
    """قبل ثلاثة أيام, قبل يومين, قبل شهرين, قبل عامين: the day, the month, the year."""
    tokens = scene.tokens
    number = numerals.read(tokens, i + 1)
    count, at = (number.value, number.stop) if number is not None else (1.0, i + 1)
    if at >= len(tokens) or scene.anchor is None or (number is not None and (number.vague or number.fraction)):
        return None
    unit = nouns.noun(tokens[at].key)
    if unit is None or unit.kind != "duration" or tokens[at].key.startswith("ال"):
        return None
    if unit.dual == "free" and number is None:
        count = 2.0
    elif number is None and (unit.plural or unit.lemma in ("يوم", "ليلة")):
        return None
    after = tokens[at + 1].key if at + 1 < len(tokens) else ""
    if (after == "من" and not (at + 2 < len(tokens) and tokens[at + 2].key == "الان")) or after in ("ونصف", "علي"):
        return None
    if count != int(count) or count < 1:
        return None
    end, stop, whole = tokens[at].end, at + 1, int(count)
    if unit.lemma in ("يوم", "ليلة") and whole <= 60:
        day = shift(scene.anchor, -whole)
        return None if day is None else Mark(start, end, stop, day.isoformat(), day, day, relative=True)
    if unit.lemma == "شهر" and whole <= 24:
        months = scene.anchor.year * 12 + scene.anchor.month - 1 - whole
        days = calendar.span("gregorian", months // 12, months % 12 + 1)
        value = "" if days is None else f"{days[0].year:04d}-{days[0].month:02d}"
        return None if days is None else Mark(start, end, stop, value, *days, relative=True)
    if unit.lemma in ("عام", "سنة") and whole <= 3:
        year = scene.anchor.year - whole
        return Mark(start, end, stop, f"{year:04d}", date(year, 1, 1), date(year, 12, 31), relative=True)
    return None


def feast_at(scene: Scene, i: int, start: int) -> Mark | None:
    """أول أيام عيد الفطر, ثاني أيام العيد: the day, of the feast nearest to publication."""
    tokens = scene.tokens
    ordinal = calendar.read_ordinal(tokens, i)
    if ordinal is None or scene.anchor is None or ordinal[0] > 10 or ordinal[2] + 1 >= len(tokens):
        return None
    at = ordinal[2]
    if tokens[at].key not in ("ايام", "يوم"):
        return None
    at += 1
    feasts: list[tuple[int, int]] = []
    if tokens[at].key == "العيد":
        feasts, at = [(10, 1), (12, 10)], at + 1
    elif tokens[at].key == "عيد" and at + 1 < len(tokens):
        feasts = {"الفطر": [(10, 1)], "الاضحي": [(12, 10)]}.get(tokens[at + 1].key, [])
        at += 2
    elif tokens[at].key == "رمضان":
        feasts, at = [(9, 1)], at + 1
    if feasts and at < len(tokens) and tokens[at].key == "المبارك":
        at += 1
    near = int((scene.anchor.year - 622) * 33 / 32)
    days = [
        day
        for year in range(near - 1, near + 3)
        for month, first in feasts
        if (span := calendar.span("hijri", year, month, first)) and (day := shift(span[0], ordinal[0] - 1))
    ]
    if not days:
        return None
    anchor = scene.anchor
    day = min(days, key=lambda d: abs((d - anchor).days))
    return Mark(start, tokens[at - 1].end, at, day.isoformat(), day, day, "hijri", True)
