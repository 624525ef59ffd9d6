"""Written dates: 3 مايو, أيار/مايو 2015, شهر مايو الماضي, 22/4, with the year supplied where none stands."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from rasad.arabic import calendar, numerals
from rasad.facts.dates.scene import (
    SAME,
    STEPS,
    STOPS,
    WORDS,
    YEAR,
    Mark,
    Scene,
    Tense,
    Turn,
    edtf,
    newline,
    tense,
    tense_of,
    turn_at,
)

_SINCE = dict.fromkeys(WORDS["since"], True)
_EVENTS = dict.fromkeys(WORDS["events"], True)


def written_at(scene: Scene, i: int, *, start: int | None = None, named: bool = False) -> Mark | None:
    """A written date, its year supplied where it has none."""
    written = calendar.read(scene.tokens, i)
    if written is None:
        return None
    if start is not None:
        written = replace(written, start=start)
    if written.day is None and written.year is None and not named and not month_stands(scene, i, written):
        return None
    return dated(scene, i, written)


def named_month(scene: Scene, i: int, start: int) -> Mark | None:
    """شهر مايو, شهر مايو/أيار الماضي."""
    if i + 1 >= len(scene.tokens):
        return None
    name = calendar.read_month(scene.tokens, i + 1, clitic=False)
    if name is None or (name.calendar == "hijri" and not hijri_stands(scene, i + 1)):
        return None
    return written_at(scene, i + 1, start=start, named=True)


def day_and_month(scene: Scene, i: int) -> Mark | None:
    """22/4 after a weekday, يوم or تاريخ."""
    tokens = scene.tokens
    if i + 2 >= len(tokens) or tokens[i + 1].text not in ("/", "-", "\\"):
        return None
    day, month = calendar.whole(tokens[i], 1, 31), calendar.whole(tokens[i + 2], 1, 12)
    if day is None or month is None or (i + 3 < len(tokens) and tokens[i + 3].text == tokens[i + 1].text):
        return None
    return dated(scene, i, calendar.Written(tokens[i].start, tokens[i + 2].end, i + 3, None, month, day))


def dated(scene: Scene, i: int, written: calendar.Written) -> Mark | None:
    turn, stop = turn_at(scene, written.stop)
    year = written.year
    if year is None:
        if named_for(scene, i):
            return None
        told = year_told(scene, written.stop)
        if told is not None:
            year, stop = told
        elif scene.anchor is not None:
            year = missing_year(scene, i, written, turn)
    days = None if year is None else calendar.span(written.calendar, year, written.month, written.day)
    if year is None or days is None:
        return None
    end = scene.tokens[stop - 1].end if stop > written.stop else written.end
    value = edtf(written.calendar, year, written.month, written.day, days)
    relative = written.year is None
    mark = Mark(written.start, end, stop, value, *days, written.calendar, relative, written.flag)
    return mark if relative or mark.flag else replace(mark, flag=contradiction(scene, i, mark, turn))


def year_told(scene: Scene, i: int) -> tuple[int | None, int] | None:
    """The year that words behind a day and month give (من العام نفسه, من هذا العام); a None year in من كل عام."""
    tokens = scene.tokens
    at = i + (i < len(tokens) and tokens[i].key == "من")
    if at + 1 >= len(tokens):
        return None
    word, after = tokens[at].key, tokens[at + 1].key
    if word == "كل" and after in YEAR:
        return None, i
    if word in ("هذا", "هذه") and after in YEAR:
        return (scene.anchor.year, at + 2) if scene.anchor is not None else None
    if word in ("نفس", "ذات") and after in YEAR and scene.last_year is not None:
        return scene.last_year.first.year, at + 2
    if word not in YEAR:
        return None
    if after in SAME:
        return None if scene.last_year is None else (scene.last_year.first.year, at + 2)
    turn, stop = turn_at(scene, at + 1)
    return None if turn is None or scene.anchor is None else (scene.anchor.year + STEPS[turn], stop)


def month_stands(scene: Scene, i: int, written: calendar.Written) -> bool:
    """Whether a month alone is one: after a preposition, doubled, or with الماضي behind it."""
    if turn_at(scene, written.stop)[0] is not None:
        return True
    if written.calendar == "hijri":
        return False
    token = scene.tokens[i]
    name = calendar.read_month(scene.tokens, i)
    if name is not None and name.doubled:
        return True
    before = scene.tokens[i - 1].key if i else ""
    if token.key.endswith("اب") and "آ" not in token.text:
        return False
    if calendar.month(token.key) is None and written.stop == i + 1:  # a clitic: بمايو, لمارس
        return token.key[1:] not in ("مارس", "ماي", "اب", "اوت", "جوان", "نيسان")
    if token.key in ("اوت", "جوان", "ماي") and before in ("من", "بين", "الي"):
        # these are names as well (تيريزا ماي): بداية من ماي is the month
        return i > 1 and numerals.find(scene.tokens[i - 2].key, _SINCE) is not None
    return before in WORDS["before_month"]


def hijri_stands(scene: Scene, i: int) -> bool:
    written = calendar.read(scene.tokens, i)
    return written is not None and (written.year is not None or turn_at(scene, written.stop)[0] is not None)


def named_for(scene: Scene, i: int) -> bool:
    """ثورة 25 يناير, مدينة السادس من أكتوبر: names, not days."""
    return i > 0 and numerals.find(scene.tokens[i - 1].key, _EVENTS) is not None


def missing_year(scene: Scene, i: int, written: calendar.Written, turn: Turn | None) -> int | None:
    anchor = scene.anchor
    if anchor is None or written.month is None:
        return None
    near = anchor.year if written.calendar == "gregorian" else int((anchor.year - 622) * 33 / 32)
    spans = [
        (year, days)
        for year in range(near - 2, near + 3)
        if (days := calendar.span(written.calendar, year, written.month, written.day)) is not None
    ]
    if not spans:
        return None
    past = [year for year, days in spans if days[0] <= anchor]
    future = [year for year, days in spans if days[1] >= anchor]
    if turn == "this":
        return next((year for year, days in spans if days[0] <= anchor <= days[1]), None) or nearest(scene, spans)
    if turn in ("last", "before last"):
        ended = [year for year, days in spans if days[1] < anchor]
        return ended[-1] if ended else None
    if turn in ("next", "after next"):
        begins = [year for year, days in spans if days[0] > anchor]
        return begins[0] if begins else None
    tense = tense_at(scene, i, written.stop)
    if tense == "past":
        return past[-1] if past else None
    if tense == "future":
        return future[0] if future else None
    return nearest(scene, spans)


def nearest(scene: Scene, spans: list[tuple[int, tuple[date, date]]]) -> int:
    anchor = scene.anchor or date.min
    return min(spans, key=lambda s: 0 if s[1][0] <= anchor <= s[1][1] else min(abs((d - anchor).days) for d in s[1]))[0]


def tense_at(scene: Scene, i: int, stop: int) -> Tense | None:
    """What the nearest sign of tense in the sentence, up to twelve words before and four behind, says."""
    for at in range(i - 1, max(-1, i - 13), -1):
        token = scene.tokens[at]
        if token.text in STOPS or (at + 1 < len(scene.tokens) and newline(scene, at)):
            break
        said = tense(token)
        if said is not None:
            return said
    for at in range(stop, min(stop + 4, len(scene.tokens))):
        if scene.tokens[at].kind == "mark":
            break
        said = tense(scene.tokens[at])
        if said is not None:
            return said
    return None


def contradiction(scene: Scene, i: int, mark: Mark, turn: Turn | None) -> str | None:
    """A year that its own sentence denies: بحلول 11 سبتمبر 2020, published in 2021."""
    if scene.anchor is None:
        return None
    if turn in ("next", "last", "this"):
        ahead = mark.first > scene.anchor
        if (turn == "next") != ahead and not (turn == "this" and mark.first <= scene.anchor <= mark.last):
            return f"written as {turn}, which this is not on the day of publication"
    near = [scene.tokens[at].key for at in range(max(0, i - 3), i)]
    if mark.last < scene.anchor and any(tense_of(k) == "future" or k in ("بحلول", "موعد") for k in near):
        return "lies before publication, where the sentence speaks of the future"
    return None
